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
func ridgeInverse(ctx context.Context, e *xla.Engine, a arrays.Matrix, alpha float64) (*tensors.Tensor, error) {
	g, err := gram(e, a)
	if err != nil {
		return nil, err
	}
	factor, err := inverseFactor(ctx, e, g, 1, slices.Repeat([]float64{alpha}, a.Cols))
	xla.Free(g)
	if err != nil {
		if errors.Is(err, errIndefinite) {
			err = fmt.Errorf("the features are too ill-conditioned for an L2 strength of %g; raise it, as in ridge:%g", alpha, 100*alpha)
		}
		return nil, err
	}
	// L⁻ᵀ is written out first: the product is fast over the last axes only.
	for _, part := range []struct {
		name  string
		build func(args []*Node) []*Node
	}{
		{"transpose", func(args []*Node) []*Node { return []*Node{Transpose(args[0], 0, 1)} }},
		{"square", func(args []*Node) []*Node {
			return []*Node{ConvertDType(DotGeneral(args[0], []int{1}, nil, args[0], []int{1}, nil), dtypes.Float32)}
		}},
	} {
		program, err := e.Program(part.name, part.build)
		if err != nil {
			return nil, err
		}
		res, err := program.Run(factor)
		xla.Free(factor)
		if err != nil {
			return nil, err
		}
		factor = res[0]
	}
	return factor, nil
}
