package onnx

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

func allAre(values []int64, v int64) bool {
	return !slices.ContainsFunc(values, func(x int64) bool { return x != v })
}

// node rewrites one node of the model. It appends what stands for it to the
// graph, changes it in place, or leaves it as it is.
func (r *graphRepair) node(n *node) error {
	if !n.standard() {
		return nil // refused later, where it is needed
	}
	a := n.attributes()
	input := func(i int) string {
		if i < len(n.Inputs) {
			return n.Inputs[i]
		}
		return ""
	}
	// unary rewrites y = f(x).
	unary := func(f func(x string) string) {
		r.addAs(n.Outputs[0], "Identity", "", f(n.Inputs[0]))
	}
	switch n.Op {
	case "Dropout":
		unary(func(x string) string { return x })
	case "Sum":
		out := input(0)
		for _, in := range n.Inputs[1:] {
			out = r.add("Add", "", out, in)
		}
		r.addAs(n.Outputs[0], "Identity", "", out)
	case "Gemm":
		return r.gemm(n, a)
	case "Clip":
		r.clip(n, a)
	case "Split":
		if sizes := a.lists["split"]; sizes != nil {
			n.drop("split")
			n.connect([]string{n.Inputs[0], r.ints(sizes)}, n.Outputs)
		}
		n.drop("num_outputs")
	case "Softmax":
		if _, given := a.ints["axis"]; !given && r.opset < 13 {
			n.set("axis", "type:INT i:1")
		}
	case "Constant":
		return r.constant(n, a)
	case "Conv":
		return r.padding(n, a)
	case "MaxPool", "AveragePool":
		if len(n.Outputs) > 1 && n.Outputs[1] != "" {
			return errors.New("the places of the maxima are not computed here; export the model without them")
		}
		if d := a.lists["dilations"]; d != nil && allAre(d, 1) {
			n.drop("dilations")
		}
		if allAre(a.lists["pads"], 0) {
			n.drop("count_include_pad")
		}
		if a.lists["strides"] == nil && a.lists["kernel_shape"] != nil {
			n.set("strides", "type:INTS "+each("ints", ones(len(a.lists["kernel_shape"]))))
		}
		return r.padding(n, a)
	case "GlobalAveragePool":
		var axes []int64
		for i := 2; i < r.rank; i++ {
			axes = append(axes, int64(i))
		}
		if len(axes) == 0 {
			return fmt.Errorf("its input should be images, but the model's input has %d axes", r.rank)
		}
		r.addAs(n.Outputs[0], "ReduceMean", intsAttribute("axes", axes)+` attribute:{name:"keepdims" type:INT i:1}`, input(0))
	case "BatchNormalization":
		if a.ints["training_mode"] != 0 {
			return errors.New("it normalizes by the batch, as in training; call model.eval() before the export")
		}
		n.drop("momentum", "spatial")
		n.connect(n.Inputs, n.Outputs[:1])
	case "Pad":
		if input(3) != "" {
			return errors.New("padding of chosen axes is not computed here; export it with all axes")
		}
	case "Sigmoid": // 1/(1 + exp(-x))
		unary(func(x string) string {
			one := r.number(1)
			return r.add("Div", "", one, r.add("Add", "", one, r.add("Exp", "", r.add("Neg", "", x))))
		})
	case "LeakyRelu": // max(x, 0) + α·min(x, 0)
		unary(func(x string) string {
			zero := r.number(0)
			return r.add("Add", "", r.add("Max", "", x, zero), r.add("Mul", "", r.number(a.float("alpha", 0.01)), r.add("Min", "", x, zero)))
		})
	case "Elu": // max(x, 0) + α·(exp(min(x, 0)) - 1)
		unary(func(x string) string {
			zero := r.number(0)
			rest := r.add("Sub", "", r.add("Exp", "", r.add("Min", "", x, zero)), r.number(1))
			return r.add("Add", "", r.add("Max", "", x, zero), r.add("Mul", "", r.number(a.float("alpha", 1)), rest))
		})
	case "Softplus": // max(x, 0) + log(1 + exp(-|x|))
		unary(func(x string) string {
			tail := r.add("Exp", "", r.add("Neg", "", r.add("Abs", "", x)))
			return r.add("Add", "", r.add("Max", "", x, r.number(0)), r.add("Log", "", r.add("Add", "", r.number(1), tail)))
		})
	case "HardSigmoid":
		unary(func(x string) string { return r.hardSigmoid(x, a.float("alpha", 0.2), a.float("beta", 0.5)) })
	case "HardSwish":
		unary(func(x string) string { return r.add("Mul", "", x, r.hardSigmoid(x, 1.0/6, 0.5)) })
	case "Gelu":
		unary(func(x string) string { return r.gelu(x, a.words["approximate"] == "tanh") })
	}
	return nil
}

