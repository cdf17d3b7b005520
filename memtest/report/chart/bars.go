package chart

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// addBars draws a histogram, its marks, and notes on those beside it.
func (l layout) addBars(out *plot.Plot, sizes typeSizes) {
	h := &plotter.Histogram{FillColor: Null.hue.faint(), LineStyle: draw.LineStyle{Color: Null.hue.light, Width: 0.8}}
	most := 0
	for _, b := range l.bins {
		h.Bins = append(h.Bins, plotter.HistogramBin{Min: b.low, Max: b.high, Weight: float64(b.count)})
		most = max(most, b.count)
	}
	out.Add(gridLines(), h)
	// Room above the bars for the notes.
	top := float64(most) * (1 + 0.19*float64(len(l.beside)))
	out.Y.Min, out.Y.Max = 0, math.Max(top, 1)
	var whole []float64
	for _, t := range enclosing(0, top) {
		if t == math.Trunc(t) && t <= out.Y.Max {
			whole = append(whole, t)
		}
	}
	out.Y.Tick.Marker = aligned(whole)
	out.X.Min, out.X.Max = l.x.min, l.x.max
	out.X.Tick.Marker = majorOnly{}
	for _, m := range l.marks {
		out.Add(&plotter.Line{XYs: plotter.XYs{{X: m.value, Y: 0}, {X: m.value, Y: out.Y.Max}}, LineStyle: m.look.line()})
	}
	for i, m := range l.beside {
		x, align := out.X.Max, text.XRight
		if m.value < l.x.min {
			x, align = out.X.Min, text.XLeft
		}
		sty := text.Style{Color: m.look.hue.light, Font: face(sizes.tick, false), XAlign: align, YAlign: text.YTop, Handler: plot.DefaultTextHandler}
		out.Add(note{m.note, x, out.Y.Max * (1 - 0.13*float64(i)), sty})
	}
}

// note is a line of text in a plot. plotter.Labels would take part in the
// layout and push the axes away from the edge.
type note struct {
	text string
	x, y float64
	sty  text.Style
}

// Plot writes the note.
func (n note) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	c.FillText(n.sty, vg.Point{X: x(n.x), Y: y(n.y)}, n.text)
}
