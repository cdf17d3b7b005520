package paper

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// figure is a block with a figure.
func (res *results) figure(f chart.Figure) document.Block {
	if err := f.Check(); err != nil {
		res.keep(err)
	}
	return document.Block{Figure: &f}
}

// curve is a series of intervals over x.
func curve[T int | float64](name string, x []T, of func(x T) perm.Interval) chart.Line {
	var y []perm.Interval
	for _, v := range x {
		y = append(y, of(v))
	}
	return intervals(name, floats(x), y)
}

// learningCurves are those over levels of a network, its twin and the untrained
// network.
func (res *results) learningCurves(levels []float64, at func(level float64) condition) []chart.Line {
	return []chart.Line{
		curve("network", levels, func(l float64) perm.Interval { return res.mean(at(l), learning) }),
		curve("twin", levels, func(l float64) perm.Interval { return res.mean(at(l).twin(), learning) }),
		curve("untrained", levels, func(l float64) perm.Interval { return res.mean(at(l).untrained(), learning) }),
	}
}

// intervals is a series of intervals, one at each x.
func intervals(name string, x []float64, y []perm.Interval) chart.Line {
	s := chart.Line{Name: name, X: x}
	for _, v := range y {
		s.Y, s.Low, s.High = append(s.Y, v.Estimate), append(s.Low, v.Low), append(s.High, v.High)
	}
	return s
}

// whiskers ends the captions of figures with intervals.
func whiskers() string {
	return fmt.Sprintf("Whiskers: 95 %% intervals over %d training seeds.", trainingSeeds)
}

func epochAxis() chart.Axis { return chart.Axis{Label: "epoch", Log1p: true} }

// shareAxis is an axis from 0 to 1.
func shareAxis(label string) chart.Axis { return axis(label, 0, 1.02) }

func axis(label string, from, to float64) chart.Axis {
	return chart.Axis{Label: label, Min: &from, Max: &to}
}

func floats[T int | float64](values []T) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}
