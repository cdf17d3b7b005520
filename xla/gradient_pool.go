package xla

import (
	"slices"

	"github.com/gomlx/gomlx/backends"
	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
)

// poolingGradient is the gradient of the maximum and of the sum over windows of
// images [N, H, W, C] that do not overlap. That of a maximum goes to the first
// greatest value of the window, by comparisons; GoMLX's own searches each
// window with an operation that is slow on XLA's CPU and missing in pure Go.
func poolingGradient(original graph.VJP) graph.VJP {
	return func(node *graph.Node, vs []*graph.Node, out shapes.Shape) []*graph.Node {
		x := node.Inputs()[0]
		f := fieldsOf(node)
		kind := backends.ReduceOpType(f.number("reductionType"))
		window, strides, paddings := f.ints("windowDimensions"), f.ints("strides"), f.ints("paddings")
		dilations := slices.Concat(f.ints("baseDilations"), f.ints("windowDilations"))
		padded := slices.ContainsFunc(paddings, func(p int) bool { return p != 0 })
		dilated := slices.ContainsFunc(dilations, func(d int) bool { return d > 1 })
		if f.missing || x.Rank() != 4 || !slices.Equal(window, strides) || window[0] != 1 || window[3] != 1 ||
			padded || dilated || kind != backends.ReduceOpMax && kind != backends.ReduceOpSum {
			return original(node, vs, out)
		}
		h, w := window[1], window[2]
		if kind == backends.ReduceOpSum {
			return []*graph.Node{spread(x, h, w, func(int, int) *graph.Node { return vs[0] })}
		}
		zero := graph.ZerosLike(vs[0])
		var found *graph.Node // [N, H/h, W/w, C]
		return []*graph.Node{spread(x, h, w, func(i, j int) *graph.Node {
			here := graph.Equal(within(x, node, h, w, i, j), node)
			first := here
			if found == nil {
				found = here
			} else {
				first = graph.LogicalAnd(here, graph.LogicalNot(found))
				found = graph.LogicalOr(found, here)
			}
			return graph.Where(first, vs[0], zero)
		})}
	}
}

// within is the value at place (i, j) of each window of h×w: [N, H/h, W/w, C],
// the shape of pooled.
func within(x, pooled *graph.Node, h, w, i, j int) *graph.Node {
	d := pooled.Shape().Dimensions
	return graph.Slice(x, graph.AxisRange(),
		graph.AxisRange(i, i+(d[1]-1)*h+1).Stride(h), graph.AxisRange(j, j+(d[2]-1)*w+1).Stride(w), graph.AxisRange())
}

// spread puts part(i, j), of shape [N, H/h, W/w, C], at place (i, j) of each
// window, and zeros at what the windows left over at the end: the shape of x.
func spread(x *graph.Node, h, w int, part func(i, j int) *graph.Node) *graph.Node {
	var rows []*graph.Node
	var d []int
	for i := range h {
		var row []*graph.Node
		for j := range w {
			p := part(i, j)
			d = p.Shape().Dimensions
			row = append(row, graph.Reshape(p, d[0], d[1], 1, d[2], 1, d[3]))
		}
		rows = append(rows, join(row, 4))
	}
	full := x.Shape().Dimensions
	y := graph.Reshape(join(rows, 2), d[0], d[1]*h, d[2]*w, d[3])
	return widen(widen(y, 1, 0, full[1]-d[1]*h), 2, 0, full[2]-d[2]*w)
}

// join is Concatenate, which refuses a single operand.
func join(parts []*graph.Node, axis int) *graph.Node {
	if len(parts) == 1 {
		return parts[0]
	}
	return graph.Concatenate(parts, axis)
}
