package nn

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets"
)

// extent is the shape of one example at some layer: an image, a sequence of steps, or a
// vector of Channels values.
type extent struct {
	datasets.Shape
	flat bool
}

func vector(n int) extent {
	return extent{datasets.Shape{Height: 1, Width: 1, Channels: n}, true}
}

func (e extent) String() string {
	if e.flat {
		return fmt.Sprintf("%d values", e.Channels)
	}
	return e.Shape.String()
}

// described names what it is as well.
func (e extent) described() string {
	if e.flat {
		return e.String()
	}
	return fmt.Sprintf("%s, %v", e.KindOf(), e)
}

// sizes are the shapes of the outputs of all hidden layers, or an error that
// names the field of the first layer that does not fit.
func (s Spec) sizes() ([]extent, error) {
	if s.Model != nil {
		return nil, checkNames(s.Layers, fmt.Sprintf("network %q: layers", s.Name))
	}
	return sizes(s.Layers, extent{Shape: s.Input}, fmt.Sprintf("network %q: layers", s.Name))
}

// Shape is that of one example's features at a layer, where they lie along several
// axes, as a feature map does; else, or where a Model was written by hand, zero.
func (s Spec) Shape(layer string) datasets.Shape {
	all, err := s.sizes()
	if i := slices.Index(s.LayerNames(), layer); err == nil && i >= 0 && i < len(all) && !all[i].flat {
		if !all[i].Sequence() { // whose features are pooled over the steps
			return all[i].Shape
		}
	}
	return datasets.Shape{}
}

func sizes(layers []Layer, in extent, field string) ([]extent, error) {
	if err := checkNames(layers, field); err != nil {
		return nil, err
	}
	var out []extent
	for i, name := range layerNames(layers) {
		where := fmt.Sprintf("%s[%d]", field, i)
		if err := layers[i].checkFields(where); err != nil {
			return nil, err
		}
		next, err := layers[i].size(in, where, name)
		if err != nil {
			return nil, err
		}
		out = append(out, next)
		in = next
	}
	return out, nil
}

func checkNames(layers []Layer, field string) error {
	seen := map[string]bool{LayerInput: true, LayerLogits: true, layerLast: true, layerAll: true}
	for i, name := range layerNames(layers) {
		if seen[name] {
			return fmt.Errorf("%s[%d].name: %q is taken; choose another", field, i, name)
		}
		if err := checkName(name); err != nil {
			return fmt.Errorf("%s[%d].name: %w", field, i, err)
		}
		if strings.Contains(name, ",") {
			return fmt.Errorf("%s[%d].name: %q holds a comma, which separates names in a list; choose another", field, i, name)
		}
		seen[name] = true
	}
	return nil
}

// checkFields finds a field that the kind of layer does not know, or a value
// that no layer can have.
func (l Layer) checkFields(where string) error {
	if !slices.Contains(kinds, l.Kind) {
		return fmt.Errorf("%s.kind: %q is not known; known are %s", where, l.Kind, strings.Join(kinds[:len(kinds)-1], ", "))
	}
	if err := l.checkUnused(where); err != nil {
		return err
	}
	l = l.withDefaults()
	if err := l.checkValues(where); err != nil {
		return err
	}
	if l.Activation != "" && activations[l.Activation] == nil {
		return fmt.Errorf("%s.activation: %q is not known; known are relu, gelu, tanh and none", where, l.Activation)
	}
	return nil
}

// checkUnused finds a field that is set and that the kind of layer does not use.
func (l Layer) checkUnused(where string) error {
	for _, f := range []struct {
		name  string
		set   bool
		kinds []string // that use it
	}{
		{"units", l.Units != 0, []string{"dense", kindEmbedding, kindAttention, kindLSTM}},
		{"channels", l.Channels != 0, []string{"conv", kindConv1D}},
		{"kernel", l.Kernel != 0, []string{"conv", kindConv1D}},
		{"stride", l.Stride != 0, []string{"conv"}},
		{"padding", l.Padding != "", []string{"conv"}},
		{"window", l.Window != 0, []string{"maxpool", "avgpool"}},
		{"heads", l.Heads != 0, []string{kindAttention}},
		{"rate", l.Rate != 0, []string{"dropout", kindAttention}},
		{"pool", l.Pool != "", []string{kindPool}},
		{"activation", l.Activation != "", []string{"dense", "conv", kindConv1D, "residual", kindAttention}},
		{"layers", len(l.Layers) != 0, []string{"residual"}},
	} {
		if f.set && !slices.Contains(f.kinds, l.Kind) {
			return fmt.Errorf("%s.%s: a layer of kind %s has no such field; leave it out", where, f.name, l.Kind)
		}
	}
	return nil
}

// checkValues finds a value that no layer of the kind can have, in a layer with
// its defaults filled in.
func (l Layer) checkValues(where string) error {
	switch l.Kind {
	case "dense", kindEmbedding, kindLSTM:
		return within(where, "units", l.Units)
	case kindConv1D:
		return cmp.Or(within(where, "channels", l.Channels), within(where, "kernel", l.Kernel))
	case kindAttention:
		return l.checkAttention(where)
	case "conv":
		err := cmp.Or(within(where, "channels", l.Channels), within(where, "kernel", l.Kernel), within(where, "stride", l.Stride))
		if err == nil && l.Padding != "same" && l.Padding != "valid" {
			err = fmt.Errorf("%s.padding: %q is not known; known are same and valid", where, l.Padding)
		}
		return err
	case "maxpool", "avgpool":
		return within(where, "window", l.Window)
	case "dropout":
		if !(l.Rate > 0 && l.Rate < 1) { // 0 is a rate that was left out
			return fmt.Errorf("%s.rate: %v must lie between 0 and 1", where, l.Rate)
		}
	case kindPool:
		if !slices.Contains([]string{poolMean, poolLast, poolFirst}, l.Pool) {
			return fmt.Errorf("%s.pool: %q is not known; known are mean, last and first", where, l.Pool)
		}
	case "residual":
		if len(l.Layers) == 0 {
			return fmt.Errorf("%s.layers: a residual block needs at least one layer", where)
		}
	}
	return nil
}

