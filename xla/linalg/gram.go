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
func Gram(e *xla.Engine, a xla.Rows) (*tensors.Tensor, error) {
	n, d := a.Dims()
	sum, err := xla.Tensor(e, make([]float64, d*d), d, d)
	if err != nil {
		return nil, err
	}
	part := arrays.Matrix{Rows: min(n, max(1, gramBytes/(8*d))), Cols: d}
	part.Data = make([]float32, part.Rows*d)
	for first := 0; first < n; first += part.Rows {
		a.CopyRows(first, part.Data) // rows of zeros add nothing
		next, err := addGram(e, sum, part)
		xla.Free(sum)
		if err != nil {
			return nil, err
		}
		sum = next
	}
	return sum, nil
}

// addGram is sum + XᵀX for sum [d, d] and X [rows, d].
func addGram(e *xla.Engine, sum *tensors.Tensor, x arrays.Matrix) (*tensors.Tensor, error) {
	t, err := xla.Fill(e, func(flat []float32) { transpose(arrays.Matrix{Rows: x.Cols, Cols: x.Rows, Data: flat}, x) }, x.Cols, x.Rows)
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
