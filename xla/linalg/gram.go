package linalg

import (
	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/parallel"
	"github.com/seed-1a417598/memtest/xla"
)

// gramBytes bounds the rows that Gram holds in float64 at a time.
const gramBytes = 64 << 20

// Gram is AᵀA [d, d] of a matrix A [n, d], in float64, on the device. It goes over
// rows that are transposed here: XLA's product of matrices in float64 is five
// times as fast on the CPU where both are summed over their last axis.
func Gram(e *xla.Engine, a arrays.Matrix) (*tensors.Tensor, error) {
	d := a.Cols
	sum, err := xla.Tensor(e, make([]float64, d*d), d, d)
	if err != nil {
		return nil, err
	}
	rows := min(a.Rows, max(1, gramBytes/(8*d)))
	transposed := arrays.Matrix{Rows: d, Cols: rows, Data: make([]float32, d*rows)}
	for first := 0; first < a.Rows; first += rows {
		part := a.Data[first*d : min(a.Rows, first+rows)*d]
		if len(part) < rows*d { // rows of zeros add nothing
			part = append(append(make([]float32, 0, rows*d), part...), make([]float32, rows*d-len(part))...)
		}
		transpose(transposed, arrays.Matrix{Rows: rows, Cols: d, Data: part})
		next, err := addGram(e, sum, transposed)
		xla.Free(sum)
		if err != nil {
			return nil, err
		}
		sum = next
	}
	return sum, nil
}

// addGram is sum + XXᵀ for sum [d, d] and X [d, rows].
func addGram(e *xla.Engine, sum *tensors.Tensor, x arrays.Matrix) (*tensors.Tensor, error) {
	t, err := e.Upload(x)
	if err != nil {
		return nil, err
	}
	defer xla.Free(t)
	return e.Call("gram", func(args []*Node) *Node {
		sum, x := args[0], ConvertDType(args[1], dtypes.Float64)
		d := x.Shape().Dim(0)
		sum.AssertDims(d, d)
		return Add(sum, DotGeneral(x, []int{1}, nil, x, []int{1}, nil))
	}, sum, t)
}

// Transposed is Aᵀ, on the host.
func Transposed(a arrays.Matrix) arrays.Matrix {
	t := arrays.Matrix{Rows: a.Cols, Cols: a.Rows, Data: make([]float32, len(a.Data))}
	transpose(t, a)
	return t
}

// transpose writes Aᵀ into t.
func transpose(t, a arrays.Matrix) {
	const width = 16 // columns a task: whole cache lines of every row
	parallel.For((a.Cols+width-1)/width, func(task int) {
		lo, hi := task*width, min(a.Cols, (task+1)*width)
		for i := range a.Rows {
			for j, v := range a.Row(i)[lo:hi] {
				t.Data[(lo+j)*t.Cols+i] = v
			}
		}
	})
}
