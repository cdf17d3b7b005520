package report

import (
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sizes in points. A panel on the page is drawn as wide as a phone shows it, so
// that its text is never scaled down.
const (
	pagePanelWidth  = 340
	pagePanelHeight = 250
)

// typeSizes are the font sizes of a drawing, in points.
type typeSizes struct{ title, label, tick vg.Length }

var (
	pageType  = typeSizes{11.5, 11, 10.5}
	paperType = typeSizes{8.5, 8, 7.5}
)

func face(size vg.Length, heavy bool) plotfont.Font {
	f := plotfont.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
	if heavy {
		f.Weight = font.WeightBold
	}
	return f
}

// build turns a panel into a plot, without background or legend, for a canvas
// of this width.
func (p panel) build(sizes typeSizes, width vg.Length) *plot.Plot {
	out := plot.New()
	out.BackgroundColor = nil
	out.Title.Padding = sizes.title * 0.7
	style(&out.Title.TextStyle, ink, face(sizes.title, true))
	out.Title.Text = fit(p.title, out.Title.TextStyle, width)

	prepare := func(a *plot.Axis, from axis, length vg.Length) {
		a.Label.Padding = sizes.label * 0.35
		style(&a.Label.TextStyle, ink, face(sizes.label, false))
		a.Label.Text = fit(from.label, a.Label.TextStyle, length)
		style(&a.Tick.Label, muted, face(sizes.tick, false))
		a.LineStyle = draw.LineStyle{Color: muted.light, Width: 0.75}
		a.Tick.LineStyle = draw.LineStyle{Color: muted.light, Width: 0.75}
		a.Tick.Length = 3.5
		a.Padding = 0
	}
	if p.free {
		p = p.straight()
	}
	prepare(&out.X, p.x, width*0.8)
	prepare(&out.Y, p.y, width*0.5)

	if len(p.bins) > 0 {
		p.bars(out, sizes)
		return out
	}
	ends := func() {
		out.Y.Min, out.Y.Max = p.y.min, p.y.max
		if p.free {
			out.X.Min, out.X.Max = p.x.min, p.x.max
			return
		}
		out.X.Min, out.X.Max = p.x.ticks[0], p.x.ticks[len(p.x.ticks)-1]
		if out.X.Min == out.X.Max {
			out.X.Min, out.X.Max = out.X.Min-0.5, out.X.Max+0.5
		}
	}
	ends()
	if p.x.log1p {
		out.X.Scale = log1pScale{}
	}
	length := width * 0.75 // of the X axis, about
	if p.x.names != nil {
		p.x.nameTicks(&out.X, length)
	} else {
		out.X.Tick.Marker = spaced(p.x, out.X, length)
	}
	switch {
	case p.y.labels != nil:
		out.Y.Tick.Marker = labelled(p.y.ticks, p.y.labels)
	case p.y.ticks != nil:
		out.Y.Tick.Marker = aligned(p.y.ticks)
	}
	lines := plotter.NewGrid()
	lines.Vertical = draw.LineStyle{}
	lines.Horizontal = draw.LineStyle{Color: grid.light, Width: 0.6}
	out.Add(lines)

	for _, s := range p.series { // bands lie below all lines
		if s.band {
			out.Add(band(s))
		}
	}
	shifts := p.shifts(out.X, length)
	for i, s := range slices.Backward(p.series) { // the first one on top
		add := func(d plot.Plotter) {
			if shifts[i] != 0 {
				d = shifted{d, shifts[i]}
			}
			out.Add(d)
		}
		if s.low != nil && !s.band {
			add(whiskers(s))
		}
		line := points(s.x, s.y)
		if s.across {
			line = plotter.XYs{{X: out.X.Min, Y: s.y[0]}, {X: out.X.Max, Y: s.y[0]}}
		}
		if !s.points {
			add(&plotter.Line{XYs: line, LineStyle: s.look.line()})
		}
		if s.look.glyph != nil {
			marker := s.look.marker()
			if s.points {
				marker.Radius = 3.3 // nothing else shows them
			}
			add(&plotter.Scatter{XYs: line, GlyphStyle: marker})
		}
	}
	if p.free {
		ends() // which points outside have widened
	}
	return out
}

// fit cuts a text to a length on paper.
func fit(s string, sty text.Style, length vg.Length) string {
	for n := utf8.RuneCountInString(s); n > 1 && sty.Width(s) > length; n-- {
		s = cut(s, n-1)
	}
	return s
}

func style(s *text.Style, h hue, f plotfont.Font) { s.Color, s.Font = h.light, f }

func (l look) line() draw.LineStyle {
	return draw.LineStyle{Color: l.hue.light, Width: 1.6, Dashes: l.dashes}
}

func (l look) marker() draw.GlyphStyle {
	return draw.GlyphStyle{Color: l.hue.light, Radius: 2.8, Shape: l.glyph}
}

// faint is the colour of areas.
func (h hue) faint() color.NRGBA {
	c := h.light
	c.A = 0x40
	return c
}

func points(x, y []float64) plotter.XYs {
	xy := make(plotter.XYs, len(x))
	for i := range x {
		xy[i] = plotter.XY{X: x[i], Y: y[i]}
	}
	return xy
}

// band is the area between low and high.
func band(s series) *plotter.Polygon {
	edge := points(s.x, s.high)
	for i := len(s.x) - 1; i >= 0; i-- {
		edge = append(edge, plotter.XY{X: s.x[i], Y: s.low[i]})
	}
	return &plotter.Polygon{XYs: []plotter.XYs{edge}, Color: s.look.hue.faint()}
}

// whiskers are the spread over seeds.
func whiskers(s series) *plotter.YErrorBars {
	bars := &plotter.YErrorBars{XYs: points(s.x, s.y), YErrors: make(plotter.YErrors, len(s.x)), CapWidth: 5}
	for i := range s.x {
		bars.YErrors[i].Low, bars.YErrors[i].High = s.y[i]-s.low[i], s.high[i]-s.y[i]
	}
	bars.LineStyle = draw.LineStyle{Color: s.look.hue.light, Width: 1}
	return bars
}

// bars draws a histogram.
func (p panel) bars(out *plot.Plot, sizes typeSizes) {
	h := &plotter.Histogram{FillColor: lookNull.hue.faint(), LineStyle: draw.LineStyle{Color: lookNull.hue.light, Width: 0.8}}
	most := 0
	for _, b := range p.bins {
		h.Bins = append(h.Bins, plotter.HistogramBin{Min: b.low, Max: b.high, Weight: float64(b.count)})
		most = max(most, b.count)
	}
	lines := plotter.NewGrid()
	lines.Vertical = draw.LineStyle{}
	lines.Horizontal = draw.LineStyle{Color: grid.light, Width: 0.6}
	out.Add(lines, h)
	// Room above the bars for the notes.
	top := float64(most) * (1 + 0.19*float64(len(p.beside)))
	up := ticks(0, top)
	out.Y.Min, out.Y.Max = 0, math.Max(top, 1)
	var whole []float64
	for _, t := range up {
		if t == math.Trunc(t) && t <= out.Y.Max {
			whole = append(whole, t)
		}
	}
	out.Y.Tick.Marker = aligned(whole)
	out.X.Min, out.X.Max = p.x.min, p.x.max
	out.X.Tick.Marker = majorOnly{}
	for _, m := range p.marks {
		out.Add(&plotter.Line{XYs: plotter.XYs{{X: m.value, Y: 0}, {X: m.value, Y: out.Y.Max}}, LineStyle: m.look.line()})
	}
	for i, m := range p.beside {
		x, align := out.X.Max, text.XRight
		if m.value < p.x.min {
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

func (n note) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	c.FillText(n.sty, vg.Point{X: x(n.x), Y: y(n.y)}, n.text)
}

// majorOnly are the library's labelled ticks, with as many decimals each.
type majorOnly struct{}

func (majorOnly) Ticks(low, high float64) []plot.Tick {
	var values []float64
	for _, t := range (plot.DefaultTicks{}).Ticks(low, high) {
		if !t.IsMinor() {
			values = append(values, t.Value)
		}
	}
	return aligned(values)
}

// log1pScale spaces epochs 0, 1, 5, 20 … by the logarithm of 1 + epoch.
type log1pScale struct{}

func (log1pScale) Normalize(low, high, x float64) float64 {
	l := math.Log1p(math.Max(low, -0.5))
	return (math.Log1p(x) - l) / (math.Log1p(high) - l)
}

// spaced are the ticks of an axis of this length; a value whose label would
// touch the one before gets a tick without a label.
func spaced(from axis, a plot.Axis, length vg.Length) plot.ConstantTicks {
	var all plot.ConstantTicks
	sty := a.Tick.Label
	end := vg.Length(math.Inf(-1))
	for i, v := range from.ticks {
		label := number(v)
		if from.labels != nil {
			label = from.labels[i]
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

// aligned are ticks at evenly spaced values, all with as many decimals as the
// value that needs most.
func aligned(values []float64) plot.ConstantTicks {
	digits := 0
	for _, v := range values {
		_, decimals, _ := strings.Cut(strconv.FormatFloat(math.Round(v*1e9)/1e9, 'f', -1, 64), ".")
		digits = max(digits, len(decimals))
	}
	var all plot.ConstantTicks
	for _, v := range values {
		all = append(all, plot.Tick{Value: v, Label: strings.Replace(strconv.FormatFloat(v, 'f', digits, 64), "-", "−", 1)})
	}
	return all
}

// swatch draws the sample of a legend's entry across the canvas.
func (e entry) swatch(c draw.Canvas) {
	middle := c.Center()
	if e.band || e.bars {
		area := c.Rectangle
		if e.bars {
			area.Min.X, area.Max.X = middle.X-5, middle.X+5
		}
		c.SetColor(e.look.hue.faint())
		c.Fill(area.Path())
	}
	if e.bars {
		return
	}
	if !e.points {
		c.StrokeLine2(e.look.line(), c.Min.X, middle.Y, c.Max.X, middle.Y)
	}
	if e.look.glyph != nil {
		c.DrawGlyph(e.look.marker(), middle)
	}
}
