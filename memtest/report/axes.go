package report

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// check says what is wrong with an axis, or nil.
func (a PlotAxis) check() error {
	if a.Log && a.Log1p || a.Categories != nil && (a.Log || a.Log1p) {
		return errors.New("Log, Log1p and Categories exclude each other")
	}
	if a.Categories != nil && (a.Min != nil || a.Max != nil) {
		return errors.New("the ends of an axis of categories cannot be fixed")
	}
	for _, end := range []*float64{a.Min, a.Max} {
		if end != nil {
			if err := a.holds(*end); err != nil {
				return fmt.Errorf("its end: %w", err)
			}
		}
	}
	if a.Min != nil && a.Max != nil && *a.Min >= *a.Max {
		return fmt.Errorf("it ends at %g, before it begins at %g", *a.Max, *a.Min)
	}
	return nil
}

// holds says why a value has no place on the axis, or nil.
func (a PlotAxis) holds(v float64) error {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return fmt.Errorf("%g is not finite", v)
	case a.Log && v <= 0:
		return fmt.Errorf("%g is not above 0, as a logarithmic axis needs", v)
	case a.Log1p && v < 0:
		return fmt.Errorf("%g is below 0, where this axis begins", v)
	case a.Categories != nil && (v != math.Trunc(v) || v < 0 || v >= float64(len(a.Categories))):
		return fmt.Errorf("%g is none of the %d categories, which are 0, 1, 2 …", v, len(a.Categories))
	}
	return nil
}

// flat maps a value to its place on the axis, and back.
func (a PlotAxis) flat(v float64) float64 {
	switch {
	case a.Log:
		return math.Log(v)
	case a.Log1p:
		return math.Log1p(v)
	}
	return v
}

func (a PlotAxis) unflat(v float64) float64 {
	switch {
	case a.Log:
		return math.Exp(v)
	case a.Log1p:
		return math.Max(math.Expm1(v), -0.5) // as log1pScale has it
	}
	return v
}

// marginShare is the free part beyond the data at either end of an axis.
const marginShare = 0.04

func (a PlotAxis) axis() axis { return axis{label: plain(a.Label), log: a.Log, log1p: a.Log1p} }

// longestX is how many characters of an X are written; measured ones, with all
// their digits, have more.
const longestX = 9

// xAxis has a margin on either side, so that no marker lies on the Y axis.
func (p PlotPanel) xAxis() axis {
	a := p.X.axis()
	if p.X.Categories != nil {
		for i, c := range p.X.Categories {
			a.names, a.ticks = append(a.names, clean(c)), append(a.ticks, float64(i))
		}
		a.min, a.max = -0.5, float64(len(a.names))-0.5
		return a
	}
	var values, across []float64
	scatter := false
	for _, s := range p.Series {
		if s.Reference && len(s.X) == 1 {
			across = append(across, s.X...)
			continue
		}
		values = append(values, s.X...)
		scatter = scatter || s.Points
	}
	if len(values) == 0 {
		values = across
	}
	slices.Sort(values)
	values = slices.Compact(values)
	if slices.ContainsFunc(values, func(v float64) bool { return utf8.RuneCountInString(a.name(v)) > longestX }) {
		a.write = writer(values)
	}
	low, high := p.X.flat(values[0]), p.X.flat(values[len(values)-1])
	if low == high {
		low, high = low-0.5, high+0.5
	}
	room := marginShare * (high - low)
	a.min, a.max = p.X.ends(p.X.unflat(low-room), p.X.unflat(high+room))
	if scatter || !shortTicks(values) {
		values = p.X.roundTicks(a.min, a.max)
	}
	a.ticks = within(values, a.min, a.max)
	return a
}

