package complexity_test

import (
	"context"
	"fmt"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/complexity"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// A network after twenty epochs is further from its start than after two.
func ExampleOf() {
	ctx := context.Background()
	engine, err := xla.Open(ctx, "", xla.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()
	train, _, err := datasets.Load(ctx, "fashion-mnist-sample", datasets.Options{Offline: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	train = train.Head(500)
	var start *nn.Snapshot
	var all []complexity.Measures
	for snapshot, err := range nn.Train(ctx, engine, nn.MLP(train.Shape, len(train.Classes), 32), train, nn.Training{Epochs: 20, Keep: []int{0, 2, 20}, Seed: 1}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		defer snapshot.Close()
		if snapshot.Epoch == 0 {
			start = snapshot
			continue
		}
		m, err := complexity.Of(ctx, engine, snapshot, start, train, 1)
		if err != nil {
			fmt.Println(err)
			return
		}
		all = append(all, m)
	}
	fmt.Println("further from the start:", all[1].Distance > all[0].Distance)
	fmt.Println("blends answered better:", all[1].MixupAccuracy > all[0].MixupAccuracy)
	// Output:
	// further from the start: true
	// blends answered better: true
}

// Two groups of two points: their means are 4 apart, and their points 1 from them.
func ExampleDaviesBouldin() {
	points := arrays.Matrix{Rows: 4, Cols: 2, Data: []float32{0, 1, 0, -1, 4, 1, 4, -1}}
	index, err := complexity.DaviesBouldin(points, []int32{0, 0, 1, 1})
	fmt.Println(index, err)
	index, err = complexity.DaviesBouldin(points, []int32{0, 1, 0, 1})
	fmt.Println(index, err)
	// Output:
	// 0.5 <nil>
	// 2 <nil>
}

// Quantiles of a density proportional to x^−2 from 1 upwards.
func ExamplePowerLaw() {
	var values []float64
	for i := range 1000 {
		u := (float64(i) + 0.5) / 1000
		values = append(values, 1/(1-u))
	}
	alpha, err := complexity.PowerLaw(values)
	fmt.Printf("%.1f %v\n", alpha, err)
	// Output: 2.0 <nil>
}
