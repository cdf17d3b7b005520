package number

import (
	"math"
	"strconv"
)

// Count prints a whole number with a comma at each thousand.
func Count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Epoch prints an epoch; one below 0 is that of what is no network, and prints
// as None.
func Epoch(epoch int) string {
	if epoch < 0 {
		return None
	}
	return strconv.Itoa(epoch)
}

// Value prints a value of an axis in words and tables: whole numbers of five
// digits and more as Count does, others with all their digits.
func Value(v float64) string {
	if v == math.Trunc(v) && large(v) {
		return Count(int(v))
	}
	return Level(v)
}

// large says whether a number gets commas: from five digits on, as long as
// floats hold whole numbers exactly.
func large(v float64) bool { return math.Abs(v) >= 1e4 && math.Abs(v) < 1<<53 }
