package memtest

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// shifted are normal features [n, d] of two classes, the first n1 examples of class 1
// and shifted by so much in the first column, with copies a little noise away.
func shifted(name string, n, n1, d int, by, noise float64) features.Features {
	r := seed.Stream(1, "shifted", name)
	x, copies := matrix(r, n, d), arrays.Matrix{Rows: n, Cols: d}
	labels := make([]int32, n)
	for i := range n1 {
		labels[i] = 1
		x.Data[i*d] += float32(by)
	}
	for _, v := range x.Data {
		copies.Data = append(copies.Data, v+float32(noise*r.NormFloat64()))
	}
	return features.Features{Train: x, Levels: []float64{noise}, Copies: features.Matrices(copies), Labels: labels, Network: "net", Layer: "h"}
}

func matrix(r *rand.Rand, n, d int) arrays.Matrix {
	m := arrays.Matrix{Rows: n, Cols: d, Data: make([]float32, n*d)}
	for i := range m.Data {
		m.Data[i] = float32(r.NormFloat64())
	}
	return m
}

// flagsOf are the kinds of flags of a row.
func flagsOf(r result.Row) []string {
	var kinds []string
	for _, f := range r.Flags {
		kind, _, _ := strings.Cut(f, ":")
		kinds = append(kinds, kind)
	}
	return kinds
}

// With 5 % in the minority and an effect of one standard deviation ridge predicts
// one class: learning is nothing, and the row says why. Its scores know better.
func TestOneClass(t *testing.T) {
	e := engine(t)
	f := shifted("minority", 400, 20, 2, 1, 0.1)
	for metric, want := range map[string]bool{MetricAccuracy: true, MetricBalanced: true, MetricAUC: false} {
		got, err := measured(e, f, Options{Probes: []string{"ridge"}, Permutations: 39, Metric: metric})
		if err != nil || len(got) != 1 {
			t.Fatal(len(got), err)
		}
		r := got[0]
		if slices.Contains(flagsOf(r), result.FlagOneClass) != want {
			t.Errorf("%s: flags %q", metric, r.Flags)
		}
		if want && r.LearningP < 0.5 || !want && r.LearningP > 0.05 {
			t.Errorf("%s: learning %g, p %g", metric, r.Learning, r.LearningP)
		}
	}
	even, err := measured(e, shifted("even", 400, 200, 2, 1, 0.1), Options{Probes: []string{"ridge"}, Permutations: 19})
	if err != nil || slices.Contains(flagsOf(even[0]), result.FlagOneClass) {
		t.Errorf("even classes: %q (%v)", even[0].Flags, err)
	}
}

// With more columns than examples ridge recalls any labels from near-copies, and
// nothing tells the real ones; centroids still do.
func TestWide(t *testing.T) {
	e := engine(t)
	f := shifted("wide", 40, 20, 200, 4, 0.01)
	got, err := measured(e, f, Options{Probes: []string{"ridge", "softmax", "centroid"}, Permutations: 39, Scale: ScaleNone})
	if err != nil || len(got) != 3 {
		t.Fatal(len(got), err)
	}
	for _, r := range got[:2] {
		if !slices.Contains(r.Flags, "wide: 200 columns for 40 examples") || r.LearningP != 1 {
			t.Errorf("%s: flags %q, p %g", r.Probe, r.Flags, r.LearningP)
		}
	}
	if r := got[2]; slices.Contains(flagsOf(r), result.FlagWide) {
		t.Errorf("%s: flags %q", r.Probe, r.Flags)
	}
	tall, err := measured(e, shifted("tall", 40, 20, 39, 4, 0.01), Options{Probes: []string{"ridge"}, Permutations: 19})
	if err != nil || slices.Contains(flagsOf(tall[0]), result.FlagWide) {
		t.Errorf("39 columns: %q (%v)", tall[0].Flags, err)
	}
}

// Rows of networks that were trained on flipped images say so where copies are
// flipped; the untrained network and the raw inputs saw none.
func TestAugmented(t *testing.T) {
	c := small()
	c.N, c.Epochs, c.Probes, c.Perturb, c.Levels = 100, []int{0, 1}, []string{"centroid"}, "flip:1+gaussian:0.1", []float64{1}
	c.Refs, c.Refit, c.Augment.Flip = []string{RefUntrained, RefInput, RefTwin}, 19, true
	seen := map[features.Role]bool{}
	for _, r := range rows(t, c, nil) {
		trained := r.Role != features.Untrained && r.Role != features.Input
		if slices.Contains(r.Flags, "augmented: flip") != trained {
			t.Errorf("%s: flags %q", r.Cell(), r.Flags)
		}
		seen[r.Role] = true
	}
	if len(seen) != 5 {
		t.Errorf("rows of %v", seen)
	}
	for perturbation, want := range map[string]string{"shift": "augmented: shift by up to 2 pixels", "flip": "", "gaussian": "", "rotate:3+shift:1": "augmented: shift by up to 2 pixels"} {
		if got := augmentedFlag(Augmentation{Shift: 2}, perturbation); got != want {
			t.Errorf("%s: %q, want %q", perturbation, got, want)
		}
	}
}
