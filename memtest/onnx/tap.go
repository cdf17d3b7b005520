package onnx

import (
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// made begins the names of what is added to a model.
const made = "memtest/"

// ancestors are the nodes that tensors need, by their index in the graph.
func (m *Model) ancestors(tensors ...string) map[int]bool {
	needed := map[int]bool{}
	stack := slices.Clone(tensors)
	for len(stack) > 0 {
		name := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if n := m.makers[name]; n != nil && !needed[n.index] {
			needed[n.index] = true
			stack = append(append(stack, n.Inputs...), n.uses...)
		}
	}
	return needed
}

// tap is the model cut down to what these tensors need, whose outputs they are, in
// this order; as float32, whatever type they are of, under the names that it returns,
// or as they are. All of its inputs are float32, under their names behind made where
// the model's are of another type. What the file says besides is kept.
func (m *Model) tap(tensors []string, float bool) (model []byte, outputs []string) {
	needed := m.ancestors(tensors...)
	_ = fields(m.bytes, func(number protowire.Number, b []byte, v uint64) error { // it was read before
		if number != modelGraph {
			model = appendField(model, number, b, v)
			return nil
		}
		var g []byte
		g, outputs = m.tapGraph(b, tensors, needed, float)
		model = appendField(model, number, g, 0)
		return nil
	})
	return model, outputs
}

func (m *Model) tapGraph(message []byte, tensors []string, needed map[int]bool, float bool) (g []byte, outputs []string) {
	index := 0
	_ = fields(message, func(number protowire.Number, b []byte, v uint64) error {
		keep := number != graphOutput
		switch number {
		case graphNode:
			keep = needed[index]
			index++
		case graphInput:
			in, _ := readValue(b)
			if keep = in.element == typeFloat || m.graph.weights[in.name]; !keep {
				g = appendField(g, graphInput, in.asFloat(), 0)
				g = appendField(g, graphNode, cast(made+in.name, in.name, in.element), 0)
			}
		}
		if keep {
			g = appendField(g, number, b, v)
		}
		return nil
	})
	for _, name := range tensors {
		out := name
		if float {
			out = made + name
			g = appendField(g, graphNode, cast(name, out, typeFloat), 0)
		}
		g = appendField(g, graphOutput, appendField(nil, valueName, []byte(out), 0), 0)
		outputs = append(outputs, out)
	}
	return g, outputs
}

// fed is the name under which a tapped model takes an input.
func (v value) fed() string {
	if v.element == typeFloat {
		return v.name
	}
	return made + v.name
}

// asFloat is the input as one of float32, of the same shape.
func (v value) asFloat() []byte {
	t := appendField(nil, tensorElement, nil, typeFloat)
	if v.shaped {
		t = appendField(t, tensorShape, append([]byte{}, v.bytes...), 0)
	}
	b := appendField(nil, valueName, []byte(v.fed()), 0)
	return appendField(b, valueType, appendField(nil, typeTensor, t, 0), 0)
}

// cast is a node that makes a tensor one of another type.
func cast(from, to string, element int) []byte {
	const attributeType, whole = 20, 2
	b := appendField(nil, nodeInput, []byte(from), 0)
	b = appendField(b, nodeOutput, []byte(to), 0)
	b = appendField(b, nodeName, []byte(to), 0)
	b = appendField(b, nodeOp, []byte("Cast"), 0)
	a := appendField(nil, attributeName, []byte("to"), 0)
	a = appendField(a, attributeInt, nil, uint64(element))
	a = appendField(a, attributeType, nil, whole)
	return appendField(b, nodeAttribute, a, 0)
}

// appendField appends a field: of bytes, or where there are none, a whole number.
func appendField(message []byte, number protowire.Number, b []byte, v uint64) []byte {
	if b == nil {
		return protowire.AppendVarint(protowire.AppendTag(message, number, protowire.VarintType), v)
	}
	return protowire.AppendBytes(protowire.AppendTag(message, number, protowire.BytesType), b)
}
