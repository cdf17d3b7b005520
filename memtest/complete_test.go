package memtest

import (
	"math"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/result"
)

func TestCompleteCalibratesAgainstTheTwinOfTheSameCell(t *testing.T) {
	row := func(network string, epoch int, level, learning float64) result.Row {
		return result.Row{Network: network, Seed: 1, Epoch: epoch, Layer: "last", Probe: "ridge", Perturbation: "gaussian", Level: level,
			Permutations: 3, Null: []float64{0.1, 0.12, 0.14}, Observed: 0.12 + learning, Chance: 0.1, Learning: learning, LearningP: 0.25}
	}
	in := []result.Row{row("mlp", 5, 0.3, 0.6), row("mlp", 20, 0.3, 0.5), row("mlp", 20, 0.5, 0.4), row(RefTwin, 20, 0.3, 0.1), row(RefTwin, 20, 0.5, 0.88)}
	out, err := Complete(in)
	if err != nil {
		t.Fatal(err)
	}
	// (0.5 − 0.1) / (1 − 0.1 − 0.1), by hand.
	if c := out[1].Calibrated; c == nil || math.Abs(*c-0.5) > 1e-12 {
		t.Errorf("calibrated learning %v, want 0.5", c)
	}
	for _, i := range []int{0, 2, 3, 4} { // no twin at that epoch, no room, twins themselves
		if out[i].Calibrated != nil {
			t.Errorf("row %d is calibrated to %g", i, *out[i].Calibrated)
		}
	}
	for i, r := range out {
		if r.LearningPAdjusted == nil || *r.LearningPAdjusted != 0.25 {
			t.Errorf("row %d: adjusted p %v, want the floor 0.25", i, r.LearningPAdjusted)
		}
		if in[i].LearningPAdjusted != nil {
			t.Error("the rows given were changed")
		}
	}
}

func TestCompleteFallsBackOnHolm(t *testing.T) {
	rows := []result.Row{
		{Network: "a", Permutations: 3, Null: []float64{0, 0, 0.1}, LearningP: 0.01},
		{Network: "b", Permutations: 2, Null: []float64{0, 0.1}, LearningP: 0.04},
		{Network: "c", Permutations: 1, Null: []float64{0}, LearningP: 0.02},
	}
	out, err := Complete(rows)
	if err != nil {
		t.Fatal(err)
	}
	// Holm by hand: 3·0.01, then max(0.03, 2·0.02), then max(0.04, 1·0.04).
	for i, want := range []float64{0.03, 0.04, 0.04} {
		if got := *out[i].LearningPAdjusted; math.Abs(got-want) > 1e-12 {
			t.Errorf("row %d is adjusted to %g, want %g", i, got, want)
		}
	}
}

// Two families of label sets share the error: each is adjusted alone, and twice
// what comes out is reported.
func TestCompleteSharesTheErrorBetweenTwoFamilies(t *testing.T) {
	rows := []result.Row{
		{Network: "a", Permutations: 3, Null: []float64{0, 0, 0.1}, Observed: 0.5},
		{Network: "refit", Permutations: 4, Null: []float64{0, 0.1, 0, 0}, Observed: 0.5},
	}
	out, err := Complete(rows)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := *out[0].LearningPAdjusted, *out[1].LearningPAdjusted; math.Abs(a-2.0/4) > 1e-12 || math.Abs(b-2.0/5) > 1e-12 {
		t.Errorf("adjusted to %g and %g, want 0.5 and 0.4", a, b)
	}
}

// Where cross-validation chose other penalties for network and twin, they are seen
// by two probes, and there is no scale; penalties that follow a rule may differ.
func TestCompleteDoesNotMixChosenPenalties(t *testing.T) {
	for _, test := range []struct {
		probe         string
		network, twin float64
		calibrated    bool
	}{{"ridge:gcv", 316, 1e6, false}, {"ridge:gcv", 316, 316, true}, {"softmax:gcv", 1, 10, false}, {"ridge", 120, 140, true}, {"knn", 0, 0, true}} {
		row := func(network string, penalty, learning float64) result.Row {
			return result.Row{Network: network, Epoch: 5, Layer: "last", Probe: test.probe, Penalty: penalty, Permutations: 3, Null: []float64{0.1, 0.12, 0.14},
				Observed: 0.12 + learning, Chance: 0.1, Learning: learning, LearningP: 0.25}
		}
		out, err := Complete([]result.Row{row("mlp", test.network, 0.6), row(RefTwin, test.twin, 0.1)})
		if err != nil {
			t.Fatal(err)
		}
		if got := out[0].Calibrated != nil; got != test.calibrated {
			t.Errorf("%s at %g and %g: calibrated %v", test.probe, test.network, test.twin, got)
		}
	}
}
