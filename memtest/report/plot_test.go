package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/png"
	"math"
	"reflect"
	"strings"
	"testing"
)

// testPlots are figures of every kind: levels with whiskers, epochs, widths, a
// scatter, categories, and many panels of many series.
func testPlots() []Plot {
	curve := func(name string, x []float64, f func(x float64) float64, half float64) PlotSeries {
		s := PlotSeries{Name: name, X: x}
		for i, x := range x {
			// Small uneven steps in place of noise.
			y := f(x) + 0.01*math.Sin(float64(7*i)+float64(len(name)))
			s.Y = append(s.Y, y)
			if half > 0 {
				s.Low, s.High = append(s.Low, y-half), append(s.High, y+half)
			}
		}
		return s
	}
	levels := []float64{0, 0.1, 0.2, 0.3, 0.5, 0.7, 1}
	falling := func(a, b float64) func(float64) float64 {
		return func(x float64) float64 { return a*math.Exp(-b*x) + 0.05 }
	}
	chance := PlotSeries{Name: "chance", X: []float64{0}, Y: []float64{0.1}, Reference: true}
	zero, one := 0.0, 1.0
	overLevels := Plot{Name: "over-levels", Title: "Memorization over levels", Caption: "Means over five seeds; whiskers are the 95% interval of the mean.",
		Panels: []PlotPanel{{
			Title: "Fashion-MNIST, last hidden layer", X: PlotAxis{Label: "noise level (pixel sd)"}, Y: PlotAxis{Label: "memorization (share)"},
			Series: []PlotSeries{
				curve("clean labels", levels, falling(0.5, 2), 0.05), curve("half of the labels shuffled", levels, falling(0.6, 2.1), 0.06),
				curve("all labels shuffled", levels, falling(0.62, 2.2), 0.04), chance,
			},
		}}}

	epochs := []float64{0, 1, 2, 5, 10, 20, 50, 100}
	overEpochs := Plot{Name: "over-epochs", Title: "Accuracy over epochs", Caption: "Series are measured at different epochs.",
		Panels: []PlotPanel{
			{Title: "accuracy", X: PlotAxis{Label: "epoch", Log1p: true}, Y: PlotAxis{Label: "accuracy (share)", Min: &zero, Max: &one}, Series: []PlotSeries{
				curve("train", epochs, func(x float64) float64 { return 0.98 - 0.88/(1+x) }, 0), curve("test", epochs[:5], func(x float64) float64 { return 0.85 - 0.75/(1+x) }, 0), chance,
			}},
			{Title: "loss", X: PlotAxis{Label: "epoch", Log1p: true}, Y: PlotAxis{Label: "cross-entropy (nats)", Log: true}, Series: []PlotSeries{
				curve("train", epochs, func(x float64) float64 { return 2.3/(1+x) + 0.015 }, 0), curve("test", epochs, func(x float64) float64 { return 2.3/(1+x) + 0.4 }, 0),
			}},
		}}

	widths := []float64{16, 32, 64, 128, 256, 512, 1024, 2048, 16384, 1048576}
	overWidths := Plot{Name: "over-widths", Title: "Width of the network", Caption: "Spaced by the logarithm of the width.",
		Panels: []PlotPanel{{Title: "one hidden layer", X: PlotAxis{Label: "units", Log: true}, Y: PlotAxis{Label: "learning − untrained (share)"}, Series: []PlotSeries{
			curve("learning", widths, func(x float64) float64 { return 0.03*math.Log(x) - 0.2 }, 0.02),
		}}}}

	scatter := PlotPanel{Title: "networks of five kinds", X: PlotAxis{Label: "generalization gap (share)"}, Y: PlotAxis{Label: "memorization (share)"}}
	for i, kind := range []string{"MLP", "CNN", "CNN with dropout", "ResNet", "transformer"} {
		s := PlotSeries{Name: kind, Points: true}
		for j := range 8 {
			t := float64(8*i + j)
			x := 0.02 + 0.3*math.Abs(math.Sin(t*1.7))
			s.X, s.Y = append(s.X, x), append(s.Y, 0.1+1.2*x+0.08*math.Cos(3*t))
		}
		scatter.Series = append(scatter.Series, s)
	}
	scatter.Series = append(scatter.Series, PlotSeries{Name: "fit", X: []float64{0, 0.33}, Y: []float64{0.1, 0.5}, Reference: true})
	gaps := Plot{Name: "gaps", Title: "Memorization and the generalization gap", Caption: "One point a network.", Panels: []PlotPanel{scatter}}

	kinds := []string{"untrained", "raw input", "trained", "shuffled labels", "weight decay"}
	categories := Plot{Name: "kinds", Title: "Kinds of networks", Caption: "Whiskers are 95% intervals.", Panels: []PlotPanel{
		{Title: "last layer", X: PlotAxis{Label: "network", Categories: kinds}, Y: PlotAxis{Label: "share"}, Series: []PlotSeries{
			{Name: "learning", X: []float64{0, 1, 2, 3, 4}, Y: []float64{0.4, 0.45, 0.7, 0.02, 0.68}, Low: []float64{0.35, 0.4, 0.66, -0.02, 0.6}, High: []float64{0.45, 0.5, 0.73, 0.05, 0.75}, Points: true},
			{Name: "memorization", X: []float64{0, 1, 2, 3, 4}, Y: []float64{0.5, 0.42, 0.3, 0.72, 0.28}, Low: []float64{0.45, 0.4, 0.26, 0.7, 0.2}, High: []float64{0.55, 0.5, 0.33, 0.75, 0.35}, Points: true},
			chance,
		}},
		{Title: "long names", X: PlotAxis{Categories: []string{"convolutional", "ConvolutionalBatchNorm", "transformer (4 layers)", "linear", "k nearest neighbours", "raw", "k-means"}}, Y: PlotAxis{Label: "images a second"}, Series: []PlotSeries{
			{Name: "learning", X: []float64{0, 1, 2, 3, 4, 5, 6}, Y: []float64{120, 35000, 8000, 91000, 400, 77, 61000}},
		}},
	}}

	many := Plot{Name: "many", Title: "Eight panels of eight series", Caption: "Not more than this."}
	for i := range 8 {
		p := PlotPanel{Title: fmt.Sprintf("layer %d", i+1), X: PlotAxis{Label: "level"}, Y: PlotAxis{Label: "accuracy (share)", Min: &zero, Max: &one}}
		for j := range 8 {
			p.Series = append(p.Series, curve(fmt.Sprintf("network %d", j+1), levels, falling(0.25+0.08*float64(j), 0.3*float64(i+1)), 0))
		}
		many.Panels = append(many.Panels, p)
	}
	return []Plot{overLevels, overEpochs, overWidths, gaps, categories, many}
}

