package probe

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
	"github.com/gomlx/gomlx/pkg/core/tensors"

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
	white                           *tensors.Tensor // [n, d] whitened features
	start, step, correction, finish *xla.Program
	tolerance                       float64 // softmaxTolerance, but for tests
}

// State of P fits, class-major as in linear.
const (
	stateV      = iota // weights V [K·P, d]
	statePV            // V·penalty
	stateS             // the last step S [K·P, d]
	statePS            // S·penalty
	stateZV            // logits of V [K·P, n]
	stateZS            // logits of S
	stateBefore        // f before S [P]
	stateSlope         // the derivative of f along S before it [P]
)

// prepare whitens the features and makes the programs.
func (f *softmax) prepare() (err error) {
	whiten, err := f.engine.Program("whiten", func(args []*Node) []*Node {
		return []*Node{DotGeneral(args[0], []int{1}, nil, args[1], []int{1}, nil)}
	})
	if err != nil {
		return err
	}
	res, err := whiten.Run(f.train, f.inverse)
	if err != nil {
		return err
	}
	f.white = res[0]
	size := fmt.Sprintf("of %d classes", f.classes)
	if f.start, err = f.engine.Program("softmax start "+size, f.buildStart); err != nil {
		return err
	}
	if f.step, err = f.engine.Program("softmax step "+size, f.buildStep); err != nil {
		return err
	}
	if f.correction, err = f.engine.Program("softmax correction "+size, f.buildCorrection); err != nil {
		return err
	}
	f.finish, err = f.engine.Program("softmax weights", func(args []*Node) []*Node {
		w := Dot(args[0], args[1])
		return []*Node{w, ReduceSum(ZerosLike(w), -1)}
	})
	return err
}

// buildStart makes the state at W = 0 with intercepts [K·P, 1], and no corrections
// [K·P, d].
func (f *softmax) buildStart(args []*Node) []*Node {
	intercepts, white, factor := args[0], args[1], args[2]
	kp, n, d := intercepts.Shape().Dim(0), white.Shape().Dim(0), white.Shape().Dim(1)
	zeros := func(dims ...int) *Node {
		return Zeros(intercepts.Graph(), shapes.Make(dtypes.Float32, dims...))
	}
	v := Mul(intercepts, Slice(factor, AxisRange(d-1, d), AxisRange())) // V = W·L
	before := AddScalar(zeros(kp/f.classes), math.MaxFloat32/2)
	return []*Node{zeros(kp, d),
		v, zeros(kp, d), zeros(kp, d), zeros(kp, d), BroadcastToDims(intercepts, kp, n), zeros(kp, n), before, zeros(kp / f.classes)}
}

// buildCorrection makes the correction A [K·P, d] of the preconditioner from the
// logits [K·P, n] of the weights. H is the second derivative of f along each
// weight, but for a factor that makes it the diagonal of M at equal
// probabilities. Where H is less than a third of that, A = 1/H − 3/M. A fit in
// which H is so small all over has left the neighbourhood of M and goes on
// without corrections.
func (f *softmax) buildCorrection(args []*Node) []*Node {
	logits, x, penalize := args[0], args[1], args[2]
	k, kp, n := f.classes, logits.Shape().Dim(0), logits.Shape().Dim(1)
	const small = 3
	z := Reshape(logits, k, kp/k, n)
	prob := Exp(Sub(z, ReduceAndKeep(z, ReduceMax, 0)))
	prob = Div(prob, ReduceAndKeep(prob, ReduceSum, 0))
	bend := MulScalar(Mul(prob, OneMinus(prob)), float64(k)/float64(k-1))
	squares := Square(x)
	h := Add(Dot(Reshape(bend, kp, n), squares), penalize)
	m := Add(MulScalar(ReduceAndKeep(squares, ReduceSum, 0), 1/float64(k)), penalize)
	m = BroadcastToDims(m, h.Shape().Dimensions...)
	total := func(x *Node) *Node {
		sum := ReduceAndKeep(Reshape(x, k, kp/k, x.Shape().Dim(1)), ReduceSum, 0, 2) // [1, P, 1]
		return BroadcastToDims(Reshape(BroadcastToDims(sum, k, kp/k, 1), kp, 1), h.Shape().Dimensions...)
	}
	h = Max(h, MulScalar(m, 1e-6)) // of the intercept of an absent class it is 0
	a := Max(ZerosLike(h), Sub(Reciprocal(h), MulScalar(Reciprocal(m), small)))
	return []*Node{Where(LessOrEqual(total(m), MulScalar(total(h), small)), a, ZerosLike(a))}
}

