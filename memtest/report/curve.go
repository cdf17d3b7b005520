package report

import (
	"slices"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// Names of the figures.
const (
	FigureFirst      = "first"      // what copies get back, beside the references and the network itself, over levels
	FigureEpochs     = "epochs"     // learning and memorization over epochs
	FigureLevels     = "levels"     // observed, null and chance over levels
	FigureReferences = "references" // learning and memorization beside the references, over levels
	FigureLayers     = "layers"     // observed, null and chance over levels, a panel for each layer
	FigureNull       = "null"       // histograms of the null distribution
)

// each calls f for every network under test as every probe sees it.
func (v *view) each(f func(s setting, name string)) {
	for _, perturbation := range v.perturbations {
		for _, network := range v.subjects() {
			for _, probe := range v.probes {
				s, ok := v.subject(network, probe, perturbation)
				if !ok {
					continue
				}
				name := word.Name(probe)
				if len(v.subjects()) > 1 {
					name = word.Name(network.network) + ", " + name
				}
				if len(v.perturbations) > 1 {
					name += ", " + word.Name(perturbation)
				}
				f(s, name)
			}
		}
	}
}

// curve is a line through a quantity over the levels of a setting.
func (v *view) curve(s setting, name string, look chart.Look, f quantity) chart.Line {
	line := chart.Line{Name: name, Look: look}
	for _, c := range v.cells[s] {
		put(&line, c.level, c.over(f).Interval)
	}
	return withoutEmptyWhiskers(line)
}

// effectCurve is a line through an effect, with its interval at each level.
func (v *view) effectCurve(s setting, name string, look chart.Look, e effect) chart.Line {
	line := chart.Line{Name: name, Look: look}
	for _, c := range v.cells[s] {
		put(&line, c.level, c.effect(e).Interval)
	}
	return withoutEmptyWhiskers(line)
}

// put appends a point, with the spread over seeds where there are several.
func put(l *chart.Line, x float64, y perm.Interval) {
	l.X, l.Y, l.Low, l.High = append(l.X, x), append(l.Y, y.Estimate), append(l.Low, y.Low), append(l.High, y.High)
}

// withoutEmptyWhiskers takes away whiskers that have no length anywhere.
func withoutEmptyWhiskers(l chart.Line) chart.Line {
	if slices.Equal(l.Low, l.Y) && slices.Equal(l.High, l.Y) {
		l.Low, l.High = nil, nil
	}
	return l
}

// levelLabel names the level of a perturbation; copies from a file have none to name.
func levelLabel(perturbation string) string {
	if perturbation == features.Given {
		return "level of the copies"
	}
	return word.Name(perturbation) + " level"
}

// levelAxis goes over the levels of a setting.
func (v *view) levelAxis(s setting) chart.Axis {
	a := chart.Axis{Label: levelLabel(s.perturbation)}
	if u := v.unit(s.perturbation); u != "" {
		a.Label += " (" + u + ")"
	}
	for _, c := range v.cells[s] {
		a.Ticks = append(a.Ticks, c.level)
	}
	return a
}

// metricAxis is the axis of observed and null.
func (v *view) metricAxis() chart.Axis {
	r := v.rows[0]
	a := chart.Axis{Label: metricName(r) + metricUnit(r)}
	if r.Metric != "log-loss" {
		zero, one := 0.0, 1.0
		a.Min, a.Max, a.Ticks = &zero, &one, []float64{0, 0.2, 0.4, 0.6, 0.8, 1}
	}
	return a
}
