// Package uniform tells whether values, such as p-values where there is no
// effect, are spread evenly over 0..1. Only tests import it.
package uniform

import (
	"math"
	"slices"
)

// Kolmogorov is the largest distance between the distribution of values and the
// uniform one on 0..1, and its p-value: by Kolmogorov's limit distribution, with
// the correction of Stephens (1970) for the number of values.
func Kolmogorov(values []float64) (distance, p float64) {
	sorted := slices.Sorted(slices.Values(values))
	n := float64(len(sorted))
	for i, v := range sorted {
		distance = max(distance, v-float64(i)/n, float64(i+1)/n-v)
	}
	root := math.Sqrt(n)
	return distance, tail((root + 0.12 + 0.11/root) * distance)
}

// tail is the share of Kolmogorov's limit distribution above x,
// 2 Σ (-1)^(k-1) exp(-2 k² x²).
func tail(x float64) float64 {
	if x < 0.3 {
		return 1 // 1 - 1e-5
	}
	var p float64
	for k, sign := 1.0, 1.0; k < 101; k, sign = k+1, -sign {
		p += 2 * sign * math.Exp(-2*k*k*x*x)
	}
	return min(1, max(0, p))
}

// ShareAtMost is the share of values that are at most a level.
func ShareAtMost(values []float64, level float64) float64 {
	count := 0
	for _, v := range values {
		if v <= level+1e-12 {
			count++
		}
	}
	return float64(count) / float64(len(values))
}