// within refuses a size that no layer can have.
func within(where, field string, value int) error {
	switch {
	case value < 1:
		return fmt.Errorf("%s.%s: %d must be at least 1", where, field, value)
	case value > mostUnits:
		return fmt.Errorf("%s.%s: %d must be at most %d", where, field, value, mostUnits)
	}
	return nil
}

// withDefaults fills in the fields left at zero.
func (l Layer) withDefaults() Layer {
	switch l.Kind {
	case "conv":
		if l.Kernel == 0 {
			l.Kernel = 3
		}
		if l.Stride == 0 {
			l.Stride = 1
		}
		if l.Padding == "" {
			l.Padding = "same"
		}
	case kindConv1D:
		if l.Kernel == 0 {
			l.Kernel = 5
		}
	case "maxpool", "avgpool":
		if l.Window == 0 {
			l.Window = 2
		}
	case kindPool:
		if l.Pool == "" {
			l.Pool = poolMean
		}
	}
	if l.Kind == kindAttention {
		l = l.attentionDefaults()
	}
	if l.Activation == "" && slices.Contains([]string{"dense", "conv", kindConv1D, "residual"}, l.Kind) {
		l.Activation = "relu"
	}
	return l
}

// size is the shape of the layer's output for an input of this shape.
func (l Layer) size(in extent, where, name string) (extent, error) {
	l = l.withDefaults()
	if in.Kind == datasets.Tokens && l.Kind != kindEmbedding {
		return in, fmt.Errorf("%s (%s): a layer of kind %s takes no tokens, but its input is %v; let an embedding be the first layer", where, name, l.Kind, in)
	}
	switch l.Kind {
	case kindPool:
		if !in.Sequence() {
			return in, fmt.Errorf("%s (%s): it pools the steps of a sequence, but its input is %v", where, name, in)
		}
		return vector(in.Channels), nil
	case kindConv1D, kindLSTM:
		if !in.Sequence() {
			return in, fmt.Errorf("%s (%s): a layer of kind %s takes series, or tokens after an embedding, but its input is %s", where, name, l.Kind, in.described())
		}
		if l.Kind == kindConv1D {
			return sequence(in.Height, l.Channels), nil
		}
		return sequence(min(in.Height, mostSteps), l.Units), nil
	case "batchnorm":
		if in.Sequence() {
			return in, fmt.Errorf("%s (%s): its statistics would count the padding of sequences; use layernorm", where, name)
		}
	case kindEmbedding:
		return sequence(in.Height, l.Units), ofTokens(in, where, name)
	case kindPositions:
		return in, ofSteps(in, where, name)
	case kindAttention:
		return in, l.fitsAttention(in, where, name)
	case "dense":
		return vector(l.Units), nil
	case "flatten":
		return vector(in.Size()), nil
	case "conv", "maxpool", "avgpool":
		return l.sizeOfImage(in, where, name)
	case "residual":
		inner, err := sizes(l.Layers, in, where+".layers")
		if err != nil {
			return in, err
		}
		out := inner[len(inner)-1]
		if _, ok := shortcutStride(in, out); !ok {
			return in, fmt.Errorf("%s (%s): its layers turn its input of %v into %v, which cannot be added to it", where, name, in, out)
		}
		return out, nil
	}
	return in, nil // the shape stays
}

// sizeOfImage is size of a convolution or of pooling over windows.
func (l Layer) sizeOfImage(in extent, where, name string) (extent, error) {
	if in.flat || in.Sequence() {
		return in, fmt.Errorf("%s (%s): it takes images, but its input is %s", where, name, in.described())
	}
	out := extent{Shape: datasets.Shape{Channels: l.Channels}}
	switch {
	case l.Kind == "conv" && l.Padding == "same":
		out.Height, out.Width = (in.Height+l.Stride-1)/l.Stride, (in.Width+l.Stride-1)/l.Stride
	case l.Kind == "conv":
		if in.Height < l.Kernel || in.Width < l.Kernel {
			return in, fmt.Errorf("%s (%s): its kernel of %d×%d does not fit into its input of %v without padding", where, name, l.Kernel, l.Kernel, in)
		}
		out.Height, out.Width = (in.Height-l.Kernel)/l.Stride+1, (in.Width-l.Kernel)/l.Stride+1
	default:
		if in.Height < l.Window || in.Width < l.Window {
			return in, fmt.Errorf("%s (%s): its window of %d×%d does not fit into its input of %v", where, name, l.Window, l.Window, in)
		}
		out.Height, out.Width, out.Channels = in.Height/l.Window, in.Width/l.Window, in.Channels
	}
	return out, nil
}

// shortcutStride is the stride of the 1×1 convolution that brings a residual
// block's input to the shape of its output; 0 if the shapes are equal. false if
// none does.
func shortcutStride(in, out extent) (int, bool) {
	if in == out {
		return 0, true
	}
	if in.flat != out.flat || in.Sequence() || out.Sequence() {
		return 0, false
	}
	for stride := 1; stride <= max(in.Height, in.Width); stride++ {
		if (in.Height+stride-1)/stride == out.Height && (in.Width+stride-1)/stride == out.Width {
			return stride, true
		}
	}
	return 0, false
}
