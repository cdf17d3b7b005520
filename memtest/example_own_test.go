package memtest_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/gomlx/gomlx/pkg/core/graph"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// small is an experiment of a moment, to which the examples add something of
// one's own.
func small() memtest.Config {
	return memtest.Config{
		N: 300, Net: "mlp:16", Epochs: []int{0, 3}, Levels: []float64{0.1}, Refs: []string{memtest.RefUntrained},
		Options: memtest.Options{Probes: []string{"centroid"}, Permutations: 19},
	}
}

// printRows prints what names the rows of an experiment.
func printRows(c memtest.Config) {
	ctx := context.Background()
	engine, err := xla.Open(ctx, "", xla.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()
	for row, err := range memtest.Run(ctx, engine, c) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(row.Network, row.Epoch, row.Layer, row.Probe, row.Perturbation, row.Level, "learned:", row.Learning > 0.1)
	}
}

// stump is a probe of one's own: it looks at one feature only, and says the class
// whose mean is nearest.
type stump struct{ column int }

func (s stump) Name() string { return fmt.Sprintf("stump:%d", s.column) }

// Prepare keeps the features; there is nothing that all label sets could share.
func (s stump) Prepare(_ context.Context, _ *xla.Engine, p probe.Problem) (probe.Fitted, error) {
	if s.column >= p.Train.Cols {
		return nil, fmt.Errorf("there is no feature %d among %d", s.column, p.Train.Cols)
	}
	return fittedStump{s.column, p}, nil
}

type fittedStump struct {
	column int
	probe.Problem
}

func (f fittedStump) Chunk() int { return 64 }
func (f fittedStump) Close()     {}

// Predict fits the means of the classes for each label set and classifies copies.
func (f fittedStump) Predict(_ context.Context, labels [][]int32, observed bool) (probe.Predictions, error) {
	out := probe.Predictions{Valid: make([][][]int32, len(f.Valid))}
	for set, y := range labels {
		mean := f.means(y)
		for v, copies := range f.Valid {
			predicted := make([]int32, copies.Rows)
			for i := range predicted {
				predicted[i] = nearest(mean, copies.Row(i)[f.column])
			}
			out.Valid[v] = append(out.Valid[v], predicted)
		}
		if observed && set == 0 { // of the real labels: fresh examples, and margins, which a stump has not
			for i := range f.Fresh.Rows {
				out.Fresh = append(out.Fresh, nearest(mean, f.Fresh.Row(i)[f.column]))
			}
			for range f.Valid {
				out.Margins = append(out.Margins, make([]float32, f.Train.Rows))
			}
		}
	}
	return out, nil
}

func (f fittedStump) means(labels []int32) []float32 {
	sum, count := make([]float32, f.Classes), make([]float32, f.Classes)
	for i, y := range labels {
		sum[y] += f.Train.Row(i)[f.column]
		count[y]++
	}
	for k := range sum {
		sum[k] /= max(1, count[k])
	}
	return sum
}

func nearest(mean []float32, x float32) int32 {
	best := 0
	for k, m := range mean {
		if (x-m)*(x-m) < (x-mean[best])*(x-mean[best]) {
			best = k
		}
	}
	return int32(best)
}

// A probe of one's own is measured beside those that have names.
func ExampleOptions_ownProbe() {
	c := small()
	c.Epochs, c.OwnProbes = []int{0}, []probe.Probe{stump{column: 0}}
	printRows(c)
	// Output:
	// mlp 0 dense1 centroid gaussian 0.1 learned: true
	// mlp 0 dense1 stump:0 gaussian 0.1 learned: false
}

// A perturbation of one's own takes the place of Config.Perturb: here one that
// turns a share of the pixels black.
func ExampleConfig_ownPerturbation() {
	c := small()
	c.Epochs, c.Levels = []int{0}, []float64{0.2}
	c.Perturbation = perturb.Func{
		Label: "black", In: "share of pixels", Max: 1,
		Make: func(dst, src []float32, _ datasets.Shape, level float64, r *rand.Rand) {
			for j, v := range src {
				if dst[j] = v; r.Float64() < level {
					dst[j] = 0
				}
			}
		},
	}
	printRows(c)
	// Output: mlp 0 dense1 centroid black 0.2 learned: true
}

// A network written by hand with GoMLX takes the place of Config.Net. Its hidden
// layer is called hidden.
func ExampleConfig_ownNetwork() {
	c := small()
	c.Spec = &nn.Spec{
		Name: "mine", Input: datasets.Shape{Height: 28, Width: 28, Channels: 1}, Classes: 10,
		Layers: []nn.Layer{{Kind: "function", Name: "hidden"}},
		Model: func(b *nn.Builder, x *graph.Node) *graph.Node {
			x = graph.Reshape(x, x.Shape().Dimensions[0], -1)
			x = b.Layer("hidden", graph.Tanh(graph.DotProduct(x, b.Weights("hidden/weights", nn.FanIn(784, false), 784, 16))))
			x = b.Dropout(x, 0.1)
			return graph.DotProduct(x, b.Weights("logits/weights", nn.FanIn(16, false), 16, 10))
		},
	}
	printRows(c)
	// Output:
	// mine 0 hidden centroid gaussian 0.1 learned: true
	// mine 3 hidden centroid gaussian 0.1 learned: true
}

// A run that is kept in a folder can be killed at any moment: the same call goes
// on with it, and a finished one is only read.
func ExampleRunIn() {
	ctx := context.Background()
	engine, err := xla.Open(ctx, "", xla.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()
	parent, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(parent)

	for range 2 {
		x, err := memtest.New(ctx, small(), datasets.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		measured := 0
		x.Config.Progress = func(memtest.Progress) { measured++ }
		rows, err := memtest.RunIn(ctx, engine, x, filepath.Join(parent, "run"))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(len(rows), "rows; something was measured:", measured > 0)
	}
	// Output:
	// 2 rows; something was measured: true
	// 2 rows; something was measured: false
}
