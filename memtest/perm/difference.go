package perm

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Paired is the difference of two cells, a minus b, that were measured with the
// same label sets.
//
// The interval is the Monte Carlo error of having drawn B label sets; the features
// are fixed. It is Student's t on the differences set by set, so what the sets do
// to both cells alike cancels. It says nothing of other networks or data: for that
// train several seeds and take SeedInterval of each seed's difference.
type Paired struct {
	Permutations int      `json:"permutations"`
	Confidence   float64  `json:"confidence"`
	Learning     Interval `json:"learning"`     // L_a - L_b
	Memorization Interval `json:"memorization"` // M_a - M_b
}

// Difference compares two cells by their counts, by the metric and confidence of
// the options. Both must hold the same label sets: 0 and two or more others.
func Difference(a, b *Counts, o Options) (Paired, error) {
	o, err := o.resolved()
	if err != nil {
		return Paired{}, err
	}
	for _, c := range []*Counts{a, b} {
		if err := c.checkJudged(); err != nil {
			return Paired{}, err
		}
	}
	if !slices.Equal(a.B, b.B) {
		return Paired{}, fmt.Errorf("difference: the cells hold different label sets (%d and %d of them); measure both with the same permutations", len(a.B), len(b.B))
	}
	valuesA, chanceA := a.Statistics(o.Metric)
	valuesB, chanceB := b.Statistics(o.Metric)
	p := Paired{Permutations: len(a.B) - 1, Confidence: o.Confidence}
	if p.Learning, err = LearningDifference(valuesA[0], valuesA[1:], valuesB[0], valuesB[1:], o.Confidence); err != nil {
		return Paired{}, err
	}
	p.Memorization = meanInterval(minus(minus(valuesA[1:], chanceA[1:]), minus(valuesB[1:], chanceB[1:])), o.Confidence)
	return p, nil
}

// LearningDifference is L_a - L_b from the statistics alone, observed and null
// by label set, as rows hold them. Its interval is over label sets, the images held
// fixed: an Effect has the one over images, where there is evidence. Both nulls must be of the same label sets in
// the same order. See Paired for what the interval is of. Confidence 0 =
// DefaultConfidence.
func LearningDifference(observedA float64, nullA []float64, observedB float64, nullB []float64, confidence float64) (Interval, error) {
	if len(nullA) != len(nullB) {
		return Interval{}, fmt.Errorf("difference: %d and %d permutations; measure both cells with the same permutations", len(nullA), len(nullB))
	}
	if len(nullA) < 2 {
		return Interval{}, fmt.Errorf("difference: %d permutations; at least two are needed for an interval", len(nullA))
	}
	if confidence == 0 {
		confidence = DefaultConfidence
	}
	if err := checkShare("confidence", confidence); err != nil {
		return Interval{}, err
	}
	observed := observedA - observedB
	all := append([]float64{observed}, minus(nullA, nullB)...)
	if err := checkFinite("difference: that of label set", all); err != nil {
		return Interval{}, err
	}
	i := meanInterval(all[1:], confidence)
	return Interval{observed - i.Estimate, observed - i.High, observed - i.Low}, nil
}

// ShufflesSE is the standard error of the difference of two cells' mean nulls, from
// having drawn B label sets only: sd(T_a,b − T_b,b)/√B. Both nulls are of the same two
// or more label sets in the same order.
func ShufflesSE(nullA, nullB []float64) float64 {
	return stat.StdDev(minus(nullA, nullB), nil) / math.Sqrt(float64(len(nullA)))
}

func minus(a, b []float64) []float64 {
	to := make([]float64, len(a))
	for i := range to {
		to[i] = a[i] - b[i]
	}
	return to
}
