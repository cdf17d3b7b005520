package perm

import (
	"math"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// Two cells by hand: L_a = 0.9 - 0.2 = 0.7, L_b = 0.6 - 0.3 = 0.3. Differences
// of the nulls are 0, -0.1, -0.2: mean -0.1, sd 0.1, standard error 0.1/√3, and
// Student's t with 2 degrees of freedom has its 97.5 % point at 4.302652729912.
func TestLearningDifferenceByHand(t *testing.T) {
	i, err := LearningDifference(0.9, []float64{0.2, 0.3, 0.1}, 0.6, []float64{0.2, 0.4, 0.3}, 0)
	if err != nil {
		t.Fatal(err)
	}
	half := 4.302652729912 * 0.1 / math.Sqrt(3)
	if !near(i.Estimate, 0.4, 1e-12) || !near(i.Low, 0.4-half, 1e-9) || !near(i.High, 0.4+half, 1e-9) {
		t.Errorf("%+v, by hand 0.4 ± %v", i, half)
	}
}

// A difference is that of the verdicts, one way and the other; of a cell with
// itself it is 0 exactly; its interval holds what 40 times as many permutations
// find, in about 95 of 100 runs.
func TestDifference(t *testing.T) {
	const n, classes, b, runs = 40, 3, 20, 100
	r := seed.Stream(2, "difference")
	x := gaussian(r, n, 5)
	near0, far := perturbed(r, x, 0.3), perturbed(r, x, 1)
	sets := must(NewShuffled(randomLabels(r, n, classes), classes, nil, 3))
	part := func(valid [][]float64, from, to int) *Counts {
		tally := must(NewTally(n, classes, TallyOptions{Reshuffles: -1}))
		tally.Add(0, Sets(sets, 0, 1)[0], centroids(x, valid, Sets(sets, 0, 1)[0], classes))
		for s := from; s < to; s++ {
			y := Sets(sets, s, s+1)[0]
			tally.Add(s, y, centroids(x, valid, y, classes))
		}
		return tally.Counts()
	}
	all := must(Difference(part(near0, 1, 1+b*runs), part(far, 1, 1+b*runs), Options{}))
	if all.Permutations != b*runs || all.Confidence != 0.95 {
		t.Errorf("%+v", all)
	}
	learning, memorization := 0, 0
	for run := range runs {
		a, c := part(near0, 1+run*b, 1+(run+1)*b), part(far, 1+run*b, 1+(run+1)*b)
		d := must(Difference(a, c, Options{}))
		if run == 0 {
			back, self := must(Difference(c, a, Options{})), must(Difference(a, a, Options{}))
			va, vc := must(Judge(a, Options{})), must(Judge(c, Options{}))
			if !near(d.Learning.Estimate, va.Learning-vc.Learning, 1e-12) || !near(d.Memorization.Estimate, va.Memorization-vc.Memorization, 1e-12) {
				t.Errorf("difference %+v of verdicts %+v and %+v", d, va, vc)
			}
			if !near(d.Learning.Low, -back.Learning.High, 1e-12) || !near(d.Memorization.High, -back.Memorization.Low, 1e-12) {
				t.Errorf("%+v one way, %+v the other", d, back)
			}
			if self.Learning != (Interval{}) || self.Memorization != (Interval{}) {
				t.Errorf("a cell differs from itself: %+v", self)
			}
		}
		if d.Learning.Low <= all.Learning.Estimate && all.Learning.Estimate <= d.Learning.High {
			learning++
		}
		if d.Memorization.Low <= all.Memorization.Estimate && all.Memorization.Estimate <= d.Memorization.High {
			memorization++
		}
	}
	// Binomial(100, 0.95) is outside 88..100 with probability 0.004.
	if learning < 88 || memorization < 88 {
		t.Errorf("the intervals hold the long run's difference in %d and %d of %d runs", learning, memorization, runs)
	}
}

func TestDifferenceErrors(t *testing.T) {
	cell := func(sets ...int) *Counts {
		tally := must(NewTally(2, 2, TallyOptions{}))
		for _, b := range sets {
			tally.Add(b, []int32{0, 1}, []int32{1, 1})
		}
		return tally.Counts()
	}
	for _, c := range []struct {
		a, b *Counts
		want string
	}{
		{cell(0, 1, 2), cell(0, 1, 3), "difference: the cells hold different label sets"},
		{cell(0, 1), cell(0, 1), "difference: 1 permutations; at least two are needed for an interval"},
		{cell(1, 2), cell(1, 2), "counts: label set 0, the observed labels, was not counted"},
		{cell(0), cell(0), "counts: only the observed labels were counted"},
	} {
		if _, err := Difference(c.a, c.b, Options{}); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
	if _, err := LearningDifference(1, []float64{1, 2}, 1, []float64{1, math.Inf(1)}, 0); err == nil || err.Error() != "difference: that of label set 2 is -Inf; values must be finite" {
		t.Error(err)
	}
	if _, err := LearningDifference(1, []float64{1}, 1, nil, 0); err == nil {
		t.Error("nulls of different lengths pass")
	}
}

// The scale by its two ends and by hand: (0.6 - 0.1)/(1 - 0.1 - 0.1) = 0.625.
func TestCalibrate(t *testing.T) {
	for _, c := range []struct{ learning, chance, twin, want float64 }{
		{0.1, 0.1, 0.1, 0}, {0.9, 0.1, 0.1, 1}, {0.6, 0.1, 0.1, 0.625}, {0, 0.1, 0.1, -0.125}, {0.5, 0.5, 0, 1},
	} {
		got, err := Calibrate(c.learning, c.chance, c.twin)
		if err != nil || !near(got, c.want, 1e-12) {
			t.Errorf("%+v: %v, %v", c, got, err)
		}
	}
	for _, c := range []struct {
		learning, chance, twin float64
		want                   string
	}{
		{0.5, 0.1, 0.86, "calibrated learning: the twin's learning 0.860 leaves 0.040 up to the ideal, less than 0.05; choose a higher level of perturbation"},
		{math.NaN(), 0.1, 0.1, "calibrated learning: learning NaN, chance 0.1 and the twin's learning 0.1 must be finite"},
		{0.5, 1.5, -2, "calibrated learning: chance 1.5 is not a share"},
	} {
		if _, err := Calibrate(c.learning, c.chance, c.twin); err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}

// Means over seeds, by hand; the scale of a mean log probability has no share of
// chance, and a twin that leaves a twentieth of room or less has no scale.
func TestCalibrateMeans(t *testing.T) {
	for _, c := range []struct {
		learning, chance, twin, want float64
		ok                           bool
	}{
		{0.6, 0.1, 0.1, 0.625, true}, {0, 0.1, 0.1, -0.125, true}, {1.5, -2.25, 0.25, 1.25 / 3, true},
		{0.5, 0.1, 0.86, 0, false}, {0.5, 0.25, 0.75, 0, false},
	} {
		got, ok := CalibrateMeans(c.learning, c.chance, c.twin)
		if ok != c.ok || !near(got, c.want, 1e-12) {
			t.Errorf("%+v: %v, %t", c, got, ok)
		}
	}
}

func TestTwinGap(t *testing.T) {
	for _, c := range []struct {
		network, twin, tolerance float64
		want                     bool
	}{{1, 1, 0, false}, {1, 0.98, 0, false}, {0.98, 1, 0, false}, {1, 0.97, 0, true}, {0.9, 0.8, 0.1, false}, {1, math.NaN(), 0, true}} {
		if got := TwinGap(c.network, c.twin, c.tolerance); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
