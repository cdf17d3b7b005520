package perm

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
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

// OverSeedsAndImages is the mean of an effect over training seeds with its interval
// for other images, label sets and trainings: estimates[s] is that of seed s, and
// ses[s] its standard error over images and label sets, as Effect.SE gives it. All
// seeds are of the same images, so their errors are taken to move together, which
// errs on the wide side: SE² = (mean of ses)² + s²/S, s² being the variance of the
// S estimates, divisor S−1. Student's t has the degrees of freedom of Welch (1947) and
// Satterthwaite (1946), where the part of the images counts as known. One seed has
// the interval of its images. Confidence 0 = DefaultConfidence. No estimates give NaN.
func OverSeedsAndImages(estimates, ses []float64, confidence float64) Interval {
	if confidence == 0 {
		confidence = DefaultConfidence
	}
	if len(estimates) == 0 {
		return Interval{math.NaN(), math.NaN(), math.NaN()}
	}
	images, seeds, freedom := stat.Mean(ses, nil), 0.0, math.Inf(1)
	images *= images
	if len(estimates) > 1 {
		seeds = stat.Variance(estimates, nil) / float64(len(estimates))
	}
	if seeds > 0 {
		freedom = float64(len(estimates)-1) * (images + seeds) * (images + seeds) / (seeds * seeds)
	}
	mean, half := stat.Mean(estimates, nil), quantileOfT(1-(1-confidence)/2, freedom)*math.Sqrt(images+seeds)
	return Interval{mean, mean - half, mean + half}
}

// quantileOfT is that of Student's t, of the normal distribution where the degrees
// of freedom are too many to matter.
func quantileOfT(p, freedom float64) float64 {
	if freedom > 1e6 {
		return distuv.UnitNormal.Quantile(p)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.Quantile(p)
}
