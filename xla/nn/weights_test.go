package nn

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla"
)

// A network with its own weights is the network; with those of another it answers
// as that one does; values that do not fit are refused.
func TestWith(t *testing.T) {
	e := golang(t)
	set := cross(24, "train")
	spec := CNN(set.Shape, 2, []int{3}, 5)
	all := trainAll(t, e, spec, set, Training{Epochs: 2, Batch: 8, Keep: []int{0, 2}, Seed: 4})
	start, final := all[0], all[1]
	weights, err := final.Weights()
	if err != nil {
		t.Fatal(err)
	}
	var values [][]float32
	for i, w := range weights {
		if p := final.net.params[i]; w.Name != p.name || !slices.Equal(w.Dims, p.dims) || w.Statistic {
			t.Errorf("array %d is %s %v", i, w.Name, w.Dims)
		}
		values = append(values, w.Values)
	}
	other, err := start.With(values)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	want, err := final.Features(t.Context(), set, LayerLogits)
	if err != nil {
		t.Fatal(err)
	}
	got, err := other.Features(t.Context(), set, LayerLogits)
	if err != nil || !slices.Equal(got.Data, want.Data) {
		t.Errorf("the logits are others, %v", err)
	}
	if _, err := start.With(values[1:]); err == nil || !strings.Contains(err.Error(), "give one for each") {
		t.Errorf("too few arrays: %v", err)
	}
	values[0] = values[0][1:]
	if _, err := start.With(values); err == nil || !strings.Contains(err.Error(), "conv1/kernel") {
		t.Errorf("too few values: %v", err)
	}
}

// The slopes of margins are those that finite differences find, at the input and at
// hidden layers, through every kind of layer that has a gradient of our own.
func TestMargins(t *testing.T) {
	const step = 1.0 / 512
	onBoth(t, func(t *testing.T, e *xla.Engine) {
		set := noise(6, shape(6, 6, 2), 3)
		spec := Spec{Name: "all", Input: set.Shape, Classes: 3, Layers: []Layer{
			{Kind: "conv", Channels: 4, Activation: "tanh"}, {Kind: "maxpool"}, {Kind: "dropout", Rate: 0.5},
			{Kind: "conv", Channels: 3, Activation: "none", Stride: 2, Padding: "same"}, {Kind: "gelu"}, {Kind: "avgpool"}, {Kind: "flatten"}, {Kind: "dense", Units: 5, Activation: "tanh"}}}
		s := trainAll(t, e, spec, set, Training{Epochs: 3, Batch: 6, Seed: 1})[0]
		got, err := s.Margins(t.Context(), set, LayerInput)
		if err != nil {
			t.Fatal(err)
		}
		base, moved := logitsOf(t, s, set), logitsOf(t, s, neighbours(set, step))
		for i := range set.Len() {
			y := int(set.Y[i])
			j := runnerUp(base[i], y)
			if want := base[i][y] - base[i][j]; math.Abs(float64(got.Differences[i])-want) > 1e-6 {
				t.Errorf("example %d: difference %v, not %v", i, got.Differences[i], want)
			}
			sum := 0.0
			for range set.Shape.Size() {
				up, down := moved[0], moved[1]
				moved = moved[2:]
				d := (up[y] - up[j] - down[y] + down[j]) / (2 * step)
				sum += d * d
			}
			if want := math.Sqrt(sum); math.Abs(float64(got.Slopes[i])-want) > 0.01*want {
				t.Errorf("example %d: slope %v, finite differences say %v", i, got.Slopes[i], want)
			}
		}
		last, err := s.Margins(t.Context(), set, "dense1")
		if err != nil {
			t.Fatal(err)
		}
		logits := weightsOf(t, s)[6] // [5, 3]
		for i := range set.Len() {
			y, sum := int(set.Y[i]), 0.0
			j := runnerUp(base[i], y)
			for k := range 5 {
				d := float64(logits[3*k+y] - logits[3*k+j])
				sum += d * d
			}
			if want := math.Sqrt(sum); math.Abs(float64(last.Slopes[i])-want) > 1e-5*want {
				t.Errorf("example %d: slope %v at the last layer, not %v", i, last.Slopes[i], want)
			}
			if math.Abs(float64(last.Differences[i]-got.Differences[i])) > 1e-6 {
				t.Errorf("example %d: difference %v at the last layer, %v at the input", i, last.Differences[i], got.Differences[i])
			}
		}
		if _, err := s.Margins(t.Context(), set, LayerLogits); err == nil {
			t.Error("margins at the logits have no error")
		}
	})
}

// neighbours has, for each value of each example, the example with that value greater
// by h and less by h.
func neighbours(set *datasets.Set, h float32) *datasets.Set {
	out := &datasets.Set{Name: "neighbours", Shape: set.Shape, Classes: set.Classes}
	for i := range set.Len() {
		for k := range set.Shape.Size() {
			for _, by := range []float32{h, -h} {
				row := slices.Clone(set.Row(i))
				row[k] += by
				out.X, out.Y = append(out.X, row...), append(out.Y, set.Y[i])
			}
		}
	}
	return out
}

// logitsOf are the logits of a set, a slice an example.
func logitsOf(t *testing.T, s *Snapshot, set *datasets.Set) [][]float64 {
	t.Helper()
	m, err := s.Features(t.Context(), set, LayerLogits)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]float64
	for i := range m.Rows {
		out = append(out, wide(m.Row(i)))
	}
	return out
}

// runnerUp is the class of greatest logit but y.
func runnerUp(logits []float64, y int) int {
	best := -1
	for k, v := range logits {
		if k != y && (best < 0 || v > logits[best]) {
			best = k
		}
	}
	return best
}
