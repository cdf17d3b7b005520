package xla

import (
	"reflect"
	"slices"
	"sync"

	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
)

// repairGradients replaces GoMLX's gradients of products, convolutions and
// pooling where its own are slow, or wrong at ties. The table that GoMLX keeps
// for this purpose is global, so it is done once.
var repairGradients = sync.OnceFunc(func() {
	for kind, repair := range map[graph.NodeType]func(original graph.VJP) graph.VJP{
		graph.NodeTypeDotGeneral:   dotGeneralGradient,
		graph.NodeTypeConvGeneral:  convolutionGradient,
		graph.NodeTypeReduceWindow: poolingGradient,
		graph.NodeTypeSlice:        sliceGradient,
	} {
		graph.VJPRegistration[kind] = repair(graph.VJPRegistration[kind])
	}
})

// dotGeneralGradient is the gradient of a product over any axes.
func dotGeneralGradient(original graph.VJP) graph.VJP {
	return func(node *graph.Node, vs []*graph.Node, out shapes.Shape) []*graph.Node {
		f := fieldsOf(node)
		aContract, bContract := f.ints("lhsContractingAxes"), f.ints("rhsContractingAxes")
		aBatch, bBatch := f.ints("lhsBatchAxes"), f.ints("rhsBatchAxes")
		if f.missing {
			return original(node, vs, out)
		}
		return dotGeneralGradients(vs[0], node.Inputs()[0], node.Inputs()[1], aContract, bContract, aBatch, bBatch)
	}
}

// fields reads what a node of GoMLX keeps to itself: its axes, strides and so
// on. missing becomes true at the first field that this version of GoMLX lacks.
type fields struct {
	value   reflect.Value
	missing bool
}

func fieldsOf(node *graph.Node) *fields {
	inputs := reflect.ValueOf(node).Elem().FieldByName("inputs")
	if !inputs.IsValid() || inputs.IsNil() || inputs.Elem().Kind() != reflect.Pointer || inputs.Elem().Elem().Kind() != reflect.Struct {
		return &fields{missing: true}
	}
	return &fields{value: inputs.Elem().Elem()}
}

func (f *fields) field(name string, kind reflect.Kind) reflect.Value {
	if f.missing {
		return reflect.Value{}
	}
	v := f.value.FieldByName(name)
	if !v.IsValid() || v.Kind() != kind {
		f.missing = true
	}
	return v
}

// number is a field of type int.
func (f *fields) number(name string) int {
	v := f.field(name, reflect.Int)
	if f.missing {
		return 0
	}
	return int(v.Int())
}

// ints is a field of type []int, or of type [][2]int, flattened.
func (f *fields) ints(name string) []int {
	v := f.field(name, reflect.Slice)
	if f.missing {
		return nil
	}
	var list []int
	for i := range v.Len() {
		switch x := v.Index(i); x.Kind() {
		case reflect.Int:
			list = append(list, int(x.Int()))
		case reflect.Array:
			for j := range x.Len() {
				list = append(list, int(x.Index(j).Int()))
			}
		default:
			f.missing = true
		}
	}
	return list
}

// dotGeneralGradients are the gradients of the product of a and b, given v, the
// gradient of its result, whose axes are batch, free axes of a, free axes of b.
// aContract[i] is paired with bContract[i], aBatch[i] with bBatch[i].
func dotGeneralGradients(v, a, b *graph.Node, aContract, bContract, aBatch, bBatch []int) []*graph.Node {
	aFree, bFree := freeAxes(a, aContract, aBatch), freeAxes(b, bContract, bBatch)
	batch := sequence(0, len(aBatch))
	aFreeInV := sequence(len(batch), len(aFree))
	bFreeInV := sequence(len(batch)+len(aFree), len(bFree))

	// [batch, free of a, contracted in the order of b's axes] → axes of a.
	da := graph.DotGeneral(v, bFreeInV, batch, b, bFree, bBatch)
	from := slices.Concat(aBatch, aFree, partners(bContract, aContract))
	da = transposeTo(da, from)

	// [batch, contracted in the order of a's axes, free of b] → axes of b.
	db := graph.DotGeneral(a, aFree, aBatch, v, aFreeInV, batch)
	from = slices.Concat(bBatch, partners(aContract, bContract), bFree)
	db = transposeTo(db, from)
	return []*graph.Node{da, db}
}

// freeAxes are the axes of x that are neither contracted nor batch axes.
func freeAxes(x *graph.Node, contract, batch []int) []int {
	var free []int
	for axis := range x.Rank() {
		if !slices.Contains(contract, axis) && !slices.Contains(batch, axis) {
			free = append(free, axis)
		}
	}
	return free
}

// partners lists the axes paired with those of list, in the order in which a
// product keeps the axes of list: ascending.
func partners(list, paired []int) []int {
	sorted := slices.Sorted(slices.Values(list))
	out := make([]int, len(list))
	for i, axis := range sorted {
		out[i] = paired[slices.Index(list, axis)]
	}
	return out
}

// sequence is first, first+1, …, n numbers.
func sequence(first, n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = first + i
	}
	return s
}

// transposeTo moves axis i of x to place from[i].
func transposeTo(x *graph.Node, from []int) *graph.Node {
	order := make([]int, len(from))
	for i, axis := range from {
		order[axis] = i
	}
	if slices.IsSorted(order) {
		return x
	}
	return graph.TransposeAllAxes(x, order...)
}
