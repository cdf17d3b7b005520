package perm

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
)

// LearningDifference is L_a - L_b from the statistics alone, observed and null
// by label set, as rows hold them: what can be said without the evidence of Effect.
// Both nulls must be of the same label sets in the same order. The interval is over
// label sets, the Monte Carlo error of having drawn B of them, by Student's t on the
// differences set by set: the images and networks are fixed, and it says nothing of
// others. Confidence 0 = DefaultConfidence.
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
