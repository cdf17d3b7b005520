package nn

import (
	"math"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/pkg/core/graph"
)

// handwritten is the preset CNN with one convolution and one dense layer,
// written with GoMLX's own functions.
func handwritten(b *Builder, x *Node) *Node {
	c := x.Shape().Dimensions[3]
	x = Convolve(x, b.Weights("conv1/kernel", FanIn(9*c, true), 3, 3, c, 4)).Strides(1).PadSame().Done() // pure Go needs the stride
	x = relu(Add(x, Reshape(b.Weights("conv1/biases", Start{}, 4), 1, 1, 1, 4)))
	x = b.Layer("conv", x)
	x = MaxPool(x).Window(2).NoPadding().Done()
	x = Reshape(x, x.Shape().Dimensions[0], -1)
	d := x.Shape().Dimensions[1]
	x = relu(Add(DotProduct(x, b.Weights("dense1/weights", FanIn(d, true), d, 6)), ExpandAxes(b.Weights("dense1/biases", Start{}, 6), 0)))
	x = b.Layer("hidden", b.Dropout(x, 0.25))
	return Add(DotProduct(x, b.Weights("logits/weights", FanIn(6, false), 6, 2)), ExpandAxes(b.Weights("logits/biases", Start{}, 2), 0))
}

func function(m Model, names ...string) Spec {
	s := Spec{Name: "mine", Input: shape(4, 4, 1), Classes: 2, Model: m}
	for _, n := range names {
		s.Layers = append(s.Layers, Layer{Kind: "function", Name: n})
	}
	return s
}

// A hand-written model trains as the same network made of layers, bit for bit.
func TestHandwrittenModel(t *testing.T) {
	e := golang(t)
	set := cross(40, "train")
	mine := function(handwritten, "conv", "hidden")
	preset := CNN(set.Shape, 2, []int{4}, 6)
	preset.Layers = append(preset.Layers, Layer{Kind: "dropout", Rate: 0.25})
	o := Training{Epochs: 3, Batch: 16, Seed: 2}
	a, b := trainAll(t, e, mine, set, o)[0], trainAll(t, e, preset, set, o)[0]
	for k, w := range weightsOf(t, a) {
		if !slices.Equal(w, weightsOf(t, b)[k]) {
			t.Errorf("%s differs", a.net.params[k].name)
		}
	}
	if names, err := a.Spec().ResolveLayers([]string{"last", "all"}); err != nil || !slices.Equal(names, []string{"hidden", "conv"}) {
		t.Errorf("%v, %v", names, err)
	}
	for ours, theirs := range map[string]string{"conv": "conv1", "hidden": "dropout1", "logits": "logits"} {
		x, err := a.Features(t.Context(), set, ours)
		if err != nil {
			t.Fatal(err)
		}
		y, err := b.Features(t.Context(), set, theirs)
		if err != nil || !slices.Equal(x.Data, y.Data) {
			t.Errorf("layer %s differs from %s, %v", ours, theirs, err)
		}
	}
}

func TestHandwrittenModelErrors(t *testing.T) {
	e := golang(t)
	for name, c := range map[string]struct {
		spec Spec
		want string
	}{
		"layer not listed": {function(handwritten, "conv"), `the model names the layers ["conv" "hidden"], but layers: lists ["conv"]`},
		"wrong kind":       {Spec{Name: "mine", Input: shape(4, 4, 1), Classes: 2, Model: handwritten, Layers: []Layer{{Kind: "dense", Units: 2}}}, `layers[0].kind: "dense" stands beside a hand-written Model`},
		"wrong output": {function(func(b *Builder, x *Node) *Node { return b.Layer("flat", Reshape(x, -1, 16)) }, "flat"),
			"the model gives [2 16] for 2 examples of 2 classes; it must give [2 2]"},
		"one name twice": {function(func(b *Builder, x *Node) *Node {
			w := b.Weights("w", Start{}, 16, 2)
			return b.Layer("out", DotProduct(Reshape(x, -1, 16), Add(w, b.Weights("w", Start{}, 16, 2))))
		}, "out"), `weights "w" are asked for twice`},
		"dropout of all": {function(func(b *Builder, x *Node) *Node {
			return b.Layer("out", b.Dropout(DotProduct(Reshape(x, -1, 16), b.Weights("w", Start{}, 16, 2)), 1))
		}, "out"), `network "mine": dropout of 1; give the share of values set to zero, at least 0 and below 1`},
		"dropout below 0": {function(func(b *Builder, x *Node) *Node {
			return b.Layer("out", b.Dropout(DotProduct(Reshape(x, -1, 16), b.Weights("w", Start{}, 16, 2)), -0.5))
		}, "out"), `dropout of -0.5`},
		"dropout of no number": {function(func(b *Builder, x *Node) *Node {
			return b.Layer("out", b.Dropout(DotProduct(Reshape(x, -1, 16), b.Weights("w", Start{}, 16, 2)), math.NaN()))
		}, "out"), `dropout of NaN`},
		"shapes": {function(func(b *Builder, x *Node) *Node {
			return b.Layer("out", DotProduct(Reshape(x, -1, 16), b.Weights("w", Start{}, 15, 2)))
		}, "out"), `network "mine": `},
	} {
		t.Run(name, func(t *testing.T) {
			for _, err := range Train(t.Context(), e, c.spec, cross(8, "train"), Training{}) {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v", err)
				}
			}
		})
	}
	calls := 0
	fickle := function(func(b *Builder, x *Node) *Node {
		calls++
		return b.Layer("out", DotProduct(Reshape(x, -1, 16), b.Weights("w"+strings.Repeat("'", calls), Start{}, 16, 2)))
	}, "out")
	for _, err := range Train(t.Context(), e, fickle, cross(8, "train"), Training{}) {
		if err == nil || !strings.Contains(err.Error(), "asked for out of order") {
			t.Errorf("got %v", err)
		}
	}
}

// A model is told whether it is being trained.
func TestBuilderTraining(t *testing.T) {
	e := golang(t)
	var told []bool
	spec := function(func(b *Builder, x *Node) *Node {
		told = append(told, b.Training())
		return b.Layer("out", DotProduct(Reshape(x, -1, 16), b.Weights("w", FanIn(16, false), 16, 2)))
	}, "out")
	trainAll(t, e, spec, cross(8, "train"), Training{Epochs: 1})
	// The weights are asked for, then the step is built, then the logits.
	if !slices.Equal(told, []bool{true, true, false}) {
		t.Errorf("told %v", told)
	}
}
