package probe

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
)

// whitening is M = XᵀX/K + Λ = LLᵀ, where Λ is λ but for the intercept, in the
// last column, where it is 0. M is the Hessian of the loss at W = 0 for every
// label set. Whitened features U = X·L⁻ᵀ have weights V = W·L, in which float32
// sums are well scaled however ill-conditioned the features are.
type whitening struct {
	factor   *tensors.Tensor // L [d, d]
	inverse  *tensors.Tensor // L⁻¹ [d, d]
	penalty  *tensors.Tensor // L⁻¹ΛL⁻ᵀ [d, d], the penalty of V
	penalize *tensors.Tensor // the diagonal of Λ [1, d]
}

func (w *whitening) free() { xla.Free(w.factor, w.inverse, w.penalty, w.penalize) }

// whiten factors M for features x with the constant in the last column.
func whiten(ctx context.Context, e *xla.Engine, x xla.Matrix, classes int, lambda float64) (*whitening, error) {
	g, err := gram(e, x)
	if err != nil {
		return nil, err
	}
	defer xla.Free(g)
	d := x.Cols
	add, diagonal := make([]float64, d), make([]float32, d)
	for j := range d - 1 {
		add[j], diagonal[j] = lambda, float32(lambda)
	}
	inverse, err := inverseFactor(ctx, e, g, 1/float64(classes), add)
	if err != nil {
		if errors.Is(err, errIndefinite) {
			err = fmt.Errorf("the features are too ill-conditioned for an L2 strength of %g; raise it, as in softmax:%g", lambda, 100*lambda)
		}
		return nil, err
	}
	defer xla.Free(inverse)
	roots := make([]float64, d)
	for j, v := range add {
		roots[j] = math.Sqrt(v)
	}
	r, err := xla.Tensor(e, roots, 1, d)
	if err != nil {
		return nil, err
	}
	defer xla.Free(r)
	a, err := xla.Tensor(e, add, d)
	if err != nil {
		return nil, err
	}
	defer xla.Free(a)
	finish, err := e.Program(fmt.Sprintf("whitening for %d classes", classes), func(args []*Node) []*Node {
		g, inverse, roots, add := args[0], args[1], args[2], args[3]
		// L = M·L⁻ᵀ.
		factor := Add(MulScalar(DotGeneral(g, []int{1}, nil, inverse, []int{1}, nil), 1/float64(classes)),
			Mul(ExpandAxes(add, -1), Transpose(inverse, 0, 1)))
		scaled := Mul(inverse, roots)
		penalty := DotGeneral(scaled, []int{1}, nil, scaled, []int{1}, nil)
		return []*Node{ConvertDType(factor, dtypes.Float32), ConvertDType(inverse, dtypes.Float32), ConvertDType(penalty, dtypes.Float32)}
	})
	if err != nil {
		return nil, err
	}
	res, err := finish.Run(g, inverse, r, a)
	if err != nil {
		return nil, err
	}
	w := &whitening{factor: res[0], inverse: res[1], penalty: res[2]}
	if w.penalize, err = xla.Tensor(e, diagonal, 1, d); err != nil {
		w.free()
		return nil, err
	}
	return w, nil
}
