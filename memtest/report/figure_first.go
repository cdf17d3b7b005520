package report

import (
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/word"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// atFirstSight is the picture beside the verdict: what the probe of the verdict reaches
// on copies of the network, its twin, the untrained network and the raw input, and what
// the network itself does, over levels.
func (v *view) atFirstSight() chart.Figure {
	copies := "near-copies"
	if v.onlyMixed() {
		copies = "blends"
	}
	f := chart.Figure{Name: FigureFirst, Title: "At first sight",
		Caption: "How many " + copies + " get their class back, over how much they were changed."}
	if v.rows[0].Metric != "" {
		f.Caption = "The " + metricName(v.rows[0]) + " of " + copies + ", over how much they were changed."
	}
	for _, perturbation := range v.perturbations {
		for _, network := range v.subjects() {
			s, ok := v.primary(network, perturbation)
			if !ok {
				continue
			}
			f.Panels = append(f.Panels, v.firstPanel(s, strings.TrimSuffix(v.aboutWhat(network, perturbation), ": ")))
		}
	}
	return f
}

// reachedOnCopies is what a probe reaches with the real labels. Its error over images is
// taken to be that of learning, its distance to the mean of the shuffles, which is known
// far better.
var reachedOnCopies = effect{name: "observed", of: observed, se: func(r result.Row) *float64 { return r.LearningSE }}

func (v *view) firstPanel(s setting, name string) chart.Panel {
	p := chart.Panel{Title: name, X: v.levelAxis(s), Y: v.metricAxis()}
	p.X.Label = levelLabel(s.perturbation)
	p.Series = append(p.Series, v.effectCurve(s, whatIsRead(s)+", by the "+word.Name(s.probe)+" probe", chart.Observed, reachedOnCopies))
	for _, r := range v.references(s) {
		p.Series = append(p.Series, v.effectCurve(r.setting, v.referenceLine(r), lookOf(r), reachedOnCopies))
	}
	read := v.read(s).cell
	if v.rows[0].Metric == "" {
		p.Y.Label = "share given its class"
		if line := v.ownCurve(s); len(line.X) > 0 {
			p.Series = append(p.Series, line)
		}
		switch own, fresh := read.optional(testAccuracy), read.fresh(); {
		case own != nil:
			p.Series = append(p.Series, flat(chart.New, "new "+v.examples(s.perturbation)+", by the network itself", *own))
		case fresh != nil:
			p.Series = append(p.Series, flat(chart.Fresh, "new "+v.examples(s.perturbation)+", by the probe", *fresh))
		}
	}
	p.Series = append(p.Series, flat(chart.Chance, "chance", read.mean(chance)))
	return p
}

// whatIsRead is what the first line of a picture is of.
func whatIsRead(s setting) string {
	switch s.role {
	case features.Network:
		return "the network"
	case features.Input:
		return nameInput
	case features.Twin:
		return nameTwin
	case features.Untrained:
		return nameUntrained
	}
	return word.Name(s.network)
}

// referenceLine names a reference in a legend.
func (v *view) referenceLine(r reference) string {
	if r.role == features.Twin {
		return "its twin, which could only memorize"
	}
	return strings.TrimPrefix(r.name, "the ")
}

// ownCurve is how often the network itself gives copies their class.
func (v *view) ownCurve(s setting) chart.Line {
	line := chart.Line{Name: "the network itself", Look: chart.Itself}
	for _, c := range v.cells[s] {
		if own := c.optional(ownAccuracy); own != nil {
			line.X, line.Y = append(line.X, c.level), append(line.Y, *own)
		}
	}
	return line
}

// flat is a value across a panel.
func flat(look chart.Look, name string, value float64) chart.Line {
	return chart.Line{Name: name, Look: look, X: []float64{0}, Y: []float64{value}, Reference: true}
}
