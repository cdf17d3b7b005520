package onnx

import (
	"fmt"
	"strings"

	"github.com/gomlx/onnx-gomlx/onnx"
)

// The converter (onnx-gomlx v0.3.4) lacks some operators that can be said with
// others, and reads some attributes not at all or wrongly. Here such nodes are
// rewritten before it sees them (repair_nodes.go says which function for which):
//
//   - it takes the alpha of Gemm for its beta;
//   - it drops the axes that GlobalAveragePool keeps at length one;
//   - it takes Softmax to be over one axis, which before opset 13 was over all
//     axes from the given one on;
//   - it passes over the bounds of Clip and the sizes of Split where these are
//     attributes, as in older opsets; so Clip becomes Max and Min;
//   - it takes a missing stride of a pool for that of the window, refuses
//     dilations of one, which PyTorch always writes, passes over others in
//     averages, and does not count zeros of the padding;
//   - it refuses a momentum of BatchNormalization, which inference does not use;
//   - of Constant it knows tensors only, of Conv no padding by word;
//   - Dropout, Sum, Sigmoid, LeakyRelu, Elu, Softplus, HardSigmoid, HardSwish and
//     Gelu are missing.
//
// What cannot be rewritten is left as it is where the converter refuses it, and
// refused here where it would compute something else.

// Element types of tensors (TensorProto.DataType of the format, onnx.proto).
const (
	typeFloat  = 1
	typeInt64  = 7
	typeDouble = 11
)

// graphRepair rewrites the nodes of one graph.
type graphRepair struct {
	m     *onnx.Model
	opset int
	count int    // of names made
	float int    // element type of constants: that of the model's input
	kept  func() // appends the node being repaired to the graph, with the changes made to it so far
}

// repair rewrites the model in place. It returns the tensors that would be
// computed wrongly, with the reason; what does not need them can be computed.
//
// titles are the nodes as the file has them, by the tensors they make.
func repair(m *onnx.Model, opset int) (refused map[string]error, titles map[string]string) {
	refused, titles = map[string]error{}, map[string]string{}
	g := m.Proto.Graph
	// Before IR version 4, weights are listed as inputs too.
	weights := map[string]bool{}
	for _, t := range g.Initializer {
		weights[t.Name] = true
	}
	inputs := g.Input[:0]
	for _, in := range g.Input {
		if !weights[in.Name] {
			inputs = append(inputs, in)
		}
	}
	g.Input = inputs
	// Of outputs only the names are of use, and the converter's parser wants a
	// type and a shape of each.
	for i, out := range g.Output {
		g.Output[i] = element(g.Output, fmt.Sprintf("name:%q type:{tensor_type:{elem_type:%d shape:{}}}", out.GetName(), typeFloat))
	}

	r := &graphRepair{m: m, opset: opset, float: typeFloat}
	if len(inputs) > 0 {
		r.float = int(inputs[0].GetType().GetTensorType().GetElemType())
	}
	nodes := g.Node
	g.Node = nil
	for _, message := range nodes {
		n := newNode(message)
		r.kept = func() { g.Node = append(g.Node, message) }
		for _, out := range n.Outputs {
			titles[out] = n.String()
		}
		before := len(g.Node)
		err := r.node(n)
		if len(g.Node) == before {
			r.kept()
		}
		if err != nil {
			for _, out := range n.Outputs {
				refused[out] = fmt.Errorf("node %v: %w", n, err)
			}
		}
	}
	return refused, titles
}

// made begins the names of tensors that repairs make.
const made = "memtest."

// fresh is a name that no tensor of the model has.
func (r *graphRepair) fresh() string {
	r.count++
	return fmt.Sprintf("%s%d", made, r.count)
}

// add appends a node that makes a new tensor, whose name it returns.
func (r *graphRepair) add(op string, attributes string, inputs ...string) string {
	out := r.fresh()
	r.addAs(out, op, attributes, inputs...)
	return out
}

// addAs appends a node that makes this tensor.
func (r *graphRepair) addAs(out, op string, attributes string, inputs ...string) {
	text := fmt.Sprintf("name:%q op_type:%q output:%q %s", out, op, out, attributes)
	for _, in := range inputs {
		text += fmt.Sprintf(" input:%q", in)
	}
	g := r.m.Proto.Graph
	g.Node = append(g.Node, element(g.Node, text))
}

// number is the name of a new constant.
func (r *graphRepair) number(v float64) string {
	name := r.fresh()
	data := "float_data"
	if r.float != typeFloat {
		data = "double_data"
	}
	g := r.m.Proto.Graph
	g.Initializer = append(g.Initializer, element(g.Initializer, fmt.Sprintf("name:%q data_type:%d %s:%g", name, r.float, data, v)))
	return name
}

// int is the name of a new constant whole number.
func (r *graphRepair) int(v int64) string {
	name := r.fresh()
	g := r.m.Proto.Graph
	g.Initializer = append(g.Initializer, element(g.Initializer, fmt.Sprintf("name:%q data_type:%d int64_data:%d", name, typeInt64, v)))
	return name
}

// ints is the name of a new constant vector.
func (r *graphRepair) ints(values []int64) string {
	name := r.fresh()
	g := r.m.Proto.Graph
	g.Initializer = append(g.Initializer, element(g.Initializer, fmt.Sprintf("name:%q data_type:%d dims:%d %s", name, typeInt64, len(values), each("int64_data", values))))
	return name
}

func each(field string, values []int64) string {
	var b strings.Builder
	for _, v := range values {
		fmt.Fprintf(&b, " %s:%d", field, v)
	}
	return b.String()
}

func ones(n int) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = 1
	}
	return out
}