// buildStep builds one iteration. Arguments: labels [P, n], the shared tensors,
// the corrections and the state. Results: f [P], the estimated distance of f to its
// minimum [P], both before the iteration, and the state after it.
func (f *softmax) buildStep(args []*Node) []*Node {
	labels, white, factor, inverse, penalty, extra := args[0], args[1], args[2], args[3], args[4], args[5]
	state := args[6:]
	v, pv, s, ps := state[stateV], state[statePV], state[stateS], state[statePS]
	zv, zs, before, slope := state[stateZV], state[stateZS], state[stateBefore], state[stateSlope]
	k, p, n := f.classes, labels.Shape().Dim(0), white.Shape().Dim(0)

	byClass := func(x *Node) *Node { return Reshape(x, k, p, x.Shape().Dim(1)) }
	dot := func(a, b *Node) *Node { return ReduceSum(Mul(byClass(a), byClass(b)), 0, 2) } // [P]
	z := byClass(zv)
	top := ReduceMax(z, 0)
	ez := Exp(Sub(z, ExpandAxes(top, 0)))
	sum := ReduceSum(ez, 0)
	prob := Div(ez, ExpandAxes(sum, 0)) // [K, P, n]
	hot := byClass(oneHot(labels, k))
	own := ReduceSum(Mul(z, hot), 0)
	// Of an example whose label has the greatest logit the loss may be tiny, and
	// log(1 + the others) keeps its digits.
	others := ReduceSum(Mul(ez, OneMinus(hot)), 0)
	each := Where(Equal(own, top), Log1P(others), Add(Log(sum), Sub(top, own)))
	loss := Add(ReduceSum(each, -1), MulScalar(dot(v, pv), 0.5))

	// The direction G, from the gradient of V to that of W and back. Its mean over
	// the classes does nothing but add to the penalty.
	grad := Add(Dot(Reshape(Sub(prob, hot), k*p, n), white), pv)
	ahead := dot(grad, s)
	// The last step went too far if f rises along it by more than it fell at its
	// beginning, or rose at all; float32 sums tell no smaller rise of f.
	worse := LogicalOr(GreaterThan(ahead, Neg(slope)), GreaterThan(loss, MulScalar(before, 1+1e-5)))
	gw := DotGeneral(grad, []int{1}, nil, factor, []int{1}, nil)
	w := Dot(DotGeneral(gw, []int{1}, nil, inverse, []int{1}, nil), inverse)
	w = Add(w, Mul(gw, extra))
	w = Reshape(Sub(byClass(w), ReduceAndKeep(byClass(w), ReduceMean, 0)), k*p, w.Shape().Dim(1))
	g := Dot(w, factor)
	zg := DotGeneral(g, []int{1}, nil, white, []int{1}, nil)
	pg := Dot(g, penalty)

	// Newton's step in the plane of G and S. The second derivative along
	// directions with logits a, b is Σ_i (Σ_k p·a·b − Σ_k p·a · Σ_k p·b).
	a, b := byClass(zg), byClass(zs)
	pa, pb := Mul(prob, a), Mul(prob, b)
	ma, mb := ReduceSum(pa, 0), ReduceSum(pb, 0)
	curve := func(px, y, mx, my, penalized *Node) *Node {
		return Add(ReduceSum(Sub(ReduceSum(Mul(px, y), 0), Mul(mx, my)), -1), penalized)
	}
	haa := curve(pa, a, ma, ma, dot(g, pg))
	hab := curve(pa, b, ma, mb, dot(g, ps))
	hbb := curve(pb, b, mb, mb, dot(s, ps))
	ga, gb := dot(grad, g), ahead
	det := Sub(Mul(haa, hbb), Mul(hab, hab))
	flat := LessOrEqual(det, MulScalar(Mul(haa, hbb), 1e-5)) // one direction only, as at the start
	one := OnesLike(det)
	det = Where(flat, one, det)
	safe := Where(Equal(haa, ZerosLike(haa)), one, haa)
	alpha := Where(flat, Neg(Div(ga, safe)), Div(Sub(Mul(hab, gb), Mul(hbb, ga)), det))
	beta := Where(flat, ZerosLike(det), Div(Sub(Mul(hab, ga), Mul(haa, gb)), det))

	// A step that raised f is taken back by three quarters, and nothing else.
	const back = 0.75
	alpha = Where(worse, ZerosLike(alpha), alpha)
	beta = Where(worse, AddScalar(ZerosLike(beta), -back), beta)
	rows := func(x *Node) *Node { return Reshape(BroadcastToDims(ExpandAxes(x, 0), k, p), k*p, 1) } // [P] -> [K·P, 1]
	mix := func(g, s *Node) *Node { return Add(Mul(g, rows(alpha)), Mul(s, rows(beta))) }
	keep := func(s *Node, step *Node) *Node { // the last step, as it now stands
		return Where(BroadcastToDims(rows(worse), s.Shape().Dimensions...), MulScalar(s, 1-back), step)
	}
	ds, dps, dzs := mix(g, s), mix(pg, ps), mix(zg, zs)
	// ½ grad·G is the distance where the preconditioner is the Hessian; along G
	// alone f falls by ½(grad·G)²/(G·HG).
	gap := MulScalar(Max(ga, Div(Mul(ga, ga), safe)), 0.5)
	gap = Where(worse, AddScalar(ZerosLike(gap), math.MaxFloat32), gap)
	return []*Node{loss, gap,
		Add(v, ds), Add(pv, dps), keep(s, ds), keep(ps, dps), Add(zv, dzs), keep(zs, dzs), Where(worse, before, loss),
		Where(worse, MulScalar(slope, 1-back), Add(Mul(alpha, ga), Mul(beta, gb)))}
}

func (f *softmax) Close() {
	f.linear.Close()
	f.whitening.free()
	xla.Free(f.white)
}
