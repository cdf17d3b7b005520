package number

import (
	"math"
	"strconv"
	"strings"
)

// Alike prints numbers that stand together, all with as many decimals: about
// three digits of the largest, none where all are whole. Below 0 they have a
// hyphen.
func Alike(all ...[]float64) func(float64) string {
	most, whole := 0.0, true
	for _, values := range all {
		for _, v := range values {
			most, whole = math.Max(most, math.Abs(v)), whole && v == math.Trunc(v)
		}
	}
	digits := 0
	if !whole {
		digits = min(max(2-int(math.Floor(math.Log10(most))), 0), 9)
		if most >= 0.1 && most < 10 {
			digits = 3 // as shares have
		}
	}
	return func(v float64) string {
		if digits == 0 && large(v) {
			return Count(int(math.Round(v)))
		}
		return Fixed(v, digits)
	}
}

// Ticks prints the evenly spaced values beside an axis, all with as many decimals
// as the value that needs most.
func Ticks(values []float64) []string {
	digits := 0
	for _, v := range values {
		_, decimals, _ := strings.Cut(strconv.FormatFloat(math.Round(v*1e9)/1e9, 'f', -1, 64), ".")
		digits = max(digits, len(decimals))
	}
	var all []string
	for _, v := range values {
		all = append(all, Typeset(Fixed(v, digits)))
	}
	return all
}

// Tick prints one value beside an axis where there is little room: 20k, 1.5M.
func Tick(v float64) string {
	for _, unit := range []struct {
		size float64
		sign string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if math.Abs(v) < 1e4 || math.Abs(v) < unit.size {
			continue
		}
		if short := Level(Round(v / unit.size)); len(short) <= 4 {
			return short + unit.sign
		}
		return Typeset(Fixed(v, -1))
	}
	return Level(v)
}
