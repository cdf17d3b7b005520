package perm

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// AtChance says whether an accuracy lies less than three binomial standard errors
// above chance c, accuracy < c + 3·√(c(1−c)/n), where n examples, or about as
// many, were predicted. A chance that is no share, as a mean log probability is
// none, has no such error, and nothing is at it.
func AtChance(accuracy, chance float64, n int) bool {
	return accuracy < chance+3*math.Sqrt(chance*(1-chance)/float64(n))
}

// NullBand holds the middle 95 % of a null distribution around its mean: the
// quantiles 0.025 and 0.975 of the values T_b, the least of them at or below
// which so large a share lies. Without values it is mean ± 1.96 sd, cut to [0, 1].
func NullBand(values []float64, mean, sd float64) Interval {
	if len(values) == 0 {
		return Interval{mean, max(0, mean-1.96*sd), min(1, mean+1.96*sd)}
	}
	return middle95(values, mean)
}

// middle95 is an estimate with the quantiles 0.025 and 0.975 of values, which are
// not empty, by the rule that NumPy calls inverted_cdf.
func middle95(values []float64, estimate float64) Interval {
	sorted := slices.Sorted(slices.Values(values))
	return Interval{estimate, stat.Quantile(0.025, stat.Empirical, sorted, nil), stat.Quantile(0.975, stat.Empirical, sorted, nil)}
}
