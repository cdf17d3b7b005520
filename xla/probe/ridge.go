package probe

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/linalg"
)

// Ridge is one-versus-rest least squares with an L2 penalty on targets −1 and
// +1 and a free intercept, scikit-learn's RidgeClassifier: weights
// (AᵀA + αI)⁻¹Aᵀ(2Y−1) with A the centred features [n, d]. One Gram matrix and
// one inverse serve all label sets.
//
// The default penalty is a share of the mean eigenvalue of the Gram matrix,
//
//	α = ⅒·tr(AᵀA)/d = n·⅒·(mean variance of the columns),
//
// so that units, n and d do not matter, and no label is looked at. It is what
// least squares would find on endless copies of the training examples with noise
// of ⅒ of that variance in every column (Bishop 1995, Training with noise is
// equivalent to Tikhonov regularization).
type Ridge struct {
	Alpha float64 // α > 0; 0 = the default
	GCV   bool    // α is chosen on the real labels by generalized cross-validation instead, see choosePenalty
}

// noiseShare is the default penalty of ridge, as a share of the mean eigenvalue.
const noiseShare = 0.1

func (r Ridge) Name() string {
	switch {
	case r.GCV:
		return "ridge:" + gcvSetting
	case r.Alpha == 0:
		return "ridge"
	}
	return penalized("ridge", r.Alpha)
}

// ChoosesOnLabels says whether the penalty is chosen on the real labels.
func (r Ridge) ChoosesOnLabels() bool { return r.GCV }

// penalty is α on centred features, whose squares are so many times larger in the
// unit that a stated α is for.
func (r Ridge) penalty(ctx context.Context, e *xla.Engine, p Problem, c center, squares float64) (float64, error) {
	switch {
	case r.GCV:
		alpha, err := choosePenalty(ctx, e, p, c.of(p.Train).matrix(), 1/squares)
		return alpha / squares, err
	case r.Alpha > 0:
		return r.Alpha / squares, nil
	}
	_, sd := columnMoments(p.Train, c)
	if alpha := noiseShare * float64(p.Train.Rows) * math.Pow(rootMeanSquare(sd), 2); alpha > 0 {
		return alpha, nil
	}
	return 1, nil // constant features, of which nothing is learned at any penalty
}

func (r Ridge) Prepare(ctx context.Context, e *xla.Engine, p Problem) (Fitted, error) {
	if err := noProbabilities(p, "ridge"); err != nil {
		return nil, err
	}
	var squares float64
	p.Data, squares = p.inUnit()
	c := p.center()
	alpha, err := r.penalty(ctx, e, p, c, squares)
	if err != nil {
		return nil, err
	}
	prepare := r.prepareTall
	if p.Train.Cols > p.Train.Rows {
		prepare = r.prepareWide
	}
	l, err := prepare(ctx, e, p, c, alpha)
	if errors.Is(err, linalg.ErrIndefinite) {
		return nil, illConditioned("ridge", alpha*squares)
	} else if err != nil {
		return nil, err
	}
	l.penalty = alpha * squares
	return l, nil
}

// prepareTall prepares ridge regression by its weights.
func (r Ridge) prepareTall(ctx context.Context, e *xla.Engine, p Problem, c center, alpha float64) (*linear, error) {
	inverse, err := inverseGram(ctx, e, c.of(p.Train), alpha)
	if err != nil {
		return nil, err
	}
	xla.TrimMemory() // what the Gram matrix took
	return newLinear(e, p, c, "ridge", []*tensors.Tensor{inverse}, func(sums, counts *Node, n int, shared []*Node) (w, b *Node) {
		// Rows of A sum to zero, so Aᵀ(2Y−1) = 2AᵀY, twice the class sums.
		return MulScalar(DotProduct(sums, shared[0]), 2), AddScalar(MulScalar(counts, 2/float64(n)), -1)
	})
}

// inverseGram is (AᵀA + αI)⁻¹ [d, d], in float64 until the end.
func inverseGram(ctx context.Context, e *xla.Engine, a xla.Rows, alpha float64) (*tensors.Tensor, error) {
	g, err := linalg.Gram(e, a)
	if err != nil {
		return nil, err
	}
	defer xla.Free(g)
	return linalg.InverseShifted(ctx, e, g, slices.Repeat([]float64{alpha}, g.Shape().Dim(0)), dtypes.Float32)
}

// illConditioned is the error of a probe whose penalty does not make the Gram
// matrix of the features positive definite in float64.
func illConditioned(name string, penalty float64) error {
	return fmt.Errorf("the features are too ill-conditioned for an L2 penalty of %g; raise it, as in %s:%g", penalty, name, 100*penalty)
}
