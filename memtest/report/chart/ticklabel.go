package chart

import (
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"

	"github.com/seed-1a417598/memtest/memtest/report/number"
)

// mostNameLines is how many lines a name below an axis may have.
const mostNameLines = 3

// nameTicks puts names below an axis of this length: on a few lines where their
// words fit side by side, and slanted where they do not.
func (s scale) nameTicks(on *plot.Axis, length vg.Length) {
	slot := length/vg.Length(len(s.names)) - on.Tick.Label.Font.Size*0.5
	labels := wrapAll(s.names, slot, on.Tick.Label)
	if labels == nil {
		on.Tick.Label.Rotation, on.Tick.Label.XAlign, on.Tick.Label.YAlign = math.Pi/4, text.XRight, text.YTop
		for _, name := range s.names {
			labels = append(labels, fit(name, unturned(on.Tick.Label), length*0.32))
		}
	}
	on.Tick.Marker = labelled(s.ticks, labels)
}

func unturned(s text.Style) text.Style {
	s.Rotation = 0
	return s
}

// wrapAll breaks names into lines of at most this length, as many lines each, so
// that the first ones stand level. It returns nil where one does not fit.
func wrapAll(names []string, length vg.Length, sty text.Style) []string {
	var labels []string
	most := 0
	for _, name := range names {
		lines := wrapTo(name, length, sty)
		if lines == nil {
			return nil
		}
		labels = append(labels, strings.Join(lines, "\n"))
		most = max(most, len(lines))
	}
	for i := range labels {
		labels[i] += strings.Repeat("\n ", most-1-strings.Count(labels[i], "\n"))
	}
	return labels
}

// wrapTo breaks a name at spaces into lines of at most this length, or returns
// nil where that does not do.
func wrapTo(name string, length vg.Length, sty text.Style) []string {
	var lines []string
	for _, word := range strings.Fields(name) {
		if n := len(lines); n > 0 && sty.Width(lines[n-1]+" "+word) <= length {
			lines[n-1] += " " + word
			continue
		}
		if sty.Width(word) > length || len(lines) == mostNameLines {
			return nil
		}
		lines = append(lines, word)
	}
	if lines == nil {
		return []string{""}
	}
	return lines
}

func labelled(values []float64, labels []string) plot.ConstantTicks {
	var all plot.ConstantTicks
	for i, v := range values {
		all = append(all, plot.Tick{Value: v, Label: labels[i]})
	}
	return all
}

// spaced are the ticks of an axis of this length; a value whose label would
// touch the one before gets a tick without a label.
func (s scale) spaced(a plot.Axis, length vg.Length) plot.ConstantTicks {
	var all plot.ConstantTicks
	sty := a.Tick.Label
	end := vg.Length(math.Inf(-1))
	for i, v := range s.ticks {
		label := number.Level(v)
		if s.labels != nil {
			label = s.labels[i]
		}
		at := vg.Length(a.Norm(v)) * length
		half := sty.Width(label) / 2
		if at-half < end+sty.Width(" ") {
			label = ""
		} else {
			end = at + half
		}
		all = append(all, plot.Tick{Value: v, Label: label})
	}
	return all
}

// aligned are ticks at evenly spaced values, all with as many decimals.
func aligned(values []float64) plot.ConstantTicks { return labelled(values, number.Ticks(values)) }

// majorOnly are the library's labelled ticks, with as many decimals each.
type majorOnly struct{}

// Ticks are those of an axis from low to high.
func (majorOnly) Ticks(low, high float64) []plot.Tick {
	var values []float64
	for _, t := range (plot.DefaultTicks{}).Ticks(low, high) {
		if !t.IsMinor() {
			values = append(values, t.Value)
		}
	}
	return aligned(values)
}
