package memtest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/xla"
)

// Two networks are compared over the same label sets: a wide one with a narrow
// one. A run with other label sets is refused, and the error says in what it
// differs.
func ExampleCompare() {
	ctx := context.Background()
	engine, err := xla.Open(ctx, "", xla.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()
	folder, err := os.MkdirTemp("", "runs")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)

	run := func(name string, c memtest.Config) memtest.Measured {
		train, test, err := datasets.Load(ctx, "fashion-mnist-sample", datasets.Options{Offline: true})
		if err != nil {
			fmt.Println(err)
			return memtest.Measured{}
		}
		c.Epochs, c.Levels, c.Refs = []int{10}, []float64{0.3}, []string{memtest.RefUntrained}
		c.N, c.Probes, c.Permutations = 500, []string{"ridge"}, 19
		x, err := memtest.NewFrom(c, train, test)
		if err != nil {
			fmt.Println(err)
			return memtest.Measured{}
		}
		path := filepath.Join(folder, name)
		if _, err := memtest.RunIn(ctx, engine, x, path); err != nil {
			fmt.Println(err)
		}
		m, err := memtest.Read(path)
		if err != nil {
			fmt.Println(err)
		}
		return m
	}
	wide, narrow := run("wide", memtest.Config{Net: "mlp:64"}), run("narrow", memtest.Config{Net: "mlp:4"})
	comparisons, err := memtest.Compare(wide, narrow, memtest.CompareOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	last := comparisons[len(comparisons)-1]
	fmt.Printf("epoch %d, learning of the wide network beside the narrow: %s\n", last.A.Epoch, last.Learning.Says)

	other := run("other", memtest.Config{Net: "mlp:4", Options: memtest.Options{Seed: 2}})
	var different *memtest.DifferentError
	if _, err := memtest.Compare(wide, other, memtest.CompareOptions{}); errors.As(err, &different) {
		fmt.Println("not compared, for they differ in", different.Field)
	}
	// Output:
	// epoch 10, learning of the wide network beside the narrow: more
	// not compared, for they differ in seed
}
