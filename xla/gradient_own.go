package xla

import (
	. "github.com/gomlx/gomlx/pkg/core/graph"
)

// WithGradient is out, which was computed from inputs, with the gradient that backward
// gives: v being that of out, backward(v)[i] is that of inputs[i], in its shape. What GoMLX
// would have derived from the way in which out was computed is not used, and through other
// nodes than inputs no gradient passes. Gradients of these gradients are not known.
func WithGradient(out *Node, inputs []*Node, backward func(v *Node) []*Node) *Node {
	// GoMLX lets a node of one input alone have a gradient of its own. So each input passes
	// through one, and the result is made to depend on them by a choice that is never taken,
	// which XLA leaves away. Gradients go from the result downwards, hence in this order.
	var gradients []*Node
	g := out.Graph()
	never := ScalarZero(g, out.DType())
	for i, x := range inputs {
		marked := IdentityWithCustomGradient(x, func(_, _ *Node) *Node { return gradients[i] })
		never = Add(never, ReduceAllSum(marked))
	}
	chosen := Where(Const(g, true), StopGradient(out), BroadcastToShape(never, out.Shape()))
	return IdentityWithCustomGradient(chosen, func(_, v *Node) *Node {
		gradients = backward(v)
		return v
	})
}
