package onnx

import (
	"fmt"
	"slices"
)

// Words that stand for tensors in a list of outputs. Weighted nodes are those of
// weightedOps.
const (
	WordLast   = "last"   // what the last weighted node takes: the last hidden layer
	wordLogits = "logits" // what it makes, bias added, before any softmax
	wordAll    = "all"    // what every weighted node but the first takes
	WordInput  = "input"  // the model's input, the examples themselves
)

// weightedOps are the operators that multiply by weights.
var weightedOps = []string{
	"Gemm", "MatMul", "Conv", "ConvTranspose", "LSTM", "GRU", "RNN", "MatMulInteger", "ConvInteger", "QLinearMatMul", "QLinearConv",
	"FusedGemm", "FusedMatMul", "FusedConv", "MatMulNBits", "QGemm", // of com.microsoft
}

// Layer is an inner tensor.
type Layer struct {
	Name string // of the tensor
	Node string // name of the node that makes it, and its operator
	Dims []int  // of one example
	Word string // the first of "last", "logits" and "all" that names it, or ""
}

// weighted are the nodes that multiply by weights and that outputs need, in the order
// of the graph: some of their inputs depend on weights only, and one does not.
func (m *Model) weighted() []*node {
	wanted := m.ancestors(m.graph.outputs...)
	var all []*node
	for _, n := range m.graph.nodes {
		if wanted[n.index] && slices.Contains(weightedOps, n.Op) && m.taken(n) != "" && slices.ContainsFunc(n.Inputs, m.constant) {
			all = append(all, n)
		}
	}
	return all
}

func (m *Model) constant(tensor string) bool { return m.constants[tensor] }

// taken is the first input of a node that depends on more than weights, "" where
// there is none.
func (m *Model) taken(n *node) string {
	for _, in := range n.Inputs {
		if in != "" && !m.constants[in] {
			return in
		}
	}
	return ""
}

// hidden are the tensors that weighted nodes but the first take, and that depend
// on weights themselves: the hidden layers.
func (m *Model) hidden() []string {
	var all []string
	weighted := m.weighted()
	for _, n := range weighted {
		before := m.ancestors(m.taken(n))
		deep := slices.ContainsFunc(weighted, func(w *node) bool { return before[w.index] })
		if deep && !slices.Contains(all, m.taken(n)) {
			all = append(all, m.taken(n))
		}
	}
	return all
}

// logits is the tensor of that name, or else what the last weighted node makes, its
// bias added.
func (m *Model) logits() string {
	if m.makers[wordLogits] != nil {
		return wordLogits
	}
	weighted := m.weighted()
	if len(weighted) == 0 {
		return ""
	}
	out := weighted[len(weighted)-1].Outputs[0]
	for {
		next := slices.IndexFunc(m.graph.nodes, func(n *node) bool { return slices.Contains(n.Inputs, out) })
		if next < 0 || m.graph.nodes[next].Op != "Add" || !slices.ContainsFunc(m.graph.nodes[next].Inputs, func(in string) bool { return in != out && m.constants[in] }) {
			return out
		}
		out = m.graph.nodes[next].Outputs[0]
	}
}

// Resolve turns words and names into names of tensors, each once, in the order
// given. "input" is the input that examples go into, by its word. A tensor that is
// called as a word is, is meant by it.
func (m *Model) Resolve(outputs []string) ([]string, error) {
	var all []string
	hidden := m.hidden()
	for _, word := range outputs {
		var names []string
		switch {
		case m.makers[word] != nil && !m.constants[word]: // a tensor of such a name comes before the word
			names = []string{word}
		case word == WordInput || m.input(word) != nil:
			names = []string{WordInput}
		case word == WordLast && len(hidden) > 0:
			names = hidden[len(hidden)-1:]
		case word == wordAll && len(hidden) > 0:
			names = hidden
		case word == wordLogits && m.logits() != "":
			names = []string{m.logits()}
		case word == WordLast || word == wordAll || word == wordLogits:
			return nil, fmt.Errorf("model %s has no hidden layer before a last layer with weights, so %q names nothing; choose tensors by name with --outputs (--list shows them)", m.Path, word)
		case m.makers[word] != nil || m.graph.weights[word]:
			return nil, fmt.Errorf("model %s: %q depends on weights alone and is the same for every example; choose one that --list shows with --outputs", m.Path, word)
		default:
			return nil, fmt.Errorf("model %s has no tensor %q; choose last, logits, all, input, or a name that --list shows, with --outputs", m.Path, word)
		}
		for _, n := range names {
			if !slices.Contains(all, n) {
				all = append(all, n)
			}
		}
	}
	return all, nil
}

