package probe

import (
	"context"
	"errors"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/linalg"
)

// wide are features with more columns than training examples, centred. All that a linear
// probe with an L2 penalty makes of them lies in the space that the training examples
// span, of n dimensions at most, and follows from inner products with these.
type wide struct {
	engine *xla.Engine
	center center
	given  arrays.Matrix   // the training features as they were given
	train  arrays.Matrix   // A [n, d]: centred
	gram   *tensors.Tensor // AAᵀ [n, n], in float64
}

func newWide(e *xla.Engine, p Problem, c center) (*wide, error) {
	w := &wide{engine: e, center: c, given: p.Train, train: c.of(p.Train).matrix()}
	var err error
	w.gram, err = linalg.Product(e, w.train, w.train)
	return w, err
}

func (w *wide) free() { xla.Free(w.gram) }

// times is XAᵀMᵀ [rows, n] of features X [rows, d], centred here, and M [n, n] in float64,
// in which it is summed too; the result is float32.
func (w *wide) times(x arrays.Matrix, m *tensors.Tensor) (*tensors.Tensor, error) {
	product := w.gram
	if !x.Same(w.given) {
		var err error
		if product, err = linalg.Product(w.engine, w.center.of(x).matrix(), w.train); err != nil {
			return nil, err
		}
		defer xla.Free(product)
	}
	return w.engine.Call("inner products times a matrix", func(args []*Node) *Node {
		return ConvertDType(DotGeneral(args[0], []int{1}, nil, args[1], []int{1}, nil), dtypes.Float32)
	}, product, m)
}

// leastSpan and mostSpan are the shares of the mean squared length of the examples that
// span adds to the diagonal of AAᵀ: the least with which float64 can factor it.
const leastSpan, mostSpan = 1e-13, 1e-6

// span is L⁻¹ [n, n], in float64, of AAᵀ + εI = LLᵀ. The rows of L⁻¹A are axes of the
// space that the examples span, at right angles and of length 1 but for ε. A direction in
// which the examples vary by σ² in all keeps the share σ²/(σ² + ε) of its squares: inner
// products in it are off by less than ε, which float32 does not hold beside the others.
func (w *wide) span(ctx context.Context) (*tensors.Tensor, error) {
	n := w.train.Rows
	mean := 0.0
	for _, v := range w.train.Data {
		mean += float64(v) * float64(v) / float64(n)
	}
	if mean == 0 { // all examples are equal
		mean = 1
	}
	for share := leastSpan; ; share *= 10 {
		factor, err := linalg.InverseCholesky(ctx, w.engine, w.gram, 1, slices.Repeat([]float64{share * mean}, n))
		if err == nil || !errors.Is(err, linalg.ErrIndefinite) || share > mostSpan {
			return factor, err
		}
	}
}

// narrow turns features with more columns than training examples, exactly but for
// rounding, so that they have as many columns as examples: coordinates in the space that
// the training examples span. Scores of a linear probe with an L2 penalty, which has no
// weight outside of it, do not change.
func (d Data) narrow(ctx context.Context, e *xla.Engine, c center) (Data, error) {
	w, err := newWide(e, Problem{Data: d}, c)
	if err != nil {
		return d, err
	}
	defer w.free()
	axes, err := w.span(ctx)
	if err != nil {
		return d, err
	}
	defer xla.Free(axes)
	turn := func(m arrays.Matrix) (arrays.Matrix, error) {
		t, err := w.times(m, axes)
		if err != nil {
			return arrays.Matrix{}, err
		}
		defer xla.Free(t)
		flat, err := xla.Download[float32](t)
		return arrays.Matrix{Rows: m.Rows, Cols: w.train.Rows, Data: flat}, err
	}
	return d.tryEach(turn)
}
