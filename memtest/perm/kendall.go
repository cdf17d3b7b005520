package perm

import (
	"fmt"
	"math"
	"slices"
)

// KendallTau is Kendall's tau-b (1945) of x and y, in [-1, 1], as
// scipy.stats.kendalltau gives it: (C − D)/√((n₀ − n₁)(n₀ − n₂)), C and D being the
// pairs that both order alike and unlike, n₀ = n(n−1)/2 all pairs, n₁ and n₂ those
// that are tied in x and in y. Infinities are ordered like other values. It is an
// error where lengths differ, there are fewer than 2 values, one is NaN, or x or y
// does not vary, since no pair is then ordered (scipy gives NaN). It takes n² steps.
func KendallTau(x, y []float64) (float64, error) {
	if len(x) != len(y) {
		return 0, fmt.Errorf("Kendall's tau: %d values against %d; give two values of each network", len(x), len(y))
	}
	if len(x) < 2 {
		return 0, fmt.Errorf("Kendall's tau: %d values; at least two are needed", len(x))
	}
	for side, values := range [][]float64{x, y} {
		if i := slices.IndexFunc(values, math.IsNaN); i >= 0 {
			return 0, fmt.Errorf("Kendall's tau: value %d of side %d is not a number; leave such pairs out", i, side)
		}
		if slices.Min(values) == slices.Max(values) {
			return 0, fmt.Errorf("Kendall's tau: all %d values of side %d are %v, so no pair is ordered; leave such values out", len(values), side, values[0])
		}
	}
	score, untiedX, untiedY := 0, 0, 0
	for i := range x {
		for j := range i {
			a, b := order(x[i], x[j]), order(y[i], y[j])
			score += a * b
			untiedX += a * a
			untiedY += b * b
		}
	}
	return tauB(score, untiedX, untiedY), nil
}

// order is the sign of a − b, also of infinities, of which the difference is NaN.
// It is 0 where either is NaN.
func order(a, b float64) int {
	switch {
	case a > b:
		return 1
	case a < b:
		return -1
	}
	return 0
}

// tauB is tau-b of the score C − D and the pairs that are not tied in x and in y. It
// is 0 where one of them has no such pair.
func tauB(score, untiedX, untiedY int) float64 {
	if untiedX == 0 || untiedY == 0 {
		return 0
	}
	return max(-1, min(1, float64(score)/math.Sqrt(float64(untiedX))/math.Sqrt(float64(untiedY))))
}
