package probe

import (
	"context"
	"fmt"
	"strconv"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/gomlx/gomlx/pkg/core/dtypes"

	"github.com/seed-1a417598/memtest/xla"
)

// Ridge is one-versus-rest least squares with an L2 penalty on targets −1 and
// +1 and a free intercept, scikit-learn's RidgeClassifier: weights
// (AᵀA + αI)⁻¹Aᵀ(2Y−1) with A the centred features. One Gram matrix and one
// inverse serve all label sets.
type Ridge struct {
	Alpha float64 // α > 0
}

func (r Ridge) Name() string {
	if r.Alpha == 1 {
		return "ridge"
	}
	return "ridge:" + strconv.FormatFloat(r.Alpha, 'g', -1, 64)
}

func (r Ridge) Prepare(ctx context.Context, e *xla.Engine, d Data) (Fitted, error) {
	d = d.center()
	inverse, err := ridgeInverse(e, d.Train, r.Alpha)
	if err != nil {
		return nil, err
	}
	t, err := e.Upload(inverse)
	if err != nil {
		return nil, err
	}
	return newLinear(e, d, "ridge", []*tensors.Tensor{t}, func(sums, counts *Node, n int, shared []*Node) (w, b *Node) {
		// Rows of A sum to zero, so Aᵀ(2Y−1) = 2AᵀY, twice the class sums.
		return MulScalar(Dot(sums, shared[0]), 2), AddScalar(MulScalar(counts, 2/float64(n)), -1)
	})
}

// ridgeInverse is (AᵀA + αI)⁻¹, in float64 until the end: directions in which
// the features hardly vary decide predictions, and float32 sums lose them.
func ridgeInverse(e *xla.Engine, a xla.Matrix, alpha float64) (xla.Matrix, error) {
	g, err := gram(e, a)
	if err != nil {
		return xla.Matrix{}, err
	}
	d := a.Cols
	for j := range d {
		g[j*d+j] += alpha
	}
	var chol mat.Cholesky
	if !chol.Factorize(mat.NewSymDense(d, g)) {
		return xla.Matrix{}, fmt.Errorf("the Gram matrix of the features is not positive definite with an L2 strength of %g; raise it, as in ridge:%g", alpha, 100*alpha)
	}
	var inv mat.SymDense
	if err := chol.InverseTo(&inv); err != nil {
		return xla.Matrix{}, fmt.Errorf("the Gram matrix of the features is too ill-conditioned (%v); raise the L2 strength, as in ridge:%g", err, 100*alpha)
	}
	out := xla.Matrix{Rows: d, Cols: d, Data: make([]float32, d*d)}
	for i := range d {
		for j := range d {
			out.Data[i*d+j] = float32(inv.At(i, j))
		}
	}
	return out, nil
}

// gram is AᵀA [d·d] in float64.
func gram(e *xla.Engine, a xla.Matrix) ([]float64, error) {
	p, err := e.Program("gram", func(args []*Node) []*Node {
		x := ConvertDType(args[0], dtypes.Float64)
		return []*Node{DotGeneral(x, []int{0}, nil, x, []int{0}, nil)}
	})
	if err != nil {
		return nil, err
	}
	t, err := e.Upload(a)
	if err != nil {
		return nil, err
	}
	defer xla.Free(t)
	res, err := p.Run(t)
	if err != nil {
		return nil, err
	}
	defer xla.Free(res...)
	return xla.Download[float64](res[0])
}