func TestPlotsAreDrawn(t *testing.T) {
	for _, plot := range testPlots() {
		f, err := plot.Figure()
		if err != nil {
			t.Fatal(err)
		}
		if f.Name != plot.Name || f.Title != plot.Title || f.Caption != plot.Caption || f.Panels() != len(plot.Panels) {
			t.Errorf("%s became the figure %s of %d panels", plot.Name, f.Name, f.Panels())
		}
		for _, inches := range []float64{ColumnWidth, PageWidth} {
			var svg bytes.Buffer
			if err := f.SVG(&svg, inches); err != nil {
				t.Fatal(err)
			}
			if err := xml.Unmarshal(svg.Bytes(), new(struct{})); err != nil || strings.Contains(svg.String(), "NaN") {
				t.Errorf("%s: error %v, NaN in it: %t", f.Name, err, strings.Contains(svg.String(), "NaN"))
			}
			for _, p := range plot.Panels {
				for _, s := range p.Series {
					if !strings.Contains(svg.String(), ">"+escape(s.Name)+"</text>") {
						t.Errorf("%s at %g inches has no legend for %s", f.Name, inches, s.Name)
					}
				}
			}
		}
		for i, p := range f.panels {
			svg, err := p.pageSVG()
			if err != nil {
				t.Fatal(err)
			}
			if err := xml.Unmarshal([]byte(svg), new(struct{})); err != nil {
				t.Errorf("%s, %s: %v", f.Name, p.title, err)
			}
			if left := hexColour.FindString(svg); left != "" {
				t.Errorf("%s, %s keeps the colour %s", f.Name, p.title, left)
			}
			for _, s := range plot.Panels[i].Series {
				if !strings.Contains(svg, " "+s.Name+":") {
					t.Errorf("%s, %s does not say %s in words", f.Name, p.title, s.Name)
				}
			}
		}
	}
	f, err := testPlots()[0].Figure()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.PNG(&b, ColumnWidth); err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(&b); err != nil {
		t.Error(err)
	}
}

