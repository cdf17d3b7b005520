package softmax

import (
	"math"

	. "github.com/gomlx/gomlx/pkg/core/graph"
)

// iterate is where P fits stand. These are the nodes of a graph; dims are the
// shapes of the same tensors between iterations.
type iterate struct {
	weights   *Node // V [K·P, d]
	penalized *Node // the gradient of the penalty, V·L⁻¹ΛL⁻ᵀ [K·P, d]
	logits    *Node // of V, relative to the last class [(K−1)·P, n]
	step      *Node // the last step S [K·P, d]
	gradient  *Node // that of f before S [K·P, d]
	slope     *Node // the derivative of f along S before it [P]
}

func (it iterate) nodes() []*Node {
	return []*Node{it.weights, it.penalized, it.logits, it.step, it.gradient, it.slope}
}

func iterateOf(x []*Node) iterate { return iterate{x[0], x[1], x[2], x[3], x[4], x[5]} }

func (l layout) dims(n, d int) [][]int {
	rows := l.classes * l.slots
	return [][]int{{rows, d}, {rows, d}, {rows - l.slots, n}, {rows, d}, {rows, d}, {l.slots}}
}

// iterateLen is the number of tensors of an iterate; those that are read between
// iterations have these places.
const iterateLen, iterateWeights, iterateLogits = 6, 0, 2

// iteration is one iteration. Arguments: labels [P, n], Uᵀ [d, n], L [d, d],
// L⁻¹ΛL⁻ᵀ [d, d], what restart takes, the iterate, and what precondition takes.
// Results: f [P] and its estimated suboptimality [P], both before the iteration, and
// the iterate after it.
func iteration(classes int, args []*Node) []*Node {
	labels, white, factor, penalty, keep, intercepts := args[0], args[1], args[2], args[3], args[4], args[5]
	it, preconditioner := iterateOf(args[6:6+iterateLen]), args[6+iterateLen:]
	l := layout{classes, labels.Shape().Dim(0)}
	n, d := labels.Shape().Dim(1), white.Shape().Dim(0)
	white.AssertDims(d, n)
	penalty.AssertDims(d, d)
	for i, dims := range l.dims(n, d) {
		it.nodes()[i].AssertDims(dims...)
	}
	it = l.restart(it, keep, intercepts, factor)

	c := l.crossEntropy(labels, it.logits)
	loss := Add(c.loss(), MulScalar(l.dot(it.weights, it.penalized), 0.5))
	gradient := DotGeneral(c.residuals(), []int{1}, nil, white, []int{1}, nil)
	gradient = Concatenate([]*Node{gradient, Neg(ReduceSum(l.split(gradient), 0))}, 0) // the classes' add up to 0
	gradient = Add(gradient, it.penalized)
	g := precondition(c, gradient, preconditioner)

	// Past the minimum along the last step, and steeper there than at its beginning:
	// the step went too far.
	slope := l.dot(gradient, it.step)
	tooFar := GreaterThan(slope, Neg(it.slope))
	after := l.advance(it, c, gradient, l.conjugate(it, gradient, g, slope), white, penalty, tooFar)
	suboptimality := MulScalar(l.dot(gradient, g), 0.5)
	suboptimality = Where(tooFar, AddScalar(ZerosLike(loss), math.MaxFloat32), suboptimality)
	return append([]*Node{loss, suboptimality}, after.nodes()...)
}

// retreat is the part of a step that is taken back where it went too far.
const retreat = 0.75

// advance goes along a direction [K·P, d] by one step of Newton's method. Where the
// last step went too far it takes back a part of it instead; the rest counts as the
// last step then.
func (l layout) advance(it iterate, c *crossEntropy, gradient, direction, white, penalty, tooFar *Node) iterate {
	stay := l.rows(ConvertDType(tooFar, direction.DType()))
	move := OneMinus(stay)
	direction = Sub(Mul(direction, move), Mul(MulScalar(it.step, retreat), stay))

	z, p := DotProduct(l.relative(direction), white), DotProduct(direction, penalty)
	curvature := Add(c.curvature(z), l.dot(direction, p))
	flat := Equal(curvature, ZerosLike(curvature)) // the direction is 0
	slope := l.dot(gradient, direction)
	length := Neg(Div(slope, Where(flat, OnesLike(curvature), curvature)))
	length = Where(tooFar, OnesLike(length), length)
	lengths := l.rows(length)
	step := Mul(direction, lengths)
	return iterate{
		weights:   Add(it.weights, step),
		penalized: Add(it.penalized, Mul(p, lengths)),
		logits:    Add(it.logits, Mul(z, l.others(lengths))),
		step:      Add(Mul(step, move), Mul(MulScalar(it.step, 1-retreat), stay)),
		gradient:  Add(Mul(gradient, move), Mul(it.gradient, stay)),
		slope:     Where(tooFar, MulScalar(it.slope, 1-retreat), Mul(length, slope)),
	}
}

// restart begins new fits. keep is 0 in the rows of those and 1 in the others
// [K·P, 1], intercepts are what they begin with, and 0 in the others [K·P, 1].
func (l layout) restart(it iterate, keep, intercepts, factor *Node) iterate {
	rows, d := l.classes*l.slots, factor.Shape().Dim(1)
	keep.AssertDims(rows, 1)
	intercepts.AssertDims(rows, 1)
	factor.AssertDims(d, d)
	last := Slice(factor, AxisRange(d-1, d), AxisRange()) // of L: V = W·L for weights W that are intercepts only
	return iterate{
		weights:   Add(Mul(it.weights, keep), Mul(intercepts, last)),
		penalized: Mul(it.penalized, keep),
		logits:    Add(Mul(it.logits, l.others(keep)), l.relative(intercepts)),
		step:      Mul(it.step, keep),
		gradient:  it.gradient,
		slope:     Mul(it.slope, Reshape(Slice(keep, AxisRange(0, l.slots)), l.slots)),
	}
}

// conjugate is the direction G + βS [K·P, d] of the preconditioned gradient G and
// the last step S, with β = (g·S − G·y)/(S·y), where y is what S changed the gradient
// g by, and slope g·S [P]. Where f is straight along S, as at the beginning, it is G.
func (l layout) conjugate(it iterate, gradient, g, slope *Node) *Node {
	bend := Sub(slope, it.slope) // S·y
	straight := LessOrEqual(bend, MulScalar(Abs(it.slope), 1e-5))
	beta := Sub(slope, l.dot(g, Sub(gradient, it.gradient)))
	beta = Where(straight, ZerosLike(beta), Div(beta, Where(straight, OnesLike(bend), bend)))
	return Add(g, Mul(it.step, l.rows(beta)))
}
