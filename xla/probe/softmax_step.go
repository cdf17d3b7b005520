package probe

import (
	"context"
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/pkg/core/graph"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

// softmax is a fitted SoftmaxRegression. It scores like every linear probe; its
// weights come from iterations in whitened coordinates, see whitening.
//
// An iteration goes along a preconditioned gradient G: by M⁻¹, and by a correction
// of each weight where f bends much less than M says. That is so where few
// examples carry a feature: once their probabilities have gone to 0 or 1, steps
// by M⁻¹ alone, which all label sets share, are a hundred times too short. To G
// comes as much of the last step S as makes the direction conjugate to it. How f
// bends along S follows from the gradients at both its ends, and how it bends
// along the direction from the logits, which are linear in W: an iteration takes
// the features twice, for a gradient and for the direction's logits.
type softmax struct {
	*linear
	*whitening
	*corrections
	order          []int        // the rows of the features as they are whitened
	step, bent     *xla.Program // an iteration by M⁻¹ and corrections, by bends
	bendOf, invert *xla.Program // see inverseBend
	stack, finish  *xla.Program
	tolerance      float64 // softmaxTolerance, but for tests
	iterations     int     // softmaxIterations, but for tests
}

// State of P fits, class-major as in linear.
const (
	stateV      = iota // weights V [K·P, d]
	statePV            // V·penalty
	stateS             // the last step S [K·P, d]
	stateGrad          // the gradient of f before it [K·P, d]
	stateZV            // logits of V [(K−1)·P, n], less those of the last class
	stateBefore        // f before S [P]
	stateSlope         // the derivative of f along S before it [P]
	stateSize
)

// prepare whitens the features x, with the constant, and makes the programs.
func (f *softmax) prepare(ctx context.Context, x arrays.Matrix, lambda float64) (err error) {
	columns, order := pick(x)
	ordered := arrays.Matrix{Rows: x.Rows, Cols: x.Cols, Data: make([]float32, len(x.Data))}
	for to, row := range order {
		copy(ordered.Row(to), x.Row(row))
	}
	f.order = order
	w, err := whiten(ctx, f.engine, ordered, f.classes, lambda)
	if err != nil {
		return err
	}
	f.whitening = w
	c, err := newCorrections(f.engine, ordered, columns, w.factor, f.classes, lambda)
	if err != nil {
		return err
	}
	f.corrections = c
	size := fmt.Sprintf("of %d classes", f.classes)
	if f.step, err = f.engine.Program("softmax step "+size, f.buildStep); err != nil {
		return err
	}
	if f.bent, err = f.engine.Program("softmax step by bends "+size, f.buildStep); err != nil {
		return err
	}
	if err = f.prepareBends(); err != nil {
		return err
	}
	f.finish, err = f.engine.Program("softmax weights", func(args []*Node) []*Node {
		w := Dot(args[0], args[1])
		return []*Node{w, ReduceSum(ZerosLike(w), -1)}
	})
	return err
}

// buildStep builds one iteration. Arguments: labels [P, n], the shared tensors, 0
// for the places that begin and 1 for the others [K·P, 1], the intercepts that
// they begin with and 0 for the others [K·P, 1], the state, and the
// preconditioner: what correct takes, or inverse bends [K, d, d]. Results: f [P],
// the estimated distance of f to its minimum [P], both before the iteration, and
// the state after it.
//
// Arrays lie as layout says, with logits less those of the last class.
func (f *softmax) buildStep(args []*Node) []*Node {
	labels, white, factor, penalty, keep, intercepts := args[0], args[1], args[2], args[3], args[4], args[5]
	state, metric := args[6:6+stateSize], args[6+stateSize:]
	l := layout{f.classes, labels.Shape().Dim(0)}
	p, d := l.places, white.Shape().Dim(0)

	for _, i := range []int{stateV, statePV, stateS} {
		state[i] = Mul(state[i], keep)
	}
	// Where places begin, the greatest logits are those of the intercepts. Taking
	// them apart spares XLA an array of all logits.
	start := l.apart(intercepts)
	top := Add(Mul(l.highest(state[stateZV]), Slice(keep, AxisRange(0, p))), l.highest(start))
	top = Max(top, ZerosLike(top))
	state[stateZV] = Add(Mul(state[stateZV], l.withoutLast(keep)), start)
	state[stateV] = Add(state[stateV], Mul(intercepts, Slice(factor, AxisRange(d-1, d), AxisRange()))) // V = W·L
	first := Reshape(Slice(keep, AxisRange(0, p)), p)
	begins := Equal(first, ZerosLike(first))
	state[stateBefore] = Where(begins, AddScalar(ZerosLike(first), math.MaxFloat32/2), state[stateBefore])
	state[stateSlope] = Mul(state[stateSlope], first)
	v, pv, s, gradBefore := state[stateV], state[statePV], state[stateS], state[stateGrad]
	zv, before, slope := state[stateZV], state[stateBefore], state[stateSlope]

	at := l.likelihood(labels, zv, top)
	loss := Add(overRows(at.each), MulScalar(l.dot(v, pv), 0.5))
	grad := DotGeneral(at.residual(), []int{1}, nil, white, []int{1}, nil)
	grad = Add(Concatenate([]*Node{grad, Neg(ReduceSum(l.byClass(grad), 0))}, 0), pv) // that of the loss adds up to 0
	g := precondition(at, loss, grad, metric)
	zero, one := ZerosLike(loss), OnesLike(loss)

	// The last step went too far if f rises along it by more than it fell at its
	// beginning, or rose at all; float32 sums tell no smaller rise of f.
	ahead := l.dot(grad, s)
	worse := LogicalOr(GreaterThan(ahead, Neg(slope)), GreaterThan(loss, MulScalar(before, 1+1e-5)))

	// The direction G + weight·S. With y what S changed the gradient by, S·y is how
	// f bent along S, and −G·y/(S·y) makes the direction conjugate to S. What is
	// left of the slope along S, which is nothing where f is quadratic, comes to it
	// as if G were to be gone along by −1.
	ga, gy, bent := l.dot(grad, g), l.dot(g, Sub(grad, gradBefore)), Sub(ahead, slope)
	straight := LessOrEqual(bent, MulScalar(Abs(slope), 1e-5)) // as at the start
	weight := Where(straight, zero, Div(Sub(ahead, gy), Where(straight, one, bent)))
	falls := GreaterThan(Add(ga, Mul(weight, ahead)), MulScalar(ga, 0.1))
	weight = Where(falls, weight, zero)
	// A step that raised f is taken back by three quarters, and nothing else.
	weight = Where(worse, AddScalar(zero, -back), weight)
	stays := l.spread(Where(worse, one, zero))
	goes := OneMinus(stays)
	direction := Add(Mul(g, goes), Mul(s, l.spread(weight)))
	zd := Dot(l.apart(direction), white)
	pd := Dot(direction, penalty)

	// Newton's step along it.
	curve := Add(at.curve(zd), l.dot(direction, pd))
	safe := Where(Equal(curve, zero), one, curve)
	along := l.dot(grad, direction)
	alpha := Where(worse, one, Neg(Div(along, safe)))
	moves := l.spread(alpha)
	step := Mul(direction, moves)

	// ½ grad·G is the distance where the preconditioner is the Hessian; along G
	// alone f falls by ½(grad·G)²/(G·HG), and G·HG is what conjugate parts add up to.
	gap := MulScalar(Max(ga, Div(Square(ga), Add(safe, Mul(Square(weight), Max(bent, zero))))), 0.5)
	gap = Where(worse, AddScalar(zero, math.MaxFloat32), gap)
	return []*Node{loss, gap,
		Add(v, step), Add(pv, Mul(pd, moves)),
		Add(Mul(step, goes), MulScalar(Mul(s, stays), 1-back)), Add(Mul(grad, goes), Mul(gradBefore, stays)),
		Add(zv, Mul(zd, l.withoutLast(moves))),
		Where(worse, before, loss), Where(worse, MulScalar(slope, 1-back), Mul(alpha, along))}
}

// precondition makes G of the gradient [K·P, d].
func precondition(at *likelihood, loss, grad *Node, metric []*Node) *Node {
	var g *Node
	if len(metric) == 1 { // inverse bends
		g = at.flat(DotGeneral(at.byClass(grad), []int{2}, []int{0}, metric[0], []int{1}, []int{0}))
	} else {
		g = correct(at, loss, grad, metric)
	}
	// Its mean over the classes does nothing but add to the penalty.
	return at.flat(Sub(at.byClass(g), ReduceAndKeep(at.byClass(g), ReduceMean, 0)))
}

// back is the part of a step that is taken back when it raised f.
const back = 0.75

func (f *softmax) Close() {
	f.linear.Close()
	f.whitening.free()
	f.corrections.free()
}