// Every point of a plot is in its table, also where an X tells no point.
func TestPlotDataAreWhole(t *testing.T) {
	for _, plot := range testPlots() {
		f, err := plot.Figure()
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range f.panels {
			var all strings.Builder
			p.data().writeMarkdown(&all)
			for _, s := range plot.Panels[i].Series {
				for _, y := range s.Y {
					if want := strings.Replace(p.written(y), "-", "−", 1); !strings.Contains(all.String(), " "+want+" ") {
						t.Errorf("%s, %s: %s lacks %s in\n%s", f.Name, p.title, s.Name, want, &all)
					}
				}
			}
		}
	}
}

// A name looks the same in every panel; no two names look alike, with colours or
// without, as lines or as points.
func TestPlotLooks(t *testing.T) {
	for _, plot := range testPlots() {
		f, err := plot.Figure()
		if err != nil {
			t.Fatal(err)
		}
		looks := map[string]look{}
		for _, e := range f.legend {
			looks[e.Name] = e.look
			for name, o := range looks {
				if name != e.Name && o.glyph == e.look.glyph && (o.glyph != nil || reflect.DeepEqual(o.dashes, e.look.dashes)) {
					t.Errorf("%s: %s and %s look alike", f.Name, name, e.Name)
				}
			}
		}
		for _, p := range f.panels {
			for _, s := range p.series {
				if !reflect.DeepEqual(looks[s.Name], s.look) {
					t.Errorf("%s, %s: %s does not look as in the legend", f.Name, p.title, s.Name)
				}
			}
		}
	}
}

// Whiskers of several series stand side by side; references and scatters, whose
// places mean something, are not moved.
func TestOnlyWhiskersMoveAside(t *testing.T) {
	moved := map[string]bool{}
	for _, plot := range testPlots() {
		f, err := plot.Figure()
		if err != nil {
			t.Fatal(err)
		}
		p := f.panels[0]
		for i, by := range p.shifts(p.build(pageType, pagePanelWidth).X, pagePanelWidth) {
			if by != 0 {
				moved[f.Name+" "+p.series[i].Name] = true
			}
			if math.Abs(float64(by)) > 12 {
				t.Errorf("%s: %s is moved by %g points", f.Name, p.series[i].Name, by)
			}
		}
	}
	want := map[string]bool{"over-levels clean labels": true, "over-levels all labels shuffled": true, "kinds learning": true, "kinds memorization": true}
	if !reflect.DeepEqual(moved, want) {
		t.Errorf("moved %v, want %v", moved, want)
	}
}

func TestPlotAxes(t *testing.T) {
	at := func(v float64) *float64 { return &v }
	y := func(values ...float64) PlotPanel {
		x := make([]float64, len(values))
		for i := range x {
			x[i] = float64(i)
		}
		return PlotPanel{Series: []PlotSeries{{Name: "a", X: x, Y: values}}}
	}
	for name, c := range map[string]struct {
		panel    PlotPanel
		min, max float64
	}{
		"shares from near 0":    {y(0.1, 0.9), 0, 0.936},
		"shares end at 1":       {y(0.1, 0.99), 0, 1},
		"far from 0":            {y(100, 110), 99.6, 110.4},
		"both signs":            {y(-0.5, 0.5), -0.54, 0.54},
		"correlations":          {y(-0.99, 0.99), -1, 1},
		"below 0":               {y(-3, -1), -3.12, 0},
		"one value":             {y(5), 0, 5.2},
		"one value below 0":     {y(-5, -5), -5.2, 0},
		"nothing but 0":         {y(0, 0), 0, 1},
		"logarithmic, one":      {func() PlotPanel { p := y(math.E); p.Y.Log = true; return p }(), math.Exp(0.46), math.Exp(1.54)},
		"fixed":                 {func() PlotPanel { p := y(1, 2); p.Y.Min, p.Y.Max = at(-1), at(7); return p }(), -1, 7},
		"fixed beyond the data": {func() PlotPanel { p := y(1, 2); p.Y.Min = at(9); return p }(), 9, 10},
	} {
		a := c.panel.yAxis()
		if math.Abs(a.min-c.min) > 1e-9 || math.Abs(a.max-c.max) > 1e-9 {
			t.Errorf("%s: from %g to %g, want %g to %g", name, a.min, a.max, c.min, c.max)
		}
		if len(a.ticks) < 2 && name != "logarithmic, one" || len(a.ticks) > 10 || len(within(a.ticks, a.min, a.max)) != len(a.ticks) {
			t.Errorf("%s: ticks %g", name, a.ticks)
		}
	}
	for v, want := range map[float64]string{0: "0", 0.25: "0.25", -0.5: "−0.5", 2048: "2048", 10000: "10k", 16384: "16384", 1048576: "1048576", 1e6: "1M", 2.5e9: "2.5G"} {
		if got := tickLabel(v); got != want {
			t.Errorf("%g is %s, want %s", v, got, want)
		}
	}
}

