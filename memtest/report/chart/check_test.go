package chart

import (
	"math"
	"strings"
	"testing"
)

func TestFiguresThatCannotBeDrawn(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		want   string
		change func(*Figure)
	}{
		{"letters, digits and hyphens", func(p *Figure) { p.Name = "a/b" }},
		{"letters, digits and hyphens", func(p *Figure) { p.Name = "" }},
		{"no panels", func(p *Figure) { p.Panels = nil }},
		{"panel 1 (the panel): no points", func(p *Figure) { p.Panels[0].Series = nil }},
		{"no points", func(p *Figure) { p.Panels[0].Series = []Line{{Name: "a"}} }},
		{"series a: 2 values of X, but 3 of Y", func(p *Figure) { p.Panels[0].Series[0].Y = []float64{1, 2, 3} }},
		{"X of point 2: NaN is not finite", func(p *Figure) { p.Panels[0].Series[0].X[1] = nan }},
		{"Y of point 1: +Inf is not finite", func(p *Figure) { p.Panels[0].Series[0].Y[0] = inf }},
		{"High of point 1: NaN", func(p *Figure) { p.Panels[0].Series[0].High[0] = nan }},
		{"2 lower and 0 upper ends", func(p *Figure) { p.Panels[0].Series[0].High = nil }},
		{"1 lower and 2 upper ends", func(p *Figure) { p.Panels[0].Series[0].Low = []float64{0} }},
		{"does not hold its Y of 1", func(p *Figure) { p.Panels[0].Series[0].Low[0] = 1.5 }},
		{"two series are named a", func(p *Figure) { p.Panels[0].Series = append(p.Panels[0].Series, p.Panels[0].Series[0]) }},
		{"cannot be of points", func(p *Figure) { p.Panels[0].Series[0].Points, p.Panels[0].Series[0].Reference = true, true }},
		{"a reference in one panel", func(p *Figure) {
			p.Panels = append(p.Panels, Panel{Series: []Line{{Name: "a", X: []float64{1}, Y: []float64{1}, Reference: true}}})
		}},
		{"exclude each other", func(p *Figure) { p.Panels[0].X.Log, p.Panels[0].X.Log1p = true, true }},
		{"only the X axis has categories", func(p *Figure) { p.Panels[0].Y.Categories = []string{"a", "b"} }},
		{"X of point 2: 2 is none of the 2 categories", func(p *Figure) { p.Panels[0].X.Categories = []string{"a", "b"} }},
		{"ends of an axis of categories", func(p *Figure) { p.Panels[0].X.Categories, p.Panels[0].X.Min = []string{"a", "b", "c"}, new(float64) }},
		{"X of point 1: 0 is not above 0", func(p *Figure) { p.Panels[0].X.Log, p.Panels[0].Series[0].X[0] = true, 0 }},
		{"X of point 1: -1 is below 0", func(p *Figure) { p.Panels[0].X.Log1p, p.Panels[0].Series[0].X[0] = true, -1 }},
		{"Y axis: its end: 0 is not above 0", func(p *Figure) { p.Panels[0].Y.Log, p.Panels[0].Y.Min = true, new(float64) }},
		{"Y axis: it ends at 0, before it begins at 0", func(p *Figure) { p.Panels[0].Y.Min, p.Panels[0].Y.Max = new(float64), new(float64) }},
		{"lines and a histogram", func(p *Figure) { p.Panels[0].Histogram = &Histogram{Values: []float64{1}, Per: 1} }},
		{"a histogram of no values", func(p *Figure) { p.Panels[0].Series, p.Panels[0].Histogram = nil, &Histogram{Per: 1} }},
		{"divided by 0", func(p *Figure) { p.Panels[0].Series, p.Panels[0].Histogram = nil, &Histogram{Values: []float64{1}} }},
		{"value 1 of the histogram: NaN", func(p *Figure) {
			p.Panels[0].Series, p.Panels[0].Histogram = nil, &Histogram{Values: []float64{nan}, Per: 1}
		}},
		{"mark m of the histogram: +Inf", func(p *Figure) {
			p.Panels[0].Series, p.Panels[0].Histogram = nil, &Histogram{Values: []float64{1}, Per: 1, Marks: []Mark{{Name: "m", Value: inf}}}
		}},
		{"a band has no edges", func(p *Figure) { s := &p.Panels[0].Series[0]; s.Band, s.Low, s.High = true, nil, nil }},
		{"2 ticks do not ascend", func(p *Figure) { p.Panels[0].X.Ticks = []float64{2, 1} }},
		{"0 ticks do not ascend", func(p *Figure) { p.Panels[0].Y.Ticks = []float64{} }},
		{"its tick: NaN", func(p *Figure) { p.Panels[0].Y.Ticks = []float64{nan} }},
		{"neither Log nor Categories", func(p *Figure) { p.Panels[0].X.Ticks, p.Panels[0].Y.Log = []float64{1, 2}, true }},
		{"a group is evenly spaced", func(p *Figure) { p.Panels[0].Group, p.Panels[0].Y.Log = "g", true }},
	} {
		p := Figure{Name: "p", Panels: []Panel{{Title: "the panel", Series: []Line{
			{Name: "a", X: []float64{1, 2}, Y: []float64{1, 2}, Low: []float64{1, 2}, High: []float64{1, 2}},
		}}}}
		if _, err := p.layout(); err != nil {
			t.Fatal(err)
		}
		c.change(&p)
		if _, err := p.layout(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}
