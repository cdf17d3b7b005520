package probe

import (
	"cmp"
	"slices"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
)

// corrections is what the corrections of M⁻¹ take from the features: squares of
// the columns that few examples carry, in those examples. In the others
// probabilities stay so near 1/K that it will do to count them as that.
type corrections struct {
	order   []int           // the rows of the features, those that carry most of such a column first
	squares *tensors.Tensor // [n/carriers, picked] of the first rows
	others  *tensors.Tensor // [1, picked] what the other rows and the penalty add to the second derivative
	picks   *tensors.Tensor // [picked, d] 1 where these columns are
}

// At most pickedColumns are looked at, in one of carriers examples.
const pickedColumns, carriers = 64, 4

func (c *corrections) free() { xla.Free(c.squares, c.others, c.picks) }

// newCorrections picks columns and rows of features x with the constant in the
// last column, which no one corrects.
func newCorrections(e *xla.Engine, x xla.Matrix, classes int, lambda float64) (_ *corrections, err error) {
	n, d := x.Rows, x.Cols-1
	second, fourth := make([]float64, d), make([]float64, d)
	for i := range n {
		for j, v := range x.Row(i)[:d] {
			square := float64(v) * float64(v)
			second[j] += square
			fourth[j] += square * square
		}
	}
	few := make([]float64, d) // 1 / the number of examples that carry the column
	for j, s := range second {
		if s > 0 {
			few[j] = fourth[j] / (s * s)
		}
	}
	columns := greatest(few)[:min(d, pickedColumns)]
	share := make([]float64, n)
	for i := range n {
		for _, j := range columns {
			if v := float64(x.Row(i)[j]); second[j] > 0 {
				share[i] = max(share[i], v*v/second[j])
			}
		}
	}
	c := &corrections{order: greatest(share)}
	squares := xla.Matrix{Rows: (n + carriers - 1) / carriers, Cols: len(columns)}
	squares.Data = make([]float32, squares.Rows*squares.Cols)
	others := xla.Matrix{Rows: 1, Cols: len(columns), Data: make([]float32, len(columns))}
	picks := xla.Matrix{Rows: len(columns), Cols: x.Cols, Data: make([]float32, len(columns)*x.Cols)}
	for to, j := range columns {
		rest := second[j]
		for i, row := range c.order[:squares.Rows] {
			v := float64(x.Row(row)[j])
			squares.Row(i)[to] = float32(v * v)
			rest -= v * v
		}
		others.Data[to] = float32(max(0, rest)/float64(classes) + lambda)
		picks.Row(to)[j] = 1
	}
	defer func() {
		if err != nil {
			c.free()
		}
	}()
	if c.squares, err = e.Upload(squares); err != nil {
		return nil, err
	}
	if c.others, err = e.Upload(others); err != nil {
		return nil, err
	}
	c.picks, err = e.Upload(picks)
	return c, err
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

// correct makes the correction A [K·P, d] of M⁻¹ from the probabilities of the
// first rows [K·P, n/carriers], the corrections and the diagonal of M. H is the
// second derivative of f along each weight, but for a factor that makes it the
// diagonal of XᵀX/K + Λ at equal probabilities. Where H is less than a third of M,
// A = 1/H − 3/M.
func (f *softmax) correct(prob *Node, args []*Node) *Node {
	squares, others, picks, diagonal := args[0], args[1], args[2], args[3]
	k := float64(f.classes)
	const small = 3
	bend := MulScalar(Mul(prob, OneMinus(prob)), k/(k-1))
	h := Add(Dot(bend, squares), others)
	m := DotGeneral(diagonal, []int{1}, nil, picks, []int{1}, nil)
	a := Sub(Reciprocal(h), MulScalar(Reciprocal(m), small))
	return Dot(Max(a, ZerosLike(a)), picks)
}
