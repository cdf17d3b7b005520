package perm

import (
	"math"
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
func TestLearningDifference(t *testing.T) {
	const n, classes, b, runs = 40, 3, 20, 100
	r := seed.Stream(2, "difference")
	x := gaussian(r, n, 5)
	near0, far := perturbed(r, x, 0.3), perturbed(r, x, 1)
	sets := must(NewShuffled(randomLabels(r, n, classes), classes, nil, 3))
	part := func(valid [][]float64, from, to int) Verdict {
		tally := must(NewTally(n, classes, TallyOptions{Reshuffles: -1}))
		tally.Add(0, Sets(sets, 0, 1)[0], centroids(x, valid, Sets(sets, 0, 1)[0], classes))
		for s := from; s < to; s++ {
			y := Sets(sets, s, s+1)[0]
			tally.Add(s, y, centroids(x, valid, y, classes))
		}
		return must(Judge(tally.Counts(), Options{}))
	}
	difference := func(a, b Verdict) Interval {
		return must(LearningDifference(a.Observed, a.Null, b.Observed, b.Null, 0))
	}
	all := difference(part(near0, 1, 1+b*runs), part(far, 1, 1+b*runs))
	held := 0
	for run := range runs {
		a, c := part(near0, 1+run*b, 1+(run+1)*b), part(far, 1+run*b, 1+(run+1)*b)
		d := difference(a, c)
		if run == 0 {
			if back := difference(c, a); !near(d.Estimate, a.Learning-c.Learning, 1e-12) || !near(d.Low, -back.High, 1e-12) {
				t.Errorf("%+v one way, %+v the other, of %v and %v", d, back, a.Learning, c.Learning)
			}
			if self := difference(a, a); self != (Interval{}) {
				t.Errorf("a cell differs from itself: %+v", self)
			}
		}
		if d.Low <= all.Estimate && all.Estimate <= d.High {
			held++
		}
	}
	// Binomial(100, 0.95) is outside 88..100 with probability 0.004.
	if held < 88 {
		t.Errorf("the intervals hold the long run's difference in %d of %d runs", held, runs)
	}
}

func TestLearningDifferenceErrors(t *testing.T) {
	if _, err := LearningDifference(1, []float64{1, 2}, 1, []float64{1, math.Inf(1)}, 0); err == nil || err.Error() != "difference: that of label set 2 is -Inf; values must be finite" {
		t.Error(err)
	}
	for _, null := range [][]float64{nil, {1}} {
		if _, err := LearningDifference(1, []float64{1}, 1, null, 0); err == nil {
			t.Errorf("nulls of 1 and %d label sets pass", len(null))
		}
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
