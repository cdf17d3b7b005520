package onnx

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// The format's Go types are internal to the converter and cannot be named here;
// so they are read into plain values, and written by reflection and as protobuf
// text.

// node is one node of a graph.
type node struct {
	Name, Op, Domain string
	Inputs, Outputs  []string

	message protoreflect.Message
}

// String names a node for people; not every exporter gives names.
func (n *node) String() string {
	name := n.Name
	if name == "" {
		name = "of " + strings.Join(n.Outputs, ", ")
	}
	op := n.Op
	if n.Domain != "" {
		op = n.Domain + "." + op
	}
	return fmt.Sprintf("%q (%s)", name, op)
}

// standard says whether the operator is one of ONNX itself.
func (n *node) standard() bool { return n.Domain == "" || n.Domain == "ai.onnx" }

// input is the name of the input at i, "" where there is none.
func (n *node) input(i int) string {
	if i < len(n.Inputs) {
		return n.Inputs[i]
	}
	return ""
}

// nodeMessage is what the format's node has.
type nodeMessage interface {
	proto.Message
	GetName() string
	GetOpType() string
	GetDomain() string
	GetInput() []string
	GetOutput() []string
}

func newNode(m nodeMessage) *node {
	return &node{m.GetName(), m.GetOpType(), m.GetDomain(), m.GetInput(), m.GetOutput(), m.ProtoReflect()}
}

// field is the descriptor of a field of the node.
func (n *node) field(name string) protoreflect.FieldDescriptor {
	return n.message.Descriptor().Fields().ByName(protoreflect.Name(name))
}

// connect replaces the tensors that the node takes and makes.
func (n *node) connect(inputs, outputs []string) {
	for name, words := range map[string][]string{"input": inputs, "output": outputs} {
		list := n.message.Mutable(n.field(name)).List()
		list.Truncate(0)
		for _, w := range words {
			list.Append(protoreflect.ValueOfString(w))
		}
	}
	n.Inputs, n.Outputs = inputs, outputs
}

// set adds an attribute given as protobuf text, in place of that of its name.
func (n *node) set(name, text string) {
	n.drop(name)
	list := n.message.Mutable(n.field("attribute")).List()
	parse(list.AppendMutable().Message().Interface(), fmt.Sprintf("name:%q %s", name, text))
}

// drop takes attributes away.
func (n *node) drop(names ...string) {
	list := n.message.Mutable(n.field("attribute")).List()
	kept := 0
	for i := range list.Len() {
		m := list.Get(i)
		name := m.Message().Get(m.Message().Descriptor().Fields().ByName("name")).String()
		if !slices.Contains(names, name) {
			list.Set(kept, m)
			kept++
		}
	}
	list.Truncate(kept)
}

// parse fills a message from protobuf text. The texts are those of this package.
func parse(m proto.Message, text string) {
	if err := prototext.Unmarshal([]byte(text), m); err != nil {
		panic(fmt.Sprintf("onnx: %v in %q", err, text))
	}
}

// element is a new element of a slice of pointers to messages, from text.
func element[T any](_ []*T, text string) *T {
	m := new(T)
	parse(any(m).(proto.Message), text)
	return m
}

// attributes of a node as plain values: a map lacks what the node lacks.
type attributes struct {
	floats map[string]float64
	ints   map[string]int64
	lists  map[string][]int64
	words  map[string]string
}

// float is the value of an attribute, or otherwise.
func (a attributes) float(name string, otherwise float64) float64 {
	if v, ok := a.floats[name]; ok {
		return v
	}
	return otherwise
}

// Types of attributes (AttributeProto.AttributeType).
const (
	attributeFloat  = 1
	attributeInt    = 2
	attributeString = 3
	attributeInts   = 7
)

// attributes reads those of the kinds that the repairs look at.
func (n *node) attributes() attributes {
	a := attributes{map[string]float64{}, map[string]int64{}, map[string][]int64{}, map[string]string{}}
	list := n.message.Get(n.field("attribute")).List()
	for i := range list.Len() {
		m := list.Get(i).Message()
		get := func(name string) protoreflect.Value {
			return m.Get(m.Descriptor().Fields().ByName(protoreflect.Name(name)))
		}
		name := get("name").String()
		switch get("type").Enum() {
		case attributeFloat:
			a.floats[name] = get("f").Float()
		case attributeInt:
			a.ints[name] = get("i").Int()
		case attributeString:
			a.words[name] = string(get("s").Bytes())
		case attributeInts:
			values := get("ints").List()
			a.lists[name] = make([]int64, values.Len())
			for j := range values.Len() {
				a.lists[name][j] = values.Get(j).Int()
			}
		}
	}
	return a
}
