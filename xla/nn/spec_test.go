package nn

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
)

// Each mistake in a spec names its field, or the layer and both shapes.
func TestSpecCheck(t *testing.T) {
	image, dense := shape(8, 6, 2), Layer{Kind: "dense", Units: 3}
	layers := func(l ...Layer) Spec { return Spec{Name: "n", Input: image, Classes: 3, Layers: l} }
	for _, c := range []struct {
		spec Spec
		want string // "" = fine
	}{
		{layers(dense), ""},
		{everyKind(), ""},
		{Spec{Name: "n", Classes: 3, Layers: []Layer{dense}}, `network "n": input: shape 0×0×0 must be at least 1×1×1`},
		{Spec{Name: "n", Input: image, Classes: 1, Layers: []Layer{dense}}, `network "n": classes: 1 is too few; at least 2 are needed`},
		{layers(), `network "n": layers: at least one hidden layer is needed`},
		{layers(Layer{Kind: "dance", Units: 3}), `network "n": layers[0].kind: "dance" is not known; known are dense, conv, maxpool, avgpool, batchnorm, layernorm, dropout, relu, gelu, tanh, flatten, residual, pool, embedding, positions, attention, conv1d, lstm`},
		{layers(dense, Layer{Kind: "dense"}), `network "n": layers[1].units: 0 must be at least 1`},
		{MLP(image, 3, 512, 0), `network "mlp": layers[1].units: 0 must be at least 1`},
		{ResNet(image, 3, 0), `network "resnet": layers: at least one hidden layer is needed`},
		{ResNet(image, 3, -1), `network "resnet": layers: at least one hidden layer is needed`},
		{CNN(image, 3, []int{0}), `network "cnn": layers[0].channels: 0 must be at least 1`},
		{layers(Layer{Kind: "conv", Channels: 1, Kernel: -1}), `network "n": layers[0].kernel: -1 must be at least 1`},
		{layers(Layer{Kind: "conv", Channels: 1, Stride: -2}), `network "n": layers[0].stride: -2 must be at least 1`},
		{layers(Layer{Kind: "conv", Channels: 1, Padding: "full"}), `network "n": layers[0].padding: "full" is not known; known are same and valid`},
		{layers(Layer{Kind: "maxpool", Window: -1}), `network "n": layers[0].window: -1 must be at least 1`},
		{layers(Layer{Kind: "dropout"}), `network "n": layers[0].rate: 0 must lie between 0 and 1`},
		{layers(Layer{Kind: "dropout", Rate: 1}), `network "n": layers[0].rate: 1 must lie between 0 and 1`},
		{layers(Layer{Kind: "dense", Units: 1, Activation: "silu"}), `network "n": layers[0].activation: "silu" is not known; known are relu, gelu, tanh and none`},
		{layers(Layer{Kind: "relu", Units: 2}), `network "n": layers[0].units: a layer of kind relu has no such field; leave it out`},
		{layers(Layer{Kind: "dense", Units: 1, Stride: 2}), `network "n": layers[0].stride: a layer of kind dense has no such field; leave it out`},
		{layers(Layer{Kind: "residual"}), `network "n": layers[0].layers: a residual block needs at least one layer`},
		{layers(Layer{Kind: "residual", Layers: []Layer{{Kind: "conv"}}}), `network "n": layers[0].layers[0].channels: 0 must be at least 1`},
		{layers(Layer{Kind: "function"}), `network "n": layers[0].kind: function needs the network's Model, which only Go code can give`},
		{layers(dense, Layer{Kind: "dense", Name: "dense1", Units: 1}), `network "n": layers[1].name: "dense1" is taken; choose another`},
		{layers(Layer{Kind: "dense", Name: "input", Units: 1}), `network "n": layers[0].name: "input" is taken; choose another`},
		{layers(Layer{Kind: "dense", Name: "a/b", Units: 1}), `network "n": layers[0].name: "a/b" would lead to another folder; choose a name without slashes`},
		{layers(Layer{Kind: "dense", Name: "a,b", Units: 1}), `network "n": layers[0].name: "a,b" holds a comma, which separates names in a list; choose another`},
		// sizes that are too large to be multiplied
		{MLP(image, 3, math.MaxInt), `network "mlp": layers[0].units: 9223372036854775807 must be at most 16777216`},
		{CNN(image, 3, []int{math.MaxInt}), `network "cnn": layers[0].channels: 9223372036854775807 must be at most 16777216`},
		{layers(Layer{Kind: "conv", Channels: 1, Kernel: math.MaxInt}), `network "n": layers[0].kernel: 9223372036854775807 must be at most 16777216`},
		{MLP(shape(1e9, 1e9, 1e9), 3, 1), `network "mlp": input: shape 1000000000×1000000000×1000000000 has more than 2147483648 values`},
		{layers(slices.Repeat([]Layer{{Kind: "residual", Layers: []Layer{{Kind: "relu"}}}}, 5001)...), `network "n": layers: 10002 are too many; a network may have 10000`},
		// names that would become other paths
		{Spec{Name: "../../x", Input: image, Classes: 3, Layers: []Layer{dense}}, `network: name: "../../x" would lead to another folder; choose a name without slashes`},
		{Spec{Name: "/tmp/x", Input: image, Classes: 3, Layers: []Layer{dense}}, `network: name: "/tmp/x" would lead to another folder; choose a name without slashes`},
		{Spec{Name: `a\b`, Input: image, Classes: 3, Layers: []Layer{dense}}, `network: name: "a\\b" would lead to another folder; choose a name without slashes`},
		{Spec{Name: "..", Input: image, Classes: 3, Layers: []Layer{dense}}, `network: name: ".." would lead to another folder; choose a name without slashes`},
		{Spec{Name: "a\x1b[31m", Input: image, Classes: 3, Layers: []Layer{dense}}, `network: name: "a\x1b[31m" holds a character that cannot be seen; choose another name`},
		{Spec{Name: "a\u202eb", Input: image, Classes: 3, Layers: []Layer{dense}}, `network: name: "a\u202eb" holds a character that cannot be seen; choose another name`},
		{Spec{Name: "a\xff", Input: image, Classes: 3, Layers: []Layer{dense}}, `network: name: "a\xff" is not UTF-8; choose another name`},
		{Spec{Name: strings.Repeat("x", 101), Input: image, Classes: 3, Layers: []Layer{dense}}, `network: name: "xxxxxxxxxxxxxxxxxxxx"… has 101 bytes; choose a name of at most 100`},
		{Spec{Name: " a", Input: image, Classes: 3, Layers: []Layer{dense}}, `network: name: it begins or ends with a space; choose a name without`},
		{Spec{Name: "Netz 3 (größer), v1.2", Input: image, Classes: 3, Layers: []Layer{dense}}, ""},
		// shapes
		{layers(dense, Layer{Kind: "conv", Channels: 2}), `network "n": layers[1] (conv1): it takes images, but its input is 3 values`},
		{layers(Layer{Kind: "flatten"}, Layer{Kind: "maxpool"}), `network "n": layers[1] (maxpool1): it takes images, but its input is 96 values`},
		{layers(Layer{Kind: "conv", Channels: 2, Kernel: 7, Padding: "valid"}), `network "n": layers[0] (conv1): its kernel of 7×7 does not fit into its input of 8×6×2 without padding`},
		{layers(Layer{Kind: "maxpool"}, Layer{Kind: "maxpool"}, Layer{Kind: "maxpool"}), `network "n": layers[2] (maxpool3): its window of 2×2 does not fit into its input of 2×1×2`},
		{layers(Layer{Kind: "residual", Layers: []Layer{dense}}), `network "n": layers[0] (residual1): its layers turn its input of 8×6×2 into 3 values, which cannot be added to it`},
		{layers(Layer{Kind: "residual", Layers: []Layer{{Kind: "conv", Channels: 2, Kernel: 4, Padding: "valid"}}}), `network "n": layers[0] (residual1): its layers turn its input of 8×6×2 into 5×3×2, which cannot be added to it`},
		// sequences
		{Transformer(tokens(6, 9), 3, 2, 8), ""},
		{Transformer(series(6, 9), 3, 0, 8), `network "transformer": layers: at least one hidden layer is needed`},
		{Transformer(series(6, 9), 3, 1, 0), `network "transformer": layers[0].channels: 0 must be at least 1`},
		{Spec{Name: "n", Input: tokens(6, 9), Classes: 3, Layers: []Layer{{Kind: "attention"}}}, `network "n": layers[0] (attention1): a layer of kind attention takes no tokens, but its input is 6 places for 9 tokens; let an embedding be the first layer`},
		{Spec{Name: "n", Input: tokens(6, 9), Classes: 3, Layers: []Layer{{Kind: "embedding", Units: 6}, {Kind: "attention"}}}, `network "n": layers[1].heads: 4 heads cannot share the 6 channels of its input evenly; choose a divisor of 6`},
		{Spec{Name: "n", Input: series(6, 4), Classes: 3, Layers: []Layer{{Kind: "attention", Rate: 1}}}, `network "n": layers[0].rate: 1 must lie between 0 and 1`},
		{Spec{Name: "n", Input: series(6, 4), Classes: 3, Layers: []Layer{{Kind: "attention", Heads: -1}}}, `network "n": layers[0].heads: -1 must be at least 1`},
		{Spec{Name: "n", Input: series(6, 4), Classes: 3, Layers: []Layer{{Kind: "attention", Units: -1}}}, `network "n": layers[0].units: -1 must be at least 1`},
		{Spec{Name: "n", Input: series(6, 4), Classes: 3, Layers: []Layer{{Kind: "embedding", Units: 3}}}, `network "n": layers[0] (embedding1): an embedding takes tokens, but its input is 6 steps × 4 channels; leave it out`},
		{LSTM(tokens(6, 9), 3, 8), ""},
		{LSTM(tokens(6, 9), 3, 0), `network "lstm": layers[0].units: 0 must be at least 1`},
		{LSTM(series(6, 2), 3, -1), `network "lstm": layers[0].units: -1 must be at least 1`},
		{Conv1D(series(6, 2), 3, []int{4, 0}), `network "conv1d": layers[1].channels: 0 must be at least 1`},
		{Spec{Name: "n", Input: series(6, 2), Classes: 3, Layers: []Layer{{Kind: "conv1d", Channels: 2, Kernel: -1}}}, `network "n": layers[0].kernel: -1 must be at least 1`},
		{layers(Layer{Kind: "lstm", Units: 3}), `network "n": layers[0] (lstm1): a layer of kind lstm takes series, or tokens after an embedding, but its input is image, 8×6×2`},
		{layers(dense, Layer{Kind: "conv1d", Channels: 3}), `network "n": layers[1] (conv1d1): a layer of kind conv1d takes series, or tokens after an embedding, but its input is 3 values`},
		{Spec{Name: "n", Input: tokens(6, 9), Classes: 3, Layers: []Layer{{Kind: "lstm", Units: 3}}}, `network "n": layers[0] (lstm1): a layer of kind lstm takes no tokens, but its input is 6 places for 9 tokens; let an embedding be the first layer`},
		{Spec{Name: "n", Input: series(70, 2), Classes: 3, Layers: []Layer{{Kind: "residual", Layers: []Layer{{Kind: "lstm", Units: 2}}}}}, `network "n": layers[0] (residual1): its layers turn its input of 70 steps × 2 channels into 64 steps × 2 channels, which cannot be added to it`},
		{CNN(series(6, 2), 3, []int{4}), `network "cnn": layers[0] (conv1): it takes images, but its input is series, 6 steps × 2 channels`},
		{layers(Layer{Kind: "positions"}), `network "n": layers[0] (positions1): it takes the steps of a sequence, but its input is 8×6×2`},
		{layers(Layer{Kind: "attention"}), `network "n": layers[0] (attention1): it takes the steps of a sequence, but its input is 8×6×2`},
		{layers(Layer{Kind: "dense", Units: 3, Heads: 2}), `network "n": layers[0].heads: a layer of kind dense has no such field; leave it out`},
		{Spec{Name: "n", Input: image, Classes: 3, Layers: []Layer{dense}, Standardize: true}, `network "n": standardize: only tables have columns to be standardized, but the input is 8×6×2; leave it out`},
	} {
		err := c.spec.Check()
		if c.want == "" && err != nil || c.want != "" && (err == nil || err.Error() != c.want) {
			t.Errorf("%+v\n got %v\nwant %s", c.spec.Layers, err, c.want)
		}
	}
}

