package perm

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// Null is the null distribution of one cell at one training seed.
type Null struct {
	Values []float64 // T_b for b = 1..B; nil where they were not kept
	SD     float64   // their standard deviation, divisor B−1
}

// Margin is what one quantity of two cells must differ by before a sentence says
// so, where a[i] and b[i] are their nulls at the same training seed. It is a rule
// for words, not a test: twice the standard deviation of T_b of the one minus T_b
// of the other, at the seed where that is largest. Both cells are scored with the
// same permutations, so the difference is taken for each b; where one lacks its
// T_b it is √(sd_a² + sd_b²). The quantity's intervals over the seeds widen it to
// half the root of their squared widths, √(w_a² + w_b²)/2. Seeds beyond those of
// the other cell are left out.
func Margin(a, b []Null, overA, overB Interval) float64 {
	var worst float64
	for i := range min(len(a), len(b)) {
		worst = max(worst, 2*a[i].differenceSD(b[i]))
	}
	return max(worst, math.Hypot(overA.High-overA.Low, overB.High-overB.Low)/2)
}

// differenceSD is the standard deviation of T_b in n minus T_b in other.
func (n Null) differenceSD(other Null) float64 {
	if b := len(n.Values); b < 2 || b != len(other.Values) {
		return math.Hypot(n.SD, other.SD)
	}
	return stat.StdDev(minus(n.Values, other.Values), nil)
}

// Compare is +1 where a is greater than b by more than the margin, −1 where it is
// less by more than that, and 0 between.
func Compare(a, b, margin float64) int {
	switch d := a - b; {
	case d > margin:
		return 1
	case d < -margin:
		return -1
	}
	return 0
}
