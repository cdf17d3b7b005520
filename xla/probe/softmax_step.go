package probe

import (
	"context"
	"fmt"
	"math"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"

	"github.com/seed-1a417598/memtest/xla"
)

// softmax is a fitted SoftmaxRegression. It scores like every linear probe; its
// weights come from iterations in whitened coordinates, see whitening.
//
// An iteration goes along a preconditioned gradient: by M⁻¹, and by a correction
// of each weight where f bends much less than M says. That is so where few
// examples carry a feature: once their probabilities have gone to 0 or 1, steps
// by M⁻¹ alone, which all label sets share, are a hundred times too short. The
// step minimizes over the plane of that direction and the last step: because
// logits are linear in W, that takes their logits only, not another pass over
// the features.
type softmax struct {
	*linear
	*whitening
	*corrections
	order          []int        // the rows of the features as they are whitened
	step, bent     *xla.Program // an iteration by M⁻¹ and corrections, by bends
	bendOf, invert *xla.Program // see inverseBend
	stack, finish  *xla.Program
	tolerance      float64 // softmaxTolerance, but for tests
}

// State of P fits, class-major as in linear.
const (
	stateV      = iota // weights V [K·P, d]
	statePV            // V·penalty
	stateS             // the last step S [K·P, d]
	statePS            // S·penalty
	stateZV            // logits of V [(K−1)·P, n], less those of the last class
	stateZS            // logits of S
	stateBefore        // f before S [P]
	stateSlope         // the derivative of f along S before it [P]
	stateSize
)

// manyClasses is more than sums over classes add up row by row.
const manyClasses = 64

