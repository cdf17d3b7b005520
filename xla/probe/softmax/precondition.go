package softmax

import (
	. "github.com/gomlx/gomlx/pkg/core/graph"
)

// precondition makes G [K·P, d] of the gradient [K·P, d]: by M⁻¹, which is 1 for the
// weights V; by the inverse Hessians of the classes of a single fit [K, d, d]; or as
// correct does of its three arguments. What G moves all classes by alike changes no
// probability: its mean over the classes is taken off.
func precondition(c *crossEntropy, gradient *Node, args []*Node) *Node {
	g := c.split(gradient)
	switch len(args) {
	case 1:
		args[0].AssertDims(c.classes, g.Shape().Dim(2), g.Shape().Dim(2))
		g = DotGeneral(g, []int{2}, []int{0}, args[0], []int{1}, []int{0})
	case 3:
		g = c.split(correct(c, gradient, args[0], args[1], args[2]))
	}
	return c.join(Sub(g, ReduceAndKeep(g, ReduceMean, 0)))
}

// correct adds to the gradient [K·P, d], which is M⁻¹'s in the weights V, a step
// along the weight of each rare column: its gradient by 1/h − 1/m, where h, a bound
// of the diagonal of the Hessian, is less than m, the diagonal of M. The residual of
// an example is the bound of its second derivative: |r| is p or 1 − p, and no less
// than p(1 − p). That holds also where p(1 − p) is deceptive: an example that is as
// good as certain of a wrong class has next to none, and would be moved a hundred
// times too far.
func correct(c *crossEntropy, gradient, squares, rest, rows *Node) *Node {
	first, d, q := squares.Shape().Dim(0), gradient.Shape().Dim(1), squares.Shape().Dim(1)
	rest.AssertDims(1, q)
	rows.AssertDims(q, d)
	sum := func(residuals *Node) *Node {
		return DotProduct(Abs(Slice(residuals, AxisRange(), AxisRange(0, first))), squares)
	}
	h := Add(Concatenate([]*Node{sum(c.residuals()), sum(c.lastResiduals())}, 0), rest)
	m := ExpandAxes(ReduceSum(Square(rows), -1), 0) // the diagonal of LLᵀ
	excess := Max(ZerosLike(h), Sub(Reciprocal(h), Reciprocal(m)))
	excess.AssertDims(c.classes*c.slots, q)
	along := DotGeneral(gradient, []int{1}, nil, rows, []int{1}, nil)
	return Add(gradient, DotProduct(Mul(along, excess), rows))
}
