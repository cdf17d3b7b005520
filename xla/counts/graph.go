package counts

import (
	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
)

// The graphs. Labels and predictions are int32 [P, n]; none is a prediction or label that
// equals no class.
const none = -1

// hitsOfClasses is [P, K]: the hits among the copies with each label.
func hitsOfClasses(labels, predicted *Node, classes int) *Node {
	return Transpose(ReduceSum(Indicators(hitClass(labels, predicted), classes, dtypes.Int32), -1), 0, 1)
}

// hitClass is the label of each hit, else none.
func hitClass(labels, predicted *Node) *Node {
	return Where(Equal(labels, predicted), labels, noneLike(labels))
}

func noneLike(x *Node) *Node { return AddScalar(ZerosLike(x), none) }

// Indicators turns classes [P, n], int32, into indicators [K, P, n] of a type: 1 where the
// value is the class, else 0.
func Indicators(values *Node, classes int, of dtypes.DType) *Node {
	p, n := values.Shape().Dim(0), values.Shape().Dim(1)
	all := BroadcastToDims(ExpandAxes(values, 0), classes, p, n)
	return ConvertDType(Equal(all, Iota(values.Graph(), shapes.Make(dtypes.Int32, classes, p, n), 0)), of)
}

// parts are the parts of a parting: so many, and that of each copy, nil where there is
// one.
type parts struct {
	number int
	of     *Node // int32 [n]
}

// table is [K, P, parts]: how often each class is among the values of each part. With
// several parts it is a product of indicators in float32: of sums below 2²⁴ exact, in
// whatever order they are added, and no scatter, which XLA may do one by one.
func (q parts) table(values *Node, classes int) *Node {
	if q.of == nil {
		return ExpandAxes(ReduceSum(Indicators(values, classes, dtypes.Int32), -1), -1)
	}
	n := values.Shape().Dim(1)
	member := Equal(BroadcastToDims(ExpandAxes(q.of, 0), q.number, n), Iota(values.Graph(), shapes.Make(dtypes.Int32, q.number, n), 0))
	hot := Reshape(Indicators(values, classes, dtypes.Float32), -1, n)
	sums := DotGeneral(hot, []int{1}, nil, ConvertDType(member, dtypes.Float32), []int{1}, nil)
	return Reshape(ConvertDType(sums, dtypes.Int32), classes, -1, q.number)
}

// same is [P, n]: how many labels in the part of each copy equal its predicted class,
// given the table of the labels.
func (q parts) same(predicted, table *Node) *Node {
	p, n := predicted.Shape().Dim(0), predicted.Shape().Dim(1)
	// The table's axes are class, label set, part.
	set := Iota(predicted.Graph(), shapes.Make(dtypes.Int32, p, n), 0)
	at := MulScalar(Add(MulScalar(predicted, p), set), q.number)
	if q.of != nil {
		at = Add(at, ExpandAxes(q.of, 0))
	}
	return Gather(Reshape(table, -1), ExpandAxes(at, -1))
}

// pairs is int64 [P, parts]: Σ over the classes of predictions times labels, from the
// tables of the two.
func pairs(predicted, labels *Node) *Node {
	return ReduceSum(Mul(ConvertDType(predicted, dtypes.Int64), ConvertDType(labels, dtypes.Int64)), 0)
}

// sums are int64 [n], over the label sets whose place in counts, int32 [P], is 1: Σ s,
// Σ s·h, Σ s² of s = same [P, n].
func sums(labels, predicted, same, counts *Node) []*Node {
	weight := ConvertDType(ExpandAxes(counts, -1), dtypes.Int64)
	s := Mul(ConvertDType(same, dtypes.Int64), weight)
	hit := ConvertDType(Equal(labels, predicted), dtypes.Int64)
	return []*Node{ReduceSum(s, 0), ReduceSum(Mul(s, hit), 0), ReduceSum(Mul(s, s), 0)}
}

// recalled is int32 [n]: the hits of each copy over the label sets that count.
func recalled(labels, predicted, counts *Node) *Node {
	return ReduceSum(Mul(ConvertDType(Equal(labels, predicted), dtypes.Int32), ExpandAxes(counts, -1)), 0)
}

// reshuffled is int32 [J]: the hits, over the label sets that count, under the reshuffles
// orders, int32 [J, n]. Label sets are last, so that a reshuffle moves whole rows.
func reshuffled(labels, predicted, counts, orders *Node) *Node {
	predicted = Where(BroadcastToShape(ExpandAxes(Equal(counts, ZerosLike(counts)), -1), shapes.Make(dtypes.Bool, predicted.Shape().Dimensions...)), noneLike(predicted), predicted)
	moved := Gather(Transpose(predicted, 0, 1), ExpandAxes(orders, -1)) // [J, n, P]
	still := BroadcastToShape(ExpandAxes(Transpose(labels, 0, 1), 0), moved.Shape())
	return ReduceSum(ConvertDType(Equal(moved, still), dtypes.Int32), 1, 2)
}
