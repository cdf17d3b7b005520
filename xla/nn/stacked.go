package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
)

// stacked is the step of R networks of dense layers. Weights are [R, outputs,
// inputs] and biases [R, outputs, 1], so that the first layer of all networks is
// one product of matrices.
type stacked struct {
	stepGraph
	networks int // R
}

func (s stacked) name() string {
	return fmt.Sprintf("training step of %d stacked networks", s.networks)
}

// labels are [n, R].
func (s stacked) labels(sets [][]int32) ([]int32, []int) {
	n := len(sets[0])
	flat := make([]int32, n*s.networks)
	for k, l := range sets {
		for i, y := range l {
			flat[i*s.networks+k] = y
		}
	}
	return flat, []int{n, s.networks}
}

func (s stacked) dims(p param) []int {
	if len(p.dims) == 1 {
		return []int{s.networks, p.dims[0], 1}
	}
	return []int{s.networks, p.dims[1], p.dims[0]}
}

func (s stacked) pack(p param, one []float32) []float32 {
	return slices.Repeat(transposed(one, p.dims), s.networks)
}

func (s stacked) unpack(p param, all []float32, k int) []float32 {
	one := all[k*p.size() : (k+1)*p.size()]
	if len(p.dims) == 1 {
		return one
	}
	return transposed(one, []int{p.dims[1], p.dims[0]})
}

// transposed exchanges rows and columns of a matrix; a vector stays.
func transposed(flat []float32, dims []int) []float32 {
	if len(dims) == 1 {
		return flat
	}
	out := make([]float32, len(flat))
	for i := range dims[0] {
		for j := range dims[1] {
			out[j*dims[0]+i] = flat[i*dims[1]+j]
		}
	}
	return out
}

func (s stacked) build(args []*Node) []*Node {
	in := s.inputs(args)
	graph := in.x.Graph()
	rows := ExpandAxes(in.rows, -1)
	x, y := Gather(in.x, rows), Gather(in.y, rows)
	switch {
	case in.changes != nil:
		x = flat(s.augment.apply(s.net.feed(&Builder{}, x), in.changes))
	case s.net.spec.Input.Sequence(): // without the lengths, and with zeros for padding
		x = flat(s.net.feed(&Builder{}, x))
	}
	logits := s.logits(x, in.weights) // [R, K, batch]
	logits.AssertDims(s.networks, s.net.spec.Classes, s.batch)
	labels := Transpose(y, 0, 1) // [R, batch]
	labels.AssertDims(s.networks, s.batch)
	shape := logits.Shape().Clone()
	shape.DType = dtypes.Int32
	oneHot := ConvertDType(Equal(BroadcastToShape(ExpandAxes(labels, 1), shape), Iota(graph, shape, 1)), dtypes.Float32)
	mask := ConvertDType(LessThan(Iota(graph, shapes.Make(dtypes.Int32, 1, s.batch), 1), in.count), dtypes.Float32)
	logProb := ReduceSum(Mul(LogSoftmax(logits, 1), oneHot), 1) // [R, batch], of the labels
	logProb.AssertDims(s.networks, s.batch)
	losses := Neg(Div(ReduceSum(Mul(logProb, mask), 1), ConvertDType(in.count, dtypes.Float32)))
	right := ConvertDType(Equal(ArgMax(logits, 1, dtypes.Int32), labels), dtypes.Float32)
	hits := ReduceSum(Mul(right, mask), 1)

	fixed := len(s.net.params) - len(trained(s.net.params))
	still, moving := in.weights[:fixed], in.weights[fixed:]
	moved, state := s.optimizer.update(s.net.params[fixed:], moving, Gradient(ReduceAllSum(losses), moving...), in.state, in.scalars)
	return slices.Concat([]*Node{Stack([]*Node{losses, hits}, 0)}, still, moved, state)
}

// logits of all networks [R, classes, batch] for examples x [batch, values].
func (s stacked) logits(x *Node, weights []*Node) *Node {
	b := &Builder{product: s.product}
	h := x // [batch, inputs], then [R, outputs, batch]
	if s.net.spec.Standardize {
		h = standardizedBy(x, weights[0], weights[1])
		weights = weights[2:]
	}
	for i := 0; i < len(weights); i += 2 {
		w, bias := weights[i], weights[i+1]
		d := w.Shape().Dimensions
		var z *Node
		if i == 0 {
			z = Reshape(b.multiply(Reshape(w, d[0]*d[1], d[2]), h, func(w, x *Node) *Node {
				return DotGeneral(w, []int{1}, nil, x, []int{1}, nil)
			}), d[0], d[1], s.batch)
		} else {
			z = b.multiply(w, h, func(w, h *Node) *Node {
				return DotGeneral(w, []int{2}, []int{0}, h, []int{1}, []int{0})
			})
		}
		h = Add(z, bias)
		h.AssertDims(s.networks, d[1], s.batch)
		if i/2 < len(s.net.spec.Layers) {
			h = activations[s.net.spec.Layers[i/2].withDefaults().Activation](h)
		}
	}
	return h
}

// standardizedBy is x [batch, columns] standardized by mean and standard deviation
// [R, columns, 1], which are the same for all networks.
func standardizedBy(x, mean, sd *Node) *Node {
	first := func(all *Node) *Node {
		return Reshape(Slice(all, AxisRange(0, 1)), 1, x.Shape().Dim(1))
	}
	return Div(Sub(x, first(mean)), first(sd))
}
