package softmax

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/parallel"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/linalg"
)

// A single fit takes its own Hessians first after firstHessians iterations, then
// every hessiansEvery. They are those of f in the weights of each class by
// themselves, the blocks on the diagonal of its Hessian.
const firstHessians, hessiansEvery = 50, 200

// hessianBytes bounds these blocks: those of more columns take longer than the
// iterations that they spare.
const hessianBytes = 64 << 20

// hessianRidge keeps a block positive definite where no example has weight.
const hessianRidge = 1e-6

// refreshHessians makes the inverse Hessians of a single fit when they are due.
// Where float64 cannot tell that a block is positive definite, it changes nothing.
func (b *batch) refreshHessians(ctx context.Context) error {
	k, d := b.classes, b.columns
	if len(b.sets) > 1 || b.ages[0]%hessiansEvery != firstHessians || 4*k*d*d > hessianBytes {
		return nil
	}
	// Once for all classes: they take as many exponentials for one class as for all.
	p, err := b.engine.Call(fmt.Sprintf("softmax probabilities of %d classes", k), func(args []*Node) *Node {
		return probabilities(args[0])
	}, b.state[iterateLogits])
	if err != nil {
		return err
	}
	defer xla.Free(p)
	all, errs := make([]float32, k*d*d), make([]error, k)
	parallel.For(k, func(class int) {
		if errs[class] = ctx.Err(); errs[class] == nil {
			errs[class] = b.inverseHessian(ctx, p, int32(class), all[class*d*d:(class+1)*d*d])
		}
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := errors.Join(errs...); errors.Is(err, linalg.ErrIndefinite) {
		return nil
	} else if err != nil {
		return err
	}
	hessians, err := xla.Tensor(b.engine, all, k, d, d)
	if err != nil {
		return err
	}
	xla.Free(b.hessians)
	b.hessians = hessians
	return nil
}

// inverseHessian writes the inverse of the block of one class [d, d], given the
// probabilities of all [K, n].
func (b *batch) inverseHessian(ctx context.Context, probabilities *tensors.Tensor, class int32, to []float32) error {
	k, err := xla.Tensor(b.engine, []int32{class}, 1, 1)
	if err != nil {
		return err
	}
	defer xla.Free(k)
	classes := b.classes // the program, which stays, must not hold the fits
	hessian, err := b.engine.Call(fmt.Sprintf("softmax Hessian of %d classes", classes), func(args []*Node) *Node {
		return classHessian(Gather(args[0], args[1]), args[2], args[3], classes)
	}, probabilities, k, b.white, b.penalty)
	if err != nil {
		return err
	}
	defer xla.Free(hessian)
	factor, err := linalg.InverseCholesky(ctx, b.engine, hessian, 1, slices.Repeat([]float64{hessianRidge}, b.columns))
	if err != nil {
		return err
	}
	defer xla.Free(factor)
	inverse, err := b.engine.Call("softmax inverse Hessian", func(args []*Node) *Node {
		f := ConvertDType(args[0], dtypes.Float32)
		return DotGeneral(f, []int{0}, nil, f, []int{0}, nil)
	}, factor)
	if err != nil {
		return err
	}
	defer xla.Free(inverse)
	return xla.View(inverse, func(flat []float32) { copy(to, flat) })
}

// probabilities are those of a single fit [K, n], of its logits [K−1, n].
func probabilities(logits *Node) *Node {
	logits = Concatenate([]*Node{logits, ZerosLike(Slice(logits, AxisRange(0, 1)))}, 0)
	odds := Exp(Sub(logits, ReduceAndKeep(logits, ReduceMax, 0)))
	return Div(odds, ReduceAndKeep(odds, ReduceSum, 0))
}

// classHessian is Σ_i p(1−p)·u_iu_iᵀ + L⁻¹ΛL⁻ᵀ [d, d], in float64, where p [1, n] are
// the probabilities of one class of a single fit. The sum is in units of M, which is
// the Hessian at equal probabilities but for a factor K/(K−1).
func classHessian(p, white, penalty *Node, classes int) *Node {
	n, d := white.Shape().Dim(1), white.Shape().Dim(0)
	p.AssertDims(1, n)
	penalty.AssertDims(d, d)
	bend := MulScalar(Mul(p, OneMinus(p)), float64(classes)/float64(classes-1))
	h := DotGeneral(Mul(white, bend), []int{1}, nil, white, []int{1}, nil)
	return ConvertDType(Add(h, penalty), dtypes.Float64)
}
