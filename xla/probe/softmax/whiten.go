package softmax

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/linalg"
)

// whitening is the Hessian M = XᵀDX/K + Λ = LLᵀ that all fits share, and what
// follows from it, on the device. D are weights of the examples, see weigh.
type whitening struct {
	white   *tensors.Tensor // Uᵀ = L⁻¹Xᵀ [d, n], so that no product has to turn it
	factor  *tensors.Tensor // L [d, d]
	inverse *tensors.Tensor // L⁻¹ [d, d]
	penalty *tensors.Tensor // L⁻¹ΛL⁻ᵀ [d, d], the penalty of V
}

func (w *whitening) free() { xla.Free(w.white, w.factor, w.inverse, w.penalty) }

// whiten factors M for features X [n, d] and the diagonal of Λ [d]. The leverages
// that the weights D need come from a factorization without weights. Where M is
// not positive definite the error is linalg.ErrIndefinite.
func whiten(ctx context.Context, e *xla.Engine, x arrays.Matrix, classes int, penalties []float64) (*whitening, error) {
	features, err := e.Upload(x)
	if err != nil {
		return nil, err
	}
	defer xla.Free(features)
	gram, inverse, err := factored(ctx, e, x, classes, penalties)
	if err != nil {
		return nil, err
	}
	leverages, err := leveragesOf(e, features, inverse)
	xla.Free(gram, inverse)
	if err != nil {
		return nil, err
	}
	gram, inverse, err = factored(ctx, e, weigh(x, leverages, classes), classes, penalties)
	if err != nil {
		return nil, err
	}
	defer xla.Free(gram, inverse)
	diagonal, err := xla.Tensor(e, penalties, 1, len(penalties))
	if err != nil {
		return nil, err
	}
	defer xla.Free(diagonal)
	program, err := e.Program(fmt.Sprintf("whitening for %d classes", classes), func(args []*Node) []*Node {
		return whitened(args[0], args[1], args[2], args[3], classes)
	})
	if err != nil {
		return nil, err
	}
	res, err := program.Run(features, gram, inverse, diagonal)
	if err != nil {
		return nil, err
	}
	return &whitening{white: res[0], factor: res[1], inverse: res[2], penalty: res[3]}, nil
}

// factored are G = XᵀX and L⁻¹ of G/K + Λ = LLᵀ [d, d], in float64.
func factored(ctx context.Context, e *xla.Engine, x arrays.Matrix, classes int, penalties []float64) (gram, inverse *tensors.Tensor, err error) {
	if gram, err = linalg.Gram(e, x); err != nil {
		return nil, nil, err
	}
	if inverse, err = linalg.InverseCholesky(ctx, e, gram, 1/float64(classes), penalties); err != nil {
		xla.Free(gram)
		return nil, nil, err
	}
	return gram, inverse, nil
}

// whitened are Uᵀ, L, L⁻¹ and L⁻¹ΛL⁻ᵀ in float32, of X [n, d], and in float64 G and
// L⁻¹ [d, d] and the diagonal of Λ [1, d].
func whitened(x, gram, inverse, diagonal *Node, classes int) []*Node {
	n, d := x.Shape().Dim(0), x.Shape().Dim(1)
	gram.AssertDims(d, d)
	inverse.AssertDims(d, d)
	diagonal.AssertDims(1, d)
	single := func(x *Node) *Node { return ConvertDType(x, dtypes.Float32) }
	// L = M·L⁻ᵀ.
	factor := Add(MulScalar(DotGeneral(gram, []int{1}, nil, inverse, []int{1}, nil), 1/float64(classes)),
		Mul(Transpose(diagonal, 0, 1), Transpose(inverse, 0, 1)))
	scaled := Mul(inverse, Sqrt(diagonal))
	penalty := DotGeneral(scaled, []int{1}, nil, scaled, []int{1}, nil)
	white := DotGeneral(single(inverse), []int{1}, nil, x, []int{1}, nil)
	white.AssertDims(d, n)
	return []*Node{white, single(factor), single(inverse), single(penalty)}
}

// leveragesOf are xᵀM⁻¹x of the rows of X [n, d], given L⁻¹ of M.
func leveragesOf(e *xla.Engine, features, inverse *tensors.Tensor) ([]float32, error) {
	res, err := e.Call("leverages", func(args []*Node) *Node {
		x, inverse := args[0], ConvertDType(args[1], dtypes.Float32)
		return ReduceSum(Square(DotGeneral(x, []int{1}, nil, inverse, []int{1}, nil)), -1)
	}, features, inverse)
	if err != nil {
		return nil, err
	}
	defer xla.Free(res)
	return xla.Download[float32](res)
}

// An example of more than highLeverage times the mean leverage counts
// leverageWeight times in M, but no more than the loss can bend: at two equal
// probabilities it bends K²/4(K−1) times as much as at K equal ones.
const highLeverage, leverageWeight = 5, 2

// weigh multiplies the rows of X by the roots of their weights in M.
func weigh(x arrays.Matrix, leverages []float32, classes int) arrays.Matrix {
	k := float64(classes)
	root := float32(math.Sqrt(min(leverageWeight, k*k/(4*(k-1)))))
	mean := 0.0
	for _, v := range leverages {
		mean += float64(v) / float64(x.Rows)
	}
	to := arrays.Matrix{Rows: x.Rows, Cols: x.Cols, Data: slices.Clone(x.Data)}
	for i, v := range leverages {
		if float64(v) <= highLeverage*mean {
			continue
		}
		for j := range to.Cols {
			to.Row(i)[j] *= root
		}
	}
	return to
}
