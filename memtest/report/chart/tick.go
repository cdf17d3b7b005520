package chart

import (
	"math"
	"slices"
	"unicode/utf8"

	"github.com/seed-1a417598/memtest/memtest/report/number"
)

// enclosing are round values that enclose low..high: four to eight of them.
func enclosing(low, high float64) []float64 {
	span := high - low
	step := math.Pow(10, math.Floor(math.Log10(span)))
	for _, part := range []float64{0.1, 0.2, 0.25, 0.5, 1} {
		if span/(step*part) <= 6 {
			step *= part
			break
		}
	}
	var all []float64
	for i := math.Floor(low/step + 1e-9); ; i++ {
		all = append(all, i*step)
		if i*step >= high-1e-9*step {
			return all
		}
	}
}

// shortTicks reports whether these values can themselves be the ticks.
func shortTicks(values []float64) bool {
	return len(values) <= 10 && !slices.ContainsFunc(values, func(v float64) bool { return utf8.RuneCountInString(number.Tick(v)) > 6 })
}

// roundTicks are round values from low to high, and perhaps a few beyond.
func (a Axis) roundTicks(low, high float64) []float64 {
	if a.Ticks != nil {
		return a.Ticks
	}
	if a.Log || a.Log1p {
		if all := a.decades(low, high); len(within(all, low, high)) > 2 {
			return all
		}
	}
	all := enclosing(low, high)
	step := all[1] - all[0]
	if len(all) > 8 {
		all = slices.DeleteFunc(all, func(v float64) bool { return math.Mod(math.Round(v/step), 2) != 0 })
	}
	for i := range all {
		all[i] = number.Round(all[i])
	}
	return all
}

// decades are 1, 2 and 5 of each power of ten, or only the powers where those are
// many.
func (a Axis) decades(low, high float64) []float64 {
	var all, powers []float64
	from := math.Floor(math.Log10(math.Max(low, 1e-300)))
	if a.Log1p {
		all, powers = []float64{0}, []float64{0}
		from = math.Max(from, 0)
	}
	for e := from; e <= math.Log10(high); e++ {
		for _, m := range []float64{1, 2, 5} {
			v := number.Round(m * math.Pow(10, e))
			all = append(all, v)
			if m == 1 {
				powers = append(powers, v)
			}
		}
	}
	if len(within(all, low, high)) > 10 {
		return powers
	}
	return all
}

func within(values []float64, low, high float64) []float64 {
	var all []float64
	for _, v := range values {
		if v >= low && v <= high {
			all = append(all, v)
		}
	}
	return all
}
