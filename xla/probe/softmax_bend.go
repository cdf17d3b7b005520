package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/linalg"
)

// The real labels of a trained network's features are fitted so well that f
// bends nowhere as M says. Their fit, which is alone, takes the second derivative
// of f in the weights of each class as it is: a few factorizations in place of
// hundreds of iterations. Many label sets at once gain nothing from that, since
// each needs its own. When a fit has converged is told by the same estimate.

// firstBend is the iteration at which a single fit first does so; the next is
// bendGap iterations later, and each gap bendMore longer than the last.
const firstBend, bendGap, bendMore = 50, 200, 200

// bendBytes bounds the matrices: those of more columns take longer than the
// iterations that they spare.
const bendBytes = 64 << 20

// bendRidge keeps a matrix positive where no example has weight.
const bendRidge = 1e-6

// single says whether a descent of p places goes by bends.
func (f *softmax) single(p int) bool {
	d := f.white.Shape().Dim(0)
	return p == 1 && 4*f.classes*d*d <= bendBytes
}

// prepareBends makes the programs.
func (f *softmax) prepareBends() (err error) {
	size := fmt.Sprintf("of %d classes", f.classes)
	if f.bendOf, err = f.engine.Program("softmax bend "+size, f.buildBend); err != nil {
		return err
	}
	f.invert, err = f.engine.Program("softmax inverse", func(args []*Node) []*Node {
		inverse := ConvertDType(args[0], dtypes.Float32)
		return []*Node{DotGeneral(inverse, []int{0}, nil, inverse, []int{0}, nil)}
	})
	if err != nil {
		return err
	}
	f.stack, err = f.engine.Program("softmax stack "+size, func(args []*Node) []*Node { return []*Node{Stack(args, 0)} })
	return err
}

// buildBend makes the second derivative of f [d, d], in float64, in the weights V
// of one class of a single fit, from its logits [K−1, n]. It is scaled as M is.
func (f *softmax) buildBend(args []*Node) []*Node {
	logits, white, penalty, class := args[0], args[1], args[2], args[3]
	k := f.classes
	logits = Concatenate([]*Node{logits, ZerosLike(Slice(logits, AxisRange(0, 1)))}, 0)
	prob := Exp(Sub(logits, ReduceAndKeep(logits, ReduceMax, 0)))
	prob = Div(prob, ReduceAndKeep(prob, ReduceSum, 0))
	hot := ConvertDType(Equal(Iota(logits.Graph(), shapes.Make(dtypes.Int32, k), 0), class), dtypes.Float32)
	prob = DotGeneral(hot, []int{0}, nil, prob, []int{0}, nil)
	bend := MulScalar(Mul(prob, OneMinus(prob)), float64(k)/float64(k-1))
	h := DotGeneral(Mul(white, ExpandAxes(bend, 0)), []int{1}, nil, white, []int{1}, nil)
	return []*Node{ConvertDType(Add(h, penalty), dtypes.Float64)}
}

// bend renews the preconditioner of a single fit when it is due. Where float64
// cannot tell that a matrix is positive, the preconditioner stays as it is.
func (at *descent) bend(ctx context.Context) error {
	due := firstBend
	for gap := bendGap; due < at.ages[0]; gap += bendMore {
		due += gap
	}
	if at.ages[0] == 0 {
		return at.straight()
	}
	if at.ages[0] != due {
		return nil
	}
	all, errs := make([]*tensors.Tensor, at.classes), make([]error, at.classes)
	xla.Parallel(at.classes, func(k int) { all[k], errs[k] = at.inverseBend(ctx, int32(k)) })
	defer func() { xla.Free(all...) }()
	if err := errors.Join(errs...); errors.Is(err, linalg.ErrIndefinite) {
		return nil
	} else if err != nil {
		return err
	}
	args := make([]any, at.classes)
	for k := range args {
		args[k] = all[k]
	}
	res, err := at.stack.Run(args...)
	if err != nil {
		return err
	}
	xla.Free(at.bends)
	at.bends = res[0]
	return nil
}

// straight makes the preconditioner that a single fit begins with, M⁻¹, which is 1
// for the weights V.
func (at *descent) straight() (err error) {
	d := at.white.Shape().Dim(0)
	flat := make([]float32, at.classes*d*d)
	for row := range at.classes * d {
		flat[row*d+row%d] = 1
	}
	xla.Free(at.bends)
	at.bends, err = xla.Tensor(at.engine, flat, at.classes, d, d)
	return err
}

// inverseBend is the inverse of the second derivative for one class [d, d].
func (at *descent) inverseBend(ctx context.Context, class int32) (*tensors.Tensor, error) {
	k, err := xla.Tensor(at.engine, []int32{class}, 1)
	if err != nil {
		return nil, err
	}
	defer xla.Free(k)
	h, err := at.bendOf.Run(at.state[stateZV], at.white, at.penalty, k)
	if err != nil {
		return nil, err
	}
	defer xla.Free(h...)
	inverse, err := linalg.InverseCholesky(ctx, at.engine, h[0], 1, slices.Repeat([]float64{bendRidge}, h[0].Shape().Dim(0)))
	if err != nil {
		return nil, err
	}
	defer xla.Free(inverse)
	res, err := at.invert.Run(inverse)
	if err != nil {
		return nil, err
	}
	return res[0], nil
}
