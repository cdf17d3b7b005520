package onnx

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// The file is a protobuf message ModelProto. Only its outline is read here: the names
// of nodes and tensors, the shapes of inputs, and where weights lie. Its bytes go to
// ONNX Runtime, so that fields of newer versions stay as they are.

// Numbers of fields in onnx.proto.
const (
	modelGraph, modelOpset, modelFunctions = 7, 8, 25

	opsetDomain, opsetVersion = 1, 2

	graphNode, graphInitializer, graphInput, graphOutput, graphSparse = 1, 5, 11, 12, 15

	nodeInput, nodeOutput, nodeName, nodeOp, nodeAttribute, nodeDomain = 1, 2, 3, 4, 5, 7

	attributeName, attributeInt, attributeTensor, attributeGraph, attributeTensors, attributeGraphs = 1, 3, 5, 6, 10, 11

	tensorName, tensorExternal = 8, 13
	entryKey, entryValue       = 1, 2

	valueName, valueType          = 1, 2
	typeTensor                    = 1
	tensorElement, tensorShape    = 1, 2
	shapeDim, dimValue, dimSymbol = 1, 1, 2

	sparseValues = 1
)

// node is one node of a graph.
type node struct {
	Name, Op, Domain string
	Inputs, Outputs  []string

	uses  []string         // what its subgraphs take from outside, besides Inputs; it may name some of their own
	ints  map[string]int64 // attributes that are whole numbers
	index int              // in the graph
}

// String names a node for people; not every exporter gives names.
func (n *node) String() string {
	name := n.Name
	if name == "" {
		name = "of " + strings.Join(n.Outputs, ", ")
	}
	op := n.Op
	if n.Domain != "" && n.Domain != "ai.onnx" {
		op = n.Domain + "." + op
	}
	return fmt.Sprintf("%q (%s)", name, op)
}

// value is an input of the graph.
type value struct {
	name    string
	element int      // its type, see elementNames; 0 = it is no tensor
	dims    []int    // −1 = any
	symbols []string // the dimensions as the file names them
	shaped  bool     // the file says how many axes it has
	bytes   []byte   // of the shape
}

// deepest bounds how deep graphs lie within nodes of graphs.
const deepest = 50

// graph is the outline of a model's graph.
type graph struct {
	depth    int // 0 = that of the model
	nodes    []*node
	inputs   []value
	outputs  []string
	weights  map[string]bool // initializers
	external []string        // files that weights lie in, as the model names them
}

// fields calls f for each field of a message with its number, and the bytes of those
// that have a length; of a whole number v is the value. It is an error where the
// message is cut off, or f's.
func fields(message []byte, f func(number protowire.Number, b []byte, v uint64) error) error {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return protowire.ParseError(n)
		}
		message = message[n:]
		var b []byte
		var v uint64
		switch kind {
		case protowire.BytesType:
			b, n = protowire.ConsumeBytes(message)
		case protowire.VarintType:
			v, n = protowire.ConsumeVarint(message)
		default:
			n = protowire.ConsumeFieldValue(number, kind, message)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		if kind == protowire.BytesType || kind == protowire.VarintType {
			if err := f(number, b, v); err != nil {
				return err
			}
		}
		message = message[n:]
	}
	return nil
}

// readGraph reads the outline of a graph that lies this deep.
func readGraph(message []byte, depth int) (*graph, error) {
	if depth > deepest {
		return nil, fmt.Errorf("graphs lie within graphs more than %d deep", deepest)
	}
	g := &graph{depth: depth, weights: map[string]bool{}}
	err := fields(message, func(number protowire.Number, b []byte, _ uint64) error {
		switch number {
		case graphNode:
			n, err := g.readNode(b)
			n.index = len(g.nodes)
			g.nodes = append(g.nodes, n)
			return err
		case graphInitializer:
			return g.readTensor(b)
		case graphSparse:
			return fields(b, func(number protowire.Number, b []byte, _ uint64) error {
				if number == sparseValues {
					return g.readTensor(b)
				}
				return nil
			})
		case graphInput:
			v, err := readValue(b)
			g.inputs = append(g.inputs, v)
			return err
		case graphOutput:
			v, err := readValue(b)
			g.outputs = append(g.outputs, v.name)
			return err
		}
		return nil
	})
	// Old files list weights among the inputs too.
	g.inputs = slices.DeleteFunc(g.inputs, func(v value) bool { return g.weights[v.name] })
	return g, err
}

