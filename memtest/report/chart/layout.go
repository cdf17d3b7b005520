package chart

import (
	"math"
	"slices"

	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// layout is a panel of which everything is decided.
type layout struct {
	title    string
	x, y     scale
	lines    []line
	bins     []bin
	binWidth float64
	of       string // what a histogram's values are
	marks    []mark // on the axis of a histogram
	beside   []mark // beyond it

	tight  bool                 // the axes end where their ticks do; data beyond them widen Y
	apart  bool                 // lines are moved sideways a little, so that none hides another
	listed bool                 // the numbers are listed by line, because an X does not tell a point
	write  func(float64) string // writes Y values
}

// line is one that is laid out.
type line struct {
	entry
	x, y      []float64
	low, high []float64 // nil = neither band nor whiskers
	reference bool
	across    bool // one value, drawn from end to end
}

// mark is one that is laid out.
type mark struct {
	entry
	value float64
	note  string // of one beside the axis
}

// drawing is a figure that is laid out.
type drawing struct {
	title  string
	panels []layout
	legend []entry
}

// layout checks the figure and lays it out.
func (f Figure) layout() (drawing, error) {
	if err := f.Check(); err != nil {
		return drawing{}, err
	}
	legend, err := f.legend()
	if err != nil {
		return drawing{}, err
	}
	d := drawing{title: word.Title(f.Title), legend: legend}
	for _, p := range f.Panels {
		d.panels = append(d.panels, p.layout(legend))
	}
	f.shareScales(d.panels)
	return d, nil
}

// longestTitle is how many characters of the title of a panel are shown.
const longestTitle = 200

func (p Panel) layout(legend []entry) layout {
	l := layout{title: word.Cut(word.Plain(p.Title), longestTitle), write: number.Share}
	switch {
	case p.Histogram != nil:
		l.tight = true
		p.histogram(&l, legend)
	case p.X.Ticks != nil:
		l.tight = true
		l.x, l.y = p.X.tightX(), p.tightY()
		l.lines = p.lines(legend)
	default:
		l.x, l.y = p.freeX(), p.freeY()
		l.lines = p.lines(legend)
		p.spread(&l)
	}
	return l
}

// lines are those that have points, with their looks.
func (p Panel) lines(legend []entry) []line {
	var all []line
	for _, s := range p.Series {
		if len(s.X) == 0 {
			continue
		}
		l := line{entry: legend[find(legend, lineName(s.Name))], x: s.X, y: s.Y, low: s.Low, high: s.High, reference: s.Reference}
		l.points, l.band = s.Points, s.Band
		l.across = s.Reference && len(s.X) == 1
		all = append(all, l)
	}
	return all
}

// spread decides what lines that are not measured at the same X need.
func (p Panel) spread(l *layout) {
	whiskers := 0
	var ys [][]float64
	for _, s := range l.lines {
		ys = append(ys, s.y, s.low, s.high)
		if s.low != nil && !s.reference && !s.points {
			whiskers++
		}
		l.listed = l.listed || s.points || !ascending(s.x)
	}
	// Whiskers at one X would hide each other, as would the markers of a category.
	l.apart = p.X.Categories != nil || whiskers > 1
	l.write = number.Alike(ys...)
}

func (p Panel) histogram(l *layout, legend []entry) {
	h := p.Histogram
	l.x, l.y, l.of = p.X.scale(), p.Y.scale(), word.Plain(h.Of)
	l.bins, l.binWidth = h.bins()
	l.x.min, l.x.max = l.bins[0].low, l.bins[len(l.bins)-1].high
	inside, beside := h.places(l.bins)
	high := slices.Max(h.Values)
	at := func(m Mark) mark {
		return mark{entry: legend[find(legend, lineName(m.Name))], value: m.Value}
	}
	for _, m := range beside {
		one := at(m)
		one.note = one.name + " " + number.Share(m.Value)
		if m.Aside != "" {
			one.note += " " + word.Plain(m.Aside)
		}
		if m.Value > high {
			one.note += " →"
		} else {
			one.note = "← " + one.note
		}
		l.beside = append(l.beside, one)
	}
	for _, m := range inside {
		l.marks = append(l.marks, at(m))
		l.x.min, l.x.max = math.Min(l.x.min, m.Value-l.binWidth), math.Max(l.x.max, m.Value+l.binWidth)
	}
}

// shareScales gives panels of one group one scale of Y, so that they can be
// compared.
func (f Figure) shareScales(panels []layout) {
	type limits struct{ min, max float64 }
	of := map[string]limits{}
	for i, p := range panels {
		group := f.Panels[i].Group
		l, ok := of[group]
		if !ok {
			l = limits{math.Min(p.y.min, 0), math.Max(p.y.max, 0)}
		}
		of[group] = limits{math.Min(l.min, p.y.min), math.Max(l.max, p.y.max)}
	}
	for i := range panels {
		group := f.Panels[i].Group
		if group == "" || len(panels[i].bins) > 0 {
			continue
		}
		l, y := of[group], &panels[i].y
		y.ticks = enclosing(l.min, l.max)
		y.min, y.max = l.min, y.ticks[len(y.ticks)-1]
		if y.ticks[0] < y.min { // a little below 0
			y.ticks = y.ticks[1:]
		}
	}
}
