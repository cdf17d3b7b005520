package probe

import (
	"cmp"
	"slices"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
)

// corrections is what the corrections of M⁻¹ take from the features: squares of
// the columns that few examples carry. Of the other columns the mean square will
// do, as if all examples carried them alike.
type corrections struct {
	squares *tensors.Tensor // [n, picked+1] squares of the picked columns, and ones
	picks   *tensors.Tensor // [picked, d] where these columns are
	others  *tensors.Tensor // [1, d] mean squares of the others
}

// pickedColumns is how many columns are looked at example by example.
const pickedColumns = 64

func (c *corrections) free() { xla.Free(c.squares, c.picks, c.others) }

func newCorrections(e *xla.Engine, x xla.Matrix) (_ *corrections, err error) {
	n, d := x.Rows, x.Cols
	second, fourth := make([]float64, d), make([]float64, d)
	for i := range n {
		for j, v := range x.Row(i) {
			square := float64(v) * float64(v)
			second[j] += square
			fourth[j] += square * square
		}
	}
	order := make([]int, d)
	for j := range order {
		order[j] = j
		if second[j] > 0 {
			fourth[j] /= second[j] * second[j] // 1 / the number of examples that carry it
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(fourth[b], fourth[a]) })
	order = order[:min(d, pickedColumns)]
	squares := xla.Matrix{Rows: n, Cols: len(order) + 1, Data: make([]float32, n*(len(order)+1))}
	picks := xla.Matrix{Rows: len(order), Cols: d, Data: make([]float32, len(order)*d)}
	others := xla.Matrix{Rows: 1, Cols: d, Data: make([]float32, d)}
	for j, v := range second {
		others.Data[j] = float32(v / float64(n))
	}
	for i, j := range order {
		others.Data[j], picks.Row(i)[j] = 0, 1
	}
	for i := range n {
		row := squares.Row(i)
		for to, j := range order {
			row[to] = x.Row(i)[j] * x.Row(i)[j]
		}
		row[len(order)] = 1
	}
	c := &corrections{}
	defer func() {
		if err != nil {
			c.free()
		}
	}()
	if c.squares, err = e.Upload(squares); err != nil {
		return nil, err
	}
	if c.picks, err = e.Upload(picks); err != nil {
		return nil, err
	}
	c.others, err = e.Upload(others)
	return c, err
}

// correct makes the correction A [K·P, d] of M⁻¹ from the probabilities [K·P, n],
// the corrections, the diagonal of M and that of Λ. H is the second derivative of f
// along each weight, but for a factor that makes it the diagonal of XᵀX/K + Λ at
// equal probabilities. Where H is less than a third of M, A = 1/H − 3/M. A fit in
// which H is so small all over has left the neighbourhood of M and goes on without
// corrections.
func (f *softmax) correct(prob *Node, args []*Node) *Node {
	squares, picks, others, m, penalize := args[0], args[1], args[2], args[3], args[4]
	k, kp, picked := f.classes, prob.Shape().Dim(0), picks.Shape().Dim(0)
	const small = 3
	bend := MulScalar(Mul(prob, OneMinus(prob)), float64(k)/float64(k-1))
	sums := Dot(bend, squares)
	h := Add(Dot(Slice(sums, AxisRange(), AxisRange(0, picked)), picks), Mul(Slice(sums, AxisRange(), AxisRange(picked)), others))
	h = Add(h, penalize)
	m = BroadcastToDims(m, h.Shape().Dimensions...)
	total := func(x *Node) *Node {
		sum := ReduceAndKeep(Reshape(x, k, kp/k, x.Shape().Dim(1)), ReduceSum, 0, 2) // [1, P, 1]
		return BroadcastToDims(Reshape(BroadcastToDims(sum, k, kp/k, 1), kp, 1), h.Shape().Dimensions...)
	}
	h = Max(h, MulScalar(m, 1e-6)) // of the intercept of an absent class it is 0
	a := Max(ZerosLike(h), Sub(Reciprocal(h), MulScalar(Reciprocal(m), small)))
	return Where(LessOrEqual(total(m), MulScalar(total(h), small)), a, ZerosLike(a))
}