// readNode reads a node, and what its subgraphs take.
func (g *graph) readNode(message []byte) (*node, error) {
	n := &node{ints: map[string]int64{}}
	err := fields(message, func(number protowire.Number, b []byte, _ uint64) error {
		switch number {
		case nodeInput:
			n.Inputs = append(n.Inputs, string(b))
		case nodeOutput:
			n.Outputs = append(n.Outputs, string(b))
		case nodeName:
			n.Name = string(b)
		case nodeOp:
			n.Op = string(b)
		case nodeDomain:
			n.Domain = string(b)
		case nodeAttribute:
			return g.readAttribute(n, b)
		}
		return nil
	})
	return n, err
}

func (g *graph) readAttribute(n *node, message []byte) error {
	name, whole, isWhole := "", int64(0), false
	err := fields(message, func(number protowire.Number, b []byte, v uint64) error {
		switch number {
		case attributeName:
			name = string(b)
		case attributeInt:
			whole, isWhole = int64(v), true
		case attributeTensor, attributeTensors:
			held := &graph{weights: map[string]bool{}} // a constant is no initializer of the graph
			err := held.readTensor(b)
			g.external = append(g.external, held.external...)
			return err
		case attributeGraph, attributeGraphs:
			inner, err := readGraph(b, g.depth+1)
			if err != nil {
				return err
			}
			g.external = append(g.external, inner.external...)
			n.uses = append(n.uses, inner.outputs...)
			for _, m := range inner.nodes {
				n.uses = append(append(n.uses, m.Inputs...), m.uses...)
			}
		}
		return nil
	})
	if isWhole {
		n.ints[name] = whole
	}
	return err
}

// readTensor notes the name of a tensor and the file that it lies in.
func (g *graph) readTensor(message []byte) error {
	return fields(message, func(number protowire.Number, b []byte, _ uint64) error {
		switch number {
		case tensorName:
			g.weights[string(b)] = true
		case tensorExternal:
			key, val := "", ""
			err := fields(b, func(number protowire.Number, b []byte, _ uint64) error {
				switch number {
				case entryKey:
					key = string(b)
				case entryValue:
					val = string(b)
				}
				return nil
			})
			if key == "location" && !slices.Contains(g.external, val) {
				g.external = append(g.external, val)
			}
			return err
		}
		return nil
	})
}

// readValue reads the name, type and shape of an input or output.
func readValue(message []byte) (value, error) {
	var v value
	err := fields(message, func(number protowire.Number, b []byte, _ uint64) error {
		if number == valueName {
			v.name = string(b)
		}
		if number != valueType {
			return nil
		}
		return fields(b, func(number protowire.Number, b []byte, _ uint64) error {
			if number != typeTensor {
				return nil
			}
			return fields(b, func(number protowire.Number, b []byte, whole uint64) error {
				switch number {
				case tensorElement:
					v.element = int(whole)
				case tensorShape:
					v.shaped, v.bytes = true, b
					return v.readShape(b)
				}
				return nil
			})
		})
	})
	return v, err
}

func (v *value) readShape(message []byte) error {
	return fields(message, func(number protowire.Number, b []byte, _ uint64) error {
		if number != shapeDim {
			return nil
		}
		size, symbol := -1, "?"
		err := fields(b, func(number protowire.Number, b []byte, whole uint64) error {
			switch {
			case number == dimValue && int64(whole) > 0 && int64(whole) < 1<<31:
				size, symbol = int(whole), fmt.Sprint(whole)
			case number == dimSymbol && len(b) > 0:
				symbol = string(b)
			}
			return nil
		})
		v.dims, v.symbols = append(v.dims, size), append(v.symbols, symbol)
		return err
	})
}

// shape is the shape as the file says it: [batch, 1, 28, 28].
func (v value) shape() string {
	if !v.shaped {
		return "[…]"
	}
	return "[" + strings.Join(v.symbols, ", ") + "]"
}
