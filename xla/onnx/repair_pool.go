package onnx

import (
	"errors"
	"fmt"
	"slices"
)

func allAre(values []int64, v int64) bool {
	return !slices.ContainsFunc(values, func(x int64) bool { return x != v })
}

// window says what pools leave out: a missing stride is one, dilations of one
// and padding by word are said in the converter's way.
func (r *graphRepair) window(n *node, a attributes) error {
	if d := a.lists["dilations"]; d != nil && allAre(d, 1) {
		n.drop("dilations")
	}
	if a.lists["strides"] == nil && a.lists["kernel_shape"] != nil {
		n.set("strides", "type:INTS "+each("ints", ones(len(a.lists["kernel_shape"]))))
	}
	return r.padding(n, a)
}

func (r *graphRepair) maxPool(n *node, a attributes) error {
	if len(n.Outputs) > 1 && n.Outputs[1] != "" {
		return errors.New("the places of the maxima are not computed here; export the model without them")
	}
	return r.window(n, a)
}

// averagePool with zeros of the padding counted in the mean is that of an input
// that holds them; else they are left out of the mean.
func (r *graphRepair) averagePool(n *node, a attributes) error {
	if !allAre(a.lists["dilations"], 1) { // the converter would pass over them
		return fmt.Errorf("averages with dilations %v are not computed here; export it with dilations of one", a.lists["dilations"])
	}
	if err := r.window(n, a); err != nil {
		return err
	}
	counted := a.ints["count_include_pad"] != 0
	pads := n.attributes().lists["pads"] // as numbers by now
	if counted && !allAre(pads, 0) {
		axes := len(pads) / 2
		around := slices.Concat([]int64{0, 0}, pads[:axes], []int64{0, 0}, pads[axes:]) // none for examples and channels
		n.drop("pads")
		n.connect([]string{r.add("Pad", "", n.Inputs[0], r.ints(around))}, n.Outputs)
		r.kept()
	}
	n.drop("count_include_pad")
	return nil
}

// globalAveragePool is the mean over the axes from the third on, whose numbers go
// from 2 to below the rank of its own input; without any it is the input.
func (r *graphRepair) globalAveragePool(n *node, _ attributes) error {
	x := n.Inputs[0]
	rank := r.add("Squeeze", "", r.add("Shape", "", r.add("Shape", "", x)))
	axes := r.add("Range", "", r.int(2), rank, r.int(1))
	r.addAs(n.Outputs[0], "ReduceMean", `attribute:{name:"keepdims" type:INT i:1} attribute:{name:"noop_with_empty_axes" type:INT i:1}`, x, axes)
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
