package oracle

import "math"

// tie is the relative difference below which real numbers that were summed in
// another order count as equal.
const tie = 1e-11

// reaches says whether a ≥ b.
func reaches(a, b float64) bool { return a >= b-tie*max(1, math.Abs(b)) }

func meanOf(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// deviation is the standard deviation with the divisor n−1; 0 of equal values.
func deviation(values []float64) float64 {
	mean, sum, equal := meanOf(values), 0.0, true
	for _, v := range values {
		sum += (v - mean) * (v - mean)
		equal = equal && v == values[0]
	}
	if equal {
		return 0
	}
	return math.Sqrt(sum / float64(len(values)-1))
}

// atLeastOf is the probability of k or more of n at success probability p.
func atLeastOf(k, n int, p float64) float64 {
	sum := 0.0
	for i := k; i <= n; i++ {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(i + 1))
		c, _ := math.Lgamma(float64(n - i + 1))
		sum += math.Exp(a - b - c + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return sum
}

// solve is the p in 0..1 at which a rising function is tail.
func solve(f func(p float64) float64, tail float64) float64 {
	low, high := 0.0, 1.0
	for range 200 {
		if mid := (low + high) / 2; f(mid) < tail {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2
}

// exactLow is the p at which k or more of n have the probability 0.025, and
// exactHigh that at which k or fewer of n have it: Clopper and Pearson (1934), by
// sums of the binomial distribution.
func exactLow(k, n int) float64 {
	if k == 0 {
		return 0
	}
	return solve(func(p float64) float64 { return atLeastOf(k, n, p) }, 0.025)
}

func exactHigh(k, n int) float64 {
	if k >= n {
		return 1
	}
	return solve(func(p float64) float64 { return atLeastOf(k+1, n, p) }, 0.975)
}

// pValue is a p-value with the ends of its 95 % interval.
type pValue struct{ p, low, high float64 }

// permutationP is the p-value of the observed statistic, values[0].
func permutationP(values []float64, twoSided bool) pValue {
	above, below, b := 0, 0, len(values)-1
	for _, v := range values[1:] {
		if reaches(v, values[0]) {
			above++
		}
		if reaches(values[0], v) {
			below++
		}
	}
	reached, sides := above, 1.0
	if twoSided {
		reached, sides = min(above, below), 2
	}
	return pValue{
		min(1, sides*float64(1+reached)/float64(b+1)),
		min(1, sides*exactLow(reached, b)), min(1, sides*exactHigh(reached, b)),
	}
}

// sequentialP is the p-value of Besag and Clifford's test: it draws until h sets
// reach the observed statistic, at most as many sets as most.
func sequentialP(values []float64, h, most int) pValue {
	reached := 0
	for used, v := range values[1:min(len(values), most+1)] {
		if reaches(v, values[0]) {
			reached++
		}
		if reached == h {
			used++
			return pValue{float64(h) / float64(used), exactLow(h, used), exactHigh(h-1, used-1)}
		}
	}
	return pValue{float64(1+reached) / float64(most+1), exactLow(reached, most), exactHigh(reached, most)}
}

// leastDrawn is the least number of label sets that a sequential test draws.
const leastDrawn = 19

// Drawn is how many label sets such a test draws for several levels, which share
// them: until that of each level has stopped, and no fewer than leastDrawn. Decided
// says that the last of them ended the drawing: it counts for p alone.
func Drawn(levels [][]float64, h, most int) (drawn int, decided bool) {
	for drawn < most {
		drawn++
		stopped := true
		for _, values := range levels {
			reached := 0
			for _, v := range values[1 : drawn+1] {
				if reaches(v, values[0]) {
					reached++
				}
			}
			stopped = stopped && reached >= h
		}
		if stopped && drawn >= leastDrawn {
			return drawn, drawn > leastDrawn
		}
	}
	return drawn, false
}
