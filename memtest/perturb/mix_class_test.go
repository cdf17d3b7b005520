package perturb

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
)

// mixClassLabels are three labels of unequal frequency, the last of which one example has.
func mixClassLabels() []int32 {
	return []int32{0, 1, 0, 0, 1, 2, 1, 0}
}

// A partner has the same label and is another example, or the same where it has no other;
// the same seed and set give the same.
func TestPartnersHaveTheLabel(t *testing.T) {
	labels := mixClassLabels()
	before := slices.Clone(labels)
	for b := range 200 {
		partners := Partners(labels, 7, b)
		for i, j := range partners {
			if alone := labels[i] == 2; labels[j] != labels[i] || (int(j) == i) != alone {
				t.Fatalf("set %d: the partner of example %d, label %d, is %d, label %d", b, i, labels[i], j, labels[j])
			}
		}
		if !slices.Equal(partners, Partners(labels, 7, b)) {
			t.Fatalf("set %d: other partners the second time", b)
		}
	}
	if !slices.Equal(labels, before) {
		t.Error("the labels were changed")
	}
	if slices.Equal(Partners(labels, 7, 0), Partners(labels, 8, 0)) || slices.Equal(Partners(labels, 7, 0), Partners(labels, 7, 1)) {
		t.Error("two seeds, or two label sets, give the same partners")
	}
}

// All others of a label are as likely: in 30,000 label sets each count is within five
// binomial standard deviations of its mean.
func TestPartnersAreUniform(t *testing.T) {
	const sets = 30_000
	labels := mixClassLabels()
	counts := map[[2]int]int{}
	for b := range sets {
		for i, j := range Partners(labels, 1, b) {
			counts[[2]int{i, int(j)}]++
		}
	}
	others := map[int32]float64{0: 3, 1: 2}
	for i, y := range labels[:5] {
		for j, z := range labels {
			if z != y || i == j {
				continue
			}
			p := 1 / others[y]
			if n := float64(counts[[2]int{i, j}]); math.Abs(n-sets*p) > 5*math.Sqrt(sets*p*(1-p)) {
				t.Errorf("example %d has the partner %d in %v of %d label sets, on average %v", i, j, n, sets, sets*p)
			}
		}
	}
}

// Partners of two examples are independent of each other: pairs are as likely as their
// product says, also of an example and its own partner's.
func TestPartnersAreIndependent(t *testing.T) {
	const sets = 30_000
	labels := []int32{0, 0, 0}
	mutual := 0
	for b := range sets {
		if p := Partners(labels, 1, b); p[0] == 1 && p[1] == 0 {
			mutual++
		}
	}
	if math.Abs(float64(mutual)-sets/4) > 5*math.Sqrt(sets*3./16) {
		t.Errorf("two examples are each other's partners in %d of %d label sets, on average %d", mutual, sets, sets/4)
	}
}

// Examples have no copies by mix-class: whoever asks for some is told why, and a level is
// still looked at.
func TestMixClassMakesNoCopiesOfExamples(t *testing.T) {
	p := mustParse(t, "mix-class")
	const why = "perturbation mix-class blends the features of a layer"
	says := func(what string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), why) || strings.Count(err.Error(), ". ") > 0 {
			t.Errorf("%s: error %v", what, err)
		}
	}
	_, err := Copies(images(), p, 0.25, 1)
	says("copies", err)
	_, err = Grid(images(), p, []float64{0, 0.25}, 3, 1)
	says("grid", err)
	_, err = MeasureCloseness(context.Background(), images(), p, []float64{0, 0.25}, ClosenessOptions{})
	says("closeness", err)
	says("CheckExamples", CheckExamples(p))
	if err := CheckExamples(mustParse(t, "mix")); err != nil {
		t.Errorf("mix: %v", err)
	}
	if same, err := Copies(images(), p, 0, 1); err != nil || !sameBits(same.X, images().X) {
		t.Errorf("level 0 is not the examples: %v", err)
	}
	if _, err := Parse("mix-class:0.3+gaussian:0.1"); err == nil || !strings.Contains(err.Error(), "it is no part of a composition") {
		t.Errorf("a composition: error %v", err)
	}
	for _, level := range []float64{-0.1, 0.51, math.NaN()} {
		if p.Check(level, images().Shape) == nil {
			t.Errorf("level %v is accepted", level)
		}
	}
	if err := p.Check(0.5, images().Shape); err != nil {
		t.Error(err)
	}
}
