package report

import (
	"math"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// none stands where a row has no value.
const none = "–"

// share is an accuracy or another share in [0, 1].
func share(v float64) string { return strconv.FormatFloat(v, 'f', 3, 64) }

func shareOrNone(v *float64) string {
	if v == nil {
		return none
	}
	return share(*v)
}

// signed is a difference of shares, with its sign.
func signed(v float64) string {
	switch s := strconv.FormatFloat(math.Abs(v), 'f', 3, 64); {
	case s == "0.000":
		return s
	case v < 0:
		return "−" + s
	default:
		return "+" + s
	}
}

// deviation is a standard deviation of shares: a digit more than a share.
func deviation(v float64) string { return strconv.FormatFloat(v, 'f', 4, 64) }

// score is z, in null standard deviations.
func score(v *float64) string {
	if v == nil {
		return none
	}
	digits := 1
	if math.Abs(*v) >= 99.95 {
		digits = 0
	}
	return strings.Replace(strconv.FormatFloat(*v, 'f', digits, 64), "-", "−", 1)
}

// chanceOf is a p-value. A p-value is never 0; one below 0.001 keeps two digits.
func chanceOf(p float64) string {
	if p > 0 && p < 0.001 {
		return strconv.FormatFloat(p, 'g', 2, 64)
	}
	return share(p)
}

// learningP is the learning p-value of a row, with ~ before it where it is
// descriptive only.
func learningP(r result.Row) string {
	if r.Exact {
		return chanceOf(r.LearningP)
	}
	return "~" + chanceOf(r.LearningP)
}

// floorP is the smallest p-value that b permutations can reach.
func floorP(b int) float64 { return 1 / float64(b+1) }

func number(v float64) string {
	return strings.Replace(strconv.FormatFloat(v, 'g', -1, 64), "-", "−", 1)
}

// count is an integer with a comma at each thousand.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func epochName(epoch int) string {
	if epoch == result.EpochNone {
		return none
	}
	return strconv.Itoa(epoch)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
