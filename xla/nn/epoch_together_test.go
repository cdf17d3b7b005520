package nn

import (
	"math"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/xla"
)

// after is a training after some epochs: its losses, and its weights.
func after(t *testing.T, e *xla.Engine, spec Spec, n, networks int, o Training, most int) (losses []float64, weights [][]float32) {
	t.Helper()
	examples := noise
	if spec.Input.Sequence() {
		examples = sequences
	}
	set := examples(n, spec.Input, spec.Classes)
	options, err := o.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	g := group{total: networks, stacked: networks > 1}
	for k := range networks {
		y := slices.Clone(set.Y)
		slices.Reverse(y[:k*n/networks])
		g.labels = append(g.labels, y)
	}
	r, err := newTrainer(e, spec, set, g, options)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	if most > 0 {
		if err := r.doTogether(most); err != nil {
			t.Fatal(err)
		}
	}
	for epoch := 1; epoch <= 2; epoch++ {
		mean := make([]float64, networks)
		p, err := r.epoch(t.Context(), epoch, mean)
		if err != nil {
			t.Fatal(err)
		}
		losses = append(append(losses, mean...), p.Loss, p.Accuracy)
	}
	if steps := 2 * ((n + r.Batch - 1) / r.Batch); r.steps != steps {
		t.Errorf("%d steps instead of %d", r.steps, steps)
	}
	for _, w := range r.weights {
		flat, err := xla.Download[float32](w)
		if err != nil {
			t.Fatal(err)
		}
		weights = append(weights, flat)
	}
	return losses, weights
}

// Steps in a loop of one program train as steps one by one do, but for rounding: every
// kind of network and of what changes from step to step, with a last batch that is filled
// up, all steps of an epoch at once and some at a time.
func TestStepsTogether(t *testing.T) {
	e := real(t)
	images := shape(8, 8, 1)
	everything := Spec{Name: "everything", Input: images, Classes: 3, Layers: []Layer{
		{Kind: "conv", Channels: 4}, {Kind: "batchnorm"}, {Kind: "relu"}, {Kind: "maxpool"}, {Kind: "residual", Layers: []Layer{{Kind: "conv", Channels: 4, Activation: "none"}}},
		{Kind: "avgpool"}, {Kind: "gelu"}, {Kind: "dropout", Rate: 0.3}, {Kind: "flatten"}, {Kind: "dense", Units: 9}, {Kind: "layernorm"}, {Kind: "tanh"}}}
	for name, c := range map[string]struct {
		spec     Spec
		networks int
		o        Training
	}{
		"mlp":        {MLP(images, 3, 12), 1, Training{Schedule: Schedule{Kind: "cosine", Warmup: 1}}},
		"everything": {everything, 1, Training{Augment: Augmentation{Shift: 1, Flip: true}, Optimizer: Optimizer{Kind: "sgd"}}},
		"words": {Spec{Name: "words", Input: tokens(6, 9), Classes: 3, Layers: []Layer{
			{Kind: "embedding", Units: 8}, {Kind: "positions"}, {Kind: "attention", Rate: 0.2}, {Kind: "attention"}, {Kind: "layernorm"}, {Kind: "pool"}}}, 1, Training{}},
		"recurrent": {Spec{Name: "recurrent", Input: tokens(5, 9), Classes: 3, Layers: []Layer{
			{Kind: "embedding", Units: 4}, {Kind: "lstm", Units: 5}, {Kind: "conv1d", Channels: 4, Kernel: 3}, {Kind: "pool", Pool: "last"}}}, 1, Training{}},
		"series":        {Transformer(series(6, 3), 3, 1, 6), 1, Training{}},
		"stacked table": {MLP(shape(1, 1, 6), 3, 12), 4, Training{}},
		"stacked":       {MLP(images, 3, 12), 4, Training{Augment: Augmentation{Shift: 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			c.o.Batch, c.o.Epochs = 16, 2
			losses, weights := after(t, e, c.spec, 70, c.networks, c.o, 0)
			pieces := []int{mostTogether}
			if name == "mlp" || long() { // also in pieces, the last one shorter
				pieces = append(pieces, 3)
			}
			for _, most := range pieces {
				gotLosses, gotWeights := after(t, e, c.spec, 70, c.networks, c.o, most)
				for i := range losses {
					if math.Abs(gotLosses[i]-losses[i]) > 1e-4*(1+math.Abs(losses[i])) {
						t.Errorf("%d at a time: losses and accuracies %v instead of %v", most, gotLosses, losses)
						break
					}
				}
				for i := range weights {
					for j, w := range weights[i] {
						if got := gotWeights[i][j]; math.Abs(float64(got-w)) > 1e-3 {
							t.Fatalf("%d at a time: weight %d of array %d is %v instead of %v", most, j, i, got, w)
						}
					}
				}
			}
		})
	}
}
