package softmax

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/parallel"
	"github.com/seed-1a417598/memtest/xla"
)

// Solver fits label sets to one matrix of features.
type Solver struct {
	*whitening
	*rareColumns
	engine    *xla.Engine
	classes   int
	examples  int          // n
	columns   int          // d, with the constant
	order     []int        // the rows of the features in the order of the examples here, see rareFirst
	iteration *xla.Program // see the function of this name
	unwhiten  *xla.Program // V [rows, d] -> weights [rows, d−1], intercepts [rows]

	tolerance     float64 // suboptimality at which fits end, but for tests the constant
	maxIterations int     // the same
}

// Whitened is a fit: the weights V [K·d] of the whitened features, one class after
// the other. Solver.Weights makes weights of the features of it.
type Whitened []float32

// ErrPenalty is the error, wrapped, of a fit that does not converge or leaves the
// range of float32: a greater penalty helps.
var ErrPenalty = errors.New("raise the L2 penalty")

// New does the work that all label sets share: features [n, d], λ > 0, K ≥ 2
// classes. It takes d²·n/2 + 4/3·d³ multiplications in float64, twice, and holds the
// features once, in float32, on the device. Columns should be centred: those far
// from zero cost digits. Where the Hessian is not positive definite in float64 the
// error is linalg.ErrIndefinite.
func New(ctx context.Context, e *xla.Engine, features arrays.Matrix, classes int, lambda float64) (_ *Solver, err error) {
	x := withConstant(features)
	columns := rarest(x)
	order := rareFirst(x, columns)
	x = reordered(x, order)
	s := &Solver{engine: e, classes: classes, examples: x.Rows, columns: x.Cols, order: order, whitening: &whitening{}, rareColumns: &rareColumns{},
		tolerance: tolerance, maxIterations: maxIterations}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	penalties := slices.Repeat([]float64{lambda}, x.Cols)
	penalties[x.Cols-1] = 0
	w, err := whiten(ctx, e, x, classes, penalties)
	if err != nil {
		return nil, err
	}
	s.whitening = w
	r, err := newRareColumns(e, x, columns, w.factor, classes, lambda)
	if err != nil {
		return nil, err
	}
	s.rareColumns = r
	s.iteration, err = e.Program(fmt.Sprintf("softmax iteration of %d classes", classes), func(args []*Node) []*Node { return iteration(classes, args) })
	if err != nil {
		return nil, err
	}
	s.unwhiten, err = e.Program("softmax weights", func(args []*Node) []*Node {
		v, inverse := args[0], args[1]
		d := inverse.Shape().Dim(0)
		v.AssertDims(v.Shape().Dim(0), d)
		w := DotProduct(v, inverse)
		return []*Node{Slice(w, AxisRange(), AxisRange(0, d-1)), Reshape(Slice(w, AxisRange(), AxisRange(d-1)), -1)}
	})
	return s, err
}

// withConstant adds a column of ones, the last, whose weights are the intercepts.
func withConstant(x arrays.Matrix) arrays.Matrix {
	to := arrays.Matrix{Rows: x.Rows, Cols: x.Cols + 1, Data: make([]float32, x.Rows*(x.Cols+1))}
	parallel.For(x.Rows, func(i int) {
		copy(to.Row(i), x.Row(i))
		to.Row(i)[x.Cols] = 1
	})
	return to
}

// reordered is X with its rows in another order.
func reordered(x arrays.Matrix, order []int) arrays.Matrix {
	to := arrays.Matrix{Rows: x.Rows, Cols: x.Cols, Data: make([]float32, len(x.Data))}
	parallel.For(len(order), func(i int) { copy(to.Row(i), x.Row(order[i])) })
	return to
}

// Weights are the weights [K·P, d] and intercepts [K·P] of up to P fits, class-major:
// the row of class k of fit p is k·P+p. They are on the device and the caller's.
func (s *Solver) Weights(fits []Whitened, p int) (weights, intercepts *tensors.Tensor, err error) {
	d := s.columns
	flat := make([]float32, s.classes*p*d)
	for i, v := range fits {
		for k := range s.classes {
			copy(flat[(k*p+i)*d:], v[k*d:(k+1)*d])
		}
	}
	v, err := xla.Tensor(s.engine, flat, s.classes*p, d)
	if err != nil {
		return nil, nil, err
	}
	defer xla.Free(v)
	res, err := s.unwhiten.Run(v, s.inverse)
	if err != nil {
		return nil, nil, err
	}
	return res[0], res[1], nil
}

// Close frees the device's memory.
func (s *Solver) Close() {
	s.whitening.free()
	s.rareColumns.free()
}

// tolerance bounds the estimated suboptimality, relative to f, before the last
// iteration of a fit of up to fewIterations. It is the largest at which the classes
// agree with scikit-learn's with a margin, see xla/probe/testdata/README.md: at 1e-5
// losses agree to four digits, but under shuffled labels, where classes are nearly
// tied, one prediction in a hundred still changes.
const tolerance, fewIterations = 7e-8, 12

// leastTolerance is how far slow fits are followed; float32 tells a ten-thousandth
// of it.
const leastTolerance = 1e-10

// toleranceAt is the tolerance of a fit of age iterations, see the package comment.
func (s *Solver) toleranceAt(age int) float64 {
	slow := math.Min(1, float64(fewIterations)/float64(age))
	return math.Max(leastTolerance, s.tolerance*math.Pow(slow, 4))
}

// leastLoss is the mean loss of an example below which f counts as this: a fit
// that leaves nothing to explain has converged.
const leastLoss = 1e-3

// nextToNone is a loss f, of all examples and the penalty together in nats, below which a
// fit is no answer: where a tiny penalty lets labels be separated at no cost, the loss
// hardly bends any more, the suboptimality is estimated too small, and the fit ends far
// from the minimum. Of two classes, 60 examples and 59 columns 5 % of the predictions were
// others at a loss of 2e-4, one in 60 at 2e-3, and none at 1e-2.
const nextToNone = 4e-4

// maxIterations ends a fit that does not converge: that is an error.
const maxIterations = 10_000
