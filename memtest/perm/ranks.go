package perm

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// ranks are the ranks of values, 1 for the least; equal ones share the mean of
// their ranks.
func ranks(values []float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	out := make([]float64, len(values))
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && values[order[to]] == values[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			out[i] = float64(from+1+to) / 2
		}
		from = to
	}
	return out
}

// Spearman is Spearman's rank correlation of x and y, in [-1, 1]; ties share the
// mean of their ranks. It is an error where lengths differ, there are fewer than
// 2 values, one is NaN, or x or y does not vary.
func Spearman(x, y []float64) (float64, error) {
	if len(x) != len(y) {
		return 0, fmt.Errorf("rank correlation: %d values against %d", len(x), len(y))
	}
	for _, values := range [][]float64{x, y} {
		if slices.ContainsFunc(values, math.IsNaN) {
			return 0, fmt.Errorf("rank correlation: a value is not a number")
		}
		if len(values) < 2 || slices.Min(values) == slices.Max(values) {
			return 0, fmt.Errorf("rank correlation: %d values that do not vary", len(values))
		}
	}
	return stat.Correlation(ranks(x), ranks(y), nil), nil
}

// SpearmanInterval is Spearman's rank correlation with the interval of Bonett
// and Wright (2000): Fisher's transformation, the variance of which is
// (1 + ρ²/2)/(n − 3). The pairs must be independent of each other, at least 4.
// Confidence 0 = DefaultConfidence.
//
// At ρ = 1 and ρ = −1 the transformation is infinite and the interval has no
// width, at 4 pairs as at 400: it then says nothing of how sure ρ is.
func SpearmanInterval(x, y []float64, confidence float64) (Interval, error) {
	rho, err := Spearman(x, y)
	if err != nil {
		return Interval{}, err
	}
	if len(x) < 4 {
		return Interval{}, fmt.Errorf("rank correlation: an interval needs 4 pairs or more, not %d", len(x))
	}
	if confidence == 0 {
		confidence = DefaultConfidence
	}
	if err := checkShare("confidence", confidence); err != nil {
		return Interval{}, err
	}
	if math.Abs(rho) > 1-1e-12 {
		return Interval{rho, rho, rho}, nil
	}
	half := distuv.UnitNormal.Quantile(1-(1-confidence)/2) * math.Sqrt((1+rho*rho/2)/float64(len(x)-3))
	return Interval{rho, math.Tanh(math.Atanh(rho) - half), math.Tanh(math.Atanh(rho) + half)}, nil
}

// ROCAUC is the area under the ROC curve (Mann-Whitney U / (n1 n0)): how well
// scores find the n1 positive among n0 negative examples, as the share of their
// pairs in which the positive has the greater score, equal scores counting half.
// 1 = all positives come first, 0.5 = chance. It is an error where lengths differ,
// a score is NaN, or there are no positives or no negatives. Probes, which stand on
// packages that build with cgo only, have one of their own for many label sets; a
// test in xla/probe holds the two equal.
func ROCAUC(scores []float64, positive []bool) (float64, error) {
	if len(scores) != len(positive) {
		return 0, fmt.Errorf("ranking: %d scores for %d examples", len(scores), len(positive))
	}
	if slices.ContainsFunc(scores, math.IsNaN) {
		return 0, fmt.Errorf("ranking: a score is not a number")
	}
	var sum, p float64
	for i, r := range ranks(scores) {
		if positive[i] {
			sum += r
			p++
		}
	}
	n := float64(len(scores)) - p
	if p == 0 || n == 0 {
		return 0, fmt.Errorf("ranking: %d of %d examples are positive; there must be some of either kind", int(p), len(scores))
	}
	return (sum - p*(p+1)/2) / (p * n), nil
}

// SpearmanOverSeeds is the mean of Spearman's rank correlations of several training
// seeds, rho[s] over pairs[s] examples, by Fisher's transformation, with its interval for
// other trainings and other examples. The seeds are of the same examples, so that the
// variance of Bonett and Wright, as in SpearmanInterval, is taken to move all of them
// together: OverSeedsAndImages. One seed has SpearmanInterval. It is an error where
// there are none, a correlation is not within −1 and 1 (both left out), or there are
// fewer than 4 pairs. Confidence 0 = DefaultConfidence.
func SpearmanOverSeeds(rho []float64, pairs []int, confidence float64) (Interval, error) {
	if len(rho) == 0 || len(rho) != len(pairs) {
		return Interval{}, fmt.Errorf("rank correlations: %d of them, and %d numbers of pairs", len(rho), len(pairs))
	}
	var z, se []float64
	for s, r := range rho {
		if !(math.Abs(r) < 1) || pairs[s] < 4 {
			return Interval{}, fmt.Errorf("rank correlations: %v of %d pairs has no interval", r, pairs[s])
		}
		z, se = append(z, math.Atanh(r)), append(se, math.Sqrt((1+r*r/2)/float64(pairs[s]-3)))
	}
	v := OverSeedsAndImages(z, se, confidence)
	return Interval{math.Tanh(v.Estimate), math.Tanh(v.Low), math.Tanh(v.High)}, nil
}
