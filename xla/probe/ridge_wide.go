package probe

import (
	"context"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/linalg"
)

// prepareWide prepares ridge regression with more columns than examples. Its weights
// are then sums of examples, and need not be known: the scores of rows X are
//
//	XAᵀ(AAᵀ + αI)⁻¹(2Y−1) + intercept,
//
// the same as by weights, since Aᵀ(AAᵀ + αI)⁻¹ = (AᵀA + αI)⁻¹Aᵀ. The matrix before the
// targets, [rows, n], is computed once for each set of rows, in float64, and takes the
// place of features: no label set needs a step that grows with the columns.
func (r Ridge) prepareWide(ctx context.Context, e *xla.Engine, p Problem, c center, alpha float64) (_ *linear, err error) {
	w, err := newWide(e, p, c)
	if err != nil {
		return nil, err
	}
	defer w.free()
	inverse, err := linalg.InverseShifted(ctx, e, w.gram, slices.Repeat([]float64{alpha}, p.Train.Rows), dtypes.Float64)
	if err != nil {
		return nil, err
	}
	defer xla.Free(inverse)
	s := bareScorer(e, p)
	l := &linear{scorer: s}
	defer func() {
		if err != nil {
			l.Close()
		}
	}()
	place := func(m arrays.Matrix) (scored, error) {
		hat, err := w.times(m, inverse)
		if err != nil {
			return scored{}, err
		}
		return s.place(hat)
	}
	for _, v := range p.Valid {
		f, err := place(v)
		if err != nil {
			return nil, err
		}
		s.valid = append(s.valid, f)
	}
	if p.Fresh.Rows > 0 {
		if s.fresh, err = place(p.Fresh); err != nil {
			return nil, err
		}
	}
	xla.TrimMemory() // what the products took
	if err := s.compile(p.Classes); err != nil {
		return nil, err
	}
	classes := p.Classes
	l.fit, err = e.Program(fmt.Sprintf("fit wide ridge of %d classes", classes), func(args []*Node) []*Node {
		hot := oneHot(args[0], classes)
		n := hot.Shape().Dim(1)
		// The columns of A sum to zero, so what 2Y−1 has in all examples alike gives nothing
		// in the product: the mean of the targets is the intercept.
		return []*Node{MulScalar(hot, 2), AddScalar(MulScalar(ReduceSum(hot, -1), 2/float64(n)), -1)}
	})
	return l, err
}
