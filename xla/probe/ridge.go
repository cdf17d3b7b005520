package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/linalg"
)

// Ridge is one-versus-rest least squares with an L2 penalty on targets −1 and
// +1 and a free intercept, scikit-learn's RidgeClassifier: weights
// (AᵀA + αI)⁻¹Aᵀ(2Y−1) with A the centred features. One Gram matrix and one
// inverse serve all label sets.
type Ridge struct {
	Alpha float64 // α > 0; 0 = chosen on the real labels by generalized cross-validation, see choosePenalty
}

func (r Ridge) Name() string { return namedPenalty("ridge", r.Alpha) }

func (r Ridge) Prepare(ctx context.Context, e *xla.Engine, p Problem) (Fitted, error) {
	if err := noProbabilities(p, "ridge"); err != nil {
		return nil, err
	}
	p.Data = p.center()
	if r.Alpha == 0 {
		var err error
		if r.Alpha, err = choosePenalty(ctx, e, p, 1); err != nil {
			return nil, err
		}
	}
	inverse, err := ridgeInverse(ctx, e, p.Train, r.Alpha)
	if err != nil {
		return nil, err
	}
	l, err := newLinear(e, p, "ridge", []*tensors.Tensor{inverse}, func(sums, counts *Node, n int, shared []*Node) (w, b *Node) {
		// Rows of A sum to zero, so Aᵀ(2Y−1) = 2AᵀY, twice the class sums.
		return MulScalar(Dot(sums, shared[0]), 2), AddScalar(MulScalar(counts, 2/float64(n)), -1)
	})
	if err != nil {
		return nil, err
	}
	l.penalty = r.Alpha
	return l, nil
}

// ridgeInverse is (AᵀA + αI)⁻¹ [d, d], in float64 until the end.
func ridgeInverse(ctx context.Context, e *xla.Engine, a arrays.Matrix, alpha float64) (*tensors.Tensor, error) {
	g, err := linalg.Gram(e, a)
	if err != nil {
		return nil, err
	}
	factor, err := linalg.InverseCholesky(ctx, e, g, 1, slices.Repeat([]float64{alpha}, a.Cols))
	xla.Free(g)
	if errors.Is(err, linalg.ErrIndefinite) {
		return nil, illConditioned("ridge", alpha)
	} else if err != nil {
		return nil, err
	}
	// L⁻ᵀ is written out first: the product is fast over the last axes only.
	transposed, err := e.Call("transpose", func(args []*Node) *Node { return Transpose(args[0], 0, 1) }, factor)
	xla.Free(factor)
	if err != nil {
		return nil, err
	}
	defer xla.Free(transposed)
	return e.Call("square", func(args []*Node) *Node {
		return ConvertDType(DotGeneral(args[0], []int{1}, nil, args[0], []int{1}, nil), dtypes.Float32)
	}, transposed)
}

// illConditioned is the error of a probe whose penalty does not make the Gram
// matrix of the features positive definite in float64.
func illConditioned(name string, penalty float64) error {
	return fmt.Errorf("the features are too ill-conditioned for an L2 penalty of %g; raise it, as in %s:%g", penalty, name, 100*penalty)
}