// hardSigmoid is max(0, min(1, αx + β)).
func (r *graphRepair) hardSigmoid(x string, alpha, beta float64) string {
	line := r.add("Add", "", r.add("Mul", "", r.number(alpha), x), r.number(beta))
	return r.add("Clip", "", line, r.number(0), r.number(1))
}

// gelu is x·Φ(x), with Φ by erf or by the usual tanh.
func (r *graphRepair) gelu(x string, byTanh bool) string {
	var s string
	if byTanh { // tanh(√(2/π)·(x + 0.044715 x³))
		cube := r.add("Mul", "", x, r.add("Mul", "", x, x))
		s = r.add("Tanh", "", r.add("Mul", "", r.number(math.Sqrt(2/math.Pi)), r.add("Add", "", x, r.add("Mul", "", r.number(0.044715), cube))))
	} else {
		s = r.add("Erf", "", r.add("Mul", "", x, r.number(math.Sqrt2/2)))
	}
	return r.add("Mul", "", r.add("Mul", "", x, r.number(0.5)), r.add("Add", "", s, r.number(1)))
}

// gemm takes the C term out where alpha and beta differ: the converter knows one
// factor only.
func (r *graphRepair) gemm(n *node, a attributes) error {
	alpha, beta := a.float("alpha", 1), a.float("beta", 1)
	if alpha == beta || len(n.Inputs) < 3 || n.Inputs[2] == "" {
		return nil
	}
	out, c := n.Outputs[0], n.Inputs[2]
	product := r.fresh()
	n.connect(n.Inputs[:2], []string{product})
	r.kept()
	r.addAs(out, "Add", "", product, r.add("Mul", "", c, r.number(beta)))
	return nil
}

// clip says bounds as inputs, and leaves out those that are missing.
func (r *graphRepair) clip(n *node, a attributes) {
	bound := func(i int, name string) string {
		if i < len(n.Inputs) && n.Inputs[i] != "" {
			return n.Inputs[i]
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

// padding turns padding by word into numbers: "same" with a stride of one needs
// no size of the input.
func (r *graphRepair) padding(n *node, a attributes) error {
	word := a.words["auto_pad"]
	kernel := a.lists["kernel_shape"]
	switch word {
	case "", "NOTSET":
		return nil
	case "VALID":
		n.drop("auto_pad")
		return nil
	}
	if !allAre(a.lists["strides"], 1) || kernel == nil {
		return fmt.Errorf("padding %s with strides %v depends on the size of its input; export the model with explicit pads", word, a.lists["strides"])
	}
	pads := make([]int64, 2*len(kernel))
	for i, k := range kernel {
		d := int64(1)
		if list := a.lists["dilations"]; list != nil {
			d = list[i]
		}
		total := d * (k - 1)
		small, large := total/2, total-total/2
		pads[i], pads[i+len(kernel)] = small, large
		if word == "SAME_LOWER" {
			pads[i], pads[i+len(kernel)] = large, small
		}
	}
	n.drop("auto_pad", "pads")
	n.set("pads", "type:INTS "+each("ints", pads))
	return nil
}