func TestLayerNames(t *testing.T) {
	s := CNN(shape(28, 28, 1), 10, []int{32, 64}, 128)
	if got := s.LayerNames(); !slices.Equal(got, []string{"conv1", "maxpool1", "conv2", "maxpool2", "dense1"}) {
		t.Errorf("got %v", got)
	}
	for _, c := range []struct{ list, want []string }{
		{[]string{"last"}, []string{"dense1"}},
		{[]string{"logits", "input", "conv2", "conv2"}, []string{"logits", "input", "conv2"}},
		{[]string{"dense1", "all"}, []string{"dense1", "conv1", "maxpool1", "conv2", "maxpool2"}},
		{nil, nil},
	} {
		if got, err := s.ResolveLayers(c.list); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, %v", c.list, got, err)
		}
	}
	if _, err := s.ResolveLayers([]string{"dense9"}); err == nil || err.Error() != `layer "dense9" is not in network "cnn"; choose from input, last, all, logits, conv1, maxpool1, conv2, maxpool2, dense1` {
		t.Errorf("got %v", err)
	}
}

// Shapes and numbers of weights of the presets, worked out by hand.
func TestPresets(t *testing.T) {
	e := golang(t)
	for _, c := range []struct {
		spec    Spec
		last    extent // output of the last hidden layer
		weights int
	}{
		{MLP(shape(28, 28, 1), 10, 512, 512), vector(512), 785*512 + 513*512 + 513*10},
		{CNN(shape(28, 28, 1), 10, []int{32, 64}, 128), vector(128), 10*32 + (9*32+1)*64 + (49*64+1)*128 + 129*10},
		{CNN(shape(5, 7, 3), 2, []int{4}), extent{Shape: shape(2, 3, 4)}, 28*4 + 25*2},
		// The 0.27 million of He et al. for 20 layers are 269,722: convolutions
		// without biases, scale and offset of the batch norms, 650 for the logits.
		// Here there are a bias and two statistics for each of the 7·16 + 6·32 + 6·64
		// channels besides, and two shortcuts.
		{ResNet(shape(32, 32, 3), 10, 3), extent{Shape: shape(1, 1, 64)}, 269_722 + 3*688 + 16*32 + 32*64},
		// Of each block: four norms' arrays, queries, keys, values and heard, units and back.
		{Transformer(tokens(24, 100), 2, 2, 64), vector(64), 100*64 + 24*64 + 2*(4*64+4*65*64+65*256+257*64) + 2*64 + 65*2},
		{LSTM(tokens(24, 100), 2, 64), vector(64), 100*64 + 4*(64+64+1)*64 + 65*2},
		{Conv1D(series(64, 1), 3, []int{32, 64}, 64), vector(64), 6*32 + (5*32+1)*64 + 65*64 + 65*3},
		{Transformer(series(24, 3), 2, 1, 10), vector(10), 4*10 + 24*10 + 4*10 + 4*11*10 + 11*40 + 41*10 + 2*10 + 11*2},
		{ResNet(shape(28, 28, 1), 10, 1), extent{Shape: shape(1, 1, 64)}, 9*16 + 2*9*16*16 + 9*16*32 + 9*32*32 + 9*32*64 + 9*64*64 + 5*(3*16+2*32+2*64) + 16*32 + 32*64 + 65*10},
	} {
		sizes, err := c.spec.sizes()
		if err != nil {
			t.Fatal(err)
		}
		if got := sizes[len(sizes)-1]; got != c.last {
			t.Errorf("%s ends with %v, want %v", c.spec.Name, got, c.last)
		}
		net, err := newNetwork(e, c.spec)
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		for _, p := range net.params {
			count += p.size()
		}
		if count != c.weights {
			t.Errorf("%s has %d weights, want %d", c.spec.Name, count, c.weights)
		}
		net.release()
	}
}

