// Package onnx computes the features of networks that were trained elsewhere and
// saved as ONNX.
//
//  1. Read reads a model and checks what can be known without computing; it
//     rewrites nodes whose meaning the converter below would miss (repair.go).
//  2. Model.Layers lists its inner tensors with their shapes; Model.Resolve turns
//     words such as "last" into their names.
//  3. Model.Fit says how examples go into the model's input: the order of axes,
//     the scaling.
//  4. runner.Features computes inner tensors for all examples of a set, batch by
//     batch.
//
// Graphs are converted by github.com/gomlx/onnx-gomlx, whose types do not leave
// this package.
package onnx

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"github.com/gomlx/onnx-gomlx/onnx"
	"google.golang.org/protobuf/proto"

	"github.com/seed-1a417598/memtest/datasets/memory"
	"github.com/seed-1a417598/memtest/xla"
)

// Model is a model that was read.
type Model struct {
	Path  string
	Name  string // the file's name without its ending
	Opset int    // of the standard operators

	m       *onnx.Model
	nodes   map[string]*node // by the tensors they make
	order   []*node
	weights map[string]bool
	// constants are tensors that depend on weights only.
	constants map[string]bool
	refused   map[string]error  // tensors that cannot be computed rightly
	titles    map[string]string // nodes as the file has them, by the tensors they make
}

// Versions of the standard operators that are read as their definition says.
// Some operators changed their meaning before the first; later ones than the
// last may.
const (
	firstOpset = 9
	lastOpset  = 25
)

// external is the place of weights outside of the file (TensorProto.EXTERNAL).
const external = 1

// Read reads a model.
func Read(path string) (*Model, error) {
	content, err := memory.ReadFile(path, 3)
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	m := &Model{Path: path, Name: strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))}
	if err := xla.Catch(func() {
		if err := m.parse(content); err != nil {
			panic(err)
		}
	}); err != nil {
		return nil, fmt.Errorf("model %s: %w", path, err)
	}
	return m, nil
}

var errNoModel = errors.New("it is not an ONNX model, or it is cut off; export one, for example with torch.onnx.export")

// parse reads, checks and repairs the model.
func (m *Model) parse(content []byte) error {
	first := &onnx.Model{}
	if err := proto.Unmarshal(content, &first.Proto); err != nil || len(first.Proto.Graph.GetNode()) == 0 {
		return errNoModel
	}
	if err := m.check(first); err != nil {
		return err
	}
	m.refused, m.titles = repair(first, m.Opset)
	if err := checkInput(first); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := first.Write(&b); err != nil {
		return err
	}
	var err error
	if m.m, err = onnx.Parse(b.Bytes()); err != nil {
		return err
	}
	m.nodes, m.weights = map[string]*node{}, map[string]bool{}
	for _, t := range m.m.Proto.Graph.Initializer {
		m.weights[t.Name] = true
	}
	later := map[string]bool{} // tensors that are not made yet
	for _, message := range m.m.Proto.Graph.Node {
		for _, out := range message.GetOutput() {
			later[out] = true
		}
	}
	m.constants = maps.Clone(m.weights)
	for _, message := range m.m.Proto.Graph.Node {
		n := newNode(message)
		m.order = append(m.order, n)
		constant := true
		for _, in := range n.Inputs {
			if in != "" && later[in] {
				return fmt.Errorf("its node %v takes %s, which a later node makes; export it again, or check it with onnx.checker", n, in)
			}
			constant = constant && (in == "" || m.constants[in])
		}
		for _, out := range n.Outputs {
			if out != "" {
				m.nodes[out] = n
				m.constants[out] = constant
				delete(later, out)
			}
		}
	}
	return nil
}

// check refuses what no repair helps.
func (m *Model) check(first *onnx.Model) error {
	for _, o := range first.Proto.OpsetImport {
		if o.Domain == "" || o.Domain == "ai.onnx" {
			m.Opset = int(o.Version)
		}
	}
	g := first.Proto.Graph
	if m.Opset < firstOpset || m.Opset > lastOpset {
		return fmt.Errorf("its operators are of opset %d, and %d to %d are known; export it again with opset_version=17", m.Opset, firstOpset, lastOpset)
	}
	for _, t := range g.Initializer {
		if int(t.DataLocation) == external || len(t.ExternalData) > 0 {
			return fmt.Errorf("its weights (%s first) lie in another file; save it as one, with onnx.save(onnx.load(%q), \"one.onnx\", save_as_external_data=False)", t.Name, filepath.Base(m.Path))
		}
	}
	if err := checkTensors(g.ProtoReflect()); err != nil {
		return err
	}
	if len(g.SparseInitializer) > 0 {
		return errors.New("it has sparse weights; export it with dense ones")
	}
	if len(first.Proto.Functions) > 0 {
		return errors.New("it has functions of its own; inline them with onnx.inliner.inline_local_functions")
	}
	return nil
}

// checkInput requires exactly one input, of float32 or float64 and with a known
// number of axes. Call it after repair, which takes the weights off the inputs.
func checkInput(first *onnx.Model) error {
	inputs := first.Proto.Graph.Input
	var names []string
	for _, in := range inputs {
		names = append(names, in.GetName())
	}
	if len(inputs) == 0 {
		return errors.New("it has no input")
	}
	if len(inputs) > 1 {
		return fmt.Errorf("it has %d inputs, %s; only models of one input can be fed with a data set", len(inputs), strings.Join(names, ", "))
	}
	t := inputs[0].GetType().GetTensorType()
	if t == nil || t.GetShape() == nil {
		return fmt.Errorf("its input %s has no shape; export it with one", names[0])
	}
	if e := int(t.GetElemType()); e != typeFloat && e != typeDouble {
		return fmt.Errorf("its input %s has element type %d of ONNX; only 1 (float32) and 11 (float64) can be fed, so move the conversion out of the model", names[0], e)
	}
	return nil
}

// Input is the name of the model's input.
func (m *Model) Input() string { return m.m.InputsNames[0] }

// InputDims are the dimensions of the model's input, the batch first; -1 is one
// that may be any.
func (m *Model) InputDims() []int { return m.m.InputsShapes[0].Dimensions }

// InputShape is the shape of the input as the file says it: [batch, 1, 28, 28].
func (m *Model) InputShape() string {
	return "[" + strings.Join(m.m.InputsShapes[0].Names, ", ") + "]"
}
