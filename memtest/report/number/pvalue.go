package number

import (
	"math"
	"strconv"
)

// P prints a p-value with three decimals; below 0.001 it keeps two digits, since
// a p-value of a permutation test is never 0 and must not be read as one. What
// is not above 0 is no p-value and prints as None.
func P(p float64) string {
	switch {
	case !(p > 0):
		return None
	case p < 0.001:
		return strconv.FormatFloat(p, 'g', 2, 64)
	}
	return Share(p)
}

// Score prints z, in standard deviations of the null: one decimal below 100.
func Score(z float64) string {
	digits := 1
	if math.Abs(z) >= 99.95 {
		digits = 0
	}
	return Typeset(Fixed(z, digits))
}
