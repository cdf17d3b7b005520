package nn

import (
	"fmt"
	"syscall"
	"testing"
	"time"
)

// measure reports processor time beside the time of the clock, which means
// little where others share the cores.
func measure(b *testing.B, step func()) {
	cpu := func() float64 {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail with these arguments
		return float64(u.Utime.Nano()+u.Stime.Nano()) / float64(time.Millisecond)
	}
	start := cpu()
	for b.Loop() {
		step()
	}
	b.ReportMetric((cpu()-start)/float64(b.N), "cpu-ms/op")
}

// benchmarkStep times one step of training at batch 128, and one epoch.
func benchmarkStep(b *testing.B, spec Spec, n int) {
	e := open(b, "")
	examples := noise
	if spec.Input.Sequence() {
		examples = sequences
	}
	set := examples(n, spec.Input, spec.Classes)
	options, err := Training{}.withDefaults()
	if err != nil {
		b.Fatal(err)
	}
	run, err := newTrainer(e, spec, set, group{labels: [][]int32{set.Y}, total: 1}, options)
	if err != nil {
		b.Fatal(err)
	}
	defer run.close()
	rows := make([]int, 128)
	for i := range rows {
		rows[i] = i * 71 % set.Len()
	}
	step := func() {
		if _, err := run.run(rows, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("step", func(b *testing.B) {
		step()
		measure(b, step)
	})
	b.Run("epoch", func(b *testing.B) {
		measure(b, func() {
			if _, err := run.epoch(b.Context(), 1, make([]float64, 1)); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// BenchmarkMLP trains 784-512-512-10 with Adam on 10,000 examples in batches of
// 128: one step, one epoch, and 20 epochs with the compilation of the program.
func BenchmarkMLP(b *testing.B) {
	spec := MLP(shape(28, 28, 1), 10, 512, 512)
	benchmarkStep(b, spec, 10_000)
	b.Run("20 epochs", func(b *testing.B) {
		e := open(b, "")
		set := noise(10_000, spec.Input, spec.Classes)
		measure(b, func() {
			for s, err := range Train(b.Context(), e, spec, set, Training{}) {
				if err != nil {
					b.Fatal(err)
				}
				s.Close()
			}
		})
	})
}

// BenchmarkCNN trains conv 32, pool, conv 64, pool, dense 128 on 10,000 images
// of 28×28.
func BenchmarkCNN(b *testing.B) {
	benchmarkStep(b, CNN(shape(28, 28, 1), 10, []int{32, 64}, 128), 10_000)
}

// BenchmarkResNet trains the 8-layer residual network on 1,280 images of
// 32×32×3.
func BenchmarkResNet(b *testing.B) {
	benchmarkStep(b, ResNet(shape(32, 32, 3), 10, 1), 1_280)
}

// BenchmarkTransformer trains two blocks of width 64 and 4 heads on 12,800 texts of at most
// 24 of 120 tokens, in 12 classes.
func BenchmarkTransformer(b *testing.B) {
	benchmarkStep(b, Transformer(tokens(24, 120), 12, 2, 64), 12_800)
}

// BenchmarkLSTM trains an LSTM of width 64 on the same texts.
func BenchmarkLSTM(b *testing.B) {
	benchmarkStep(b, LSTM(tokens(24, 120), 12, 64), 12_800)
}

// BenchmarkTrainMany times one step of 8 networks together at batch 128, of the
// MLP above and of a small one; compare with 8 steps of one network.
func BenchmarkTrainMany(b *testing.B) {
	for _, widths := range [][]int{{512, 512}, {64}} {
		spec := MLP(shape(28, 28, 1), 10, widths...)
		set := noise(1_280, spec.Input, spec.Classes)
		options, err := Training{}.withDefaults()
		if err != nil {
			b.Fatal(err)
		}
		rows := make([]int, 128)
		for i := range rows {
			rows[i] = i * 7
		}
		b.Run(fmt.Sprintf("%v together", widths), func(b *testing.B) {
			var labels [][]int32
			for range 8 {
				labels = append(labels, set.Y)
			}
			run, err := newTrainer(open(b, ""), spec, set, group{labels: labels, total: len(labels), stacked: true}, options)
			if err != nil {
				b.Fatal(err)
			}
			defer run.close()
			step := func() {
				if _, err := run.run(rows, nil); err != nil {
					b.Fatal(err)
				}
			}
			step()
			measure(b, step)
		})
		b.Run(fmt.Sprintf("%v alone", widths), func(b *testing.B) {
			run, err := newTrainer(open(b, ""), spec, set, group{labels: [][]int32{set.Y}, total: 1}, options)
			if err != nil {
				b.Fatal(err)
			}
			defer run.close()
			step := func() {
				if _, err := run.run(rows, nil); err != nil {
					b.Fatal(err)
				}
			}
			step()
			measure(b, func() {
				for range 8 {
					step()
				}
			})
		})
	}
}
