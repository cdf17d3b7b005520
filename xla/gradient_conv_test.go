package xla

import (
	"fmt"
	"testing"

	"github.com/gomlx/gomlx/pkg/core/graph"
)

// Gradients of convolutions: 1×1, 3×3 and even kernels, few channels and many,
// strides that fit and that leave rows over, both paddings.
func TestConvolutionGradients(t *testing.T) {
	type conv struct {
		images, kernel []int
		strides        []int
		same           bool
	}
	onBoth(t, func(t *testing.T, e *Engine) {
		for _, c := range []conv{
			{[]int{2, 5, 6, 1}, []int{3, 3, 1, 4}, []int{1, 1}, true},
			{[]int{2, 5, 6, 3}, []int{3, 3, 3, 2}, []int{1, 1}, false},
			{[]int{2, 5, 6, 17}, []int{3, 3, 17, 2}, []int{1, 1}, true},
			{[]int{3, 4, 4, 2}, []int{1, 1, 2, 3}, []int{1, 1}, true},
			{[]int{3, 7, 6, 2}, []int{1, 1, 2, 3}, []int{2, 2}, false},
			{[]int{2, 8, 7, 2}, []int{3, 3, 2, 3}, []int{2, 2}, true},
			{[]int{2, 8, 7, 16}, []int{3, 3, 16, 3}, []int{2, 3}, false},
			{[]int{2, 6, 5, 2}, []int{2, 4, 2, 3}, []int{1, 1}, true},
			{[]int{4, 6, 9, 1}, []int{5, 5, 1, 2}, []int{1, 3}, true},
			{[]int{1, 3, 3, 2}, []int{3, 3, 2, 3}, []int{1, 1}, false},
		} {
			t.Run(fmt.Sprint(c), func(t *testing.T) {
				conv := func(x, kernel *graph.Node) *graph.Node {
					b := graph.Convolve(x, kernel).StridePerAxis(c.strides...)
					if c.same {
						return b.PadSame().Done()
					}
					return b.NoPadding().Done()
				}
				f := function{[][]int{c.images, c.kernel}, func(in []*graph.Node) *graph.Node { return weighted(conv(in[0], in[1])) }}
				x := f.draw()
				got := f.compile(t, e, f.gradient)(x)
				f.checkDifferences(t, e, x, got, 1, 1e-11)
				// Pure Go lacks what GoMLX's own gradient needs, and for even kernels
				// with padding that one disagrees with the difference quotients.
				even := c.same && (c.kernel[0]%2 == 0 || c.kernel[1]%2 == 0)
				if e.Describe().Real && !even {
					f.checkOriginal(t, e, x, got, 1e-11)
				}
			})
		}
	})
}

// What the repair leaves to GoMLX: dilated kernels, groups, other layouts.
func TestConvolutionGradientOfOtherKinds(t *testing.T) {
	e := xlaEngine(t)
	t.Cleanup(e.Close)
	for name, f := range map[string]function{
		"dilated": {[][]int{{2, 7, 7, 2}, {3, 3, 2, 3}}, func(in []*graph.Node) *graph.Node {
			return weighted(graph.Convolve(in[0], in[1]).Dilations(2).PadSame().Done())
		}},
		"groups": {[][]int{{2, 5, 5, 4}, {3, 3, 2, 6}}, func(in []*graph.Node) *graph.Node {
			return weighted(graph.Convolve(in[0], in[1]).ChannelGroupCount(2).PadSame().Done())
		}},
		"one axis": {[][]int{{2, 7, 3}, {3, 3, 4}}, func(in []*graph.Node) *graph.Node {
			return weighted(graph.Convolve(in[0], in[1]).PadSame().Done())
		}},
	} {
		t.Run(name, func(t *testing.T) {
			x := f.draw()
			f.checkDifferences(t, e, x, f.compile(t, e, f.gradient)(x), 1, 1e-11)
		})
	}
}
