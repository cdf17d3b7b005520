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
// in which it is summed too; the result is float32. It goes over blocks of rows.
func (w *wide) times(x arrays.Matrix, m *tensors.Tensor) (arrays.Matrix, error) {
	n, d := w.train.Dims()
	to := arrays.Matrix{Rows: x.Rows, Cols: n, Data: make([]float32, x.Rows*n)}
	if x.Same(w.given) {
		return to, w.put(to.Data, w.gram, m)
	}
	rows := w.center.of(x)
	block := arrays.Matrix{Rows: min(x.Rows, max(n, blockBytes/(4*d))), Cols: d}
	block.Data = make([]float32, block.Rows*d)
	for first := 0; first < x.Rows; first += block.Rows {
		rows.CopyRows(first, block.Data)
		product, err := linalg.Product(w.engine, block, w.train)
		if err != nil {
			return to, err
		}
		err = w.put(to.Data[first*n:min(x.Rows, first+block.Rows)*n], product, m)
		xla.Free(product)
		if err != nil {
			return to, err
		}
	}
	return to, nil
}

// put writes products [rows, n] times Mᵀ into to, as many rows as it holds.
func (w *wide) put(to []float32, product, m *tensors.Tensor) error {
	t, err := w.engine.Call("inner products times a matrix", func(args []*Node) *Node {
		return ConvertDType(DotGeneral(args[0], []int{1}, nil, args[1], []int{1}, nil), dtypes.Float32)
	}, product, m)
	if err != nil {
		return err
	}
	defer xla.Free(t)
	return xla.View(t, func(flat []float32) { copy(to, flat) })
}

// span is L⁻¹ [n, n], in float64, of AAᵀ + εI = LLᵀ. The rows of L⁻¹A are axes of the
// space that the examples span, at right angles and of length 1 but for ε. A direction in
// which the examples vary by σ² in all keeps the share σ²/(σ² + ε) of its squares: inner
// products in it are off by less than ε. That is the least with which float64 can factor
// the matrix; where it is more than most, the error is linalg.ErrIndefinite.
func (w *wide) span(ctx context.Context, most float64) (*tensors.Tensor, error) {
	mean := w.meanSquare()
	if mean == 0 { // all examples are equal
		mean = 1
	}
	for share := leastSpan; share*mean <= most; share *= 10 {
		factor, err := linalg.InverseCholesky(ctx, w.engine, w.gram, 1, slices.Repeat([]float64{share * mean}, w.train.Rows))
		if err == nil || !errors.Is(err, linalg.ErrIndefinite) {
			return factor, err
		}
	}
	return nil, linalg.ErrIndefinite
}

// leastSpan is the least ε of span, as a share of the mean squared length of the examples.
const leastSpan = 1e-13

// meanSquare is the mean squared length of the examples.
func (w *wide) meanSquare() float64 {
	mean := 0.0
	for _, v := range w.train.Data {
		mean += float64(v) * float64(v) / float64(w.train.Rows)
	}
	return mean
}

// Coordinates in the space that the examples span mix all columns, and are rounded to
// float32 beside the largest. So a column is lost whose standard deviation is smaller than
// unequal times the root mean square of all, but for one that a penalty λ leaves next to
// no weight: one whose squares over all examples are less than the share idle of λ. The
// share negligible of λ is what inner products may be off by.
const unequal, idle, negligible = 1e-3, 1e-3, 1e-5

// alike says whether no column is lost among the others.
func alike(sd []float64, n int, lambda float64) bool {
	least := unequal * rootMeanSquare(sd)
	for _, s := range sd {
		if s < least && float64(n)*s*s > idle*lambda {
			return false
		}
	}
	return true
}

// narrow turns features with more columns than training examples, exactly but for
// rounding, so that they have as many columns as examples: coordinates in the space that
// the training examples span. Scores of a linear probe with an L2 penalty λ, which has no
// weight outside of it, do not change. Where rounding could change them, as where columns
// are of very unequal size or λ is tiny beside their squares, the features stay as they
// are.
func (d Data) narrow(ctx context.Context, e *xla.Engine, c center, lambda float64) (Data, error) {
	if d.Train.Cols <= d.Train.Rows {
		return d, nil
	}
	if _, sd := columnMoments(d.Train, c); !alike(sd, d.Train.Rows, lambda) {
		return d, nil
	}
	w, err := newWide(e, Problem{Data: d}, c)
	if err != nil {
		return d, err
	}
	defer w.free()
	axes, err := w.span(ctx, negligible*lambda)
	if errors.Is(err, linalg.ErrIndefinite) {
		return d, nil
	} else if err != nil {
		return d, err
	}
	defer xla.Free(axes)
	turned, err := d.tryEach(func(m arrays.Matrix) (arrays.Matrix, error) { return w.times(m, axes) })
	xla.TrimMemory() // what the products took
	return turned, err
}
