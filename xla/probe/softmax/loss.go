package softmax

import (
	. "github.com/gomlx/gomlx/pkg/core/graph"
)

// crossEntropy is what the logits of P fits say of their labels [P, n]: the loss,
// its first derivatives, and its second along a direction.
type crossEntropy struct {
	layout
	is     *Node // whether the label is each of the other classes [K−1, P, n]
	isLast *Node // whether it is the last [P, n]
	odds   *Node // e^(logit − greatest) of the other classes [K−1, P, n]
	last   *Node // the same of the last class [P, n]
	scale  *Node // one over the sum of both over the classes [P, n]
	each   *Node // the loss of each example, −log of its label's probability [P, n]
}

// crossEntropy takes labels [P, n] and logits relative to the last class
// [(K−1)·P, n].
func (l layout) crossEntropy(labels, logits *Node) *crossEntropy {
	logits = l.split(logits)
	logits.AssertDims(l.classes-1, l.slots, labels.Shape().Dim(1))
	c := &crossEntropy{layout: l, is: l.is(labels), isLast: Equal(labels, Scalar(labels.Graph(), labels.DType(), l.classes-1))}
	greatest := ReduceMax(logits, 0)
	greatest = Max(greatest, ZerosLike(greatest)) // the last class's logit is 0
	c.odds = Exp(Sub(logits, ExpandAxes(greatest, 0)))
	c.last = Exp(Neg(greatest))
	sum := Add(c.last, l.sum(c.odds))
	c.scale = Reciprocal(sum)

	own := l.sum(Where(c.is, logits, ZerosLike(logits)))
	wrong := l.sum(Where(c.is, ZerosLike(c.odds), c.odds))
	wrong = Add(wrong, Where(c.isLast, ZerosLike(c.last), c.last))
	// Of an example whose label has the greatest logit the loss may be tiny, and
	// log(1 + the others) keeps its digits.
	c.each = Where(Equal(own, greatest), Log1P(wrong), Add(Log(sum), Sub(greatest, own)))
	return c
}

// loss is the sum over the examples [P].
func (c *crossEntropy) loss() *Node { return overExamples(c.each) }

// residuals are the derivatives of the loss in the logits of the other classes
// [(K−1)·P, n]: the probabilities, less 1 for the label. What the label's lacks to 1
// keeps its digits where it is nearly that.
func (c *crossEntropy) residuals() *Node {
	p := Mul(c.odds, ExpandAxes(c.scale, 0))
	lacks := BroadcastToDims(ExpandAxes(Expm1(Neg(c.each)), 0), p.Shape().Dimensions...)
	return c.join(Where(c.is, lacks, p))
}

// lastResiduals are those of the last class [P, n].
func (c *crossEntropy) lastResiduals() *Node {
	return Where(c.isLast, Expm1(Neg(c.each)), Mul(c.last, c.scale))
}

// curvature is the second derivative of the loss along a direction with logits z
// [(K−1)·P, n], Σ_i (Σ_k p·z² − (Σ_k p·z)²) [P].
func (c *crossEntropy) curvature(z *Node) *Node {
	z = c.split(z)
	pz := Mul(c.odds, z)
	mean, square := Mul(c.scale, c.sum(pz)), Mul(c.scale, c.sum(Mul(pz, z)))
	return overExamples(Sub(square, Square(mean)))
}
