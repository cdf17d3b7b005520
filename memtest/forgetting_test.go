package memtest

import (
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
)

func TestForgettingEvents(t *testing.T) {
	history := [][]bool{ // an epoch a row, an example a column
		{true, false, false, true},
		{false, false, true, true},
		{true, false, false, true},
		{false, false, true, true},
	}
	if got := forgettingEvents(history); !slices.Equal(got, []int{2, 4, 1, 0}) {
		t.Errorf("forgetting events are %v: example 0 is forgotten twice, 1 never learned in 4 epochs, 2 forgotten once, 3 never", got)
	}
}

// A network that is trained again is the same network, so what it forgets agrees
// with the accuracy of its last epoch: an example that is wrong there was
// forgotten or never learned.
func TestForgetting(t *testing.T) {
	e := engine(t)
	x, err := New(t.Context(), Config{N: 300, Net: "mlp:32", Epochs: []int{6}, Refs: []string{RefInput}, LabelNoise: 0.2, Levels: []float64{0.3}, Options: Options{Permutations: 19}}, datasets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	events, err := x.Forgetting(t.Context(), e, 1)
	if err != nil {
		t.Fatal(err)
	}
	again, err := x.Forgetting(t.Context(), e, 1)
	if err != nil || !slices.Equal(again, events) {
		t.Errorf("forgetting events differ when they are counted again (%v)", err)
	}
	s, _, err := x.snapshot(t.Context(), e, 1, 6)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	labels := x.TrainedLabels(1)
	predicted, err := s.Predict(t.Context(), x.Train)
	if err != nil {
		t.Fatal(err)
	}
	if hits(predicted, labels) == len(labels) {
		t.Fatal("the network is right on all examples, so nothing can be checked")
	}
	for i := range labels {
		if predicted[i] != labels[i] && events[i] == 0 {
			t.Errorf("example %d is wrong at the end, but has no forgetting event", i)
		}
	}
	if slices.Equal(labels, x.Train.Y) {
		t.Error("with label noise the labels trained on are those of the set")
	}
}

// The share is 1 − η² of a one-way analysis of variance. By hand: a column with
// classes (1, 3) and (5, 7) has mean 4, squares within 2 + 2 and in all 9+1+1+9.
func TestWithinClass(t *testing.T) {
	x := arrays.Matrix{Rows: 4, Cols: 1, Data: []float32{1, 3, 5, 7}}
	for _, c := range []struct {
		labels []int32
		want   float64
	}{
		{[]int32{0, 0, 1, 1}, 4.0 / 20},
		{[]int32{0, 1, 1, 0}, 1},
		{[]int32{2, 2, 2, 2}, 1},
		{[]int32{0, 1, 2, 3}, 0},
	} {
		got := withinClass(x, c.labels, 4)
		if got == nil || *got != c.want {
			t.Errorf("labels %v: %v, want %v", c.labels, got, c.want)
		}
	}
	if got := withinClass(arrays.Matrix{Rows: 2, Cols: 1, Data: []float32{3, 3}}, []int32{0, 1}, 2); got != nil {
		t.Errorf("features that do not vary have a share of %v", *got)
	}
}
