package paper

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// layerByLayer is claim 2: CNNs.
func (b *book) layerByLayer() document.Section {
	runs := b.named("cnn-")
	last := b.lastEpoch(runs[0])
	s := document.Section{Title: "2. And in CNNs, layer by layer"}
	s.Blocks = append(s.Blocks,
		text("The paper's claim: the method works for convolutional networks too."),
		text("Our design: two 3×3 convolutions with 8 and 16 channels, each followed by max pooling, then a dense layer of 64 units; %d images, %d epochs. Every layer after pooling is looked at, against the same layer of the shuffled-label twin. "+
			"The network is narrow so that no layer has as many features as there are examples, where a linear probe could fit anything.", b.n(runs[0]), last))
	table := document.Grid{Caption: fmt.Sprintf("Layers at epoch %d, on the copies of the lowest level above 0. L = learning, M = memorization; mean over %d training seeds with 95 %% intervals.", last, Seeds),
		Head: []string{"data", "copies", "layer", "probe", "L, network", "L, twin", "difference", "M, network", "M, twin"}, Text: 4}
	apart := map[string]int{}  // layer -> cells in which network and twin differ
	gained := map[string]int{} // layer -> cells in which the network is above the untrained one
	tried := map[string]int{}  // layer -> cells
	layers := axis(b.Rows[runs[0]], func(r result.Row) string { return r.Layer })
	if layers[0] == "input" { // the reference comes first
		layers = layers[1:]
	}
	var figures []document.Block
	for _, run := range runs {
		levels := b.levels(run)
		perturb := b.Rows[run][0].Perturbation
		plot := chart.Figure{Name: run, Title: fmt.Sprintf("CNN on %s: learning, layer by layer", dataName(b.data(run))),
			Caption: fmt.Sprintf("%s probe, copies by %s, epoch %d. Whiskers: 95 %% intervals over %d training seeds.", probeName(b.probes(run)[0]), perturb, last, Seeds)}
		for _, layer := range layers {
			panel := chart.Panel{Title: layer, X: chart.Axis{Label: perturb + ", " + unit(b.Rows[run])}, Y: chart.Axis{Label: "learning"}}
			for _, series := range []struct {
				name string
				of   func(cell) cell
			}{{"network", func(c cell) cell { return c }}, {"twin", twinOf}, {"untrained", untrainedOf}} {
				panel.Series = append(panel.Series, curve(series.name, levels, func(l float64) perm.Interval {
					return b.over(series.of(cell{run: run, epoch: last, layer: layer, probe: b.probes(run)[0], level: l}), learning)
				}))
			}
			plot.Panels = append(plot.Panels, panel)
			for _, probe := range b.probes(run) {
				c := cell{run: run, epoch: last, layer: layer, probe: probe, level: levels[1]}
				d := b.differ(c, twinOf(c), learning)
				tried[layer]++
				if above(d) {
					apart[layer]++
				}
				if above(b.differ(c, untrainedOf(c), learning)) {
					gained[layer]++
				}
				table.Rows = append(table.Rows, []string{dataName(b.data(run)), perturb + " " + number(levels[1]), layer, probeName(probe), differences(b.over(c, learning)),
					differences(b.over(twinOf(c), learning)), differences(d), differences(b.over(c, memorization)), differences(b.over(twinOf(c), memorization))})
			}
		}
		figures = append(figures, b.figure(plot))
	}
	s.Blocks = append(s.Blocks, figures...)
	s.Blocks = append(s.Blocks, document.Block{Grid: &table},
		text("Rule: on the copies of the lowest level above 0, for every run and both probes, the interval of the difference to the twin must lie above 0 in every layer. In some layers only: in part."))
	var parts []bool
	var words, gains []string
	for _, layer := range layers {
		gains = append(gains, fmt.Sprintf("%s in %s", layer, count(gained[layer], tried[layer])))
		parts = append(parts, apart[layer] == tried[layer])
		words = append(words, fmt.Sprintf("%s in %s", layer, count(apart[layer], tried[layer])))
	}
	var gaps []string
	for _, run := range runs {
		c := cell{run: run, epoch: last, layer: layers[0], probe: b.probes(run)[0], level: b.levels(run)[0]}
		gaps = append(gaps, fmt.Sprintf("%s (%s, %s)", differences(b.differ(c, twinOf(c), trainAccuracy)), dataName(b.data(run)), b.Rows[run][0].Perturbation))
	}
	s.Blocks = append(s.Blocks,
		verdict(combine(parts...), "Network and twin are told apart by layer: %s cells. Their training accuracies differ by %s. Learning is also above that of the untrained network, so that training put it there: %s cells.", list(words), list(gaps), list(gains)),
		text("Limits: one small architecture, %d images. A pooled map has many columns that hardly vary; scaled to unit variance, noise on the pixels drowns them, so low layers say little under Gaussian noise at larger levels.", b.n(runs[0])))
	return s
}

// unit is the unit of the levels of a run.
func unit(rows []result.Row) string {
	for _, r := range rows {
		return r.Unit
	}
	return ""
}
