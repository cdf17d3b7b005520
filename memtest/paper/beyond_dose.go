package paper

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// doseResponse is the first step beyond the paper: label noise.
func (b *book) doseResponse() document.Section {
	doses := b.scale.doses
	run := doseName(doses[0])
	last, levels, probes := b.lastEpoch(run), b.levels(run), b.probes(run)
	s := document.Section{Title: "7. Beyond: the more labels are shuffled, the less is learned"}
	s.Blocks = append(s.Blocks,
		text("Our question: does learning fall and memorization rise as a growing share of the labels is shuffled before training? A measure of learning must answer to this dose."),
		text("Our design: the MLP of claim 1 on %d images of Fashion-MNIST, %d epochs, with %s of the labels shuffled among themselves. Probes are given the labels that the network was trained on.", b.n(run), last, numbers(doses)))
	at := func(dose float64, probe string, level float64) cell {
		return cell{run: doseName(dose), epoch: last, probe: probe, level: level}
	}
	plot := chart.Figure{Name: "dose", Title: "Learning and memorization over the share of shuffled labels",
		Caption: fmt.Sprintf("Last hidden layer at epoch %d; a line for each σ. Whiskers: 95 %% intervals over %d training seeds.", last, Seeds)}
	for _, q := range []struct {
		name string
		of   quantity
	}{{"learning", learning}, {"memorization", memorization}} {
		for _, probe := range probes {
			panel := chart.Panel{Title: q.name + ", " + probeName(probe), X: chart.Axis{Label: "share of labels shuffled"}, Y: chart.Axis{Label: q.name}}
			for _, level := range levels {
				panel.Series = append(panel.Series, curve("σ = "+number(level), doses, func(dose float64) perm.Interval { return b.over(at(dose, probe, level), q.of) }))
			}
			plot.Panels = append(plot.Panels, panel)
		}
	}
	table := document.Grid{Caption: fmt.Sprintf("Spearman's rank correlation with the share of shuffled labels over %d networks, with 95 %% intervals (Bonett and Wright), and whether means over seeds fall at every step.", len(doses)*Seeds),
		Head: []string{"probe", "σ", "learning", "falls at every step", "memorization"}, Text: 1}
	falls, steps, cells := 0, 0, 0
	var memorized []string
	for _, probe := range probes {
		up, down := 0, 0
		for _, level := range levels {
			correlation := func(of quantity) perm.Interval {
				var x, y []float64
				for _, dose := range doses {
					for _, v := range b.values(at(dose, probe, level), of) {
						x, y = append(x, dose), append(y, v)
					}
				}
				v, err := perm.SpearmanInterval(x, y, 0)
				if err != nil {
					b.fail("label noise, %s: %v", probe, err)
				}
				return v
			}
			monotone := true
			for i := 1; i < len(doses); i++ {
				monotone = monotone && b.over(at(doses[i], probe, level), learning).Estimate < b.over(at(doses[i-1], probe, level), learning).Estimate
			}
			l, m := correlation(learning), correlation(memorization)
			cells++
			if below(l) {
				falls++
			}
			word := "no"
			if monotone {
				steps++
				word = "yes"
			}
			if above(m) {
				up++
			}
			if below(m) {
				down++
			}
			table.Rows = append(table.Rows, []string{probeName(probe), number(level), differences(l), word, differences(m)})
		}
		memorized = append(memorized, fmt.Sprintf("by the %s probe it rises in %s levels and falls in %d", probeName(probe), count(up, len(levels)), down))
	}
	holds := combine(falls > 0, falls == cells && steps == cells)
	s.Blocks = append(s.Blocks, b.figure(plot), document.Block{Grid: &table},
		text("Rule: for both probes at every level, the interval of the correlation of learning with the dose lies below 0 and its mean falls at every step. Some of it: in part."),
		verdict(holds, "Learning falls with the dose in %s cells, at every step in %d. Memorization: %s.", count(falls, cells), steps, list(memorized)),
		text("Limits: the interval treats networks as independent; those of one seed share their start weights over the doses."))
	return s
}
