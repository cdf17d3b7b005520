package probe

import (
	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
)

// layout says how arrays of P fits lie: class-major, as in linear, [K·P, m], or
// [(K−1)·P, m] without the last class, whose logits are 0.
type layout struct{ classes, places int }

// byClass is [C·P, m] -> [C, P, m], and flat the way back.
func (l layout) byClass(x *Node) *Node {
	return Reshape(x, x.Shape().Dim(0)/l.places, l.places, x.Shape().Dim(1))
}

func (l layout) flat(x *Node) *Node { return Reshape(x, x.Shape().Dim(0)*l.places, x.Shape().Dim(2)) }

// withoutLast is the rows of all classes but the last, [K·P, m] -> [(K−1)·P, m],
// and apart is these less those of the last.
func (l layout) withoutLast(x *Node) *Node { return Slice(x, AxisRange(0, (l.classes-1)*l.places)) }

func (l layout) apart(x *Node) *Node {
	rest, m := (l.classes-1)*l.places, x.Shape().Dim(1)
	last := BroadcastToDims(ExpandAxes(Slice(x, AxisRange(rest)), 0), l.classes-1, l.places, m)
	return Sub(l.withoutLast(x), Reshape(last, rest, m))
}

// dot is the product of two arrays for each fit [P].
func (l layout) dot(a, b *Node) *Node { return ReduceSum(Mul(l.byClass(a), l.byClass(b)), 0, 2) }

// highest is the greatest value over the classes [P, m].
func (l layout) highest(x *Node) *Node { return ReduceMax(l.byClass(x), 0) }

// spread repeats a number of each fit for its rows, [P] -> [K·P, 1]. A product
// does that: XLA would compute the number anew for every element.
func (l layout) spread(x *Node) *Node {
	k, p := l.classes, l.places
	place := func(axis int) *Node { return Iota(x.Graph(), shapes.Make(dtypes.Int32, k, p, p), axis) }
	same := Reshape(ConvertDType(Equal(place(1), place(2)), dtypes.Float32), k*p, p)
	return Dot(same, ExpandAxes(x, -1))
}

// all stands for the rows of all classes but the last, [K−1, P, m], where a class
// could stand.
const all = -1

// manyClasses is more than sums over classes add up row by row.
const manyClasses = 64

// sum adds up what of makes of each class but the last. XLA's reductions on the
// CPU go element by element, so whole rows are added, but not for a single fit,
// which is not worth the time that XLA takes to compile a row a class.
func (l layout) sum(of func(class int) *Node) *Node {
	if l.places == 1 || l.classes > manyClasses {
		return ReduceSum(of(all), 0)
	}
	sum := of(0)
	for i := 1; i < l.classes-1; i++ {
		sum = Add(sum, of(i))
	}
	return sum
}

// class is the rows of one class [P, m], or of all [K−1, P, m].
func (l layout) class(x *Node, i int) *Node {
	if i == all {
		return l.byClass(x)
	}
	return Slice(x, AxisRange(i*l.places, (i+1)*l.places))
}

// is says which of the labels [P, n] are this class, or each of them.
func (l layout) is(labels *Node, i int) *Node {
	if i == all {
		p, n := labels.Shape().Dim(0), labels.Shape().Dim(1)
		return Equal(ExpandAxes(labels, 0), Iota(labels.Graph(), shapes.Make(labels.DType(), l.classes-1, p, n), 0))
	}
	return Equal(labels, Scalar(labels.Graph(), labels.DType(), i))
}
