package onnx

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
	"github.com/gomlx/gomlx/pkg/ml/context"

	"github.com/seed-1a417598/memtest/xla"
)

// Words that stand for tensors in a list of outputs. Weighted nodes are Gemm,
// MatMul and Conv with the weights as second input; others that hold weights, such
// as LSTM or a MatMul with them as first input, are named by their tensors only.
const (
	WordLast   = "last"   // what the last weighted node takes: the last hidden layer
	wordLogits = "logits" // what it makes, bias added, before any softmax
	wordAll    = "all"    // what every weighted node but the first takes
	WordInput  = "input"  // the model's input, the examples themselves
)

// known are the operators that the converter computes, after the repairs.
var known = strings.Fields(`Abs Add And AveragePool BatchNormalization BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast Ceil Clip Concat Constant
	ConstantOfShape Conv Cos CumSum DequantizeLinear Div DynamicQuantizeLinear Equal Erf Exp Expand Flatten Floor Gather GatherElements Gemm
	Greater GreaterOrEqual Identity If LSTM LayerNormalization Less LessOrEqual Log MatMul MatMulInteger Max MaxPool Min Mul Neg Not Or Pad Pow
	QLinearMatMul QuantizeLinear Range ReduceMean Relu Reshape ScatterND Shape Sign Sin Slice Softmax Split Sqrt Squeeze Sub Tanh Tile Transpose
	Trilu Unsqueeze Where Xor`)

// Layer is an inner tensor.
type Layer struct {
	Name string // of the tensor
	Node string // name of the node that makes it, and its operator
	Dims []int  // of one example
	Word string // the first of "last", "logits" and "all" that names it, or ""
}

// ancestors are the nodes that a tensor needs, in the order of the graph.
func (m *Model) ancestors(tensor string) []*node {
	needed := map[*node]bool{}
	stack := []string{tensor}
	for len(stack) > 0 {
		name := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if n := m.nodes[name]; n != nil && !needed[n] {
			needed[n] = true
			stack = append(stack, n.Inputs...)
		}
	}
	return slices.DeleteFunc(slices.Clone(m.order), func(n *node) bool { return !needed[n] })
}

// computable says why a tensor cannot be computed, or nil.
func (m *Model) computable(tensor string) error {
	for _, n := range m.ancestors(tensor) {
		for _, out := range n.Outputs {
			if err := m.refused[out]; err != nil {
				return err
			}
		}
		if !n.standard() || !slices.Contains(known, n.Op) {
			return fmt.Errorf("node %v has an operator that cannot be computed here; choose a tensor before it (--list shows them), or export the model without it", n)
		}
	}
	return nil
}

// weighted are the nodes that multiply by weights, in the order of the graph:
// Gemm, MatMul and Conv whose second input depends on weights only. A product with
// the weights on its left and the layers of an LSTM are not found; their tensors
// can be named, but "last", "logits" and "all" pass over them.
func (m *Model) weighted() []*node {
	wanted := map[*node]bool{}
	for _, out := range m.m.OutputsNames {
		for _, n := range m.ancestors(out) {
			wanted[n] = true
		}
	}
	var all []*node
	for _, n := range m.order {
		if !wanted[n] || len(n.Inputs) < 2 || n.Op != "Gemm" && n.Op != "MatMul" && n.Op != "Conv" {
			continue
		}
		if m.constants[n.Inputs[1]] && !m.constants[n.Inputs[0]] {
			all = append(all, n)
		}
	}
	return all
}

// hidden are the tensors that weighted nodes but the first take, and that depend
// on weights themselves: the hidden layers.
func (m *Model) hidden() []string {
	var all []string
	weighted := m.weighted()
	for _, n := range weighted {
		for _, before := range m.ancestors(n.Inputs[0]) {
			if slices.Contains(weighted, before) {
				if !slices.Contains(all, n.Inputs[0]) {
					all = append(all, n.Inputs[0])
				}
				break
			}
		}
	}
	return all
}

// logits is what the last weighted node makes, its bias added.
func (m *Model) logits() string {
	weighted := m.weighted()
	if len(weighted) == 0 {
		return ""
	}
	out := weighted[len(weighted)-1].Outputs[0]
	for {
		var next *node
		for _, n := range m.order {
			if slices.Contains(n.Inputs, out) {
				next = n
				break
			}
		}
		if next == nil || next.Op != "Add" || !slices.ContainsFunc(next.Inputs, func(in string) bool { return in != out && m.constants[in] }) {
			return out
		}
		out = next.Outputs[0]
	}
}

