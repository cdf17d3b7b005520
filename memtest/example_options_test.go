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

// The same features by each metric, and by each way to scale them: the class
// shows in the first column, which any of them finds.
func ExampleOptions() {
	ctx := context.Background()
	engine, err := xla.Open(ctx, "", xla.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()

	const n, d = 100, 4
	r := seed.Stream(1, "example")
	labels := make([]int32, n)
	train := arrays.Matrix{Rows: n, Cols: d, Data: make([]float32, n*d)}
	for i := range n {
		labels[i] = int32(i % 2)
		for j := range d {
			train.Row(i)[j] = float32(r.NormFloat64())
		}
		train.Row(i)[0] += 4 * float32(labels[i])
	}
	for _, o := range []memtest.Options{
		{Metric: memtest.MetricAccuracy},
		{Metric: memtest.MetricBalanced},
		{Metric: memtest.MetricAUC},
		{Metric: memtest.MetricLogLoss},
		{Metric: memtest.MetricAccuracy, Scale: memtest.ScaleNone},
		{Metric: memtest.MetricAccuracy, Scale: memtest.ScaleStandard},
		{Metric: memtest.MetricAccuracy, Scale: memtest.ScaleFloor},
		{Metric: memtest.MetricAccuracy, Scale: memtest.ScaleShared},
		{Metric: memtest.MetricAccuracy, Scale: memtest.ScaleAuto},
	} {
		o.Probes, o.Permutations = []string{"softmax:10"}, memtest.MinPermutations
		mine := features.Features{Network: "mine", Layer: "h", Train: train, Labels: labels, Levels: []float64{0}, Copies: features.Matrices(train)}
		rows, err := memtest.Rows(memtest.Measure(ctx, engine, features.Stream(mine), o))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(o.Metric, rows[0].Scale, "learned:", rows[0].Learning > 0, "p:", rows[0].LearningP)
	}
	// Output:
	// accuracy floor learned: true p: 0.05
	// balanced floor learned: true p: 0.05
	// auc floor learned: true p: 0.05
	// log-loss floor learned: true p: 0.05
	// accuracy none learned: true p: 0.05
	// accuracy standard learned: true p: 0.05
	// accuracy floor learned: true p: 0.05
	// accuracy shared learned: true p: 0.05
	// accuracy floor learned: true p: 0.05
}
