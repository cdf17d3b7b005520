package probe

import (
	"context"
	"errors"
	"math"
	"slices"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/parallel"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/linalg"
)

// gcvSetting is the word that asks for a chosen L2 penalty, as in ridge:gcv.
const gcvSetting = "gcv"

// Penalties are the L2 penalties that ridge:gcv and softmax:gcv choose from:
// 0.001 to a million, two a decade. A choice at an end says that the best one
// may lie beyond.
func Penalties() []float64 {
	var grid []float64
	for i := -6; i <= 12; i++ {
		grid = append(grid, math.Pow(10, float64(i)/2))
	}
	return grid
}

// choosePenalty is the penalty λ for which ridge regression of the real
// labels on centred features with α = scale·λ has the least generalized cross-validation error, the
// smallest of equal ones. The choice sees the real labels only and then holds
// for all label sets.
//
// For softmax the scale is the number of classes K: at zero weights the Hessian
// of its loss is XᵀX/K and its gradient −Xᵀ(Y − 1/K), so that its quadratic
// approximation there has the minimum of ridge regression with α = Kλ.
func choosePenalty(ctx context.Context, e *xla.Engine, p Problem, train arrays.Matrix, scale float64) (float64, error) {
	grid := Penalties()
	alphas := slices.Clone(grid)
	for i := range alphas {
		alphas[i] *= scale
	}
	errs, err := crossValidate(ctx, e, train, p.Classes, p.Observed, alphas)
	if err != nil {
		return 0, err
	}
	best := 0
	for i, v := range errs {
		if v < errs[best] {
			best = i
		}
	}
	if math.IsInf(errs[best], 1) {
		return 0, errors.New("no L2 penalty can be chosen on these features; give one in place of gcv")
	}
	return grid[best], nil
}

// crossValidate gives the generalized cross-validation error of ridge regression
// (Golub, Heath and Wahba 1979) on centred features A, summed over targets T of
// −1 and +1 a class, for each penalty:
//
//	(|T−HT|²/n) / (tr(I−H)/n)²,  H = 11ᵀ/n + A(AᵀA + αI)⁻¹Aᵀ.
//
// It is infinite where a penalty is too small for the features. With more
// columns than rows the same follows from the smaller matrix AAᵀ.
func crossValidate(ctx context.Context, e *xla.Engine, a arrays.Matrix, classes int, labels []int32, alphas []float64) ([]float64, error) {
	q, err := newEquations(e, a, classes, labels)
	defer q.free()
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(alphas))
	for i, alpha := range alphas {
		out[i], err = q.errorAt(ctx, e, alpha)
		if errors.Is(err, linalg.ErrIndefinite) {
			out[i] = math.Inf(1)
		} else if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// equations are those of ridge regression, (G + αI)W = B: with G = AᵀA and B = AᵀT, or,
// where there are more columns than rows, with G = AAᵀ and B = T.
type equations struct {
	n, side int
	wide    bool
	length  float64         // |T|²
	g, b    *tensors.Tensor // [side, side], [side, K], in float64
}

func newEquations(e *xla.Engine, a arrays.Matrix, classes int, labels []int32) (q equations, err error) {
	q = equations{n: a.Rows, side: min(a.Cols, a.Rows), wide: a.Cols > a.Rows}
	var right []float64
	if right, q.length = centredTargets(labels, classes); q.wide {
		q.g, err = linalg.Gram(e, linalg.Transposed(a))
	} else {
		right = product(a, right, classes)
		q.g, err = linalg.Gram(e, a)
	}
	if err == nil {
		q.b, err = xla.Tensor(e, right, q.side, classes)
	}
	return q, err
}

func (q equations) free() { xla.Free(q.g, q.b) }

// errorAt is the error at a penalty, infinite where that is too small for the features.
func (q equations) errorAt(ctx context.Context, e *xla.Engine, alpha float64) (float64, error) {
	factor, err := linalg.InverseCholesky(ctx, e, q.g, 1, slices.Repeat([]float64{alpha}, q.side))
	if err != nil {
		return 0, err
	}
	defer xla.Free(factor)
	// With L⁻¹: the trace of the inverse, and of the solution W the sums of B∘W and W∘W.
	sums, err := e.Call("cross-validation", func(args []*Node) *Node {
		factor, b := args[0], args[1]
		w := DotGeneral(factor, []int{0}, nil, DotProduct(factor, b), []int{0}, nil)
		return Stack([]*Node{ReduceAllSum(Square(factor)), ReduceAllSum(Mul(b, w)), ReduceAllSum(Square(w))}, 0)
	}, factor, q.b)
	if err != nil {
		return 0, err
	}
	defer xla.Free(sums)
	v, err := xla.Download[float64](sums)
	if err != nil {
		return 0, err
	}
	trace, bw, ww := v[0], v[1], v[2]
	residual := q.length - bw - alpha*ww
	free := float64(q.n-1-q.side) + alpha*trace
	if q.wide { // A row of AAᵀ sums to zero, which the intercept takes up.
		residual, free = alpha*alpha*ww, alpha*trace-1
	}
	if !(residual >= 0 && free > 0) {
		return math.Inf(1), nil
	}
	return residual * float64(q.n) / (free * free), nil
}

// centredTargets are −1 and +1 a class less their mean over the rows [n·K], and
// the sum of their squares.
func centredTargets(labels []int32, classes int) (target []float64, length float64) {
	n := len(labels)
	counts := make([]float64, classes)
	for _, y := range labels {
		counts[y]++
	}
	target = make([]float64, n*classes)
	for i, y := range labels {
		row := target[i*classes : (i+1)*classes]
		for k := range row {
			row[k] = -2 * counts[k] / float64(n)
		}
		row[y] += 2
		for _, v := range row {
			length += v * v
		}
	}
	return target, length
}

// product is AᵀT [d·K] for T [n·K].
func product(a arrays.Matrix, target []float64, classes int) []float64 {
	out := make([]float64, a.Cols*classes)
	const width = 16 // columns a task: whole cache lines of every row
	parallel.For((a.Cols+width-1)/width, func(task int) {
		lo, hi := task*width, min(a.Cols, (task+1)*width)
		for i := range a.Rows {
			row := target[i*classes : (i+1)*classes]
			for j, v := range a.Row(i)[lo:hi] {
				sums := out[(lo+j)*classes:][:classes]
				for k, t := range row {
					sums[k] += float64(v) * t
				}
			}
		}
	})
	return out
}
