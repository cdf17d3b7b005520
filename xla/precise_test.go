package xla

import (
	"math"
	"testing"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	"github.com/gomlx/gomlx/pkg/core/graph"
)

// Products and convolutions of float32 keep its digits: a GPU would by its
// defaults round the factors to the 10 bits of TF32, which moves predictions.
// The reference adds up in float64.
func TestPrecise(t *testing.T) {
	const n = 256
	builds := map[string]func(a, b *graph.Node) *graph.Node{
		"product": func(a, b *graph.Node) *graph.Node { return graph.DotProduct(a, b) },
		// A convolution of one pixel's width is the same product.
		"convolution": func(a, b *graph.Node) *graph.Node {
			x, kernel := graph.Reshape(a, 1, n/16, 16, n), graph.Reshape(b, 1, 1, n, n)
			return graph.Convolve(x, kernel).Strides(1).NoPadding().Done()
		},
	}
	onBoth(t, func(t *testing.T, e *Engine) {
		for name, build := range builds {
			f := function{[][]int{{n, n}, {n, n}}, func(in []*graph.Node) *graph.Node {
				y := build(graph.ConvertDType(in[0], dtypes.Float32), graph.ConvertDType(in[1], dtypes.Float32))
				return graph.ConvertDType(y, dtypes.Float64)
			}}
			x := f.draw()
			got := f.compile(t, e, func(in []*graph.Node) []*graph.Node { return []*graph.Node{f.build(in)} })(x)[0]
			want := make([]float64, n*n)
			for i := range n {
				for k := range n {
					for j := range n {
						want[i*n+j] += float64(float32(x[0][i*n+k])) * float64(float32(x[1][k*n+j]))
					}
				}
			}
			worst := 0.0
			for i := range want {
				worst = max(worst, math.Abs(got[i]-want[i]))
			}
			// float32 is off by about 1e-5 here, TF32 by 2e-2.
			if worst > 2e-4 {
				t.Errorf("%s is off by up to %g", name, worst)
			}
		}
	})
}
