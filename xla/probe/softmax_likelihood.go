package probe

import (
	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
)

// likelihood is what the logits of P fits say of their labels [P, n].
type likelihood struct {
	layout
	labels *Node
	ez     *Node // e^(logit − top) [(K−1)·P, n]
	last   *Node // the same of the last class [P, n]
	inv    *Node // one over the sum of both over the classes [P, n]
	each   *Node // the loss of each example, −log of its label's probability [P, n]
}

// likelihood takes logits z less those of the last class [(K−1)·P, n], which
// needs no product then, and the greatest of each example, 0 among them, top.
func (l layout) likelihood(labels, z, top *Node) *likelihood {
	p, n, rest := l.places, labels.Shape().Dim(1), l.classes-1
	at := &likelihood{layout: l, labels: labels}
	at.ez = Exp(Sub(z, l.flat(BroadcastToDims(ExpandAxes(top, 0), rest, p, n))))
	at.last = Exp(Neg(top))
	sum := Add(at.last, l.sum(func(i int) *Node { return l.class(at.ez, i) }))
	at.inv = Reciprocal(sum)

	only := func(is, x *Node) *Node { return Where(is, x, ZerosLike(x)) }
	own := l.sum(func(i int) *Node { return only(l.is(labels, i), l.class(z, i)) })
	// Of an example whose label has the greatest logit the loss may be tiny, and
	// log(1 + the others) keeps its digits.
	others := l.sum(func(i int) *Node { return only(LogicalNot(l.is(labels, i)), l.class(at.ez, i)) })
	others = Add(only(LogicalNot(l.is(labels, rest)), at.last), others)
	at.each = Where(Equal(own, top), Log1P(others), Add(Log(sum), Sub(top, own)))
	return at
}

// probabilities are those of all classes but the last [(K−1)·P, n].
func (at *likelihood) probabilities() *Node {
	return at.flat(Mul(at.byClass(at.ez), ExpandAxes(at.inv, 0)))
}

// residual is the derivative of the loss in the logits [(K−1)·P, n]: the
// probabilities, less 1 for the label. What the label's lacks to 1 keeps its
// digits where it is nearly that.
func (at *likelihood) residual() *Node {
	lacks := ExpandAxes(Expm1(Neg(at.each)), 0)
	prob := at.byClass(at.probabilities())
	return at.flat(Where(at.is(at.labels, all), BroadcastToDims(lacks, prob.Shape().Dimensions...), prob))
}

// curve is the second derivative of the loss along a direction with logits z
// [(K−1)·P, n], Σ_i (Σ_k p·z² − (Σ_k p·z)²) [P].
func (at *likelihood) curve(z *Node) *Node {
	mean := Mul(at.inv, at.sum(func(i int) *Node { return Mul(at.class(at.ez, i), at.class(z, i)) }))
	square := Mul(at.inv, at.sum(func(i int) *Node { return Mul(Mul(at.class(at.ez, i), at.class(z, i)), at.class(z, i)) }))
	return overRows(Sub(square, Square(mean)))
}

// overRows adds up over the examples, [P, n] -> [P], by a product with ones.
func overRows(x *Node) *Node {
	return Dot(x, Ones(x.Graph(), shapes.Make(dtypes.Float32, x.Shape().Dim(1))))
}
