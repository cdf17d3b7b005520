package linalg

import (
	"context"
	"errors"
	"fmt"
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
	d := len(add)
	blocks := 1
	for (d+blocks-1)/blocks > blockSize {
		blocks *= 2
	}
	size := (d + blocks - 1) / blocks * blocks
	m, err := shifted(e, g, s, add, size)
	if err != nil {
		return nil, err
	}
	inverse, err := inverseOf(ctx, e, m)
	if err != nil || size == d {
		return inverse, err
	}
	defer xla.Free(inverse)
	return e.Call(fmt.Sprintf("first %d rows and columns", d), func(args []*Node) *Node {
		return Slice(args[0], AxisRange(0, d), AxisRange(0, d))
	}, inverse)
}

// shifted is s·G + diag(add), filled up with a unit matrix to [size, size], which
// halves evenly.
func shifted(e *xla.Engine, g *tensors.Tensor, s float64, add []float64, size int) (*tensors.Tensor, error) {
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
	return e.Call(fmt.Sprintf("fill up %d to %d", d, size), func(args []*Node) *Node {
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
		return Add(m, Where(Equal(row, column), diagonal, ZerosLike(diagonal)))
	}, g, scale, diagonal)
}

// inverseOf is L⁻¹ of a matrix M = LLᵀ whose size is a power of two times at most
// blockSize. With M in four blocks of half its size, the factor of the first block
// gives L₂₁, the factor of M₂₂ − L₂₁L₂₁ᵀ is L₂₂, and
// L⁻¹ = (L₁₁⁻¹, 0; −L₂₂⁻¹L₂₁L₁₁⁻¹, L₂₂⁻¹). It frees M as soon as it can: of
// thousands of columns every matrix is hundreds of megabytes.
func inverseOf(ctx context.Context, e *xla.Engine, m *tensors.Tensor) (*tensors.Tensor, error) {
	defer func() { xla.Free(m) }()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if m.Shape().Dim(0) <= blockSize {
		return inverseBlock(e, m)
	}
	m11, err := e.Call("first block", firstBlock, m)
	if err != nil {
		return nil, err
	}
	i11, err := inverseOf(ctx, e, m11)
	if err != nil {
		return nil, err
	}
	defer xla.Free(i11)
	program, err := e.Program("rest of a factorization", schurComplement)
	if err != nil {
		return nil, err
	}
	rest, err := program.Run(m, i11)
	if err != nil {
		return nil, err
	}
	l21, m22 := rest[0], rest[1]
	defer xla.Free(l21)
	xla.Free(m)
	m = nil
	i22, err := inverseOf(ctx, e, m22)
	if err != nil {
		return nil, err
	}
	defer xla.Free(i22)
	return e.Call("join of a factorization", joinBlocks, i11, l21, i22)
}

// firstBlock is M₁₁ [h, h] of M [2h, 2h].
func firstBlock(args []*Node) *Node {
	h := args[0].Shape().Dim(0) / 2
	return Slice(args[0], AxisRange(0, h), AxisRange(0, h))
}

// schurComplement is L₂₁ = M₂₁L₁₁⁻ᵀ and M₂₂ − L₂₁L₂₁ᵀ, of M [2h, 2h] and L₁₁⁻¹ [h, h].
func schurComplement(args []*Node) []*Node {
	m, i11 := args[0], args[1]
	h := i11.Shape().Dim(0)
	m.AssertDims(2*h, 2*h)
	l21 := DotGeneral(Slice(m, AxisRange(h, 2*h), AxisRange(0, h)), []int{1}, nil, i11, []int{1}, nil)
	m22 := Slice(m, AxisRange(h, 2*h), AxisRange(h, 2*h))
	return []*Node{l21, Sub(m22, DotGeneral(l21, []int{1}, nil, l21, []int{1}, nil))}
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

// inverseBlock is inverseOf by gonum.
func inverseBlock(e *xla.Engine, m *tensors.Tensor) (*tensors.Tensor, error) {
	flat, err := xla.Download[float64](m)
	if err != nil {
		return nil, err
	}
	size := m.Shape().Dim(0)
	var chol mat.Cholesky
	if !chol.Factorize(mat.NewSymDense(size, flat)) {
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
			out[i*size+j] = inverse.At(i, j)
		}
	}
	return xla.Tensor(e, out, size, size)
}
