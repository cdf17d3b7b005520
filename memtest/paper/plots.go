package paper

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report"
)

// figure is a block with a plot.
func (res *results) figure(p report.Plot) report.Block {
	f, err := p.Figure()
	if err != nil {
		res.keep(err)
	}
	return report.Block{Figure: &f}
}

// curve is a series of intervals over x.
func curve[T int | float64](name string, x []T, of func(x T) perm.Interval) report.PlotSeries {
	var y []perm.Interval
	for _, v := range x {
		y = append(y, of(v))
	}
	return intervals(name, floats(x), y)
}

// learningCurves are those over levels of a network, its twin and the untrained
// network.
func (res *results) learningCurves(levels []float64, at func(level float64) condition) []report.PlotSeries {
	return []report.PlotSeries{
		curve("network", levels, func(l float64) perm.Interval { return res.mean(at(l), learning) }),
		curve("twin", levels, func(l float64) perm.Interval { return res.mean(at(l).twin(), learning) }),
		curve("untrained", levels, func(l float64) perm.Interval { return res.mean(at(l).untrained(), learning) }),
	}
}

// intervals is a series of intervals, one at each x.
func intervals(name string, x []float64, y []perm.Interval) report.PlotSeries {
	s := report.PlotSeries{Name: name, X: x}
	for _, v := range y {
		s.Y, s.Low, s.High = append(s.Y, v.Estimate), append(s.Low, v.Low), append(s.High, v.High)
	}
	return s
}

// whiskers ends the captions of figures with intervals.
func whiskers() string {
	return fmt.Sprintf("Whiskers: 95 %% intervals over %d training seeds.", Seeds)
}

func epochAxis() report.PlotAxis { return report.PlotAxis{Label: "epoch", Log1p: true} }

// shareAxis is an axis from 0 to 1.
func shareAxis(label string) report.PlotAxis { return axis(label, 0, 1.02) }

func axis(label string, from, to float64) report.PlotAxis {
	return report.PlotAxis{Label: label, Min: &from, Max: &to}
}

func floats[T int | float64](values []T) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}
