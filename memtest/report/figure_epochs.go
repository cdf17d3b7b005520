package report

import (
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/number"
)

// overEpochs is learning and memorization over epochs, a line for each level.
func (v *view) overEpochs() chart.Figure {
	f := chart.Figure{Name: FigureEpochs, Title: "Learning and memorization over epochs",
		Caption: "A line for each level; epoch 0 is the network before training. The distance between epochs is that of log(1 + epoch). Read a rise against epoch 0, not against zero."}
	v.each(func(s setting, name string) {
		var epochs []float64
		for _, e := range v.epochs(s.network) {
			if e >= 0 {
				epochs = append(epochs, float64(e))
			}
		}
		if len(epochs) == 0 {
			return
		}
		if epochs[0] > 0 && len(v.cells[v.untrained(s)]) > 0 {
			epochs = append([]float64{0}, epochs...)
		}
		for _, effect := range v.effects() {
			p := chart.Panel{Title: effect.name + ", " + name, Group: effect.name, X: chart.Axis{Label: "epoch", Ticks: epochs, Log1p: true}, Y: v.effectAxis(effect)}
			for i, c := range v.cells[s] {
				line := chart.Line{Name: "level " + number.Level(c.level), Look: chart.Sequence(i)}
				for _, e := range epochs {
					o := s
					if o.epoch = int(e); o.epoch == 0 {
						o = v.untrained(s)
					}
					if at, ok := v.at(o, c.level); ok {
						put(&line, e, at.effect(effect).Interval)
					}
				}
				p.Series = append(p.Series, withoutEmptyWhiskers(line))
			}
			f.Panels = append(f.Panels, p)
		}
	})
	return f
}
