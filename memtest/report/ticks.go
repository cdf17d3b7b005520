package report

import (
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// mostNameLines is how many lines a name below an axis may have.
const mostNameLines = 3

// nameTicks puts names below an axis of this length: on a few lines where their
// words fit side by side, and slanted where they do not.
func (a axis) nameTicks(on *plot.Axis, length vg.Length) {
	slot := length/vg.Length(len(a.names)) - on.Tick.Label.Font.Size*0.5
	var labels []string
	most := 0
	for _, name := range a.names {
		lines := wrapTo(name, slot, on.Tick.Label)
		if lines == nil {
			labels = nil
			break
		}
		labels = append(labels, strings.Join(lines, "\n"))
		most = max(most, len(lines))
	}
	for i := range labels { // as many lines each, so that the first ones stand level
		labels[i] += strings.Repeat("\n ", most-1-strings.Count(labels[i], "\n"))
	}
	if labels == nil {
		on.Tick.Label.Rotation, on.Tick.Label.XAlign, on.Tick.Label.YAlign = math.Pi/4, text.XRight, text.YTop
		for _, name := range a.names {
			labels = append(labels, fit(name, unturned(on.Tick.Label), length*0.32))
		}
	}
	on.Tick.Marker = labelled(a.ticks, labels)
}

func unturned(s text.Style) text.Style {
	s.Rotation = 0
	return s
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
