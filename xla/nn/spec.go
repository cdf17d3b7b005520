// Package nn makes networks out of data, trains them and keeps what they
// compute.
//
//  1. A Spec says which layers the network has; MLP builds the usual one.
//  2. Train trains it on a data set and yields a Snapshot at each epoch asked
//     for, epoch 0 being the untrained network.
//  3. A Snapshot gives the features of any layer for any examples.
//
// The classifying layer, called logits, is not listed: every network ends in a
// dense layer with one unit a class.
package nn

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/seed-1a417598/memtest/datasets"
)

// Spec is a network as data: the shape of its input, the number of classes and
// its hidden layers from the input upwards.
type Spec struct {
	Name    string         `yaml:"name"`
	Input   datasets.Shape `yaml:"input"`
	Classes int            `yaml:"classes"`
	Layers  []Layer        `yaml:"layers"`
}

// Layer is one hidden layer. Kind says which one; a field that the kind does
// not use must be left at its zero value.
type Layer struct {
	Kind       string `yaml:"kind"`                 // "dense"
	Name       string `yaml:"name,omitempty"`       // empty: the kind and its running number, such as dense2
	Units      int    `yaml:"units,omitempty"`      // dense: width of the output
	Activation string `yaml:"activation,omitempty"` // relu (the default), tanh, none
}

// Names of the layers that every network has.
const (
	LayerInput  = "input"
	LayerLogits = "logits"
)

// Words that stand for layers in a list of layer names.
const (
	layerLast = "last" // the last hidden layer
	layerAll  = "all"  // every hidden layer
)

// MLP is a multi-layer perceptron with hidden layers of these widths.
func MLP(input datasets.Shape, classes int, widths ...int) Spec {
	s := Spec{Name: "mlp", Input: input, Classes: classes}
	for _, w := range widths {
		s.Layers = append(s.Layers, Layer{Kind: "dense", Units: w})
	}
	return s
}

// Check says what is wrong with the spec, as one sentence that names the field,
// or nil.
func (s Spec) Check() error {
	if s.Input.Height < 1 || s.Input.Width < 1 || s.Input.Channels < 1 {
		return fmt.Errorf("network %q: input: shape %v must be at least 1×1×1", s.Name, s.Input)
	}
	if s.Classes < 2 {
		return fmt.Errorf("network %q: classes: %d is too few; at least 2 are needed", s.Name, s.Classes)
	}
	if len(s.Layers) == 0 {
		return fmt.Errorf("network %q: layers: at least one hidden layer is needed", s.Name)
	}
	seen := map[string]bool{LayerInput: true, LayerLogits: true, layerLast: true, layerAll: true}
	for i, name := range s.LayerNames() {
		l := s.Layers[i]
		field := fmt.Sprintf("network %q: layers[%d]", s.Name, i)
		if seen[name] {
			return fmt.Errorf("%s.name: %q is taken; choose another", field, name)
		}
		seen[name] = true
		if l.Kind != "dense" {
			return fmt.Errorf("%s.kind: %q is not known; known are dense", field, l.Kind)
		}
		if l.Units < 1 {
			return fmt.Errorf("%s.units: %d must be at least 1", field, l.Units)
		}
		if _, ok := activations[l.Activation]; !ok {
			return fmt.Errorf("%s.activation: %q is not known; known are relu, tanh and none", field, l.Activation)
		}
	}
	return nil
}

// LayerNames are the names of the hidden layers, from the input upwards.
func (s Spec) LayerNames() []string {
	count := map[string]int{}
	names := make([]string, len(s.Layers))
	for i, l := range s.Layers {
		count[l.Kind]++
		names[i] = l.Name
		if l.Name == "" {
			names[i] = fmt.Sprintf("%s%d", l.Kind, count[l.Kind])
		}
	}
	return names
}

// ResolveLayers turns a list such as "input", "last", "all", "dense1" into the
// names of layers, each once, in the order given.
func (s Spec) ResolveLayers(list []string) ([]string, error) {
	hidden := s.LayerNames()
	var out []string
	add := func(names ...string) {
		for _, n := range names {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	for _, word := range list {
		switch {
		case word == layerLast:
			add(hidden[len(hidden)-1])
		case word == layerAll:
			add(hidden...)
		case word == LayerInput || word == LayerLogits || slices.Contains(hidden, word):
			add(word)
		default:
			return nil, fmt.Errorf("layer %q is not in network %q; choose from %s", word, s.Name,
				strings.Join(append([]string{LayerInput, layerLast, layerAll, LayerLogits}, hidden...), ", "))
		}
	}
	return out, nil
}

// ReadSpec reads a network from a YAML file. Input shape and number of classes
// may be left out there; they are then those of the data.
func ReadSpec(path string, input datasets.Shape, classes int) (Spec, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Spec{}, fmt.Errorf("network: %w", err)
	}
	var s Spec
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&s); err != nil {
		return Spec{}, fmt.Errorf("network %s: %w", path, err)
	}
	if s.Name == "" {
		s.Name = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	if s.Input == (datasets.Shape{}) {
		s.Input = input
	}
	if s.Classes == 0 {
		s.Classes = classes
	}
	return s, s.Check()
}