// The shapes that the check works out are those of the graph.
func TestSizesAgreeWithGraph(t *testing.T) {
	e := golang(t)
	for name, layers := range layerCases {
		spec := Spec{Name: "n", Input: shape(5, 4, 2), Classes: 2, Layers: layers}
		sizes, err := spec.sizes()
		if err != nil {
			t.Fatal(err)
		}
		set := noise(2, spec.Input, 2)
		s := trainAll(t, e, spec, set, Training{Keep: []int{0}})[0]
		for i, layer := range spec.LayerNames() {
			m, err := s.Features(t.Context(), set, layer)
			if err != nil {
				t.Fatal(err)
			}
			if m.Rows != 2 || m.Cols != sizes[i].Size() {
				t.Errorf("%s: layer %s gives %d values, the check says %v", name, layer, m.Cols, sizes[i])
			}
		}
	}
	for name, c := range sequenceCases { // whose features are pooled over the steps
		spec := Spec{Name: "n", Input: c.input, Classes: 2, Layers: c.layers}
		set := sequences(3, spec.Input, 2)
		s := trainAll(t, e, spec, set, Training{Keep: []int{0}})[0]
		for _, layer := range spec.LayerNames() {
			m, err := s.Features(t.Context(), set, layer)
			if err != nil {
				t.Fatal(err)
			}
			if m.Rows != 3 || m.Cols != spec.Values(layer) {
				t.Errorf("%s: layer %s gives %d values, the check says %d", name, layer, m.Cols, spec.Values(layer))
			}
		}
	}
}

