package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
)

// Ridge is one-versus-rest least squares with an L2 penalty on targets −1 and
// +1 and a free intercept, scikit-learn's RidgeClassifier: weights
// (AᵀA + αI)⁻¹Aᵀ(2Y−1) with A the centred features. One Gram matrix and one
// inverse serve all label sets.
type Ridge struct {
	Alpha float64 // α > 0; 0 = chosen on the real labels by generalized cross-validation, see chooseStrength
}

func (r Ridge) Name() string { return namedStrength("ridge", r.Alpha) }

func (r Ridge) Prepare(ctx context.Context, e *xla.Engine, p Problem) (Fitted, error) {
	if err := noProbabilities(p, "ridge"); err != nil {
		return nil, err
	}
	p.Data = p.center()
	if r.Alpha == 0 {
		var err error
		if r.Alpha, err = chooseStrength(ctx, e, p, 1); err != nil {
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
	l.strength = r.Alpha
	return l, nil
}

// ridgeInverse is (AᵀA + αI)⁻¹ [d, d], in float64 until the end.
func ridgeInverse(ctx context.Context, e *xla.Engine, a xla.Matrix, alpha float64) (*tensors.Tensor, error) {
	g, err := gram(e, a)
	if err != nil {
		return nil, err
	}
	defer xla.Free(g)
	factor, err := inverseFactor(ctx, e, g, 1, slices.Repeat([]float64{alpha}, a.Cols))
	if err != nil {
		if errors.Is(err, errIndefinite) {
			err = fmt.Errorf("the features are too ill-conditioned for an L2 strength of %g; raise it, as in ridge:%g", alpha, 100*alpha)
		}
		return nil, err
	}
	defer xla.Free(factor)
	square, err := e.Program("inverse of a factor", func(args []*Node) []*Node {
		return []*Node{ConvertDType(DotGeneral(args[0], []int{0}, nil, args[0], []int{0}, nil), dtypes.Float32)}
	})
	if err != nil {
		return nil, err
	}
	res, err := square.Run(factor)
	if err != nil {
		return nil, err
	}
	return res[0], nil
}
