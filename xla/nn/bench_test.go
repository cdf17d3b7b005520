package nn

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla"
)

// noise is a data set of standard normal values and random labels.
func noise(n int, shape datasets.Shape, classes int) *datasets.Set {
	r := rand.New(rand.NewPCG(3, 4))
	s := &datasets.Set{Name: "noise", Shape: shape, Classes: make([]string, classes)}
	for range n {
		s.Y = append(s.Y, int32(r.IntN(classes)))
		for range shape.Size() {
			s.X = append(s.X, float32(r.NormFloat64()))
		}
	}
	return s
}

// BenchmarkMLP trains 784-512-512-10 with Adam on 10,000 examples in batches of
// 128: one step, and 20 epochs with the compilation of the program.
func BenchmarkMLP(b *testing.B) {
	ctx := context.Background()
	e, err := xla.Open(ctx, "", xla.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	set := noise(10_000, datasets.Shape{Height: 28, Width: 28, Channels: 1}, 10)
	spec := MLP(set.Shape, 10, 512, 512)
	b.Run("step", func(b *testing.B) {
		run, err := newTraining(e, spec, set, Training{})
		if err != nil {
			b.Fatal(err)
		}
		defer run.close()
		rows := make([]int32, 128)
		step := func() {
			for i := range rows {
				rows[i] = int32(i * 71 % set.Len())
			}
			if _, err := run.run(rows, len(rows)); err != nil {
				b.Fatal(err)
			}
		}
		step()
		for b.Loop() {
			step()
		}
	})
	b.Run("20 epochs", func(b *testing.B) {
		for b.Loop() {
			for s, err := range Train(ctx, e, spec, set, Training{}) {
				if err != nil {
					b.Fatal(err)
				}
				s.Close()
			}
		}
	})
}
