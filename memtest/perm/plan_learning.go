package perm

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// DetectableLearning is the smallest learning above 0 whose p-value, adjusted by
// MaxT over a family of so many cells, is at most alpha with the probability power;
// false where no p-value of B label sets reaches alpha. The pilot is that of the
// learning of a cell, and s.Seeds does not matter: each training has a p-value of its
// own.
//
// The null's values are taken as normal with the variance Sets/n, and T_0 with
// Images/n or that of the null where it is larger, which T_0 has where little is
// learned. p ≤ alpha means that fewer than k = ⌊alpha·(B+1)⌋ of the B maxima over the
// cells reach T_0, a binomial number; the cells count as independent, which no
// family asks more than.
func (p Pilot) DetectableLearning(s Size, alpha float64, cells int, power float64) (learning float64, ok bool) {
	reached := math.Floor(alpha*float64(s.B+1) + 1e-9)
	if reached < 1 {
		return math.NaN(), false
	}
	null := math.Sqrt(p.Sets / float64(s.N))
	if null == 0 {
		return 0, true
	}
	observed := math.Sqrt(max(p.Images, p.Sets) / float64(s.N))
	// k or more of B reach it where the k-th largest of B uniform values does
	// (Clopper and Pearson's identity of binomial and beta distribution).
	kth := distuv.Beta{Alpha: reached, Beta: float64(s.B) - reached + 1}
	return smallest(null, power, func(learning float64) float64 {
		shown := 0.0
		for i := range quantiles {
			t := (learning + observed*distuv.UnitNormal.Quantile((float64(i)+0.5)/quantiles)) / null
			reaches := -math.Expm1(float64(max(1, cells)) * math.Log(normal(t))) // of one label set, in some cell
			shown += 1 - kth.CDF(reaches)
		}
		return shown / quantiles
	}), true
}
