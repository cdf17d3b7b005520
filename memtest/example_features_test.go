package memtest_test

import (
	"context"
	"fmt"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/xla"
)

// Features that any program computed are measured: here of 200 examples, whose
// first column tells the class and whose others are noise. features.Load reads
// such matrices from files.
func ExampleMeasure() {
	ctx := context.Background()
	engine, err := xla.Open(ctx, "", xla.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()

	const n, d = 200, 20
	r := seed.Stream(1, "example")
	labels := make([]int32, n)
	train := arrays.Matrix{Rows: n, Cols: d, Data: make([]float32, n*d)}
	copies := arrays.Matrix{Rows: n, Cols: d, Data: make([]float32, n*d)}
	for i := range n {
		labels[i] = int32(i % 2)
		train.Row(i)[0] = float32(labels[i])
		for j := range d {
			train.Row(i)[j] += float32(0.2 * r.NormFloat64())
			copies.Row(i)[j] = train.Row(i)[j] + float32(0.05*r.NormFloat64())
		}
	}
	mine := features.Features{
		Network: "mine", Layer: "dense3",
		Train: train, Labels: labels,
		Levels: []float64{0.05}, Copies: features.Matrices(copies),
	}
	rows, err := memtest.Rows(memtest.Measure(ctx, engine, features.Stream(mine), memtest.Options{Probes: []string{"ridge"}, Permutations: 99}))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rows[0].Network, rows[0].Probe, "learned:", rows[0].Learning > 0.3, "memorized some:", rows[0].Memorization > 0.05, "p:", rows[0].LearningP)
	// Output: mine ridge learned: true memorized some: true p: 0.01
}
