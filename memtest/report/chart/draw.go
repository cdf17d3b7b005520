package chart

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// plot turns a panel into a plot, without background or legend, for a canvas of
// this width.
func (l layout) plot(sizes typeSizes, width vg.Length) *plot.Plot {
	out := plot.New()
	out.BackgroundColor = nil
	out.Title.Padding = sizes.title * 0.7
	style(&out.Title.TextStyle, ink, face(sizes.title, true))
	out.Title.Text = fit(l.title, out.Title.TextStyle, width)
	prepare(&out.X, l.x.label, sizes, width*0.8)
	prepare(&out.Y, l.y.label, sizes, width*0.5)
	if len(l.bins) > 0 {
		l.addBars(out, sizes)
		return out
	}
	if !l.tight {
		l = l.even()
	}
	l.setEnds(out)
	length := width * 0.75 // of the X axis, about
	l.setTicks(out, length)
	out.Add(gridLines())
	l.addLines(out, length)
	if !l.tight {
		l.setEnds(out) // which points outside have widened
	}
	return out
}

// prepare sets the fonts and lines of an axis, and its label, which is cut to
// this length.
func prepare(a *plot.Axis, label string, sizes typeSizes, length vg.Length) {
	a.Label.Padding = sizes.label * 0.35
	style(&a.Label.TextStyle, ink, face(sizes.label, false))
	a.Label.Text = fit(label, a.Label.TextStyle, length)
	style(&a.Tick.Label, muted, face(sizes.tick, false))
	a.LineStyle = draw.LineStyle{Color: muted.light, Width: 0.75}
	a.Tick.LineStyle = draw.LineStyle{Color: muted.light, Width: 0.75}
	a.Tick.Length = 3.5
	a.Padding = 0
}

// even is the panel with its logarithmic axes made even. The plot library would
// put the name of a logarithmic axis out of its middle.
func (l layout) even() layout {
	l.lines = slices.Clone(l.lines)
	for i := range l.lines {
		s := &l.lines[i]
		s.x = l.x.places(s.x)
		s.y, s.low, s.high = l.y.places(s.y), l.y.places(s.low), l.y.places(s.high)
	}
	l.x, l.y = l.x.even(), l.y.even()
	return l
}

func (l layout) setEnds(out *plot.Plot) {
	out.X.Min, out.X.Max = l.x.min, l.x.max
	out.Y.Min, out.Y.Max = l.y.min, l.y.max
}

// setTicks sets the spacing and the ticks of the axes; that of X has this length.
func (l layout) setTicks(out *plot.Plot, length vg.Length) {
	if l.x.log1p {
		out.X.Scale = log1pScale{}
	}
	if l.x.names != nil {
		l.x.nameTicks(&out.X, length)
	} else {
		out.X.Tick.Marker = l.x.spaced(out.X, length)
	}
	switch {
	case l.y.labels != nil:
		out.Y.Tick.Marker = labelled(l.y.ticks, l.y.labels)
	case l.y.ticks != nil:
		out.Y.Tick.Marker = aligned(l.y.ticks)
	}
}

// log1pScale spaces epochs 0, 1, 5, 20 … by the logarithm of 1 + epoch.
type log1pScale struct{}

// Normalize is the place of x between low and high, as a share.
func (log1pScale) Normalize(low, high, x float64) float64 {
	l := math.Log1p(math.Max(low, -0.5))
	return (math.Log1p(x) - l) / (math.Log1p(high) - l)
}

// addLines draws bands below all lines, and the first line on top of the others.
func (l layout) addLines(out *plot.Plot, length vg.Length) {
	for _, s := range l.lines {
		if s.band {
			out.Add(s.area())
		}
	}
	asides := l.asides(out.X, length)
	for i, s := range slices.Backward(l.lines) {
		for _, part := range s.parts(out) {
			if asides[i] != 0 {
				part = aside{part, asides[i]}
			}
			out.Add(part)
		}
	}
}