func TestYAML(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, s := range []Spec{MLP(shape(28, 28, 1), 10, 512, 512), CNN(shape(28, 28, 1), 10, []int{8}, 16), ResNet(shape(32, 32, 3), 10, 2), everyKind(), MLP(shape(1, 1, 5), 3, 4), Transformer(tokens(6, 9), 3, 2, 8), LSTM(tokens(6, 9), 3, 8), Conv1D(series(6, 2), 3, []int{4}, 5)} {
		text, err := s.YAML()
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadSpec(file("net.yaml", string(text)), datasets.Shape{}, 0)
		if err != nil || !reflect.DeepEqual(got, s) {
			t.Errorf("%v\n got %+v\nwant %+v", err, got, s)
		}
	}
	// Shape, classes and name come from elsewhere.
	short := file("small.yaml", "layers:\n  - kind: conv\n    channels: 4\n    padding: valid\n  - {kind: residual, layers: [{kind: conv, channels: 4}]}\n")
	got, err := ReadSpec(short, shape(9, 9, 1), 3)
	if err != nil || got.Name != "small" || got.Input != shape(9, 9, 1) || got.Classes != 3 || len(got.Layers) != 2 || got.Layers[1].Layers[0].Channels != 4 {
		t.Errorf("%+v, %v", got, err)
	}
	for text, want := range map[string]string{
		"":                                     "the file is empty; list the network's layers under layers:",
		"layers: [{kind: dense, unit: 5}]":     `line 1: there is no key "unit"; choose from kind, name, units`,
		"layers: [{kind: dense, units: many}]": `line 1: units: "many" is not a whole number`,
		"layers:\r\n- kind: dense\r\n  units: 3.5\r\n":       "line 3: units: 3.5 is not a whole number",
		"layers: [{kind: dense, units: 5}]\n---\nlayers: []": "a second document begins",
		"layers: [{kind: dense, units: 5}":                   "line 1",
		"layers: [{kind: dense, units: -5}]":                 "layers[0].units: -5 must be at least 1",
		"layers: [{kind: conv, kernel: 3}]":                  "layers[0].channels: 0 must be at least 1",
		"{classes: 1, layers: [{kind: relu}]}":               "classes: 1 is too few",
		"layers: [{kind: function, name: handwritten}]":      "function needs the network's Model",
	} {
		if _, err := ReadSpec(file("bad.yaml", text), shape(9, 9, 1), 3); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "bad") {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
	if _, err := ReadSpec(filepath.Join(dir, "missing.yaml"), shape(9, 9, 1), 3); err == nil || !strings.Contains(err.Error(), "missing.yaml") {
		t.Errorf("got %v", err)
	}
}
