package xla

import (
	"slices"

	"github.com/gomlx/gomlx/backends"
	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
)

// sliceGradient is the gradient of a slice, zeros where nothing was taken. GoMLX's own asks
// for Pad, which is missing in the pure-Go backend.
func sliceGradient(original graph.VJP) graph.VJP {
	return func(node *graph.Node, vs []*graph.Node, out shapes.Shape) []*graph.Node {
		f := fieldsOf(node)
		starts, limits, strides := f.ints("starts"), f.ints("limits"), f.ints("strides")
		strided := slices.ContainsFunc(strides, func(s int) bool { return s > 1 })
		if f.missing || strided || node.Graph().Backend().Capabilities().Operations[backends.OpTypePad] {
			return original(node, vs, out)
		}
		v := vs[0]
		for axis, size := range node.Inputs()[0].Shape().Dimensions {
			v = widen(v, axis, starts[axis], size-limits[axis])
		}
		return []*graph.Node{v}
	}
}
