package strictyaml

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// deepest is how far nodes may be nested.
const deepest = 100

// visit is a node that has been held against a type. An alias leads to a node that
// may have been.
type visit struct {
	node *yaml.Node
	want reflect.Type
}

type checker struct{ seen map[visit]bool }

// unmarshaler is a type that reads its node itself.
var unmarshaler = reflect.TypeFor[yaml.Unmarshaler]()

// check holds a node against the type that it is to become. key is the key that it
// stands under.
func (c checker) check(n *yaml.Node, want reflect.Type, key string, depth int) error {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	for want.Kind() == reflect.Pointer {
		want = want.Elem()
	}
	if c.seen[visit{n, want}] {
		return nil
	}
	c.seen[visit{n, want}] = true
	if depth > deepest {
		return fmt.Errorf("line %d: it is nested more than %d levels deep", n.Line, deepest)
	}
	if n.ShortTag() == "!!null" || reflect.PointerTo(want).Implements(unmarshaler) {
		return nil
	}
	switch want.Kind() {
	case reflect.Struct:
		return c.mapping(n, want, key, depth)
	case reflect.Slice, reflect.Array:
		return c.list(n, want.Elem(), key, depth)
	case reflect.Map:
		return c.entries(n, want.Elem(), key, depth)
	}
	return scalar(n, want, key)
}

// mapping checks the keys of a mapping and what stands under them.
func (c checker) mapping(n *yaml.Node, want reflect.Type, key string, depth int) error {
	if n.Kind != yaml.MappingNode {
		return at(n, key, "%s is not a list of keys with values", said(n))
	}
	fields := map[string]reflect.Type{}
	names := fieldsOf(want, fields)
	stated := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.ShortTag() == "!!merge" {
			return fmt.Errorf("line %d: << is not read here; write the keys themselves", k.Line)
		}
		field, known := fields[k.Value]
		switch first := stated[k.Value]; {
		case !known:
			return fmt.Errorf("line %d: there is no key %q; choose from %s", k.Line, k.Value, strings.Join(names, ", "))
		case first > 0:
			return fmt.Errorf("line %d: %s is stated in line %d already; keep one", k.Line, k.Value, first)
		}
		stated[k.Value] = k.Line
		if err := c.check(v, field, k.Value, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// entries checks a mapping whose keys may be any.
func (c checker) entries(n *yaml.Node, element reflect.Type, key string, depth int) error {
	if n.Kind != yaml.MappingNode {
		return at(n, key, "%s is not a list of keys with values", said(n))
	}
	stated := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.ShortTag() == "!!merge" {
			return fmt.Errorf("line %d: << is not read here; write the keys themselves", k.Line)
		}
		if first := stated[k.Value]; first > 0 {
			return fmt.Errorf("line %d: %s is stated in line %d already; keep one", k.Line, k.Value, first)
		}
		stated[k.Value] = k.Line
		if err := c.check(v, element, k.Value, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// list checks every element of a list.
func (c checker) list(n *yaml.Node, element reflect.Type, key string, depth int) error {
	if n.Kind != yaml.SequenceNode {
		return at(n, key, "%s is not a list; write it as [%s]", said(n), said(n))
	}
	for _, v := range n.Content {
		if err := c.check(v, element, key, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// fieldsOf adds the keys of a struct with their types and returns their names in
// order, as the tags of its fields give them.
func fieldsOf(t reflect.Type, fields map[string]reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case name == "-" || !f.IsExported():
		case slices.Contains(strings.Split(options, ","), "inline"):
			names = append(names, fieldsOf(f.Type, fields)...)
		default:
			if name == "" {
				name = strings.ToLower(f.Name)
			}
			fields[name] = f.Type
			names = append(names, name)
		}
	}
	return names
}

// scalar holds a single value against a kind of Go's.
func scalar(n *yaml.Node, want reflect.Type, key string) error {
	if n.Kind != yaml.ScalarNode {
		return at(n, key, "it must be a single value")
	}
	tag := n.ShortTag()
	switch kind := want.Kind(); {
	case kind >= reflect.Int && kind <= reflect.Uint64:
		switch v, err := strconv.ParseFloat(n.Value, 64); {
		case tag == "!!float" && err == nil && v == math.Trunc(v) && math.Abs(v) < 1<<53: // 1e3
		case tag != "!!int":
			return at(n, key, "%s is not a whole number", said(n))
		}
		if err := n.Decode(reflect.New(want).Interface()); err != nil {
			return at(n, key, "%s is outside the numbers that fit", said(n))
		}
	case kind == reflect.Float64 || kind == reflect.Float32:
		if tag != "!!float" && tag != "!!int" {
			return at(n, key, "%s is not a number", said(n))
		}
	case kind == reflect.Bool && tag != "!!bool":
		return at(n, key, "%s is neither true nor false", said(n))
	}
	return nil
}

// at is an error of the value under a key.
func at(n *yaml.Node, key, format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	if key == "" {
		return fmt.Errorf("line %d: %s", n.Line, what)
	}
	return fmt.Errorf("line %d: %s: %s", n.Line, key, what)
}

// said is what a node says, for a sentence.
func said(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if tag := n.ShortTag(); tag == "!!int" || tag == "!!float" || tag == "!!bool" {
		return n.Value
	}
	return strconv.Quote(n.Value)
}
