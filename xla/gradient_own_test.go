package xla

import (
	"math"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"
)

// The gradient of one's own is taken, once for each gradient that is asked for, and no
// other; the value stays what it is, even where an input is no number.
func TestWithGradient(t *testing.T) {
	onBoth(t, func(t *testing.T, e *Engine) {
		p, err := e.NewProgram("test", func(in []*graph.Node) []*graph.Node {
			x, y, z := in[0], in[1], in[2]
			inside := graph.Mul(graph.Mul(x, y), graph.Reshape(graph.OnesLike(z), 2))
			out := WithGradient(graph.Add(inside, x), []*graph.Node{x, z}, func(v *graph.Node) []*graph.Node {
				return []*graph.Node{graph.MulScalar(v, 3), graph.Reshape(graph.MulScalar(v, 5), 2, 1)}
			})
			sum := graph.ReduceAllSum(graph.Mul(out, y))
			first := graph.Gradient(sum, x, y, z)
			second := graph.Gradient(graph.MulScalar(graph.ReduceAllSum(out), 2), x, z)
			return slices.Concat([]*graph.Node{out}, first, second)
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Close)
		res, err := p.Run(tensors.FromValue([]float64{2, 4}), tensors.FromValue([]float64{7, 11}), tensors.FromValue([][]float64{{1}, {math.NaN()}}))
		if err != nil {
			t.Fatal(err)
		}
		defer Free(res...)
		for i, want := range [][]float64{
			{16, 48},                     // x·y + x
			{21, 33}, {16, 48}, {35, 55}, // 3·y; out alone, nothing through y inside; 5·y
			{6, 6}, {10, 10},
		} {
			got, err := Download[float64](res[i])
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, want) {
				t.Errorf("result %d is %v, want %v", i, got, want)
			}
		}
	})
}

// The gradient of a slice along several axes, which the pure-Go backend lacks the operation
// for that GoMLX's own takes.
func TestSliceGradient(t *testing.T) {
	f := function{dims: [][]int{{4, 3, 5}}, build: func(in []*graph.Node) *graph.Node {
		part := graph.Slice(in[0], graph.AxisRange(1, 3), graph.AxisRange(), graph.AxisRange(0, 4))
		return weighted(graph.Mul(part, part))
	}}
	onBoth(t, func(t *testing.T, e *Engine) {
		x := f.draw()
		f.checkDifferences(t, e, x, f.compile(t, e, f.gradient)(x), 1e-5, 1e-8)
	})
}
