package softmax

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
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
	blocks, errs := make([]*tensors.Tensor, k), make([]error, k)
	parallel.For(k, func(class int) { blocks[class], errs[class] = b.inverseHessian(ctx, int32(class)) })
	defer func() { xla.Free(blocks...) }()
	if err := errors.Join(errs...); errors.Is(err, linalg.ErrIndefinite) {
		return nil
	} else if err != nil {
		return err
	}
	args := make([]any, k)
	for class := range args {
		args[class] = blocks[class]
	}
	program, err := b.engine.Program(fmt.Sprintf("softmax Hessians of %d classes", k), func(args []*Node) []*Node { return []*Node{Stack(args, 0)} })
	if err != nil {
		return err
	}
	res, err := program.Run(args...)
	if err != nil {
		return err
	}
	xla.Free(b.hessians)
	b.hessians = res[0]
	return nil
}

// inverseHessian is the inverse of the block of one class [d, d].
func (b *batch) inverseHessian(ctx context.Context, class int32) (*tensors.Tensor, error) {
	k, err := xla.Tensor(b.engine, []int32{class}, 1, 1)
	if err != nil {
		return nil, err
	}
	defer xla.Free(k)
	hessian, err := b.engine.Call(fmt.Sprintf("softmax Hessian of %d classes", b.classes), func(args []*Node) *Node {
		return classHessian(args[0], args[1], args[2], args[3], b.classes)
	}, b.state[iterateLogits], b.white, b.penalty, k)
	if err != nil {
		return nil, err
	}
	defer xla.Free(hessian)
	factor, err := linalg.InverseCholesky(ctx, b.engine, hessian, 1, slices.Repeat([]float64{hessianRidge}, b.columns))
	if err != nil {
		return nil, err
	}
	defer xla.Free(factor)
	return b.engine.Call("softmax inverse Hessian", func(args []*Node) *Node {
		f := ConvertDType(args[0], dtypes.Float32)
		return DotGeneral(f, []int{0}, nil, f, []int{0}, nil)
	}, factor)
}

// classHessian is Σ_i p(1−p)·u_iu_iᵀ + L⁻¹ΛL⁻ᵀ [d, d], in float64, where p are the
// probabilities of one class of a single fit with logits [K−1, n]. The sum is in
// units of M, which is the Hessian at equal probabilities but for a factor K/(K−1).
func classHessian(logits, white, penalty, class *Node, classes int) *Node {
	k, n, d := classes, white.Shape().Dim(1), white.Shape().Dim(0)
	logits.AssertDims(k-1, n)
	penalty.AssertDims(d, d)
	class.AssertDims(1, 1)
	logits = Concatenate([]*Node{logits, ZerosLike(Slice(logits, AxisRange(0, 1)))}, 0)
	odds := Exp(Sub(logits, ReduceAndKeep(logits, ReduceMax, 0)))
	is := ConvertDType(Equal(Iota(logits.Graph(), shapes.Make(dtypes.Int32, 1, k), 1), class), dtypes.Float32)
	p := DotProduct(is, Div(odds, ReduceAndKeep(odds, ReduceSum, 0)))
	p.AssertDims(1, n)
	bend := MulScalar(Mul(p, OneMinus(p)), float64(k)/float64(k-1))
	h := DotGeneral(Mul(white, bend), []int{1}, nil, white, []int{1}, nil)
	return ConvertDType(Add(h, penalty), dtypes.Float64)
}
