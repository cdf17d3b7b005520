package show

import (
	"fmt"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/number"
)

// Axes are the title and the labels of a plot.
type Axes struct{ Title, X, Y string }

// Line is a line of a plot, with a marker at each point.
type Line struct {
	Name string
	X, Y []float64 // as many of the one as of the other
}

// Lines draws lines into one plot: for what is measured over something else than
// epochs and levels. The vertical axis holds 0.
func Lines(a Axes, lines ...Line) error {
	f, err := lineFigure(a, lines)
	if err != nil {
		return err
	}
	var plain strings.Builder
	fmt.Fprintf(&plain, "%s: %s over %s.", a.Title, a.Y, a.X)
	for _, l := range lines {
		fmt.Fprintf(&plain, " %s:", l.Name)
		for i := range l.X {
			fmt.Fprintf(&plain, " %s at %s", number.Share(l.Y[i]), number.Exact(l.X[i]))
		}
		plain.WriteString(".")
	}
	return sendFigure(f, plain.String())
}

// lineFigure is a figure of one panel, titled as the plot is.
func lineFigure(a Axes, lines []Line) (chart.Figure, error) {
	p := chart.Panel{Title: a.Title, X: chart.Axis{Label: a.X}, Y: chart.Axis{Label: a.Y}}
	low, high := 0.0, 0.0
	for _, l := range lines {
		if len(l.X) == 0 {
			return chart.Figure{}, fmt.Errorf("%s, %s: no points; give at least one", a.Title, l.Name)
		}
		p.Series = append(p.Series, chart.Line{Name: l.Name, X: l.X, Y: l.Y})
		for _, y := range l.Y {
			low, high = min(low, y), max(high, y)
		}
	}
	var zero float64
	switch {
	case low < 0 && high > 0:
	case low < 0:
		p.Y.Max = &zero
	default:
		p.Y.Min = &zero
	}
	f := chart.Figure{Name: "lines", Title: a.Title, Panels: []chart.Panel{p}}
	return f, f.Check()
}
