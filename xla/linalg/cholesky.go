package linalg

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
	"github.com/gomlx/gomlx/pkg/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/seed-1a417598/memtest/xla"
)

// ErrIndefinite is the error of a matrix that is not positive definite, or so
// nearly singular that float64 cannot tell.
var ErrIndefinite = errors.New("the matrix is not positive definite")

// blockSize is the size up to which gonum factors.
const blockSize = 256

// InverseCholesky is L⁻¹ [d, d], in float64 on the device, of the Cholesky
// factorization s·G + diag(add) = LLᵀ of a matrix G [d, d] there. add has d
// elements. About 4/3·d³ multiplications. A matrix that cannot be factored is
// ErrIndefinite.
func InverseCholesky(ctx context.Context, e *xla.Engine, g *tensors.Tensor, s float64, add []float64) (*tensors.Tensor, error) {
	return factor(ctx, e, g, s, add, false)
}

// InverseShifted is (G + diag(add))⁻¹ [d, d] of a matrix G [d, d] on the device, in a type of the
// caller's choice, computed in float64; otherwise as InverseCholesky.
func InverseShifted(ctx context.Context, e *xla.Engine, g *tensors.Tensor, add []float64, to dtypes.DType) (*tensors.Tensor, error) {
	turned, err := factor(ctx, e, g, 1, add, true)
	if err != nil {
		return nil, err
	}
	defer xla.Free(turned)
	return e.Call(fmt.Sprintf("inverse in %s", to), func(args []*Node) *Node {
		return ConvertDType(DotGeneral(args[0], []int{1}, nil, args[0], []int{1}, nil), to)
	}, turned)
}

// factor is L⁻¹ [d, d] or, turned, L⁻ᵀ, written out: products are fast over the last axes
// only.
func factor(ctx context.Context, e *xla.Engine, g *tensors.Tensor, s float64, add []float64, turned bool) (*tensors.Tensor, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d := len(add)
	if d <= blockSize {
		return inverseSmall(e, g, s, add, turned)
	}
	blocks := 2
	for (d+blocks-1)/blocks > blockSize {
		blocks *= 2
	}
	m, err := shifted(e, g, s, add, (d+blocks-1)/blocks*blocks)
	if err != nil {
		return nil, err
	}
	return inverseOf(ctx, e, m, d, turned)
}

// inverseSmall is InverseCholesky by gonum alone, without a program to compile.
func inverseSmall(e *xla.Engine, g *tensors.Tensor, s float64, add []float64, turned bool) (*tensors.Tensor, error) {
	m, err := xla.Download[float64](g)
	if err != nil {
		return nil, err
	}
	d := len(add)
	for i, v := range add {
		row := m[i*d : (i+1)*d]
		diagonal := math.FMA(s, row[i], v) // rounded once, as XLA does it
		for j := range row {
			row[j] *= s
		}
		row[i] = diagonal
	}
	return inverseBlock(e, m, d, turned)
}

// shifted is s·G + diag(add), filled up with a unit matrix to [size, size], which
// halves evenly, and its leading blocks.
func shifted(e *xla.Engine, g *tensors.Tensor, s float64, add []float64, size int) ([]*tensors.Tensor, error) {
	d := len(add)
	scale, err := xla.Tensor(e, []float64{s}, 1, 1)
	if err != nil {
		return nil, err
	}
	defer xla.Free(scale)
	diagonal, err := xla.Tensor(e, append(slices.Clone(add), slices.Repeat([]float64{1}, size-d)...), 1, size)
	if err != nil {
		return nil, err
	}
	defer xla.Free(diagonal)
	program, err := e.Program(fmt.Sprintf("fill up %d to %d", d, size), func(args []*Node) []*Node {
		g, s, diagonal := args[0], args[1], args[2]
		g.AssertDims(d, d)
		m := Mul(g, s)
		if size > d {
			m = Concatenate([]*Node{m, Zeros(g.Graph(), shapes.Make(dtypes.Float64, size-d, d))}, 0)
			m = Concatenate([]*Node{m, Zeros(g.Graph(), shapes.Make(dtypes.Float64, size, size-d))}, 1)
		}
		row := Iota(g.Graph(), shapes.Make(dtypes.Int32, size, size), 0)
		column := Iota(g.Graph(), shapes.Make(dtypes.Int32, size, size), 1)
		diagonal = BroadcastToDims(diagonal, size, size)
		return leading(Add(m, Where(Equal(row, column), diagonal, ZerosLike(diagonal))))
	})
	if err != nil {
		return nil, err
	}
	return program.Run(g, scale, diagonal)
}

