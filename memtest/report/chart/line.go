package chart

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

// parts are what a line is drawn of: whiskers, line and markers.
func (l line) parts(on *plot.Plot) []plot.Plotter {
	var all []plot.Plotter
	if l.low != nil && !l.band {
		all = append(all, l.whiskers())
	}
	xy := points(l.x, l.y)
	if l.across {
		xy = plotter.XYs{{X: on.X.Min, Y: l.y[0]}, {X: on.X.Max, Y: l.y[0]}}
	}
	if !l.points {
		all = append(all, &plotter.Line{XYs: xy, LineStyle: l.look.line()})
	}
	if l.look.marker != nil {
		marker := l.look.glyph()
		if l.points {
			marker.Radius = 3.3 // nothing else shows them
		}
		all = append(all, &plotter.Scatter{XYs: xy, GlyphStyle: marker})
	}
	return all
}

func points(x, y []float64) plotter.XYs {
	xy := make(plotter.XYs, len(x))
	for i := range x {
		xy[i] = plotter.XY{X: x[i], Y: y[i]}
	}
	return xy
}

// area is the band between low and high.
func (l line) area() *plotter.Polygon {
	edge := points(l.x, l.high)
	for i := len(l.x) - 1; i >= 0; i-- {
		edge = append(edge, plotter.XY{X: l.x[i], Y: l.low[i]})
	}
	return &plotter.Polygon{XYs: []plotter.XYs{edge}, Color: l.look.hue.faint()}
}

// whiskers are the spread around each point.
func (l line) whiskers() *plotter.YErrorBars {
	bars := &plotter.YErrorBars{XYs: points(l.x, l.y), YErrors: make(plotter.YErrors, len(l.x)), CapWidth: 5}
	for i := range l.x {
		bars.YErrors[i].Low, bars.YErrors[i].High = l.y[i]-l.low[i], l.high[i]-l.y[i]
	}
	bars.LineStyle = draw.LineStyle{Color: l.look.hue.light, Width: 1}
	return bars
}

// gridLines are horizontal ones.
func gridLines() *plotter.Grid {
	lines := plotter.NewGrid()
	lines.Vertical = draw.LineStyle{}
	lines.Horizontal = draw.LineStyle{Color: grid.light, Width: 0.6}
	return lines
}
