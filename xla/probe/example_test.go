package probe_test

import (
	"context"
	"fmt"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// labelSets are label sets that lie in memory; perm.LabelSets are made on demand.
type labelSets [][]int32

func (l labelSets) Examples() int          { return len(l[0]) }
func (l labelSets) Set(b int, dst []int32) { copy(dst, l[b]) }

// Probes are fitted to the real labels and to a shuffle of them in one go, and each
// fit classifies the copies: the nearest neighbour and the forest recall a shuffle as
// well as the real labels, the linear ones can only follow the two groups of points.
func ExampleRun() {
	ctx := context.Background()
	engine, err := xla.Open(ctx, "", xla.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()

	data := probe.Data{
		Train:   arrays.Matrix{Rows: 6, Cols: 2, Data: []float32{0, 0, 0, 1, 1, 0, 5, 5, 5, 6, 6, 5}},
		Valid:   []arrays.Matrix{{Rows: 6, Cols: 2, Data: []float32{0.2, 0, 0, 0.8, 1, 0.1, 5, 5.3, 5, 5.9, 6.1, 5}}},
		Classes: 2,
	}
	sets := labelSets{{0, 0, 0, 1, 1, 1}, {0, 1, 0, 1, 0, 1}}
	for _, kind := range []probe.Probe{probe.Centroid{}, probe.Ridge{}, probe.KNN{K: 1}, probe.Forest{Trees: 20}} {
		for batch, err := range probe.Run(ctx, engine, kind, data, sets, 0, len(sets), probe.Options{Seed: 1}) {
			if err != nil {
				fmt.Println(err)
				return
			}
			for i, labels := range batch.Labels {
				hits := 0
				for j, class := range batch.Valid[0][i] {
					if class == labels[j] {
						hits++
					}
				}
				fmt.Printf("%s, label set %d: %d of %d copies have their parent's label\n", kind.Name(), batch.First+i, hits, len(labels))
			}
		}
	}
	// Output:
	// centroid, label set 0: 6 of 6 copies have their parent's label
	// centroid, label set 1: 4 of 6 copies have their parent's label
	// ridge, label set 0: 6 of 6 copies have their parent's label
	// ridge, label set 1: 4 of 6 copies have their parent's label
	// knn:1, label set 0: 6 of 6 copies have their parent's label
	// knn:1, label set 1: 6 of 6 copies have their parent's label
	// forest:20, label set 0: 6 of 6 copies have their parent's label
	// forest:20, label set 1: 6 of 6 copies have their parent's label
}
