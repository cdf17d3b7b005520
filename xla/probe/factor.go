package probe

import (
	"context"
	"errors"
	"fmt"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
	"github.com/gomlx/gomlx/pkg/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

// Matrices of features are factored in float64: directions in which the features
// hardly vary decide predictions, and float32 sums lose them. The products run
// on the device; gonum factors the small blocks on the diagonal.

// gramBytes bounds the rows that gram holds in float64 at a time.
const gramBytes = 64 << 20

// gram is AᵀA [d, d] in float64, on the device. It goes over rows that are
// transposed here: XLA's product of matrices in float64 is five times as fast on
// the CPU where both are summed over their last axis.
func gram(e *xla.Engine, a arrays.Matrix) (*tensors.Tensor, error) {
	add, err := e.Program("gram", func(args []*Node) []*Node {
		sum, x := args[0], ConvertDType(args[1], dtypes.Float64)
		return []*Node{Add(sum, DotGeneral(x, []int{1}, nil, x, []int{1}, nil))}
	})
	if err != nil {
		return nil, err
	}
	d := a.Cols
	sum, err := xla.Tensor(e, make([]float64, d*d), d, d)
	if err != nil {
		return nil, err
	}
	rows := min(a.Rows, max(1, gramBytes/(8*d)))
	for first := 0; first < a.Rows; first += rows {
		part := a.Data[first*d : min(a.Rows, first+rows)*d]
		if len(part) < rows*d { // rows of zeros add nothing
			part = append(append(make([]float32, 0, rows*d), part...), make([]float32, rows*d-len(part))...)
		}
		if sum, err = accumulate(e, add, sum, transposed(arrays.Matrix{Rows: rows, Cols: d, Data: part})); err != nil {
			return nil, err
		}
	}
	return sum, nil
}

// accumulate runs a program that adds something of x to sum, and frees sum.
func accumulate(e *xla.Engine, add *xla.Program, sum *tensors.Tensor, x arrays.Matrix) (*tensors.Tensor, error) {
	defer xla.Free(sum)
	t, err := e.Upload(x)
	if err != nil {
		return nil, err
	}
	defer xla.Free(t)
	res, err := add.Run(sum, t)
	if err != nil {
		return nil, err
	}
	return res[0], nil
}

// errIndefinite is the error of a matrix that is not positive definite, or so
// nearly singular that float64 cannot tell.
var errIndefinite = errors.New("the matrix is not positive definite")

// blockSize is the size up to which gonum factors.
const blockSize = 256

// inverseFactor is L⁻¹ [d, d], in float64 on the device, of the Cholesky
// factorization s·g + diag(add) = LLᵀ of a matrix g [d, d] there. add has d
// elements. About 4/3·d³ multiplications.
func inverseFactor(ctx context.Context, e *xla.Engine, g *tensors.Tensor, s float64, add []float64) (*tensors.Tensor, error) {
	d := len(add)
	blocks := 1
	for (d+blocks-1)/blocks > blockSize {
		blocks *= 2
	}
	size := (d + blocks - 1) / blocks * blocks
	// The matrix is filled up with a unit matrix, so that it halves evenly.
	program, err := e.Program(fmt.Sprintf("fill up %d to %d", d, size), func(args []*Node) []*Node {
		g, s, add := args[0], args[1], args[2]
		m := Mul(g, s)
		if size > d {
			m = Concatenate([]*Node{m, Zeros(g.Graph(), shapes.Make(dtypes.Float64, size-d, d))}, 0)
			m = Concatenate([]*Node{m, Zeros(g.Graph(), shapes.Make(dtypes.Float64, size, size-d))}, 1)
		}
		row := Iota(g.Graph(), shapes.Make(dtypes.Int32, size, size), 0)
		column := Iota(g.Graph(), shapes.Make(dtypes.Int32, size, size), 1)
		diagonal := BroadcastToDims(ExpandAxes(add, 0), size, size)
		return []*Node{Add(m, Where(Equal(row, column), diagonal, ZerosLike(diagonal)))}
	})
	if err != nil {
		return nil, err
	}
	diagonal := make([]float64, size)
	for i := range diagonal {
		diagonal[i] = 1
	}
	copy(diagonal, add)
	at, err := xla.Tensor(e, diagonal, size)
	if err != nil {
		return nil, err
	}
	defer xla.Free(at)
	st, err := xla.Tensor(e, []float64{s}, 1, 1)
	if err != nil {
		return nil, err
	}
	defer xla.Free(st)
	m, err := program.Run(g, st, at)
	if err != nil {
		return nil, err
	}
	inverse, err := inverseFactorOf(ctx, e, m[0])
	if err != nil || size == d {
		return inverse, err
	}
	defer xla.Free(inverse)
	cut, err := e.Program(fmt.Sprintf("cut to %d", d), func(args []*Node) []*Node {
		return []*Node{Slice(args[0], AxisRange(0, d), AxisRange(0, d))}
	})
	if err != nil {
		return nil, err
	}
	res, err := cut.Run(inverse)
	if err != nil {
		return nil, err
	}
	return res[0], nil
}

// inverseFactorOf is L⁻¹ of a matrix M = LLᵀ whose size is a power of two times
// at most blockSize. With M in four blocks of half its size, the factor of the
// first block gives L₂₁, the factor of M₂₂ − L₂₁L₂₁ᵀ is L₂₂, and
// L⁻¹ = (L₁₁⁻¹, 0; −L₂₂⁻¹L₂₁L₁₁⁻¹, L₂₂⁻¹). It frees M as soon as it can: of
// thousands of columns every matrix is hundreds of megabytes.
func inverseFactorOf(ctx context.Context, e *xla.Engine, m *tensors.Tensor) (*tensors.Tensor, error) {
	defer func() { xla.Free(m) }()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	size := m.Shape().Dim(0)
	if size <= blockSize {
		return inverseFactorBlock(e, m)
	}
	corner, err := e.Program("first block", func(args []*Node) []*Node {
		h := args[0].Shape().Dim(0) / 2
		return []*Node{Slice(args[0], AxisRange(0, h), AxisRange(0, h))}
	})
	if err != nil {
		return nil, err
	}
	rest, err := e.Program("rest of a factorization", func(args []*Node) []*Node {
		m, i11 := args[0], args[1]
		size, h := m.Shape().Dim(0), i11.Shape().Dim(0)
		l21 := DotGeneral(Slice(m, AxisRange(h, size), AxisRange(0, h)), []int{1}, nil, i11, []int{1}, nil)
		m22 := Slice(m, AxisRange(h, size), AxisRange(h, size))
		return []*Node{l21, Sub(m22, DotGeneral(l21, []int{1}, nil, l21, []int{1}, nil))}
	})
	if err != nil {
		return nil, err
	}
	join, err := e.Program("join of a factorization", func(args []*Node) []*Node {
		i11, l21, i22 := args[0], args[1], args[2]
		i21 := Neg(Dot(i22, Dot(l21, i11)))
		return []*Node{Concatenate([]*Node{
			Concatenate([]*Node{i11, ZerosLike(i11)}, 1),
			Concatenate([]*Node{i21, i22}, 1),
		}, 0)}
	})
	if err != nil {
		return nil, err
	}
	m11, err := corner.Run(m)
	if err != nil {
		return nil, err
	}
	i11, err := inverseFactorOf(ctx, e, m11[0])
	if err != nil {
		return nil, err
	}
	defer xla.Free(i11)
	r, err := rest.Run(m, i11)
	if err != nil {
		return nil, err
	}
	defer xla.Free(r[0])
	xla.Free(m)
	m = nil
	i22, err := inverseFactorOf(ctx, e, r[1])
	if err != nil {
		return nil, err
	}
	defer xla.Free(i22)
	res, err := join.Run(i11, r[0], i22)
	if err != nil {
		return nil, err
	}
	return res[0], nil
}

// inverseFactorBlock is inverseFactorOf by gonum.
func inverseFactorBlock(e *xla.Engine, m *tensors.Tensor) (*tensors.Tensor, error) {
	flat, err := xla.Download[float64](m)
	if err != nil {
		return nil, err
	}
	size := m.Shape().Dim(0)
	var chol mat.Cholesky
	if !chol.Factorize(mat.NewSymDense(size, flat)) {
		return nil, errIndefinite
	}
	var l, inverse mat.TriDense
	chol.LTo(&l)
	if err := inverse.InverseTri(&l); err != nil {
		return nil, errIndefinite
	}
	out := make([]float64, size*size)
	for i := range size {
		for j := range i + 1 {
			out[i*size+j] = inverse.At(i, j)
		}
	}
	return xla.Tensor(e, out, size, size)
}

func transposed(m arrays.Matrix) arrays.Matrix {
	t := arrays.Matrix{Rows: m.Cols, Cols: m.Rows, Data: make([]float32, len(m.Data))}
	const width = 16 // columns a task: whole cache lines of every row
	xla.Parallel((m.Cols+width-1)/width, func(task int) {
		lo, hi := task*width, min(m.Cols, (task+1)*width)
		for i := range m.Rows {
			for j, v := range m.Row(i)[lo:hi] {
				t.Data[(lo+j)*t.Cols+i] = v
			}
		}
	})
	return t
}
