package probe

import (
	"cmp"
	"math"
	"slices"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

// corrections is what the corrections of M⁻¹ take from the features: squares of
// the columns that few examples carry, in those examples. In the others
// probabilities stay so near 1/K that it will do to count them as that.
type corrections struct {
	squares *tensors.Tensor // [n/carriers, picked] of the first rows
	others  *tensors.Tensor // [1, picked] what the other rows and the penalty add to the second derivative
	share   *tensors.Tensor // [1, picked] how much of a correction is the column's
	basis   *tensors.Tensor // [picked, d] the weights V along the columns' own weights, rows of L
}

// The columns are those that fewer than one example in fewCarriers carries, and as
// many more as make a multiple of picked, so that features of a shape share a
// program, but at most mostPicked. They are looked at in one of carriers examples.
const fewCarriers, picked, mostPicked, carriers = 30, 64, 256, 4

func (c *corrections) free() { xla.Free(c.squares, c.others, c.share, c.basis) }

// pick returns the columns of features x, with the constant in the last, that
// fewest examples carry, and an order of the rows in which those that carry most
// of one of these columns come first.
func pick(x arrays.Matrix) (columns, order []int) {
	n, d := x.Rows, x.Cols-1
	second, few := make([]float64, d), make([]float64, d)
	for i := range n {
		for j, v := range x.Row(i)[:d] {
			square := float64(v) * float64(v)
			second[j] += square
			few[j] += square * square
		}
	}
	for j, s := range second {
		if s > 0 {
			few[j] /= s * s // 1 / the number of examples that carry the column
		}
	}
	looked := 0
	for _, f := range few {
		if f*float64(n) > fewCarriers {
			looked++
		}
	}
	looked = (max(looked, 1) + picked - 1) / picked * picked
	columns = greatest(few)[:min(d, mostPicked, looked)]
	most := make([]float64, n)
	for i := range n {
		for _, j := range columns {
			if v := float64(x.Row(i)[j]); second[j] > 0 {
				most[i] = max(most[i], v*v/second[j])
			}
		}
	}
	return columns, greatest(most)
}

// greatest is the order of the values from the greatest down.
func greatest[T cmp.Ordered](values []T) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
	return order
}

// newCorrections prepares the corrections along some columns of features x, whose
// rows are in the order that pick gave, with the factor L of M.
func newCorrections(e *xla.Engine, x arrays.Matrix, columns []int, factor *tensors.Tensor, classes int, lambda float64) (_ *corrections, err error) {
	picked := len(columns)
	squares := arrays.Matrix{Rows: (x.Rows + carriers - 1) / carriers, Cols: picked}
	squares.Data = make([]float32, squares.Rows*picked)
	others := arrays.Matrix{Rows: 1, Cols: picked, Data: make([]float32, picked)}
	places := make([]int32, picked)
	for to, j := range columns {
		rest := 0.0
		for i := range x.Rows {
			square := float64(x.Row(i)[j]) * float64(x.Row(i)[j])
			if i < squares.Rows {
				squares.Row(i)[to] = float32(square)
			} else {
				rest += square
			}
		}
		others.Data[to] = float32(rest/float64(classes) + lambda)
		places[to] = int32(j)
	}
	program, err := e.Program("softmax basis", func(args []*Node) []*Node { return []*Node{Gather(args[1], args[0])} })
	if err != nil {
		return nil, err
	}
	p, err := xla.Tensor(e, places, picked, 1)
	if err != nil {
		return nil, err
	}
	defer xla.Free(p)
	res, err := program.Run(p, factor)
	if err != nil {
		return nil, err
	}
	c := &corrections{basis: res[0]}
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
	c.share, err = e.Upload(shares(x, squares.Rows, columns))
	return c, err
}

// slight is a squared cosine below which two columns count as carried by examples
// of their own.
const slight = 0.1

// shares are one over how many of some columns the same examples carry, as pixels
// at a border are, among the first rows: each of them would be corrected as if it
// were the only one.
func shares(x arrays.Matrix, rows int, columns []int) arrays.Matrix {
	q := len(columns)
	products := make([]float64, q*q)
	xla.Parallel(q, func(a int) {
		for i := range rows {
			row := x.Row(i)
			v := float64(row[columns[a]])
			for b, l := range columns {
				products[a*q+b] += v * float64(row[l])
			}
		}
	})
	out := arrays.Matrix{Rows: 1, Cols: q, Data: make([]float32, q)}
	for a := range q {
		company := 0.0
		for b := range q {
			if both := products[a*q+a] * products[b*q+b]; both > 0 {
				cosine2 := products[a*q+b] * products[a*q+b] / both
				company += max(0, cosine2-slight) / (1 - slight)
			}
		}
		out.Data[a] = float32(1 / max(1, company))
	}
	return out
}

// farthest is how far a correction may move the logits of an example at once.
const farthest = 4

// correct makes G of the gradient [K·P, d] by M⁻¹ and a correction A [K·P, picked]
// along the picked columns. H is the second derivative of f along a weight, but for
// a factor that makes it the diagonal of XᵀX/K + Λ at equal probabilities. Where H
// is less than M, A is the column's share of 1/H − 1/M.
//
// Of an example that is as good as certain of a wrong class the probabilities say
// that the loss hardly bends, and a step would go a hundred times too far. It
// counts as bending so much that its logits go no farther than farthest.
func correct(at *likelihood, loss, grad *Node, args []*Node) *Node {
	squares, others, share, basis := args[0], args[1], args[2], args[3]
	k, n := float64(at.classes), float64(at.labels.Shape().Dim(1))
	bend := func(prob, residual *Node) *Node { // in the first rows
		first := AxisRange(0, squares.Shape().Dim(0))
		prob, residual = Slice(prob, AxisRange(), first), Slice(residual, AxisRange(), first)
		return Max(Mul(prob, OneMinus(prob)), MulScalar(Abs(residual), 1./farthest))
	}
	last := Mul(at.last, at.inv)
	bends := Concatenate([]*Node{
		bend(at.probabilities(), at.residual()),
		bend(last, Sub(last, ConvertDType(at.is(at.labels, at.classes-1), last.DType()))),
	}, 0)
	h := Add(MulScalar(Dot(bends, squares), k/(k-1)), others)
	m := ExpandAxes(ReduceSum(Square(basis), -1), 0) // the diagonal of M = LLᵀ
	a := at.byClass(Mul(share, Max(ZerosLike(h), Sub(Reciprocal(h), Reciprocal(m)))))

	// A fit whose loss has fallen to a third has left the neighbourhood of M and
	// goes on without corrections.
	near := GreaterThan(loss, Scalar(loss.Graph(), loss.DType(), n*math.Log(k)/3))
	a = at.flat(Where(BroadcastToDims(ExpandAxes(ExpandAxes(near, 0), -1), a.Shape().Dimensions...), a, ZerosLike(a)))
	return Add(grad, Dot(Mul(DotGeneral(grad, []int{1}, nil, basis, []int{1}, nil), a), basis))
}