// leading is M and its leading blocks, each of half the size of the one before, down to
// one that gonum factors.
func leading(m *Node) []*Node {
	all := []*Node{m}
	for size := m.Shape().Dim(0); size > blockSize; {
		size /= 2
		all = append(all, Slice(m, AxisRange(0, size), AxisRange(0, size)))
	}
	return all
}

// inverseOf is the first d rows and columns of L⁻¹ or, turned, of L⁻ᵀ of a matrix M = LLᵀ,
// given M and its leading blocks. With M in four blocks of half its size, the factor of the first block
// gives L₂₁, the factor of M₂₂ − L₂₁L₂₁ᵀ is L₂₂, and
// L⁻¹ = (L₁₁⁻¹, 0; −L₂₂⁻¹L₂₁L₁₁⁻¹, L₂₂⁻¹). It frees M as soon as it can: of
// thousands of columns every matrix is hundreds of megabytes.
func inverseOf(ctx context.Context, e *xla.Engine, m []*tensors.Tensor, d int, turned bool) (*tensors.Tensor, error) {
	defer func() { xla.Free(m...) }()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	size := m[0].Shape().Dim(0)
	if size <= blockSize {
		flat, err := xla.Download[float64](m[0])
		if err != nil {
			return nil, err
		}
		return inverseBlock(e, flat, size, turned)
	}
	whole, blocks := m[0], m[1:]
	m = m[:1] // the others are freed below
	i11, err := inverseOf(ctx, e, blocks, size/2, false)
	if err != nil {
		return nil, err
	}
	defer xla.Free(i11)
	program, err := e.Program("rest of a factorization", schurComplement)
	if err != nil {
		return nil, err
	}
	rest, err := program.Run(whole, i11)
	if err != nil {
		return nil, err
	}
	l21, m22 := rest[0], rest[1:]
	defer xla.Free(l21)
	xla.Free(whole)
	m = nil
	i22, err := inverseOf(ctx, e, m22, size/2, false)
	if err != nil {
		return nil, err
	}
	defer xla.Free(i22)
	return e.Call(fmt.Sprintf("join of a factorization to %d, turned: %v", d, turned), func(args []*Node) *Node {
		inverse := Slice(joinBlocks(args), AxisRange(0, d), AxisRange(0, d))
		if turned {
			inverse = Transpose(inverse, 0, 1)
		}
		return inverse
	}, i11, l21, i22)
}

// schurComplement is L₂₁ = M₂₁L₁₁⁻ᵀ, and M₂₂ − L₂₁L₂₁ᵀ with its leading blocks, of
// M [2h, 2h] and L₁₁⁻¹ [h, h].
func schurComplement(args []*Node) []*Node {
	m, i11 := args[0], args[1]
	h := i11.Shape().Dim(0)
	m.AssertDims(2*h, 2*h)
	l21 := DotGeneral(Slice(m, AxisRange(h, 2*h), AxisRange(0, h)), []int{1}, nil, i11, []int{1}, nil)
	m22 := Slice(m, AxisRange(h, 2*h), AxisRange(h, 2*h))
	return append([]*Node{l21}, leading(Sub(m22, DotGeneral(l21, []int{1}, nil, l21, []int{1}, nil)))...)
}

// joinBlocks is L⁻¹ [2h, 2h] of L₁₁⁻¹, L₂₁ and L₂₂⁻¹ [h, h].
func joinBlocks(args []*Node) *Node {
	i11, l21, i22 := args[0], args[1], args[2]
	h := i11.Shape().Dim(0)
	l21.AssertDims(h, h)
	i22.AssertDims(h, h)
	i21 := Neg(DotProduct(i22, DotProduct(l21, i11)))
	return Concatenate([]*Node{
		Concatenate([]*Node{i11, ZerosLike(i11)}, 1),
		Concatenate([]*Node{i21, i22}, 1),
	}, 0)
}

// inverseBlock is L⁻¹ or, turned, L⁻ᵀ of M = LLᵀ [size·size], by gonum.
func inverseBlock(e *xla.Engine, m []float64, size int, turned bool) (*tensors.Tensor, error) {
	var chol mat.Cholesky
	if !chol.Factorize(mat.NewSymDense(size, m)) {
		return nil, ErrIndefinite
	}
	var l, inverse mat.TriDense
	chol.LTo(&l)
	if err := inverse.InverseTri(&l); err != nil {
		return nil, ErrIndefinite
	}
	out := make([]float64, size*size)
	for i := range size {
		for j := range i + 1 {
			at := i*size + j
			if turned {
				at = j*size + i
			}
			out[at] = inverse.At(i, j)
		}
	}
	return xla.Tensor(e, out, size, size)
}
