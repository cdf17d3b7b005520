package perm

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// Four examples, two label sets, by hand. Hits of set 0: 1 1 1 0; of set 1:
// 1 0 0 0; of set 2: 1 1 0 0. L = 3/4 − (1/4 + 1/2)/2 = 3/8 with the parts
// 0, 1/2, 1, 0: variance 11/48. T_1 and T_2 differ by 1/4: variance 1/32.
func TestEffectByHand(t *testing.T) {
	c := tallied(2, TallyOptions{Reshuffles: -1, PerExample: true},
		[][]int32{{0, 0, 1, 1}, {0, 1, 0, 1}, {1, 0, 1, 0}},
		[][]int32{{0, 0, 1, 0}, {0, 0, 1, 0}, {1, 0, 0, 1}})
	e := must(c.LearningEffect())
	if e.Estimate != 0.375 || !slices.Equal(e.Examples, []float64{0, 0.5, 1, 0}) || !slices.Equal(e.Sets, []float64{-0.25, -0.5}) {
		t.Fatalf("%+v", e)
	}
	se := math.Sqrt(11./48/4 + 1./32/2)
	if !near(e.SE(), se, 1e-14) || !near(e.SetsSE(), 0.125, 1e-14) {
		t.Errorf("standard errors %v and %v, by hand %v and 0.125", e.SE(), e.SetsSE(), se)
	}
	// Welch's degrees of freedom: (v + w)²/(v²/3 + w²/1) with v = 11/192 and w = 1/64,
	// 3.97297297; scipy.stats.t.ppf(.975, that) = 2.7839097992218127 (SciPy 1.17.1).
	half := 2.7839097992218127 * se
	if i := e.Interval(0); !near(i.Low, 0.375-half, 1e-9) || !near(i.High, 0.375+half, 1e-9) || i.Estimate != 0.375 {
		t.Errorf("%+v, by hand 0.375 ± %v", i, half)
	}
	m := must(c.MemorizationEffect())
	// Predictions of set 1 are 3:1 of labels 2:2, chance 1/2; likewise set 2.
	if !near(m.Estimate, -0.125, 1e-14) || !slices.Equal(m.Examples, []float64{0.5, 0, -0.5, -0.5}) || !slices.Equal(m.Sets, []float64{-0.25, 0}) {
		t.Errorf("%+v", m)
	}
	if d := must(e.Minus(e)); d.SE() != 0 || d.Interval(0.9) != (Interval{}) {
		t.Errorf("an effect differs from itself: %+v", d)
	}
}

// The mean of the parts is what Judge gives, of differences too; groups, and set 0
// counted in another part of a run than the others, change nothing.
func TestEffectOfCells(t *testing.T) {
	const n, classes = 60, 3
	r := seed.Stream(8, "effect")
	labels, groups := randomLabels(r, n, classes), make([]int32, n)
	for i := range groups {
		groups[i] = int32(i % 2)
	}
	for _, g := range [][]int32{nil, groups} {
		o := TallyOptions{Reshuffles: -1, PerExample: true, Groups: g}
		sets := must(NewShuffled(labels, classes, g, 4))
		whole, later, first := must(NewTally(n, classes, o)), must(NewTally(n, classes, o)), must(NewTally(n, classes, o))
		for b, y := range Sets(sets, 0, 30) {
			p := predictions(r, y, classes, 0.3)
			part := later
			if b < 10 {
				part = first
			}
			for _, each := range []*Tally{whole, part} {
				if err := each.Add(b, y, p); err != nil {
					t.Fatal(err)
				}
			}
		}
		c, merged := whole.Counts(), later.Counts()
		if err := merged.Merge(first.Counts()); err != nil {
			t.Fatal(err)
		}
		sameCounts(t, merged, c)
		v, l, m := must(Judge(c, Options{})), must(c.LearningEffect()), must(c.MemorizationEffect())
		if !near(l.Estimate, v.Learning, 1e-12) || !near(m.Estimate, v.Memorization, 1e-12) || !near(l.SetsSE(), v.LearningSE, 1e-12) || !near(m.SetsSE(), v.MemorizationSE, 1e-12) {
			t.Errorf("effects %v and %v of the verdict %+v", l.Estimate, m.Estimate, v)
		}
		d := must(l.Minus(m))
		for _, e := range []Effect{l, m, d} {
			if !near(mean(e.Examples), e.Estimate, 1e-12) {
				t.Errorf("parts have mean %v, the estimate is %v", mean(e.Examples), e.Estimate)
			}
		}
	}
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

func TestEffectErrors(t *testing.T) {
	three := [][]int32{{0, 1}, {1, 0}, {0, 1}}
	kept := TallyOptions{Reshuffles: -1, PerExample: true}
	old := tallied(2, kept, three, three)
	old.ObservedHit = nil
	for want, c := range map[string]*Counts{
		"effect: the counts do not say which copies the observed labels hit": old,
		"effect: the counts hold no sums per example":                        tallied(2, TallyOptions{Reshuffles: -1}, three, three),
		"effect: 2 examples and 1 label sets beside the observed one":        tallied(2, kept, three[:2], three[:2]),
		"counts: label set 0, the observed labels, was not counted":          {N: 2, Classes: 2, Blocks: 1},
	} {
		if _, err := c.LearningEffect(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
		if _, err := c.MemorizationEffect(); c != old && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("memorization: error %v, want %s", err, want)
		}
	}
	if _, err := old.MemorizationEffect(); err != nil {
		t.Error(err)
	}
	if _, err := (Effect{Examples: make([]float64, 3)}).Minus(Effect{Examples: make([]float64, 4)}); err == nil || !strings.HasPrefix(err.Error(), "difference: 3 examples and 0 label sets, and 4 and 0;") {
		t.Error(err)
	}
}
