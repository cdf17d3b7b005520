package linalg

import (
	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/parallel"
	"github.com/seed-1a417598/memtest/xla"
)

// Product is ABᵀ [m, n] of matrices A [m, d] and B [n, d], in float64, on the device. It
// goes over columns in parts, of which so many bytes are held as Gram holds.
func Product(e *xla.Engine, a, b arrays.Matrix) (*tensors.Tensor, error) {
	sum, err := xla.Tensor(e, make([]float64, a.Rows*b.Rows), a.Rows, b.Rows)
	if err != nil {
		return nil, err
	}
	width := min(a.Cols, max(1, gramBytes/(8*(a.Rows+b.Rows))))
	left, right := columns{of: a, width: width}, columns{of: b, width: width}
	for first := 0; first < a.Cols; first += width {
		next, err := addProduct(e, sum, left.from(first), right.from(first))
		xla.Free(sum)
		if err != nil {
			return nil, err
		}
		sum = next
	}
	return sum, nil
}

// addProduct is sum + XYᵀ.
func addProduct(e *xla.Engine, sum *tensors.Tensor, x, y arrays.Matrix) (*tensors.Tensor, error) {
	tx, err := e.Upload(x)
	if err != nil {
		return nil, err
	}
	defer xla.Free(tx)
	ty, err := e.Upload(y)
	if err != nil {
		return nil, err
	}
	defer xla.Free(ty)
	return e.Call("product", func(args []*Node) *Node {
		sum, x, y := args[0], ConvertDType(args[1], dtypes.Float64), ConvertDType(args[2], dtypes.Float64)
		sum.AssertDims(x.Shape().Dim(0), y.Shape().Dim(0))
		return Add(sum, DotGeneral(x, []int{1}, nil, y, []int{1}, nil))
	}, sum, tx, ty)
}

// columns takes blocks of columns out of a matrix, in one and the same room.
type columns struct {
	of    arrays.Matrix
	width int
	room  []float32
}

// from is the block that begins with a column. Beyond the last one it holds zeros, which
// add nothing.
func (c *columns) from(first int) arrays.Matrix {
	if c.room == nil {
		c.room = make([]float32, c.of.Rows*c.width)
	}
	last := min(c.of.Cols, first+c.width)
	parallel.For(c.of.Rows, func(i int) {
		row := c.room[i*c.width : (i+1)*c.width]
		clear(row[copy(row, c.of.Row(i)[first:last]):])
	})
	return arrays.Matrix{Rows: c.of.Rows, Cols: c.width, Data: c.room}
}
