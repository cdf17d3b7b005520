package number

import (
	"math"
	"strconv"
	"strings"
)

// None stands where there is no value.
const None = "–"

// minus is the sign of print.
const minus = "−"

// Typeset gives a number its minus of print, in place of the first hyphen.
func Typeset(s string) string { return strings.Replace(s, "-", minus, 1) }

// OrNone prints a value that may be missing.
func OrNone(v *float64, print func(float64) string) string {
	if v == nil {
		return None
	}
	return print(*v)
}

// Share prints an accuracy or another share in [0, 1], with three decimals. Mean
// log probabilities, which are below 0, keep their hyphen.
func Share(v float64) string { return Fixed(v, 3) }

// Deviation prints a standard deviation of shares: a digit more than a share.
func Deviation(v float64) string { return Fixed(v, 4) }

// Fixed prints a ratio or a distance with so many decimals, and a hyphen below 0.
func Fixed(v float64, decimals int) string { return strconv.FormatFloat(v, 'f', decimals, 64) }

// Signed prints a difference of shares on a page: +0.123, −0.123, and 0.000
// where it rounds to nothing.
func Signed(v float64) string {
	switch s := Share(math.Abs(v)); {
	case s == nothing:
		return s
	case v < 0:
		return minus + s
	default:
		return "+" + s
	}
}

// nothing is what rounds to 0.
const nothing = "0.000"

// Estimate prints a share that is estimated, or an end of its interval, which may
// lie below 0: 0.123, −0.012, and 0.000 for what rounds to nothing.
func Estimate(v float64) string { return unsigned(Share(v)) }

// Difference prints a difference that is estimated, or an end of its interval.
// What rounds to nothing keeps its plus, which says that it lies above 0: +0.000.
func Difference(v float64) string { return unsigned(Plus(v, 3)) }

// unsigned typesets a number with three decimals, of which nothing has no minus.
func unsigned(s string) string {
	if s == "-"+nothing {
		return nothing
	}
	return Typeset(s)
}

// Plus prints a difference in a column of a terminal or a cell, always with a
// sign of one character that programs read: +0.123, -0.123.
func Plus(v float64, decimals int) string {
	s := Fixed(v, decimals)
	if s[0] == '-' || s[0] == '+' { // +Inf
		return s
	}
	return "+" + s
}

// Percent prints a share in whole per cent, with a decimal where the whole number would
// read as all or nothing and is neither: 84%, 99.7%, 0.2%.
func Percent(v float64) string {
	whole := Fixed(100*v, 0)
	if (whole == "100" || whole == "0") && v != 0 && v != 1 {
		switch s := Fixed(100*v, 1); s {
		case "100.0":
			return "over 99.9%"
		case "0.0":
			return "under 0.1%"
		default:
			return s + "%"
		}
	}
	return Typeset(whole) + "%"
}
