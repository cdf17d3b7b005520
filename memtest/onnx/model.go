// Package onnx computes the features of networks that were trained elsewhere and
// saved as ONNX. ONNX Runtime computes them, so that a tensor here is what it is in
// the program that exported the model.
//
//  1. Open finds ONNX Runtime, and installs it where it is missing (runtime.go, library.go).
//  2. Read reads the outline of a model (graph.go) and checks what can be known
//     without computing (check.go); Model.Resolve turns words such as "last" into
//     names of its inner tensors, and Model.Layers lists them (layers.go).
//  3. Model.Fit says how examples go into the model's inputs: the order of axes, the
//     scaling, and what its other inputs are given (feed.go, inputs.go).
//  4. Model.Take computes inner tensors for all examples of a set, batch by batch
//     (take.go), by a session of a model cut down to what they need (tap.go, session.go).
package onnx

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/seed-1a417598/memtest/datasets/memory"
)

// Model is the outline of a model that was read.
type Model struct {
	Path  string
	Name  string // the file's name without its ending
	Opset int    // of the standard operators

	bytes     []byte // the file
	graph     *graph
	makers    map[string]*node // by the tensors that they make
	constants map[string]bool  // tensors that depend on weights only
	functions bool             // it has functions of its own
}

// Read reads a model. Weights that lie in other files are read when it is computed.
//
// Errors: a file that is no ONNX model, or is cut off, or is larger than memory; a
// pointer of Git LFS; a node that takes what a later one makes; a network in training
// mode; files of weights that are missing or lie outside the model's folder.
func Read(path string) (*Model, error) {
	content, err := memory.ReadFile(path, 3)
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	m := &Model{Path: path, Name: strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), bytes: content}
	if err := m.parse(); err != nil {
		return nil, fmt.Errorf("model %s: %w", path, err)
	}
	return m, nil
}

var errNoModel = errors.New("it is not an ONNX model, or it is cut off; export one, for example with torch.onnx.export")

// parse reads the outline and checks it.
func (m *Model) parse() error {
	if pointer(m.bytes) {
		return errors.New("it is a pointer of Git LFS, not the model itself: run git lfs pull")
	}
	err := fields(m.bytes, func(number protowire.Number, b []byte, _ uint64) (err error) {
		switch number {
		case modelGraph:
			if m.graph != nil {
				return errNoModel // two graphs would be merged by protobuf, and one read here
			}
			m.graph, err = readGraph(b, 0)
		case modelOpset:
			err = m.readOpset(b)
		case modelFunctions:
			m.functions = true
		}
		return err
	})
	if err != nil || m.graph == nil || len(m.graph.nodes) == 0 {
		return errNoModel
	}
	if err := m.order(); err != nil {
		return err
	}
	return m.check()
}

// readOpset notes the version of the standard operators.
func (m *Model) readOpset(message []byte) error {
	domain, version := "", 0
	err := fields(message, func(number protowire.Number, b []byte, v uint64) error {
		switch number {
		case opsetDomain:
			domain = string(b)
		case opsetVersion:
			version = int(v)
		}
		return nil
	})
	if domain == "" || domain == "ai.onnx" {
		m.Opset = version
	}
	return err
}

// order finds which node makes a tensor and what depends on weights only, and
// refuses nodes that are out of order.
func (m *Model) order() error {
	later := map[string]bool{} // tensors that are not made yet
	for _, n := range m.graph.nodes {
		for _, out := range n.Outputs {
			later[out] = true
		}
	}
	m.makers, m.constants = map[string]*node{}, maps.Clone(m.graph.weights)
	for _, n := range m.graph.nodes {
		constant := len(n.uses) == 0
		for _, in := range n.Inputs {
			if in != "" && later[in] {
				return fmt.Errorf("its node %v takes %s, which a later node makes; export it again, or check it with onnx.checker", n, in)
			}
			constant = constant && (in == "" || m.constants[in])
		}
		for _, out := range n.Outputs {
			if out == "" {
				continue
			}
			if m.makers[out] != nil {
				return fmt.Errorf("its nodes %v and %v both make %s; export it again, or check it with onnx.checker", m.makers[out], n, out)
			}
			m.makers[out], m.constants[out] = n, constant
			delete(later, out)
		}
	}
	return nil
}

// Inputs names the model's inputs, with their types and shapes, for people.
func (m *Model) Inputs() string {
	var all []string
	for _, v := range m.graph.inputs {
		all = append(all, fmt.Sprintf("%s %s %s", v.name, elementName(v.element), v.shape()))
	}
	return strings.Join(all, ", ")
}

// Files are the paths of all files that the model lies in, itself first.
func (m *Model) Files() []string {
	all := []string{m.Path}
	for _, name := range m.graph.external {
		if path := filepath.Join(filepath.Dir(m.Path), filepath.FromSlash(name)); !slices.Contains(all, path) {
			all = append(all, path)
		}
	}
	return all
}
