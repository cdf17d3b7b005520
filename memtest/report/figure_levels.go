package report

import (
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// overLevels is observed, null and chance over levels.
func (v *view) overLevels() chart.Figure {
	f := chart.Figure{Name: FigureLevels, Title: "Observed, null and chance over levels",
		Caption: "The band holds the middle 95% of the null. Learning is the distance from observed to null, memorization that from null to chance. Both ends of a curve tell nothing: at level 0 a copy is its parent, and far out nothing of it is left."}
	v.each(func(s setting, name string) {
		f.Panels = append(f.Panels, v.levelsPanel(s, name))
	})
	return f
}

// overLayers is the same layer by layer.
func (v *view) overLayers() chart.Figure {
	f := chart.Figure{Name: FigureLayers, Title: "Layer by layer",
		Caption: "The same curves at every layer of the network, on one scale: deeper layers come later."}
	v.each(func(s setting, name string) {
		layers := v.layersOf(s.network)
		if len(layers) < 2 {
			return
		}
		for _, layer := range layers {
			o := s
			o.layer = layer
			if len(v.cells[o]) > 0 {
				f.Panels = append(f.Panels, v.levelsPanel(o, name))
			}
		}
	})
	return f
}

func (v *view) levelsPanel(s setting, name string) chart.Panel {
	band := chart.Line{Name: "null, with its 95% band", Look: chart.Null, Band: true}
	flat := chart.Line{Name: "chance", Look: chart.Chance}
	fresh := chart.Line{Name: "fresh examples", Look: chart.Fresh}
	for _, at := range v.cells[s] {
		put(&band, at.level, at.band())
		put(&flat, at.level, at.over(chance).Interval)
		if y := at.fresh(); y != nil {
			put(&fresh, at.level, perm.Interval{Estimate: *y, Low: *y, High: *y})
		}
	}
	flat.Low, flat.High = nil, nil
	p := chart.Panel{Title: name + ": " + s.short(), X: v.levelAxis(s), Y: v.metricAxis()}
	p.Series = []chart.Line{v.curve(s, "observed", chart.Observed, observed), band, flat}
	if len(fresh.X) > 0 {
		p.Series = append(p.Series, withoutEmptyWhiskers(fresh))
	}
	return p
}

// besideReferences is learning and memorization beside the references.
func (v *view) besideReferences() chart.Figure {
	f := chart.Figure{Name: FigureReferences, Title: "Beside the references",
		Caption: "What a network learned is its distance from its references, not its height."}
	if _, ok := v.others[features.Start]; ok {
		f.Caption += " What fine-tuning added is its distance from the network that it started from."
	}
	v.each(func(s setting, name string) {
		refs := v.references(s)
		if len(refs) == 0 {
			return
		}
		for _, e := range v.effects() {
			p := chart.Panel{Title: e.name + ", " + name, Group: e.name, X: v.levelAxis(s), Y: v.effectAxis(e)}
			p.Series = append(p.Series, v.effectCurve(s, word.Name(s.network)+" "+s.after(), chart.Observed, e))
			for _, r := range refs {
				p.Series = append(p.Series, v.effectCurve(r.setting, strings.TrimPrefix(r.name, "the "), lookOf(r), e))
			}
			f.Panels = append(f.Panels, p)
		}
	})
	return f
}

func lookOf(r reference) chart.Look {
	switch r.role {
	case features.Input:
		return chart.Input
	case features.Twin:
		return chart.Twin
	case features.Start:
		return chart.Start
	}
	return chart.Untrained
}
