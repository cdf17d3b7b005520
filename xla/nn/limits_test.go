package nn

import (
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/pkg/core/graph"

	"github.com/seed-1a417598/memtest/datasets/memory"
)

// The weights that are counted beforehand are those that the built network has.
func TestWeightsAreCounted(t *testing.T) {
	e := golang(t)
	for _, spec := range []Spec{
		MLP(shape(5, 4, 2), 3, 7, 6), CNN(shape(9, 8, 2), 3, []int{4, 5}, 6), ResNet(shape(8, 8, 3), 4, 2), everyKind(),
		MLP(shape(1, 1, 6), 3, 5), Transformer(tokens(6, 9), 3, 2, 6), Transformer(series(6, 3), 3, 1, 7),
		LSTM(tokens(6, 9), 3, 4), LSTM(series(70, 2), 3, 4), Conv1D(series(6, 2), 3, []int{4, 5}, 6),
	} {
		n, err := newNetwork(e, spec)
		if err != nil {
			t.Fatal(err)
		}
		n.release()
		want := 0
		for _, p := range n.params {
			want += p.size()
		}
		weights, values, err := spec.amounts()
		if err != nil || weights != float64(want) {
			t.Errorf("%s: %g weights, %v; the network has %d", spec.Name, weights, err, want)
		}
		if least := spec.Input.Size() + spec.Classes; values < float64(least) {
			t.Errorf("%s: %g values, but input and logits have %d", spec.Name, values, least)
		}
	}
	spec := MLP(shape(5, 4, 2), 3, 7, 6)
	for layer, want := range map[string]int{"dense1": 7, "dense2": 6, LayerLogits: 3, "other": 0} {
		if got := spec.Values(layer); got != want {
			t.Errorf("layer %s: %d values, want %d", layer, got, want)
		}
	}
}

// What does not fit is refused with the number, and no attempt at it is made.
func TestNetworksThatDoNotFit(t *testing.T) {
	if _, known := memory.Free(); !known {
		t.Skip("it is not known here how much memory is free")
	}
	e := golang(t)
	input := shape(28, 28, 1)
	for _, spec := range []Spec{
		MLP(input, 10, mostUnits, mostUnits), CNN(input, 10, []int{mostUnits, mostUnits}),
		{Name: "kernel", Input: input, Classes: 10, Layers: []Layer{{Kind: "conv", Channels: 9, Kernel: mostUnits}}},
		{Name: "inside", Input: input, Classes: 10, Layers: []Layer{{Kind: "dense", Units: mostUnits}, {Kind: "residual", Layers: []Layer{{Kind: "dense", Units: mostUnits}}}}},
	} {
		if err := spec.Enough(128); err == nil || !strings.Contains(err.Error(), "GiB of memory and") {
			t.Errorf("%s: %v", spec.Name, err)
		}
		for _, err := range Train(t.Context(), e, spec, noise(20, input, 10), Training{Epochs: 1}) {
			if err == nil || !strings.Contains(err.Error(), "GiB of memory and") {
				t.Errorf("%s, trained all the same: %v", spec.Name, err)
			}
		}
	}
	own := Spec{Name: "own", Input: input, Classes: 10, Layers: []Layer{{Kind: "function", Name: "h"}}, Model: func(b *Builder, x *Node) *Node {
		x = b.Layer("h", DotProduct(flat(x), b.Weights("w", Start{Bound: 1}, 784, 1<<40)))
		return Slice(x, AxisRange(), AxisRange(0, 10))
	}}
	if _, err := newNetwork(e, own); err == nil || !strings.Contains(err.Error(), "GiB of memory and") || strings.Count(err.Error(), "\n") > 0 {
		t.Errorf("a model written by hand: %v", err)
	}
	if err := MLP(input, 10, slices.Repeat([]int{512}, 3)...).Enough(128); err != nil {
		t.Error(err)
	}
}
