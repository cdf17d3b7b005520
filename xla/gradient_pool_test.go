package xla

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/pkg/core/graph"
)

func TestPoolingGradients(t *testing.T) {
	onBoth(t, func(t *testing.T, e *Engine) {
		for _, c := range []struct{ images, window []int }{
			{[]int{2, 4, 6, 3}, []int{2, 2}},
			{[]int{2, 5, 7, 1}, []int{2, 3}}, // one row and one column left over
			{[]int{1, 3, 3, 2}, []int{3, 3}},
			{[]int{2, 3, 4, 2}, []int{1, 1}},
		} {
			for name, pool := range map[string]func(*graph.Node) *graph.PoolBuilder{"max": graph.MaxPool, "sum": graph.SumPool, "mean": graph.MeanPool} {
				t.Run(fmt.Sprint(name, c), func(t *testing.T) {
					f := function{[][]int{c.images}, func(in []*graph.Node) *graph.Node {
						return weighted(pool(in[0]).WindowPerAxis(c.window...).NoPadding().Done())
					}}
					x := f.draw()
					got := f.compile(t, e, f.gradient)(x)
					f.checkDifferences(t, e, x, got, 1e-6, 1e-7)
					if e.Describe().Real {
						f.checkOriginal(t, e, x, got, 1e-12)
					}
				})
			}
		}
	})
}

// Of equal greatest values the first gets the gradient, so that the sum of the
// gradients is that of the windows: a black background is full of ties.
func TestMaxPoolingTies(t *testing.T) {
	onBoth(t, func(t *testing.T, e *Engine) {
		f := function{[][]int{{1, 4, 4, 1}}, func(in []*graph.Node) *graph.Node {
			return graph.ReduceAllSum(graph.MaxPool(in[0]).Window(2).NoPadding().Done())
		}}
		got := f.compile(t, e, f.gradient)([][]float64{{
			0, 0, 1, 1,
			0, 0, 0, 1,
			1, 2, 0, 3,
			2, 2, 3, 0,
		}})[0]
		if want := []float64{
			1, 0, 1, 0,
			0, 0, 0, 0,
			0, 1, 0, 1,
			0, 0, 0, 0,
		}; !slices.Equal(got, want) {
			t.Errorf("got %v", got)
		}
	})
}

// Windows that overlap keep GoMLX's own gradient.
func TestOverlappingPoolingGradient(t *testing.T) {
	e := xlaEngine(t)
	t.Cleanup(e.Close)
	f := function{[][]int{{2, 6, 5, 2}}, func(in []*graph.Node) *graph.Node {
		return weighted(graph.MaxPool(in[0]).Window(3).Strides(1).NoPadding().Done())
	}}
	x := f.draw()
	f.checkDifferences(t, e, x, f.compile(t, e, f.gradient)(x), 1e-6, 1e-7)
}
