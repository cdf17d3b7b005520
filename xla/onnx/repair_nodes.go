package onnx

import (
	"errors"
	"fmt"
)

// repairs rewrite a node of their operator: they append what stands for it to
// the graph, change it in place, or leave it as it is. An error says why what it
// makes cannot be computed.
var repairs = map[string]func(r *graphRepair, n *node, a attributes) error{
	"AveragePool":        (*graphRepair).averagePool,
	"BatchNormalization": (*graphRepair).batchNormalization,
	"Clip":               (*graphRepair).clip,
	"Constant":           (*graphRepair).constant,
	"Conv":               (*graphRepair).padding,
	"Gemm":               (*graphRepair).gemm,
	"GlobalAveragePool":  (*graphRepair).globalAveragePool,
	"MaxPool":            (*graphRepair).maxPool,
	"Pad":                (*graphRepair).pad,
	"Softmax":            (*graphRepair).softmax,
	"Split":              (*graphRepair).split,
	"Sum":                (*graphRepair).sum,
}

// node rewrites one node of the model, by repairs or by formulas.
func (r *graphRepair) node(n *node) error {
	if !n.standard() {
		return nil // refused later, where it is needed
	}
	if repair := repairs[n.Op]; repair != nil {
		return repair(r, n, n.attributes())
	}
	if formula := formulas[n.Op]; formula != nil {
		r.addAs(n.Outputs[0], "Identity", "", formula(r, n.Inputs[0], n.attributes()))
	}
	return nil
}

// sum adds its inputs one by one.
func (r *graphRepair) sum(n *node, _ attributes) error {
	out := n.Inputs[0]
	for _, in := range n.Inputs[1:] {
		out = r.add("Add", "", out, in)
	}
	r.addAs(n.Outputs[0], "Identity", "", out)
	return nil
}

// split says the sizes of the parts as an input.
func (r *graphRepair) split(n *node, a attributes) error {
	if sizes := a.lists["split"]; sizes != nil {
		n.drop("split")
		n.connect([]string{n.Inputs[0], r.ints(sizes)}, n.Outputs)
	}
	n.drop("num_outputs")
	return nil
}

// softmax of opsets before 13 is over all axes from the given one on together:
// over the rows of its input as a matrix, which then gets its shape back.
func (r *graphRepair) softmax(n *node, a attributes) error {
	if r.opset >= 13 {
		return nil
	}
	axis, given := a.ints["axis"]
	if !given {
		axis = 1
	}
	x := n.Inputs[0]
	rows := r.add("Flatten", fmt.Sprintf("attribute:{name:%q type:INT i:%d}", "axis", axis), x)
	p := r.add("Softmax", fmt.Sprintf("attribute:{name:%q type:INT i:1}", "axis"), rows)
	r.addAs(n.Outputs[0], "Reshape", "", p, r.add("Shape", "", x))
	return nil
}

func (r *graphRepair) batchNormalization(n *node, a attributes) error {
	if a.ints["training_mode"] != 0 {
		return errors.New("it normalizes by the batch, as in training; call model.eval() before the export")
	}
	n.drop("momentum", "spatial")
	n.connect(n.Inputs, n.Outputs[:1])
	return nil
}

func (r *graphRepair) pad(n *node, _ attributes) error {
	if n.input(3) != "" {
		return errors.New("padding of chosen axes is not computed here; export it with all axes")
	}
	return nil
}

// gemm takes the C term out where alpha and beta differ: the converter knows one
// factor only.
func (r *graphRepair) gemm(n *node, a attributes) error {
	alpha, beta := a.float("alpha", 1), a.float("beta", 1)
	if alpha == beta || n.input(2) == "" {
		return nil
	}
	out, c := n.Outputs[0], n.Inputs[2]
	product := r.fresh()
	n.connect(n.Inputs[:2], []string{product})
	r.kept()
	r.addAs(out, "Add", "", product, r.add("Mul", "", c, r.number(beta)))
	return nil
}

// clip is Max and Min of the bounds there are, given as inputs or as attributes.
func (r *graphRepair) clip(n *node, a attributes) error {
	bound := func(i int, name string) string {
		if in := n.input(i); in != "" {
			return in
		}
		if v, ok := a.floats[name]; ok {
			return r.number(v)
		}
		return ""
	}
	out := n.Inputs[0]
	if low := bound(1, "min"); low != "" {
		out = r.add("Max", "", out, low)
	}
	if high := bound(2, "max"); high != "" {
		out = r.add("Min", "", out, high)
	}
	r.addAs(n.Outputs[0], "Identity", "", out)
	return nil
}

// constant turns the short forms of constants into tensors.
func (r *graphRepair) constant(n *node, a attributes) error {
	tensor := func(text string) {
		n.drop("value_float", "value_int", "value_ints")
		n.set("value", "type:TENSOR t:{"+text+"}")
	}
	if v, ok := a.floats["value_float"]; ok {
		tensor(fmt.Sprintf("data_type:%d float_data:%g", typeFloat, v))
	}
	if v, ok := a.ints["value_int"]; ok {
		tensor(fmt.Sprintf("data_type:%d int64_data:%d", typeInt64, v))
	}
	if v, ok := a.lists["value_ints"]; ok {
		tensor(fmt.Sprintf("data_type:%d dims:%d %s", typeInt64, len(v), each("int64_data", v)))
	}
	return nil
}
