package softmax

import (
	"cmp"
	"slices"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

// rareColumns are the columns of the features that few examples carry, with what
// the diagonal of the Hessian along their weights takes.
type rareColumns struct {
	squares *tensors.Tensor // [n/rareRows, q] the columns' squares in the first examples
	rest    *tensors.Tensor // [1, q] what the other examples and the penalty add to the diagonal
	rows    *tensors.Tensor // [q, d] the columns' rows of L: the weights V along their own
}

func (r *rareColumns) free() { xla.Free(r.squares, r.rest, r.rows) }

// A column is rare where fewer than one example in rareShare carries it. As many
// more are corrected as make a multiple of columnBlock, so that features of a
// shape share a program, but at most mostColumns: of all columns of the features
// corrections would double the cost of an iteration. They are looked at in one
// example in rareRows, those that carry most of one of them: in the others
// probabilities stay so near 1/K that it will do to count them as that.
const rareShare, columnBlock, mostColumns, rareRows = 30, 64, 256, 4

// rarest are the numbers of the columns to correct, of features X [n, d] with the
// constant in the last column. How many examples carry a column is told by the
// participation ratio (Σx²)²/Σx⁴, which is their number where all have one size.
func rarest(x arrays.Matrix) []int {
	n, d := x.Rows, x.Cols-1
	square, fourth := make([]float64, d), make([]float64, d)
	for i := range n {
		for j, v := range x.Row(i)[:d] {
			s := float64(v) * float64(v)
			square[j] += s
			fourth[j] += s * s
		}
	}
	rare, inverse := 1, make([]float64, d) // one over the number of examples
	for j, s := range square {
		if s > 0 {
			inverse[j] = fourth[j] / (s * s)
		}
		if inverse[j]*float64(n) > rareShare {
			rare++
		}
	}
	blocks := (rare + columnBlock - 1) / columnBlock
	return greatest(inverse)[:min(d, mostColumns, blocks*columnBlock)]
}

// rareFirst is an order of the rows of X [n, d]: first those that carry most of
// one of some columns.
func rareFirst(x arrays.Matrix, columns []int) []int {
	total := make([]float64, x.Cols)
	for i := range x.Rows {
		for _, j := range columns {
			total[j] += float64(x.Row(i)[j]) * float64(x.Row(i)[j])
		}
	}
	most := make([]float64, x.Rows)
	for i := range most {
		for _, j := range columns {
			if v := float64(x.Row(i)[j]); total[j] > 0 {
				most[i] = max(most[i], v*v/total[j])
			}
		}
	}
	return greatest(most)
}

// greatest is the order of the values from the greatest down.
func greatest(values []float64) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
	return order
}

// newRareColumns uploads what corrections of some columns of features X [n, d] take,
// whose rows are in the order of rareFirst, given the factor L of M [d, d].
func newRareColumns(e *xla.Engine, x arrays.Matrix, columns []int, factor *tensors.Tensor, classes int, lambda float64) (_ *rareColumns, err error) {
	q := len(columns)
	squares := arrays.Matrix{Rows: (x.Rows + rareRows - 1) / rareRows, Cols: q}
	squares.Data = make([]float32, squares.Rows*q)
	rest, numbers := make([]float32, q), make([]int32, q)
	for to, j := range columns {
		others := 0.0
		for i := range x.Rows {
			if square := float64(x.Row(i)[j]) * float64(x.Row(i)[j]); i < squares.Rows {
				squares.Row(i)[to] = float32(square)
			} else {
				others += square
			}
		}
		rest[to], numbers[to] = float32(others/float64(classes)+lambda), int32(j)
	}
	r := &rareColumns{}
	defer func() {
		if err != nil {
			r.free()
		}
	}()
	if r.squares, err = e.Upload(squares); err != nil {
		return nil, err
	}
	if r.rest, err = xla.Tensor(e, rest, 1, q); err != nil {
		return nil, err
	}
	at, err := xla.Tensor(e, numbers, q, 1)
	if err != nil {
		return nil, err
	}
	defer xla.Free(at)
	r.rows, err = e.Call("rows of a factor", func(args []*Node) *Node { return Gather(args[0], args[1]) }, factor, at)
	return r, err
}
