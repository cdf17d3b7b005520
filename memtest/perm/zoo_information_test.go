package perm

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// The golden values are scikit-learn's mutual_info_score within each cell of levels.
func TestInformationIsScikitLearns(t *testing.T) {
	g := readKendall(t)
	for k, z := range goldenZoos(g) {
		for m, want := range g.Zoos[k].Found {
			score, where, err := z.ConditionalMutualInformation(m)
			if err != nil || math.Abs(score-want.Score) > 1e-12 {
				t.Errorf("zoo %d, measure %d: %v, scikit-learn says %v, error %v", k, m, score, want.Score, err)
			}
			for s, w := range where {
				if w.Stratum != z.Strata()[s] || !sameOrNaN(w.Score, orNaN(want.Scores)[s], 1e-12) || !slices.Equal(w.Given, want.Given[s]) {
					t.Errorf("zoo %d, measure %d: %v, scikit-learn says %v given %v", k, m, w, orNaN(want.Scores)[s], want.Given[s])
				}
			}
		}
	}
}

// factorial is a zoo of one stratum, 3 × 2 levels of two factors, with replicates;
// the first factor decides most of the gap.
func factorial(replicates int) Zoo {
	r := seed.Stream(7, "zoo")
	z := Zoo{Factors: make([][]string, 2)}
	for a := range 3 {
		for b := range 2 {
			for range replicates {
				z.Stratum = append(z.Stratum, "one")
				z.Gap = append(z.Gap, 3*float64(a)+r.NormFloat64())
				z.Factors[0] = append(z.Factors[0], fmt.Sprint(a))
				z.Factors[1] = append(z.Factors[1], fmt.Sprint(b))
			}
		}
	}
	return z
}

// The gap itself, and the other way round, tells all; a hyperparameter tells nothing
// that it does not tell itself, though its tau is large.
func TestInformationOfKnownMeasures(t *testing.T) {
	z := factorial(20)
	turned, level := make([]float64, len(z.Gap)), make([]float64, len(z.Gap))
	for i := range z.Gap {
		turned[i], level[i] = math.Exp(-z.Gap[i]), float64(i/40)
	}
	z.Measures = [][]float64{slices.Clone(z.Gap), turned, level}
	for m, c := range []struct {
		score float64
		given []int
	}{{1, nil}, {1, nil}, {0, []int{0}}} {
		score, where, err := z.ConditionalMutualInformation(m)
		if err != nil || math.Abs(score-c.score) > 1e-12 || score != where[0].Score || !slices.Equal(where[0].Given, c.given) {
			t.Errorf("measure %d: %v at %v, want %v given %v, error %v", m, score, where, c.score, c.given, err)
		}
	}
	if _, tau, err := z.Taus(2); err != nil || tau < 0.6 {
		t.Errorf("tau of the hyperparameter is %v, error %v", tau, err)
	}
}

// Without ties and factors pairs are ordered alike with probability q = (1 + τ)/2, and
// the score is 1 less the entropy of q in bits: about τ²/(2 ln 2). Where measure and
// gap have nothing to do with each other, τ² is 2(2n+5)/(9n(n−1)) on the average.
func TestInformationOfTau(t *testing.T) {
	const zoos, n = 200, 40
	mean := 0.0
	for k := range zoos {
		z := normalZoo(seed.Stream(8, "zoo", k), 1, n, []float64{0, 0.7}[k%2])
		score, _, err := z.ConditionalMutualInformation(0)
		q := (1 + must(KendallTau(z.Measures[0], z.Gap))) / 2
		if want := 1 + q*math.Log2(q) + (1-q)*math.Log2(1-q); err != nil || math.Abs(score-want) > 1e-12 {
			t.Fatalf("%v, of tau %v, error %v", score, want, err)
		}
		if k%2 == 0 {
			mean += score / (zoos / 2)
		}
	}
	if want := 2 * (2*n + 5.) / (9 * n * (n - 1)) / (2 * math.Ln2); math.Abs(mean/want-1) > 0.5 {
		t.Errorf("apart from the gap %v, of theory %v", mean, want)
	}
}

// By hand: 12 gaps in order, of which the measure halves; pairs of the same half are
// tied. Of 132 ordered pairs 60 are tied, and 72 give the one bit of the gap's sign.
func TestInformationByHand(t *testing.T) {
	z := Zoo{Measures: make([][]float64, 1)}
	for i := range 12 {
		z.Stratum, z.Gap = append(z.Stratum, "one"), append(z.Gap, float64(i))
		z.Measures[0] = append(z.Measures[0], float64(i/6))
	}
	if score, _, err := z.ConditionalMutualInformation(0); err != nil || math.Abs(score-72./132) > 1e-12 {
		t.Errorf("%v, by hand %v, error %v", score, 72./132, err)
	}
}

// Strata are scored apart: a measure that only tells them apart tells nothing.
func TestInformationWithinStrata(t *testing.T) {
	z := normalZoo(seed.Stream(9, "zoo"), 2, 60, 0)
	for i := range z.Gap {
		z.Gap[i] += float64(100 * (i / 60))
		z.Measures[0][i] += float64(100 * (i / 60))
	}
	if score, where, err := z.ConditionalMutualInformation(0); err != nil || score > 0.02 || len(where) != 2 || score != (where[0].Score+where[1].Score)/2 {
		t.Errorf("%v at %v, error %v", score, where, err)
	}
}
