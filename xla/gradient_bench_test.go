package xla

import (
	"maps"
	"testing"

	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"
)

// BenchmarkGradient times gradients at batch 128 with the repairs of this
// package and as GoMLX has them: a product 512×512, a 3×3 convolution of 14×14
// images from 32 channels to 64 and one of 28×28 images from 1 to 32, and 2×2
// max pooling of 28×28×32.
func BenchmarkGradient(b *testing.B) {
	for _, c := range []struct {
		name string
		dims [][]int
		f    func(in []*graph.Node) *graph.Node
	}{
		{"product", [][]int{{128, 512}, {512, 512}}, func(in []*graph.Node) *graph.Node { return graph.DotProduct(in[0], in[1]) }},
		{"convolution 32-64", [][]int{{128, 14, 14, 32}, {3, 3, 32, 64}}, func(in []*graph.Node) *graph.Node { return graph.Convolve(in[0], in[1]).PadSame().Done() }},
		{"convolution 1-32", [][]int{{128, 28, 28, 1}, {3, 3, 1, 32}}, func(in []*graph.Node) *graph.Node { return graph.Convolve(in[0], in[1]).PadSame().Done() }},
		{"pooling", [][]int{{128, 28, 28, 32}}, func(in []*graph.Node) *graph.Node { return graph.MaxPool(in[0]).Window(2).NoPadding().Done() }},
	} {
		for _, repaired := range []bool{true, false} {
			name := c.name + "/GoMLX"
			if repaired {
				name = c.name + "/repaired"
			}
			b.Run(name, func(b *testing.B) {
				e := benchEngine(b)
				p, err := e.NewProgram(name, func(in []*graph.Node) []*graph.Node {
					if !repaired {
						ours := maps.Clone(graph.VJPRegistration)
						defer maps.Copy(graph.VJPRegistration, ours)
						maps.Copy(graph.VJPRegistration, originals)
					}
					return graph.Gradient(graph.ReduceAllSum(graph.Square(c.f(in))), in...)
				})
				if err != nil {
					b.Fatal(err)
				}
				defer p.Close()
				var args []any
				for _, d := range c.dims {
					t, err := Tensor(e, matrix(1, size(d), 1).Data, d...)
					if err != nil {
						b.Fatal(err)
					}
					args = append(args, t)
				}
				measure(b, func() {
					out, err := p.Run(args...)
					if err != nil {
						b.Fatal(err)
					}
					Free(out...)
				})
				for _, t := range args {
					Free(t.(*tensors.Tensor))
				}
			})
		}
	}
}
