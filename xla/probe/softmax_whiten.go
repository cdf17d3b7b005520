package probe

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/linalg"
)

// whitening is M = XᵀDX/K + Λ = LLᵀ, where Λ is λ but for the intercept, in the
// last column, where it is 0. With weights D of 1 that is the Hessian of the loss
// at W = 0 for every label set. Whitened features U = X·L⁻ᵀ have weights V = W·L,
// in which float32 sums are well scaled however ill-conditioned the features are.
//
// The weight of an example of great leverage is more: fits turn to it, so that its
// probabilities leave 1/K, and while two classes compete for it the loss bends
// more than at W = 0. Steps by M⁻¹ would then be too long.
type whitening struct {
	white   *tensors.Tensor // Uᵀ [d, n], so that no product has to turn it
	factor  *tensors.Tensor // L [d, d]
	inverse *tensors.Tensor // L⁻¹ [d, d]
	penalty *tensors.Tensor // L⁻¹ΛL⁻ᵀ [d, d], the penalty of V
}

func (w *whitening) free() {
	xla.Free(w.white, w.factor, w.inverse, w.penalty)
}

// Examples of more than highLeverage times the mean leverage have heavyWeight, as
// far as the loss can bend so much: at two equal probabilities it bends K²/4(K−1)
// times as much as at K equal ones. At most one in mostHeavy has.
const highLeverage, heavyWeight, mostHeavy = 5, 2, 16

// heavy adds the further weight of examples of great leverage to g = XᵀX, which it
// frees. inverse is L⁻¹ of g/K + Λ.
func heavy(e *xla.Engine, g, inverse *tensors.Tensor, x arrays.Matrix, classes int) (*tensors.Tensor, error) {
	more := min(heavyWeight, float64(classes*classes)/float64(4*(classes-1))) - 1
	leverages, err := leveragesOf(e, inverse, x)
	if err != nil {
		return g, err
	}
	mean := 0.0
	for _, v := range leverages {
		mean += float64(v) / float64(x.Rows)
	}
	// Always as many rows, so that all features of a shape share a program.
	rows := arrays.Matrix{Rows: (x.Rows + mostHeavy - 1) / mostHeavy, Cols: x.Cols}
	rows.Data = make([]float32, rows.Rows*rows.Cols)
	root := float32(math.Sqrt(more))
	for to, i := range greatest(leverages)[:rows.Rows] {
		if float64(leverages[i]) > highLeverage*mean {
			for j, v := range x.Row(i) {
				rows.Row(to)[j] = root * v
			}
		}
	}
	extra, err := linalg.Gram(e, rows)
	if err != nil {
		return g, err
	}
	defer xla.Free(g, extra)
	add, err := e.Program("sum", func(args []*Node) []*Node { return []*Node{Add(args[0], args[1])} })
	if err != nil {
		return nil, err
	}
	res, err := add.Run(g, extra)
	if err != nil {
		return nil, err
	}
	return res[0], nil
}

// leveragesOf are xᵀM⁻¹x of the rows of x, given L⁻¹ of M.
func leveragesOf(e *xla.Engine, inverse *tensors.Tensor, x arrays.Matrix) ([]float32, error) {
	program, err := e.Program("leverages", func(args []*Node) []*Node {
		u := DotGeneral(args[0], []int{1}, nil, ConvertDType(args[1], dtypes.Float32), []int{1}, nil)
		return []*Node{ReduceSum(Square(u), -1)}
	})
	if err != nil {
		return nil, err
	}
	t, err := e.Upload(x)
	if err != nil {
		return nil, err
	}
	defer xla.Free(t)
	res, err := program.Run(t, inverse)
	if err != nil {
		return nil, err
	}
	defer xla.Free(res...)
	return xla.Download[float32](res[0])
}

// whiten factors M for features x with the constant in the last column.
func whiten(ctx context.Context, e *xla.Engine, x arrays.Matrix, classes int, lambda float64) (*whitening, error) {
	g, err := linalg.Gram(e, x)
	if err != nil {
		return nil, err
	}
	defer func() { xla.Free(g) }()
	d := x.Cols
	add := make([]float64, d)
	for j := range d - 1 {
		add[j] = lambda
	}
	factorize := func() (*tensors.Tensor, error) {
		inverse, err := linalg.InverseCholesky(ctx, e, g, 1/float64(classes), add)
		if errors.Is(err, linalg.ErrIndefinite) {
			err = illConditioned("softmax", lambda)
		}
		return inverse, err
	}
	inverse, err := factorize()
	if err != nil {
		return nil, err
	}
	defer func() { xla.Free(inverse) }()
	if g, err = heavy(e, g, inverse, x, classes); err != nil {
		return nil, err
	}
	xla.Free(inverse)
	if inverse, err = factorize(); err != nil {
		return nil, err
	}
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
	t, err := e.Upload(x)
	if err != nil {
		return nil, err
	}
	defer xla.Free(t)
	finish, err := e.Program(fmt.Sprintf("whitening for %d classes", classes), func(args []*Node) []*Node {
		g, inverse, roots, add, x := args[0], args[1], args[2], args[3], args[4]
		// L = M·L⁻ᵀ.
		factor := Add(MulScalar(DotGeneral(g, []int{1}, nil, inverse, []int{1}, nil), 1/float64(classes)),
			Mul(ExpandAxes(add, -1), Transpose(inverse, 0, 1)))
		scaled := Mul(inverse, roots)
		penalty := DotGeneral(scaled, []int{1}, nil, scaled, []int{1}, nil)
		out := []*Node{factor, inverse, penalty}
		for i := range out {
			out[i] = ConvertDType(out[i], dtypes.Float32)
		}
		return append(out, DotGeneral(out[1], []int{1}, nil, x, []int{1}, nil))
	})
	if err != nil {
		return nil, err
	}
	res, err := finish.Run(g, inverse, r, a, t)
	if err != nil {
		return nil, err
	}
	return &whitening{factor: res[0], inverse: res[1], penalty: res[2], white: res[3]}, nil
}