// input is the model's input of a name, nil where there is none.
func (m *Model) input(name string) *value {
	for i := range m.graph.inputs {
		if m.graph.inputs[i].name == name {
			return &m.graph.inputs[i]
		}
	}
	return nil
}

// Layers lists the inner tensors that can be features: floats, one row an example.
// unsupported names the nodes that this ONNX Runtime cannot compute; what comes after
// them is left out.
func (m *Model) Layers(r *Runtime, f Feed) (layers []Layer, unsupported []string, err error) {
	var names []string
	for _, n := range m.graph.nodes {
		for _, out := range n.Outputs {
			if out != "" && !m.constants[out] {
				names = append(names, out)
			}
		}
	}
	// Two batches tell the axis of examples from others of the same length.
	few, refused, err := m.shapes(r, f, names, f.batch(3))
	if err != nil {
		return nil, nil, err
	}
	more := few
	if f.fixed == 0 {
		if more, refused, err = m.shapes(r, f, names, f.batch(5)); err != nil {
			return nil, nil, err
		}
	}
	for _, n := range refused {
		unsupported = append(unsupported, n.String())
	}
	hidden, logits := m.hidden(), m.logits()
	for i, name := range names {
		if !rows(few[i], f.batch(3)) || !rows(more[i], f.batch(5)) {
			continue
		}
		l := Layer{Name: name, Node: m.makers[name].String(), Dims: few[i].dims[1:]}
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

// rows says whether a tensor is of floats with one row an example.
func rows(t tensor, examples int) bool {
	return floating(t.element) && len(t.dims) >= 2 && t.dims[0] == examples
}

// shapes computes tensors of zeros for a batch and keeps their types and dimensions;
// those that need a node that cannot be computed stay without. refused are these nodes.
func (m *Model) shapes(r *Runtime, f Feed, names []string, batch int) (all []tensor, refused []*node, err error) {
	all = make([]tensor, len(names))
	for {
		var wanted []string
		for _, name := range names {
			needed := m.ancestors(name)
			if !slices.ContainsFunc(refused, func(n *node) bool { return needed[n.index] }) {
				wanted = append(wanted, name)
			}
		}
		if len(wanted) == 0 {
			return all, refused, nil
		}
		out, err := m.compute(r, f, wanted, batch)
		if err == nil {
			for i, name := range wanted {
				all[slices.Index(names, name)] = out[i]
			}
			return all, refused, nil
		}
		guilty := m.guilty(err)
		if guilty == nil || slices.Contains(refused, guilty) {
			return nil, nil, fmt.Errorf("model %s: %w", m.Path, m.explain(err))
		}
		refused = append(refused, guilty)
	}
}

// compute computes tensors once for a batch of zeros.
func (m *Model) compute(r *Runtime, f Feed, names []string, batch int) ([]tensor, error) {
	model, outputs := m.tap(names, false)
	s, err := r.session(model, m.Path, f.names(), outputs)
	if err != nil {
		return nil, err
	}
	defer s.close()
	in, err := f.tensors(make([]float32, batch*f.Shape.Size()), slices.Repeat([]int{f.Shape.Height}, batch), batch)
	if err != nil {
		return nil, err
	}
	return s.run(in)
}
