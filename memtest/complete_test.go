package memtest

import (
	"math"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/result"
)

func TestCompleteCalibratesAgainstTheTwinOfTheSameCell(t *testing.T) {
	row := func(network string, epoch int, level, learning float64) result.Row {
		return result.Row{Network: network, Seed: 1, Epoch: epoch, Layer: "last", Probe: "ridge", Perturbation: "gaussian", Level: level,
			Permutations: 3, Null: []float64{0.1, 0.12, 0.14}, Observed: 0.12 + learning, Chance: 0.1, Learning: learning, LearningP: 0.25}
	}
	in := []result.Row{row("mlp", 5, 0.3, 0.6), row("mlp", 20, 0.3, 0.5), row("mlp", 20, 0.5, 0.4), row(RefTwin, 20, 0.3, 0.1), row(RefTwin, 20, 0.5, 0.88)}
	out, err := Complete(in, nil)
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

// Adjusted p-values have the sides of the p-values: they are not below them, and
// an effect below the null is as significant as one above.
func TestCompleteAdjustsBothSides(t *testing.T) {
	row := func(level, observed float64) result.Row {
		r := result.Row{Network: "mlp", Epoch: 1, Level: level, TwoSided: true, Observed: observed, Permutations: 49, LearningP: 2. / 50}
		for b := range r.Permutations {
			r.Null = append(r.Null, 0.5+0.001*float64(b*(7+int(10*level))%49))
		}
		return r
	}
	out, err := Complete([]result.Row{row(0.1, 0.9), row(0.3, 0.1)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range out {
		if p := *r.LearningPAdjusted; math.Abs(p-r.LearningP) > 1e-12 {
			t.Errorf("observed %g: p %g of two sides is adjusted to %g", r.Observed, r.LearningP, p)
		}
	}
}

// Where label sets differ within a family, Holm's procedure serves, and cells that
// cannot reach the level then say so.
func TestCompleteFallsBackOnHolm(t *testing.T) {
	rows := []result.Row{
		{Network: "a", Epoch: 1, Permutations: 3, Null: []float64{0, 0, 0.1}, LearningP: 0.01},
		{Network: "a", Epoch: 2, Permutations: 2, Null: []float64{0, 0.1}, LearningP: 0.04},
		{Network: "a", Epoch: 3, Permutations: 1, Null: []float64{0}, LearningP: 0.02},
	}
	out, err := Complete(rows, nil)
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

// A family whose adjusted p-values cannot reach the level is flagged, once, also
// where it is completed again: here 4 cells of which one stopped early, 4/(79 + 1)
// = 0.05 and 4/(78 + 1) > 0.05.
func TestCompleteFlagsFamiliesThatCannotReachTheLevel(t *testing.T) {
	for _, test := range []struct {
		drawn int
		flag  []string
	}{{79, nil}, {78, []string{"p-floor: adjusted for 4 cells, 0.0506 is above the level 0.05"}}} {
		var rows []result.Row
		for level, b := range []int{19, test.drawn, test.drawn, test.drawn} {
			rows = append(rows, result.Row{Network: "mlp", Epoch: 1, Level: float64(level), Permutations: b, Null: make([]float64, b), LearningP: 0.5, Stop: 1})
		}
		for range 2 {
			var err error
			if rows, err = Complete(rows, nil); err != nil {
				t.Fatal(err)
			}
		}
		for _, r := range rows {
			if !slices.Equal(r.Flags, test.flag) {
				t.Errorf("%d label sets: flags %q, want %q", test.drawn, r.Flags, test.flag)
			}
		}
	}
}

// A network, its untrained state, the raw inputs, the twin and the refit are
// adjusted apart: what one family shows does not depend on how many cells the
// others have. So a refit of 19 networks reaches 0.05 at every one of its cells.
func TestCompleteAdjustsFamiliesApart(t *testing.T) {
	row := func(network string, epoch, permutations int, level float64) result.Row {
		r := result.Row{Network: network, Epoch: epoch, Level: level, Permutations: permutations, Observed: 0.9, LearningP: 1 / float64(permutations+1)}
		for b := range permutations {
			r.Null = append(r.Null, 0.1+0.001*float64(b*(7+int(10*level))%permutations))
		}
		return r
	}
	var rows []result.Row
	for level := range 10 {
		rows = append(rows, row("mlp", 1, 199, float64(level)), row("mlp", 0, 199, float64(level)), row(RefInput, -1, 199, float64(level)),
			row(RefTwin, 1, 199, float64(level)), row(NetworkRefit, 1, 19, float64(level)))
	}
	// The untrained network is exact; a cell of it without effect costs no other family.
	rows[1].Observed = 0.1
	out, err := Complete(rows, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range out {
		want := 1 / float64(r.Permutations+1)
		if i == 1 {
			want = 1
		}
		if p := *r.LearningPAdjusted; math.Abs(p-want) > 1e-12 || len(r.Flags) > 0 {
			t.Errorf("%s: p %g is adjusted to %g, want %g; flags %q", r.Cell(), r.LearningP, p, want, r.Flags)
		}
	}
	alone, err := Complete(rows[4:5], nil)
	if err != nil || *alone[0].LearningPAdjusted != *out[4].LearningPAdjusted {
		t.Errorf("the refit alone: %v, %v", *alone[0].LearningPAdjusted, err)
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
		out, err := Complete([]result.Row{row("mlp", test.network, 0.6), row(RefTwin, test.twin, 0.1)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := out[0].Calibrated != nil; got != test.calibrated {
			t.Errorf("%s at %g and %g: calibrated %v", test.probe, test.network, test.twin, got)
		}
	}
}
