package softmax

import (
	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
)

// layout says how the arrays of P fits lie: class-major, the row of class k and
// slot p is k·P+p, [K·P, m]. Those relative to the last class are [(K−1)·P, m].
type layout struct{ classes, slots int }

// split is [C·P, m] -> [C, P, m], and join the way back.
func (l layout) split(x *Node) *Node {
	return Reshape(x, x.Shape().Dim(0)/l.slots, l.slots, x.Shape().Dim(1))
}

func (l layout) join(x *Node) *Node {
	c, m := x.Shape().Dim(0), x.Shape().Dim(2)
	x.AssertDims(c, l.slots, m)
	return Reshape(x, c*l.slots, m)
}

// others are the rows of all classes but the last, [K·P, m] -> [(K−1)·P, m].
func (l layout) others(x *Node) *Node { return Slice(x, AxisRange(0, (l.classes-1)*l.slots)) }

// relative are the others less the last class.
func (l layout) relative(x *Node) *Node {
	rest, m := (l.classes-1)*l.slots, x.Shape().Dim(1)
	x.AssertDims(l.classes*l.slots, m)
	return Sub(l.others(x), l.repeat(Slice(x, AxisRange(rest)), l.classes-1))
}

// repeat repeats the rows of one class for several, [P, m] -> [C·P, m].
func (l layout) repeat(x *Node, classes int) *Node {
	m := x.Shape().Dim(1)
	x.AssertDims(l.slots, m)
	return l.join(BroadcastToDims(ExpandAxes(x, 0), classes, l.slots, m))
}

// rows repeats a number of each fit for the rows of its classes, [P] -> [K·P, 1]. A
// product does that: XLA would compute the number anew for every element.
func (l layout) rows(x *Node) *Node {
	k, p := l.classes, l.slots
	x.AssertDims(p)
	slot := func(axis int) *Node { return Iota(x.Graph(), shapes.Make(dtypes.Int32, k, p, p), axis) }
	same := ConvertDType(Equal(slot(1), slot(2)), x.DType())
	return DotProduct(Reshape(same, k*p, p), ExpandAxes(x, -1))
}

// overExamples adds up over the examples, [P, n] -> [P]. That is a product too: XLA's
// reductions on the CPU go element by element.
func overExamples(x *Node) *Node {
	return DotProduct(x, Ones(x.Graph(), shapes.Make(x.DType(), x.Shape().Dim(1))))
}

// dot is the inner product of two arrays for each fit [P].
func (l layout) dot(a, b *Node) *Node { return ReduceSum(Mul(l.split(a), l.split(b)), 0, 2) }

// manyClasses is more than sum adds up row by row.
const manyClasses = 64

// sum adds up over the other classes, [K−1, P, n] -> [P, n]: whole rows, for the same
// reason, but not for a single fit, which is not worth the time that XLA takes to
// compile an addition a class.
func (l layout) sum(x *Node) *Node {
	if l.slots == 1 || l.classes > manyClasses {
		return ReduceSum(x, 0)
	}
	class := func(k int) *Node { return Squeeze(Slice(x, AxisRange(k, k+1)), 0) }
	total := class(0)
	for k := 1; k < l.classes-1; k++ {
		total = Add(total, class(k))
	}
	return total
}

// is says which of the labels [P, n] are each of the other classes [K−1, P, n].
func (l layout) is(labels *Node) *Node {
	n := labels.Shape().Dim(1)
	labels.AssertDims(l.slots, n)
	return Equal(ExpandAxes(labels, 0), Iota(labels.Graph(), shapes.Make(labels.DType(), l.classes-1, l.slots, n), 0))
}
