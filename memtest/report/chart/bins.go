package chart

import (
	"math"
	"slices"
)

// bin is a bar of a histogram.
type bin struct {
	low, high float64
	count     int
}

// mostBins bounds how many bars a histogram has, about the root of the number of
// values.
const mostBins = 24

// bins counts the values, in bars of this width, a whole number of steps.
func (h Histogram) bins() (all []bin, width float64) {
	low, high := slices.Min(h.Values), slices.Max(h.Values)
	n := min(mostBins, int(math.Ceil(math.Sqrt(float64(len(h.Values))))))
	width = math.Max(1, math.Ceil((high-low)*float64(h.Per)/float64(n))) / float64(h.Per)
	start := low - width/2
	// Where steps are lost in the digits of huge values, the last bar takes the rest.
	for e := start; len(all) == 0 || e < high+width/2 && len(all) < 2*mostBins; e += width {
		all = append(all, bin{low: e, high: e + width})
	}
	for len(all) > 1 && all[len(all)-1].low > high {
		all = all[:len(all)-1]
	}
	for _, x := range h.Values {
		i := min(max(int((x-start)/width), 0), len(all)-1)
		all[i].count++
	}
	return all, width
}

// places tells the marks that lie on the axis of these bins from those that lie
// far beside it.
func (h Histogram) places(bins []bin) (inside, beside []Mark) {
	low, high := slices.Min(h.Values), slices.Max(h.Values)
	room := 0.6 * (bins[len(bins)-1].high - bins[0].low)
	for _, m := range h.Marks {
		if m.Value > high+room || m.Value < low-room {
			beside = append(beside, m)
		} else {
			inside = append(inside, m)
		}
	}
	return inside, beside
}