// prepare whitens the features x, with the constant, and makes the programs.
func (f *softmax) prepare(ctx context.Context, x xla.Matrix, lambda float64) (err error) {
	columns, order := pick(x)
	ordered := xla.Matrix{Rows: x.Rows, Cols: x.Cols, Data: make([]float32, len(x.Data))}
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
// Logits are less those of the last class, which are 0 then and need no product.
// Sums over classes add up whole rows, and sums over examples are products with
// ones: XLA's reductions on the CPU go element by element, but for the maximum.
func (f *softmax) buildStep(args []*Node) []*Node {
	labels, white, factor, penalty, keep, intercepts := args[0], args[1], args[2], args[3], args[4], args[5]
	state, metric := args[6:6+stateSize], args[6+stateSize:]
	k, p, n, d := f.classes, labels.Shape().Dim(0), white.Shape().Dim(0), white.Shape().Dim(1)
	rest := k - 1

	// [K·P, …] without the rows of the last class, less those.
	apart := func(x *Node) *Node {
		last := BroadcastToDims(ExpandAxes(Slice(x, AxisRange(rest*p)), 0), rest, p, x.Shape().Dim(1))
		return Sub(Slice(x, AxisRange(0, rest*p)), Reshape(last, rest*p, x.Shape().Dim(1)))
	}
	for _, i := range []int{stateV, statePV, stateS, statePS} {
		state[i] = Mul(state[i], keep)
	}
	for _, i := range []int{stateZV, stateZS} {
		state[i] = Mul(state[i], Slice(keep, AxisRange(0, rest*p)))
	}
	state[stateV] = Add(state[stateV], Mul(intercepts, Slice(factor, AxisRange(d-1, d), AxisRange()))) // V = W·L
	state[stateZV] = Add(state[stateZV], apart(intercepts))
	first := Reshape(Slice(keep, AxisRange(0, p)), p)
	begins := Equal(first, ZerosLike(first))
	state[stateBefore] = Where(begins, AddScalar(ZerosLike(first), math.MaxFloat32/2), state[stateBefore])
	state[stateSlope] = Mul(state[stateSlope], first)
	v, pv, s, ps := state[stateV], state[statePV], state[stateS], state[statePS]
	zv, zs, before, slope := state[stateZV], state[stateZS], state[stateBefore], state[stateSlope]

	byClass := func(x *Node) *Node { return Reshape(x, x.Shape().Dim(0)/p, p, x.Shape().Dim(1)) }
	flat := func(x *Node) *Node { return Reshape(x, x.Shape().Dim(0)*p, x.Shape().Dim(2)) }
	dot := func(a, b *Node) *Node { return ReduceSum(Mul(byClass(a), byClass(b)), 0, 2) } // [P]
	ones := Ones(labels.Graph(), shapes.Make(dtypes.Float32, n))
	overRows := func(x *Node) *Node { return Dot(x, ones) } // [P, n] -> [P]
	// The rows of a class [P, n], or of all but the last [K−1, P, n].
	const all = -1
	class := func(x *Node, i int) *Node {
		if i == all {
			return byClass(x)
		}
		return Slice(x, AxisRange(i*p, (i+1)*p))
	}
	is := func(i int) *Node {
		if i == all {
			return Equal(ExpandAxes(labels, 0), Iota(labels.Graph(), shapes.Make(labels.DType(), rest, p, n), 0))
		}
		return Equal(labels, Scalar(labels.Graph(), labels.DType(), i))
	}
	// A single fit is not worth the time that XLA takes to compile a row a class.
	sumClasses := func(of func(i int) *Node) *Node {
		if p == 1 || k > manyClasses {
			return ReduceSum(of(all), 0)
		}
		sum := of(0)
		for i := 1; i < rest; i++ {
			sum = Add(sum, of(i))
		}
		return sum
	}
	top := Max(ReduceMax(byClass(zv), 0), Zeros(labels.Graph(), shapes.Make(dtypes.Float32, p, n)))
	ez, last := flat(Exp(Sub(byClass(zv), ExpandAxes(top, 0)))), Exp(Neg(top))
	sum := Add(last, sumClasses(func(i int) *Node { return class(ez, i) }))
	only := func(is, x *Node) *Node { return Where(is, x, ZerosLike(x)) }
	own := sumClasses(func(i int) *Node { return only(is(i), class(zv, i)) })
	// Of an example whose label has the greatest logit the loss may be tiny, and
	// log(1 + the others) keeps its digits.
	others := Add(only(LogicalNot(is(rest)), last), sumClasses(func(i int) *Node { return only(LogicalNot(is(i)), class(ez, i)) }))
	each := Where(Equal(own, top), Log1P(others), Add(Log(sum), Sub(top, own)))
	loss := Add(overRows(each), MulScalar(dot(v, pv), 0.5))
	inv := Reciprocal(sum)
	prob := flat(Mul(byClass(ez), ExpandAxes(inv, 0)))
	// What the label's probability lacks keeps its digits too where it is nearly 1.
	lacks := ExpandAxes(Expm1(Neg(each)), 0)
	residual := flat(Where(is(all), BroadcastToDims(lacks, rest, p, n), byClass(prob)))

	// The gradient; over all classes that of the loss adds up to 0.
	grad := Dot(residual, white)
	grad = Add(Concatenate([]*Node{grad, Neg(ReduceSum(byClass(grad), 0))}, 0), pv)
	ahead := dot(grad, s)
	// The last step went too far if f rises along it by more than it fell at its
	// beginning, or rose at all; float32 sums tell no smaller rise of f.
	worse := LogicalOr(GreaterThan(ahead, Neg(slope)), GreaterThan(loss, MulScalar(before, 1+1e-5)))
	// The direction G. Its mean over the classes does nothing but add to the
	// penalty.
	var g *Node
	if len(metric) == 1 {
		g = flat(DotGeneral(byClass(grad), []int{2}, []int{0}, metric[0], []int{1}, []int{0}))
	} else {
		squares, basis := metric[0], metric[3]
		few := func(x *Node) *Node { return Slice(x, AxisRange(), AxisRange(0, squares.Shape().Dim(0))) }
		a := byClass(f.correct(Concatenate([]*Node{few(prob), few(Mul(last, inv))}, 0), metric))
		// A fit whose loss has fallen to a third has left the neighbourhood of M and
		// goes on without corrections.
		near := GreaterThan(loss, Scalar(loss.Graph(), loss.DType(), float64(n)*math.Log(float64(k))/3))
		a = flat(Where(BroadcastToDims(ExpandAxes(ExpandAxes(near, 0), -1), a.Shape().Dimensions...), a, ZerosLike(a)))
		g = Add(grad, Dot(Mul(DotGeneral(grad, []int{1}, nil, basis, []int{1}, nil), a), basis))
	}
	g = flat(Sub(byClass(g), ReduceAndKeep(byClass(g), ReduceMean, 0)))
	zg := DotGeneral(apart(g), []int{1}, nil, white, []int{1}, nil)
	pg := Dot(g, penalty)

	// Newton's step in the plane of G and S. The second derivative along
	// directions with logits a, b is Σ_i (Σ_k p·a·b − Σ_k p·a · Σ_k p·b).
	mean := func(a *Node) *Node {
		return Mul(inv, sumClasses(func(i int) *Node { return Mul(class(ez, i), class(a, i)) }))
	}
	curve := func(a, b, penalized *Node) *Node {
		square := sumClasses(func(i int) *Node { return Mul(Mul(class(ez, i), class(a, i)), class(b, i)) })
		return Add(overRows(Sub(Mul(inv, square), Mul(mean(a), mean(b)))), penalized)
	}
	haa := curve(zg, zg, dot(g, pg))
	hab := curve(zg, zs, dot(g, ps))
	hbb := curve(zs, zs, dot(s, ps))
	ga, gb := dot(grad, g), ahead
	det := Sub(Mul(haa, hbb), Mul(hab, hab))
	alone := LessOrEqual(det, MulScalar(Mul(haa, hbb), 1e-5)) // one direction only, as at the start
	one := OnesLike(det)
	det = Where(alone, one, det)
	safe := Where(Equal(haa, ZerosLike(haa)), one, haa)
	alpha := Where(alone, Neg(Div(ga, safe)), Div(Sub(Mul(hab, gb), Mul(hbb, ga)), det))
	beta := Where(alone, ZerosLike(det), Div(Sub(Mul(hab, ga), Mul(haa, gb)), det))

	// ½ grad·G is the distance where the preconditioner is the Hessian; along G
	// alone f falls by ½(grad·G)²/(G·HG).
	gap := MulScalar(Max(ga, Div(Mul(ga, ga), safe)), 0.5)
	gap = Where(worse, AddScalar(ZerosLike(gap), math.MaxFloat32), gap)
	slope = Where(worse, MulScalar(slope, 1-back), Add(Mul(alpha, ga), Mul(beta, gb)))

	// V moves by αG + βS, and αG + stays·S is the step S from then on. A step that
	// raised f is taken back by three quarters, and nothing else.
	stays := Where(worse, AddScalar(ZerosLike(beta), 1-back), beta)
	beta = Where(worse, AddScalar(ZerosLike(beta), -back), beta)
	alpha = Where(worse, ZerosLike(alpha), alpha)
	// A product spreads a number of each place over its rows, [P] -> [K·P, 1]: XLA
	// would compute it anew for every element.
	place := func(axis int) *Node { return Iota(labels.Graph(), shapes.Make(dtypes.Int32, k, p, p), axis) }
	same := Reshape(ConvertDType(Equal(place(1), place(2)), dtypes.Float32), k*p, p)
	spread := func(x *Node) *Node { return Dot(same, ExpandAxes(x, -1)) }
	alpha, beta, stays = spread(alpha), spread(beta), spread(stays)
	mix := func(g, s, weight *Node) *Node {
		rows := AxisRange(0, g.Shape().Dim(0))
		return Add(Mul(g, Slice(alpha, rows)), Mul(s, Slice(weight, rows)))
	}
	return []*Node{loss, gap,
		Add(v, mix(g, s, beta)), Add(pv, mix(pg, ps, beta)), mix(g, s, stays), mix(pg, ps, stays),
		Add(zv, mix(zg, zs, beta)), mix(zg, zs, stays),
		Where(worse, before, loss), slope}
}

// back is the part of a step that is taken back when it raised f.
const back = 0.75

func (f *softmax) Close() {
	f.linear.Close()
	f.whitening.free()
	f.corrections.free()
}