func TestPlotsThatCannotBeDrawn(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		want   string
		change func(*Plot)
	}{
		{"letters, digits and hyphens", func(p *Plot) { p.Name = "a/b" }},
		{"letters, digits and hyphens", func(p *Plot) { p.Name = "" }},
		{"no panels", func(p *Plot) { p.Panels = nil }},
		{"panel 1 (the panel): no points", func(p *Plot) { p.Panels[0].Series = nil }},
		{"no points", func(p *Plot) { p.Panels[0].Series = []PlotSeries{{Name: "a"}} }},
		{"series a: 2 values of X, but 3 of Y", func(p *Plot) { p.Panels[0].Series[0].Y = []float64{1, 2, 3} }},
		{"X of point 2: NaN is not finite", func(p *Plot) { p.Panels[0].Series[0].X[1] = nan }},
		{"Y of point 1: +Inf is not finite", func(p *Plot) { p.Panels[0].Series[0].Y[0] = inf }},
		{"High of point 1: NaN", func(p *Plot) { p.Panels[0].Series[0].High[0] = nan }},
		{"2 lower and 0 upper ends", func(p *Plot) { p.Panels[0].Series[0].High = nil }},
		{"1 lower and 2 upper ends", func(p *Plot) { p.Panels[0].Series[0].Low = []float64{0} }},
		{"does not hold its Y of 1", func(p *Plot) { p.Panels[0].Series[0].Low[0] = 1.5 }},
		{"two series are named a", func(p *Plot) { p.Panels[0].Series = append(p.Panels[0].Series, p.Panels[0].Series[0]) }},
		{"cannot be of points", func(p *Plot) { p.Panels[0].Series[0].Points, p.Panels[0].Series[0].Reference = true, true }},
		{"a reference in one panel", func(p *Plot) {
			p.Panels = append(p.Panels, PlotPanel{Series: []PlotSeries{{Name: "a", X: []float64{1}, Y: []float64{1}, Reference: true}}})
		}},
		{"exclude each other", func(p *Plot) { p.Panels[0].X.Log, p.Panels[0].X.Log1p = true, true }},
		{"only the X axis has categories", func(p *Plot) { p.Panels[0].Y.Categories = []string{"a", "b"} }},
		{"X of point 2: 2 is none of the 2 categories", func(p *Plot) { p.Panels[0].X.Categories = []string{"a", "b"} }},
		{"ends of an axis of categories", func(p *Plot) { p.Panels[0].X.Categories, p.Panels[0].X.Min = []string{"a", "b", "c"}, new(float64) }},
		{"X of point 1: 0 is not above 0", func(p *Plot) { p.Panels[0].X.Log, p.Panels[0].Series[0].X[0] = true, 0 }},
		{"X of point 1: -1 is below 0", func(p *Plot) { p.Panels[0].X.Log1p, p.Panels[0].Series[0].X[0] = true, -1 }},
		{"Y axis: its end: 0 is not above 0", func(p *Plot) { p.Panels[0].Y.Log, p.Panels[0].Y.Min = true, new(float64) }},
		{"Y axis: it ends at 0, before it begins at 0", func(p *Plot) { p.Panels[0].Y.Min, p.Panels[0].Y.Max = new(float64), new(float64) }},
	} {
		p := Plot{Name: "p", Panels: []PlotPanel{{Title: "the panel", Series: []PlotSeries{
			{Name: "a", X: []float64{1, 2}, Y: []float64{1, 2}, Low: []float64{1, 2}, High: []float64{1, 2}},
		}}}}
		if _, err := p.Figure(); err != nil {
			t.Fatal(err)
		}
		c.change(&p)
		if _, err := p.Figure(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}
