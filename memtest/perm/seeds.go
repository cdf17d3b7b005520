package perm

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// OverSeeds is the mean x̄ of a quantity over training seeds with as much of an
// interval as so many seeds give: from three on Student's t with 95 % confidence,
// x̄ ± t(0.975; n−1)·s/√n, s with the divisor n−1; of two their range; of one no
// width. SeedInterval is for claims, which need the interval; this is for
// figures, which show what there is. No values have no mean: all is NaN.
func OverSeeds(values []float64) Interval {
	switch len(values) {
	case 0:
		return Interval{math.NaN(), math.NaN(), math.NaN()}
	case 1, 2:
		return Interval{stat.Mean(values, nil), slices.Min(values), slices.Max(values)}
	}
	return meanInterval(values, DefaultConfidence)
}

// LargestP is the largest of the p-values that several seeds gave, which is a
// p-value for the hypothesis that one of them or more has no effect (the
// intersection-union test; Berger 1982): it is small only where every seed's is.
// No p-values give 0, which is none.
func LargestP(p []float64) float64 {
	largest := 0.0
	for _, v := range p {
		largest = max(largest, v)
	}
	return largest
}