// Resolve turns words and names into names of tensors, each once, in the order
// given, and says which cannot be computed.
func (m *Model) Resolve(outputs []string) ([]string, error) {
	var all []string
	for _, word := range outputs {
		var names []string
		hidden := m.hidden()
		switch {
		case word == WordInput:
			names = []string{m.Input()}
		case word == WordLast && len(hidden) > 0:
			names = hidden[len(hidden)-1:]
		case word == wordAll && len(hidden) > 0:
			names = hidden
		case word == wordLogits && m.logits() != "":
			names = []string{m.logits()}
		case word == WordLast || word == wordAll || word == wordLogits:
			return nil, fmt.Errorf("model %s has no hidden layer before a last layer with weights, so %q names nothing; choose tensors by name (--list shows them)", m.Path, word)
		case m.nodes[word] != nil || word == m.Input():
			names = []string{word}
		default:
			return nil, fmt.Errorf("model %s has no tensor %q; choose last, logits, all, input, or a name that --list shows", m.Path, word)
		}
		for _, n := range names {
			if err := m.computable(n); err != nil {
				return nil, fmt.Errorf("model %s: %q: %w", m.Path, word, err)
			}
			if !slices.Contains(all, n) {
				all = append(all, n)
			}
		}
	}
	return all, nil
}

// Layers lists the inner tensors that can be features: floats, one row an
// example. Where the model leaves axes of its input open, dims says how long they
// are; example sizes, without the batch. unsupported names the nodes that cannot
// be computed.
func (m *Model) Layers(e *xla.Engine, dims []int) (layers []Layer, unsupported []string, err error) {
	var names []string
	for _, n := range m.order {
		if !n.standard() || !slices.Contains(known, n.Op) {
			unsupported = append(unsupported, n.String())
		}
		for _, out := range n.Outputs {
			if out != "" && !strings.HasPrefix(out, made) && m.computable(out) == nil && !m.constants[out] {
				names = append(names, out)
			}
		}
	}
	for _, d := range dims {
		if d < 1 {
			return nil, nil, fmt.Errorf("model %s: its input is %s; say how large examples are with --data", m.Path, m.InputShape())
		}
	}
	// Two batches tell the axis of examples from others of the same length.
	batch := m.batch(3)
	shapesOf, err := m.shapesOf(e, names, append([]int{batch}, dims...))
	if err != nil {
		return nil, nil, err
	}
	second := shapesOf
	if m.InputDims()[0] < 0 {
		if second, err = m.shapesOf(e, names, append([]int{batch + 2}, dims...)); err != nil {
			return nil, nil, err
		}
	}
	hidden, logits := m.hidden(), m.logits()
	for i, name := range names {
		s := shapesOf[i]
		if !rows(s, batch) || m.InputDims()[0] < 0 && !rows(second[i], batch+2) {
			continue
		}
		l := Layer{Name: name, Node: m.titles[name], Dims: s.Dimensions[1:]}
		switch {
		case len(hidden) > 0 && name == hidden[len(hidden)-1]:
			l.Word = WordLast
		case name == logits:
			l.Word = wordLogits
		case slices.Contains(hidden, name):
			l.Word = wordAll
		}
		layers = append(layers, l)
	}
	return layers, unsupported, nil
}

// rows says whether a tensor is of floats with one row an example; an invalid
// shape is not.
func rows(s shapes.Shape, examples int) bool {
	return s.Ok() && s.DType.IsFloat() && s.Rank() >= 2 && s.Dimensions[0] == examples
}

// batch is the number of examples of one run: what the model fixes, or else n.
func (m *Model) batch(n int) int {
	if fixed := m.InputDims()[0]; fixed > 0 {
		return fixed
	}
	return n
}

// shapesOf builds the graph and reads the shapes of tensors; an invalid shape
// stands for a tensor that the converter refuses.
func (m *Model) shapesOf(e *xla.Engine, names []string, input []int) ([]shapes.Shape, error) {
	ctx, err := m.context()
	if err != nil {
		return nil, err
	}
	out := make([]shapes.Shape, len(names))
	build := func(names []string, out []shapes.Shape) error {
		return xla.Catch(func() {
			g := graph.NewGraph(e.Backend(), "shapes")
			defer g.Finalize()
			x := graph.Parameter(g, "x", shapes.Make(m.m.InputsShapes[0].DType, input...))
			for i, n := range m.m.CallGraph(ctx, g, map[string]*graph.Node{m.Input(): x}, names...) {
				out[i] = n.Shape()
			}
		})
	}
	if len(names) == 0 || build(names, out) == nil {
		return out, nil
	}
	for i := range names { // one of them is refused: find out which
		_ = build(names[i:i+1], out[i:i+1]) // a refused one keeps its invalid shape
	}
	return out, nil
}

// context is the weights as GoMLX's variables.
func (m *Model) context() (*context.Context, error) {
	ctx := context.New()
	err := xla.Catch(func() {
		if err := m.m.VariablesToContext(ctx); err != nil {
			panic(err)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("model %s: its weights cannot be read: %w; export them as float32", m.Path, err)
	}
	return ctx, nil
}
