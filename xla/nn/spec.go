// Package nn makes networks out of data, trains them and keeps what they
// compute.
//
//  1. A Spec says which layers the network has; MLP, CNN and ResNet build the
//     usual ones, ReadSpec reads one, and a Model is one written by hand.
//  2. Train trains it on a data set and yields a Snapshot at each epoch asked
//     for, epoch 0 being the untrained network; TrainMany trains one network for
//     each of many label sets.
//  3. A Snapshot gives the features of any layer for any examples; Save and Load
//     keep it in a file.
//
// The classifying layer, called logits, is not listed: every network ends in a
// dense layer with one unit a class.
package nn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets"
)

// Spec is a network as data: the shape of its input, the number of classes and
// its hidden layers from the input upwards.
type Spec struct {
	Name    string         `yaml:"name"`
	Input   datasets.Shape `yaml:"input"`
	Classes int            `yaml:"classes"`
	Layers  []Layer        `yaml:"layers"`

	// Standardize has the columns of a table that are numbers centred and divided by their
	// standard deviation, as the examples that are trained on have them, before the first layer.
	Standardize bool `yaml:"standardize,omitempty"`

	// Model is a network written by hand; nil for one made of Layers. Its layers
	// are then all of kind "function", one for each name that it gives to
	// Builder.Layer, in that order.
	Model Model `yaml:"-"`
}

// Layer is one hidden layer. Kind says which one; a field that the kind does
// not use must be left at its zero value.
type Layer struct {
	Kind       string  `yaml:"kind"`                 // dense, conv, maxpool, avgpool, batchnorm, layernorm, dropout, relu, gelu, tanh, flatten, residual, pool, embedding, positions, attention, conv1d, lstm; function: of a hand-written Model
	Name       string  `yaml:"name,omitempty"`       // empty: the kind and its running number, such as dense2
	Units      int     `yaml:"units,omitempty"`      // dense, embedding, lstm: width of the output; attention: width of the feed-forward part, 0 = 4 times that of the input
	Channels   int     `yaml:"channels,omitempty"`   // conv, conv1d: channels of the output
	Kernel     int     `yaml:"kernel,omitempty"`     // conv: side of the kernel, 0 = 3; conv1d: its steps, 0 = 5
	Stride     int     `yaml:"stride,omitempty"`     // conv: 0 = 1
	Padding    string  `yaml:"padding,omitempty"`    // conv: same (the default: the size of the input, divided by the stride), valid (none)
	Window     int     `yaml:"window,omitempty"`     // maxpool, avgpool: side of the windows, which do not overlap; 0 = 2
	Heads      int     `yaml:"heads,omitempty"`      // attention: how many share the channels; 0 = 4
	Rate       float64 `yaml:"rate,omitempty"`       // dropout: share of values set to zero while training, in (0, 1); attention: of those that its two parts add, 0 = none
	Pool       string  `yaml:"pool,omitempty"`       // pool: mean (the default), last, first, over the steps of a sequence
	Activation string  `yaml:"activation,omitempty"` // dense, conv, conv1d, residual: relu (the default), gelu, tanh, none; attention: of the feed-forward part, gelu (the default)
	Layers     []Layer `yaml:"layers,omitempty"`     // residual: what is added to the block's input
}

// kinds of layers, as Layer lists them.
var kinds = []string{"dense", "conv", "maxpool", "avgpool", "batchnorm", "layernorm", "dropout", "relu", "gelu", "tanh", "flatten", "residual", kindPool, kindEmbedding, kindPositions, kindAttention, kindConv1D, kindLSTM, kindFunction}

const kindFunction = "function"

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

// Check says what is wrong with the spec, as one sentence that names the field,
// or nil.
func (s Spec) Check() error {
	if s.Input.Height < 1 || s.Input.Width < 1 || s.Input.Channels < 1 {
		return fmt.Errorf("network %q: input: shape %v must be at least 1×1×1", s.Name, s.Input)
	}
	if size(s.Input) > mostValues {
		return fmt.Errorf("network %q: input: shape %v has more than %d values", s.Name, s.Input, mostValues)
	}
	if err := s.Input.Check(); err != nil {
		return fmt.Errorf("network %q: input: %w", s.Name, err)
	}
	if err := checkName(s.Name); err != nil {
		return fmt.Errorf("network: name: %w", err)
	}
	if err := checkCount(s.Layers); err != nil {
		return fmt.Errorf("network %q: layers: %w", s.Name, err)
	}
	if s.Classes < 2 {
		return fmt.Errorf("network %q: classes: %d is too few; at least 2 are needed", s.Name, s.Classes)
	}
	if s.Standardize && s.Input.KindOf() != datasets.Table {
		return fmt.Errorf("network %q: standardize: only tables have columns to be standardized, but the input is %v; leave it out", s.Name, s.Input)
	}
	if len(s.Layers) == 0 {
		return fmt.Errorf("network %q: layers: at least one hidden layer is needed", s.Name)
	}
	for i, l := range s.Layers {
		if (l.Kind == kindFunction) != (s.Model != nil) {
			if s.Model != nil {
				return fmt.Errorf("network %q: layers[%d].kind: %q stands beside a hand-written Model, whose layers are all of kind function", s.Name, i, l.Kind)
			}
			return fmt.Errorf("network %q: layers[%d].kind: function needs the network's Model, which only Go code can give", s.Name, i)
		}
	}
	_, err := s.sizes()
	return err
}

// takes says whether the network can be given examples of this shape. Those of images and
// tables of as many values are the same to it.
func (s Spec) takes(shape datasets.Shape) bool {
	if s.Input.Sequence() || shape.Sequence() {
		return s.Input == shape
	}
	return s.Input.Size() == shape.Size()
}

// LayerNames are the names of the hidden layers, from the input upwards.
func (s Spec) LayerNames() []string { return layerNames(s.Layers) }

func layerNames(layers []Layer) []string {
	count := map[string]int{}
	names := make([]string, len(layers))
	for i, l := range layers {
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
