// Package sample holds figures and a document of every kind, which the tests of
// several packages draw and write.
package sample

import (
	"fmt"
	"math"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
)

// Figures are figures of every kind: levels with whiskers, epochs, widths, a
// scatter, categories, and many panels of many series.
func Figures() []chart.Figure {
	curve := func(name string, x []float64, f func(x float64) float64, half float64) chart.Line {
		s := chart.Line{Name: name, X: x}
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
	chance := chart.Line{Name: "chance", X: []float64{0}, Y: []float64{0.1}, Reference: true}
	zero, one := 0.0, 1.0
	overLevels := chart.Figure{Name: "over-levels", Title: "Memorization over levels", Caption: "Means over five seeds; whiskers are the 95% interval of the mean.",
		Panels: []chart.Panel{{
			Title: "Fashion-MNIST, last hidden layer", X: chart.Axis{Label: "noise level (pixel sd)"}, Y: chart.Axis{Label: "memorization (share)"},
			Series: []chart.Line{
				curve("clean labels", levels, falling(0.5, 2), 0.05), curve("half of the labels shuffled", levels, falling(0.6, 2.1), 0.06),
				curve("all labels shuffled", levels, falling(0.62, 2.2), 0.04), chance,
			},
		}}}

	epochs := []float64{0, 1, 2, 5, 10, 20, 50, 100}
	overEpochs := chart.Figure{Name: "over-epochs", Title: "Accuracy over epochs", Caption: "Series are measured at different epochs.",
		Panels: []chart.Panel{
			{Title: "accuracy", X: chart.Axis{Label: "epoch", Log1p: true}, Y: chart.Axis{Label: "accuracy (share)", Min: &zero, Max: &one}, Series: []chart.Line{
				curve("train", epochs, func(x float64) float64 { return 0.98 - 0.88/(1+x) }, 0), curve("test", epochs[:5], func(x float64) float64 { return 0.85 - 0.75/(1+x) }, 0), chance,
			}},
			{Title: "loss", X: chart.Axis{Label: "epoch", Log1p: true}, Y: chart.Axis{Label: "cross-entropy (nats)", Log: true}, Series: []chart.Line{
				curve("train", epochs, func(x float64) float64 { return 2.3/(1+x) + 0.015 }, 0), curve("test", epochs, func(x float64) float64 { return 2.3/(1+x) + 0.4 }, 0),
			}},
		}}

	widths := []float64{16, 32, 64, 128, 256, 512, 1024, 2048, 16384, 1048576}
	overWidths := chart.Figure{Name: "over-widths", Title: "Width of the network", Caption: "Spaced by the logarithm of the width.",
		Panels: []chart.Panel{{Title: "one hidden layer", X: chart.Axis{Label: "units", Log: true}, Y: chart.Axis{Label: "learning − untrained (share)"}, Series: []chart.Line{
			curve("learning", widths, func(x float64) float64 { return 0.03*math.Log(x) - 0.2 }, 0.02),
		}}}}

	scatter := chart.Panel{Title: "networks of five kinds", X: chart.Axis{Label: "generalization gap (share)"}, Y: chart.Axis{Label: "memorization (share)"}}
	for i, kind := range []string{"MLP", "CNN", "CNN with dropout", "ResNet", "transformer"} {
		s := chart.Line{Name: kind, Points: true}
		for j := range 8 {
			t := float64(8*i + j)
			x := 0.02 + 0.3*math.Abs(math.Sin(t*1.7))
			s.X, s.Y = append(s.X, x), append(s.Y, 0.1+1.2*x+0.08*math.Cos(3*t))
		}
		scatter.Series = append(scatter.Series, s)
	}
	scatter.Series = append(scatter.Series, chart.Line{Name: "fit", X: []float64{0, 0.33}, Y: []float64{0.1, 0.5}, Reference: true})
	gaps := chart.Figure{Name: "gaps", Title: "Memorization and the generalization gap", Caption: "One point a network.", Panels: []chart.Panel{scatter}}

	kinds := []string{"untrained", "raw input", "trained", "shuffled labels", "weight decay"}
	categories := chart.Figure{Name: "kinds", Title: "Kinds of networks", Caption: "Whiskers are 95% intervals.", Panels: []chart.Panel{
		{Title: "last layer", X: chart.Axis{Label: "network", Categories: kinds}, Y: chart.Axis{Label: "share"}, Series: []chart.Line{
			{Name: "learning", X: []float64{0, 1, 2, 3, 4}, Y: []float64{0.4, 0.45, 0.7, 0.02, 0.68}, Low: []float64{0.35, 0.4, 0.66, -0.02, 0.6}, High: []float64{0.45, 0.5, 0.73, 0.05, 0.75}, Points: true},
			{Name: "memorization", X: []float64{0, 1, 2, 3, 4}, Y: []float64{0.5, 0.42, 0.3, 0.72, 0.28}, Low: []float64{0.45, 0.4, 0.26, 0.7, 0.2}, High: []float64{0.55, 0.5, 0.33, 0.75, 0.35}, Points: true},
			chance,
		}},
		{Title: "long names", X: chart.Axis{Categories: []string{"convolutional", "ConvolutionalBatchNorm", "transformer (4 layers)", "linear", "k nearest neighbours", "raw", "k-means"}}, Y: chart.Axis{Label: "images a second"}, Series: []chart.Line{
			{Name: "learning", X: []float64{0, 1, 2, 3, 4, 5, 6}, Y: []float64{120, 35000, 8000, 91000, 400, 77, 61000}},
		}},
	}}

	many := chart.Figure{Name: "many", Title: "Eight panels of eight series", Caption: "Not more than this."}
	for i := range 8 {
		p := chart.Panel{Title: fmt.Sprintf("layer %d", i+1), X: chart.Axis{Label: "level"}, Y: chart.Axis{Label: "accuracy (share)", Min: &zero, Max: &one}}
		for j := range 8 {
			p.Series = append(p.Series, curve(fmt.Sprintf("network %d", j+1), levels, falling(0.25+0.08*float64(j), 0.3*float64(i+1)), 0))
		}
		many.Panels = append(many.Panels, p)
	}
	return []chart.Figure{overLevels, overEpochs, overWidths, gaps, categories, many}
}
