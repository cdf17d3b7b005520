package probe

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
	"github.com/gomlx/gomlx/pkg/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/seed-1a417598/memtest/xla"
)

// SoftmaxRegression is multinomial logistic regression with an L2 penalty and a free
// intercept, scikit-learn's LogisticRegression with C = 1/Lambda: it minimizes
//
//	f(W, b) = Σ_i −log softmax(W·x_i + b)[y_i] + λ/2 |W|².
//
// The minimum is unique, and every label set, observed or shuffled, is iterated
// until the same bound on its distance holds, so all are treated alike.
//
// At W = 0 the Hessian is XᵀX/K + λI for every label set and stays close to it
// all along a null fit. One factor of it whitens the features for all label
// sets; in those coordinates the gradient is nearly the Newton step, and half
// its square is nearly the distance of f to its minimum. Each iteration
// minimizes over the plane of the gradient and the last step: because logits
// are linear in W, that takes their logits only, not another pass over the
// features.
type SoftmaxRegression struct {
	Lambda float64 // λ > 0
}

// softmaxTolerance bounds the distance of f to its minimum, relative to f. At
// 1e-4 losses agree to four digits, but of predictions under shuffled labels,
// whose classes are nearly tied, some per cent still change.
const softmaxTolerance = 1e-7

// softmaxIterations ends a fit that does not converge: that is an error.
const softmaxIterations = 2000

func (s SoftmaxRegression) Name() string {
	if s.Lambda == 1 {
		return "softmax"
	}
	return "softmax:" + strconv.FormatFloat(s.Lambda, 'g', -1, 64)
}

