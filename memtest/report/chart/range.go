package chart

import (
	"math"
	"slices"
	"unicode/utf8"

	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// marginShare is the free part beyond the data at either end of an axis.
const marginShare = 0.04

// longestX is how many characters of an X are written; measured ones, with all
// their digits, have more.
const longestX = 9

// tightX goes from the first to the last of its ticks.
func (a Axis) tightX() scale {
	s := a.scale()
	s.ticks = a.Ticks
	s.min, s.max = a.Ticks[0], a.Ticks[len(a.Ticks)-1]
	if s.min == s.max {
		s.min, s.max = s.min-0.5, s.max+0.5
	}
	return s
}

// tightY holds the data and 0, without a margin.
func (p Panel) tightY() scale {
	s := p.Y.scale()
	s.ticks = p.Y.Ticks
	low, high := p.hull()
	s.min, s.max = p.Y.ends(math.Min(low, 0), math.Max(high, 0.01))
	return s
}

// freeX has a margin on either side, so that no marker lies on the Y axis.
func (p Panel) freeX() scale {
	s := p.X.scale()
	if p.X.Categories != nil {
		for i, c := range p.X.Categories {
			s.names, s.ticks = append(s.names, word.Name(c)), append(s.ticks, float64(i))
		}
		s.min, s.max = -0.5, float64(len(s.names))-0.5
		return s
	}
	values, scatter := p.across()
	if slices.ContainsFunc(values, func(v float64) bool { return utf8.RuneCountInString(s.name(v)) > longestX }) {
		s.write = number.Alike(values)
	}
	low, high := p.X.flat(values[0]), p.X.flat(values[len(values)-1])
	if low == high {
		low, high = low-0.5, high+0.5
	}
	room := marginShare * (high - low)
	s.min, s.max = p.X.ends(p.X.unflat(low-room), p.X.unflat(high+room))
	if scatter || !shortTicks(values) {
		values = p.X.roundTicks(s.min, s.max)
	}
	s.ticks = within(values, s.min, s.max)
	return s
}

// across are the different X of all lines, ascending, and whether some are a
// scatter's. A reference that is drawn across the panel has none, unless there is
// nothing else.
func (p Panel) across() (values []float64, scatter bool) {
	var alone []float64
	for _, l := range p.Series {
		if l.Reference && len(l.X) == 1 {
			alone = append(alone, l.X...)
			continue
		}
		values = append(values, l.X...)
		scatter = scatter || l.Points
	}
	if len(values) == 0 {
		values = alone
	}
	slices.Sort(values)
	return slices.Compact(values), scatter
}

// freeY begins at 0 where the data are near it.
func (p Panel) freeY() scale {
	s := p.Y.scale()
	low, high := p.hull()
	if !p.Y.Log {
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
		if low >= end && bottom < end && !p.Y.Log {
			bottom = end
		}
	}
	for _, end := range []float64{0, 1} {
		if high <= end && top > end {
			top = end
		}
	}
	s.min, s.max = p.Y.ends(bottom, top)
	s.ticks = within(p.Y.roundTicks(s.min, s.max), s.min, s.max)
	return s
}

// hull is the least and the greatest Y, intervals counted in.
func (p Panel) hull() (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, l := range p.Series {
		for _, ys := range [][]float64{l.Y, l.Low, l.High} {
			for _, y := range ys {
				low, high = math.Min(low, y), math.Max(high, y)
			}
		}
	}
	return low, high
}

// ends are the fixed ends of the axis, or these where there are none.
func (a Axis) ends(low, high float64) (from, to float64) {
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