// yAxis begins at 0 where the data are near it.
func (p PlotPanel) yAxis() axis {
	a := p.Y.axis()
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range p.Series {
		for _, ys := range [][]float64{s.Y, s.Low, s.High} {
			for _, y := range ys {
				low, high = math.Min(low, y), math.Max(high, y)
			}
		}
	}
	if !a.log {
		switch near := (high - low) / 2; {
		case low > 0 && (low <= near || low == high):
			low = 0
		case high < 0 && (high >= -near || low == high):
			high = 0
		case low == 0 && high == 0:
			high = 1
		}
	}
	from, to := p.Y.flat(low), p.Y.flat(high)
	if from == to {
		from, to = from-0.5, to+0.5
	}
	room := marginShare * (to - from)
	bottom, top := p.Y.unflat(from-room), p.Y.unflat(to+room)
	// Shares and correlations end where they do.
	for _, end := range []float64{-1, 0} {
		if low >= end && bottom < end && !a.log {
			bottom = end
		}
	}
	for _, end := range []float64{0, 1} {
		if high <= end && top > end {
			top = end
		}
	}
	a.min, a.max = p.Y.ends(bottom, top)
	a.ticks = within(p.Y.roundTicks(a.min, a.max), a.min, a.max)
	return a
}

// ends are the fixed ends of the axis, or these where there are none.
func (a PlotAxis) ends(low, high float64) (from, to float64) {
	from, to = low, high
	if a.Min != nil {
		from = *a.Min
	}
	if a.Max != nil {
		to = *a.Max
	}
	if from >= to { // one end is fixed beyond all the data
		if a.Min != nil {
			return from, a.unflat(a.flat(from) + 1)
		}
		return a.unflat(a.flat(to) - 1), to
	}
	return from, to
}

// shortTicks reports whether these values can themselves be the ticks.
func shortTicks(values []float64) bool {
	return len(values) <= 10 && !slices.ContainsFunc(values, func(v float64) bool { return utf8.RuneCountInString(tickLabel(v)) > 6 })
}

// roundTicks are round values from low to high, and perhaps a few beyond.
func (a PlotAxis) roundTicks(low, high float64) []float64 {
	if a.Log || a.Log1p {
		var all, decades []float64
		if a.Log1p {
			all, decades = []float64{0}, []float64{0}
		}
		from := math.Floor(math.Log10(math.Max(low, 1e-300)))
		if a.Log1p {
			from = math.Max(from, 0)
		}
		for e := from; e <= math.Log10(high); e++ {
			for _, m := range []float64{1, 2, 5} {
				v := rounded(m * math.Pow(10, e))
				all = append(all, v)
				if m == 1 {
					decades = append(decades, v)
				}
			}
		}
		if len(within(all, low, high)) > 10 {
			all = decades
		}
		if len(within(all, low, high)) > 2 {
			return all
		}
	}
	all := ticks(low, high)
	step := all[1] - all[0]
	if len(all) > 8 {
		all = slices.DeleteFunc(all, func(v float64) bool { return math.Mod(math.Round(v/step), 2) != 0 })
	}
	for i := range all {
		all[i] = rounded(all[i])
	}
	return all
}

// rounded takes away what sums and powers leave behind the tenth digit.
func rounded(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 10, 64), 64)
	if err != nil {
		return v
	}
	return r
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

// tickLabel is a number beside an axis, where there is little room: 20k, 1.5M.
func tickLabel(v float64) string {
	for _, unit := range []struct {
		size float64
		sign string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if math.Abs(v) < 1e4 || math.Abs(v) < unit.size {
			continue
		}
		if short := number(rounded(v / unit.size)); len(short) <= 4 {
			return short + unit.sign
		}
		return strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), "-", "−", 1)
	}
	return number(v)
}

// name is a value of the axis in words and tables.
func (a axis) name(v float64) string {
	if a.names != nil {
		return a.names[int(v)]
	}
	if a.write != nil {
		return strings.Replace(a.write(v), "-", "−", 1)
	}
	if v == math.Trunc(v) && math.Abs(v) >= 1e4 && math.Abs(v) < 1<<53 {
		return count(int(v))
	}
	return number(v)
}

// writer writes numbers, all with as many decimals: about three digits of the
// largest, none where all are whole.
func writer(all ...[]float64) func(float64) string {
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
		if digits == 0 && math.Abs(v) >= 1e4 && math.Abs(v) < 1<<53 {
			return count(int(math.Round(v)))
		}
		return strconv.FormatFloat(v, 'f', digits, 64)
	}
}