func (s SoftmaxRegression) Prepare(ctx context.Context, e *xla.Engine, d Data) (Fitted, error) {
	d = d.center().withConstant()
	factor, penalty, err := whitening(e, d.Train, d.Classes, s.Lambda)
	if err != nil {
		return nil, err
	}
	l, err := newLinear(e, d, "softmax", nil, nil)
	if err != nil {
		return nil, err
	}
	f := &softmax{linear: l}
	if err := f.prepare(factor, penalty); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// withConstant adds a column of ones, which carries the intercept.
func (d Data) withConstant() Data {
	return d.each(func(m xla.Matrix) xla.Matrix {
		to := xla.Matrix{Rows: m.Rows, Cols: m.Cols + 1, Data: make([]float32, m.Rows*(m.Cols+1))}
		xla.Parallel(m.Rows, func(i int) {
			copy(to.Row(i), m.Row(i))
			to.Row(i)[m.Cols] = 1
		})
		return to
	})
}

// whitening factors M = XᵀX/K + Λ = LLᵀ, where Λ is λ but for the intercept, in
// the last column, where it is 0. It returns L⁻ᵀ, by which weights V of whitened
// features X·L⁻ᵀ become weights W = V·L⁻¹ of X, and the penalty L⁻¹ΛL⁻ᵀ of V.
func whitening(e *xla.Engine, x xla.Matrix, classes int, lambda float64) (factor, penalty xla.Matrix, err error) {
	g, err := gram(e, x)
	if err != nil {
		return factor, penalty, err
	}
	d := x.Cols
	for i := range g {
		g[i] /= float64(classes)
	}
	for j := range d - 1 {
		g[j*d+j] += lambda
	}
	var chol mat.Cholesky
	if !chol.Factorize(mat.NewSymDense(d, g)) {
		return factor, penalty, fmt.Errorf("the features are too ill-conditioned for an L2 strength of %g; raise it, as in softmax:%g", lambda, 100*lambda)
	}
	var upper, inverse mat.TriDense // LLᵀ = UᵀU
	chol.UTo(&upper)
	if err := inverse.InverseTri(&upper); err != nil {
		return factor, penalty, fmt.Errorf("the features are too ill-conditioned (%v); raise the L2 strength, as in softmax:%g", err, 100*lambda)
	}
	scaled := mat.DenseCopyOf(&inverse) // rows of L⁻ᵀ times √Λ
	for j := range d {
		root := math.Sqrt(lambda)
		if j == d-1 {
			root = 0
		}
		for c := range d {
			scaled.Set(j, c, root*scaled.At(j, c))
		}
	}
	var r mat.Dense
	r.Mul(scaled.T(), scaled)
	return toMatrix(&inverse), toMatrix(&r), nil
}

func toMatrix(m mat.Matrix) xla.Matrix {
	rows, cols := m.Dims()
	out := xla.Matrix{Rows: rows, Cols: cols, Data: make([]float32, rows*cols)}
	for i := range rows {
		for j := range cols {
			out.Data[i*cols+j] = float32(m.At(i, j))
		}
	}
	return out
}

// softmax is a fitted SoftmaxRegression. It scores like every linear probe; its weights
// come from iterations.
type softmax struct {
	*linear
	white   *tensors.Tensor // [n, d] whitened features
	penalty *tensors.Tensor // [d, d]
	factor  *tensors.Tensor // [d, d]
	start   *xla.Program
	step    *xla.Program
	finish  *xla.Program
}

// stragglers is the number of label sets that are iterated together when most
// of a chunk has converged.
const stragglers = 4

// prepare uploads the whitened features and makes the programs. State of a fit
// of P label sets, class-major as in linear: weights V, penalty·V, the last step
// S, penalty·S [K·P, d]; logits of V, logits of S [K·P, n]; f before S [P].
func (f *softmax) prepare(factor, penalty xla.Matrix) (err error) {
	size := fmt.Sprintf("of %d classes", f.classes)
	if f.factor, err = f.engine.Upload(factor); err != nil {
		return err
	}
	if f.penalty, err = f.engine.Upload(penalty); err != nil {
		return err
	}
	whiten, err := f.engine.Program("whiten", func(args []*Node) []*Node { return []*Node{Dot(args[0], args[1])} })
	if err != nil {
		return err
	}
	res, err := whiten.Run(f.train, f.factor)
	if err != nil {
		return err
	}
	f.white = res[0]
	if f.start, err = f.engine.Program("softmax start "+size, f.buildStart); err != nil {
		return err
	}
	if f.step, err = f.engine.Program("softmax step "+size, f.buildStep); err != nil {
		return err
	}
	f.finish, err = f.engine.Program("softmax weights", func(args []*Node) []*Node {
		v, factor := args[0], args[1]
		w := DotGeneral(v, []int{1}, nil, factor, []int{1}, nil)
		return []*Node{w, ReduceSum(ZerosLike(w), -1)}
	})
	return err
}

// buildStart makes the state at V = 0 for labels [P, n].
func (f *softmax) buildStart(args []*Node) []*Node {
	labels, white := args[0], args[1]
	g, p := labels.Graph(), labels.Shape().Dim(0)
	zeros := func(cols int) *Node { return Zeros(g, shapes.Make(dtypes.Float32, f.classes*p, cols)) }
	d, n := white.Shape().Dim(1), white.Shape().Dim(0)
	before := AddScalar(Zeros(g, shapes.Make(dtypes.Float32, p)), math.MaxFloat32/2)
	return []*Node{zeros(d), zeros(d), zeros(d), zeros(d), zeros(n), zeros(n), before}
}

// buildStep builds one iteration: arguments labels, whitened features, penalty
// and state; results f [P], the estimated distance of f to its minimum [P], and
// the state after it.
func (f *softmax) buildStep(args []*Node) []*Node {
	labels, white, penalty := args[0], args[1], args[2]
	v, rv, s, rs, zv, zs, before := args[3], args[4], args[5], args[6], args[7], args[8], args[9]
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
	loss := Add(ReduceSum(Sub(Add(Log(sum), top), own), -1), MulScalar(dot(v, rv), 0.5))
	// Whether the last step went too far; float32 sums tell no smaller rise of f.
	worse := GreaterThan(loss, MulScalar(before, 1+1e-6))

	grad := Add(Dot(Reshape(Sub(prob, hot), k*p, n), white), rv)
	zg := DotGeneral(grad, []int{1}, nil, white, []int{1}, nil)
	rg := Dot(grad, penalty)
	gg := dot(grad, grad)

	// Newton's step in the plane of grad and s. The second derivative along
	// directions with logits a, b is Σ_i (Σ_k p·a·b − Σ_k p·a · Σ_k p·b).
	a, b := byClass(zg), byClass(zs)
	pa, pb := Mul(prob, a), Mul(prob, b)
	ma, mb := ReduceSum(pa, 0), ReduceSum(pb, 0)
	curve := func(px, y, mx, my, penalized *Node) *Node {
		return Add(ReduceSum(Sub(ReduceSum(Mul(px, y), 0), Mul(mx, my)), -1), penalized)
	}
	haa := curve(pa, a, ma, ma, dot(grad, rg))
	hab := curve(pa, b, ma, mb, dot(grad, rs))
	hbb := curve(pb, b, mb, mb, dot(s, rs))
	ga, gb := gg, dot(grad, s)
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
	mix := func(g, s *Node) *Node {
		rows := func(x *Node) *Node { return Reshape(BroadcastToDims(ExpandAxes(x, 0), k, p), k*p, 1) }
		return Add(Mul(g, rows(alpha)), Mul(s, rows(beta)))
	}
	keep := func(s *Node, step *Node) *Node { // the last step, as it now stands
		w := Reshape(BroadcastToDims(ExpandAxes(worse, 0), k, p), k*p, 1)
		return Where(BroadcastToDims(w, s.Shape().Dimensions...), MulScalar(s, 1-back), step)
	}
	ds, drs, dzs := mix(grad, s), mix(rg, rs), mix(zg, zs)
	// Along the gradient f falls by ½(g·g)²/(g·Hg), which near the minimum is no
	// more than its distance; ½g·g is that distance where H is the identity.
	gap := MulScalar(Max(gg, Div(Mul(gg, gg), safe)), 0.5)
	gap = Where(worse, AddScalar(ZerosLike(gap), math.MaxFloat32), gap)
	return []*Node{loss, gap,
		Add(v, ds), Add(rv, drs), keep(s, ds), keep(rs, drs), Add(zv, dzs), keep(zs, dzs), Where(worse, before, loss)}
}

func (f *softmax) Predict(ctx context.Context, labels [][]int32, observed bool) (Predictions, error) {
	return f.predictWith(ctx, labels, observed, func(flat []int32) ([]*tensors.Tensor, error) {
		weights, err := f.solve(ctx, flat, len(labels))
		if err != nil {
			return nil, err
		}
		defer xla.Free(weights)
		return f.finish.Run(weights, f.factor)
	})
}

// solve fits P label sets, flat [P·n], and returns V [K·P, d]. When three quarters of the sets have
// converged, the others go on in small groups.
func (f *softmax) solve(ctx context.Context, flat []int32, p int) (*tensors.Tensor, error) {
	n := len(flat) / p
	y, err := xla.Tensor(f.engine, flat, p, n)
	if err != nil {
		return nil, err
	}
	defer xla.Free(y)
	state, err := f.start.Run(y, f.white)
	if err != nil {
		return nil, err
	}
	defer func() { xla.Free(state...) }()
	for range softmaxIterations {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		args := []any{y, f.white, f.penalty}
		for _, t := range state {
			donated, err := f.engine.Donate(t)
			if err != nil {
				return nil, err
			}
			args = append(args, donated)
		}
		res, err := f.step.Run(args...)
		if err != nil {
			return nil, err
		}
		state = res[2:]
		loss, err := xla.Download[float32](res[0])
		if err != nil {
			return nil, err
		}
		gap, err := xla.Download[float32](res[1])
		xla.Free(res[:2]...)
		if err != nil {
			return nil, err
		}
		var open []int
		for i := range gap {
			if !(float64(gap[i]) <= softmaxTolerance*float64(loss[i])) {
				open = append(open, i)
			}
		}
		if len(open) == 0 {
			v := state[0]
			state = state[1:]
			return v, nil
		}
		if p > stragglers && len(open) <= p/4 {
			return f.solveRest(ctx, flat, p, open, state[0])
		}
	}
	return nil, fmt.Errorf("softmax did not converge in %d iterations; raise the L2 strength, as in softmax:100", softmaxIterations)
}

// solveRest fits the label sets that are still open in small groups and puts
// their weights in place among those of the chunk.
func (f *softmax) solveRest(ctx context.Context, flat []int32, p int, open []int, weights *tensors.Tensor) (*tensors.Tensor, error) {
	v, err := xla.Download[float32](weights)
	if err != nil {
		return nil, err
	}
	n, d := len(flat)/p, len(v)/(f.classes*p)
	for group := range slices.Chunk(open, stragglers) {
		var labels []int32
		for i := range stragglers {
			set := group[min(i, len(group)-1)]
			labels = append(labels, flat[set*n:(set+1)*n]...)
		}
		t, err := f.solve(ctx, labels, stragglers)
		if err != nil {
			return nil, err
		}
		part, err := xla.Download[float32](t)
		xla.Free(t)
		if err != nil {
			return nil, err
		}
		for i, set := range group {
			for k := range f.classes {
				to, from := k*p+set, k*stragglers+i
				copy(v[to*d:(to+1)*d], part[from*d:(from+1)*d])
			}
		}
	}
	return xla.Tensor(f.engine, v, f.classes*p, d)
}

func (f *softmax) Close() {
	f.linear.Close()
	xla.Free(f.white, f.penalty, f.factor)
}
