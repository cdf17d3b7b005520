package paper

import (
	"fmt"
	"math"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// dynamics is claim 4: memorization over epochs.
func (b *book) dynamics() document.Section {
	runs := []string{"mlp-mnist", "mlp-fashion"}
	first, last := trained(b.epochs(runs[0]))[0], b.lastEpoch(runs[0])
	epochs := floats(b.epochs(runs[0]))
	s := document.Section{Title: "4. Memorization has a dynamic over epochs"}
	s.Blocks = append(s.Blocks,
		text("The paper's claim: how networks memorize changes over training epochs in interesting patterns. Which patterns it saw we do not know."),
		text("Our design: the networks of claim 1 at epochs %s. What can move is the null mean (how well shuffled labels are recalled from copies; memorization is its distance to chance), learning (the gap from there to the real labels), "+
			"and the features themselves: the share of their variance that lies within classes, which falls as classes collapse onto their means.", numbers(epochs)))

	plots := []struct {
		name, title, label string
		of                 quantity
	}{
		{"epochs-memorization", "Memorization over epochs", "memorization", memorization},
		{"epochs-learning", "Learning over epochs", "learning", learning},
	}
	for _, p := range plots {
		plot := chart.Figure{Name: p.name, Title: p.title, Caption: fmt.Sprintf("Last hidden layer; one line for each σ of the noise on the copies. Whiskers: 95 %% intervals over %d training seeds.", Seeds)}
		for _, run := range runs {
			for _, probe := range b.probes(run) {
				panel := chart.Panel{Title: dataName(b.data(run)) + ", " + probeName(probe), X: chart.Axis{Label: "epoch", Log1p: true}, Y: chart.Axis{Label: p.label}}
				for _, level := range b.between(run) {
					panel.Series = append(panel.Series, curve("σ = "+number(level), epochs, func(e float64) perm.Interval {
						return b.over(cell{run: run, epoch: int(e), probe: probe, level: level}, p.of)
					}))
				}
				plot.Panels = append(plot.Panels, panel)
			}
		}
		s.Blocks = append(s.Blocks, b.figure(plot))
	}
	collapse := chart.Figure{Name: "epochs-collapse", Title: "Class collapse of the features over epochs",
		Caption: fmt.Sprintf("Share of the variance of the last hidden layer that lies within classes, of the labels each was trained on: 1 = class means alike, 0 = collapsed. The twin at the epoch at which it is as accurate as the network. Whiskers: 95 %% intervals over %d training seeds.", Seeds)}
	for _, run := range runs {
		at := func(e float64) cell { return cell{run: run, epoch: int(e), probe: b.probes(run)[0], level: 0} }
		collapse.Panels = append(collapse.Panels, chart.Panel{Title: dataName(b.data(run)), X: chart.Axis{Label: "epoch", Log1p: true},
			Y: chart.Axis{Label: "variance within classes", Min: pointer(0.0), Max: pointer(1.02)},
			Series: []chart.Line{
				curve("network", epochs, func(e float64) perm.Interval { return b.over(at(e), within) }),
				curve("twin", floats(trained(b.epochs(run))), func(e float64) perm.Interval { return b.over(twinOf(at(e)), within) }),
			}})
	}
	s.Blocks = append(s.Blocks, b.figure(collapse))

	cells := 0
	for _, run := range runs {
		cells += len(b.probes(run)) * len(b.between(run))
	}
	confidence := 1 - 0.05/float64(max(cells, 1))
	table := document.Grid{Caption: fmt.Sprintf("Change from epoch %d to %d, paired by seed, with intervals that hold for all %d cells at once (%s %% each, Bonferroni).", first, last, cells, number(math.Round(1e4*confidence)/100)),
		Head: []string{"data", "probe", "σ", "memorization", "null mean", "learning"}, Text: 2}
	type moves struct{ up, down, all int }
	moved := map[string]*moves{} // probe
	change := func(x, y cell, of quantity) perm.Interval {
		v, err := perm.SeedInterval(b.differences(x, y, of), confidence)
		if err != nil {
			b.fail("%v: %v", x, err)
		}
		return v
	}
	some := true
	for _, run := range runs {
		here := false
		for _, probe := range b.probes(run) {
			if moved[probe] == nil {
				moved[probe] = &moves{}
			}
			for _, level := range b.between(run) {
				x, y := cell{run: run, epoch: last, probe: probe, level: level}, cell{run: run, epoch: first, probe: probe, level: level}
				m := change(x, y, memorization)
				moved[probe].all++
				if above(m) {
					moved[probe].up++
				}
				if below(m) {
					moved[probe].down++
				}
				here = here || above(m) || below(m)
				table.Rows = append(table.Rows, []string{dataName(b.data(run)), probeName(probe), number(level), differences(m), differences(change(x, y, nullMean)), differences(change(x, y, learning))})
			}
		}
		some = some && here
	}
	var words []string
	for _, probe := range b.probes(runs[0]) {
		m := moved[probe]
		words = append(words, fmt.Sprintf("by the %s probe it rises in %s cells and falls in %d", probeName(probe), count(m.up, m.all), m.down))
	}
	var collapsed []string
	for _, run := range runs {
		x := cell{run: run, epoch: last, probe: b.probes(run)[0], level: 0}
		y := x
		y.epoch = first
		collapsed = append(collapsed, fmt.Sprintf("%s on %s", differences(b.differ(x, y, within)), dataName(b.data(run))))
	}
	holds := document.HoldsYes
	if !some {
		holds = document.HoldsNot
	}
	s.Blocks = append(s.Blocks, document.Block{Grid: &table},
		text("Rule: on each data set, for some probe and level, the interval of the change of memorization from the first to the last epoch must not hold 0."),
		verdict(holds, "Memorization moves: %s. The variance within classes changes by %s over the same epochs.", list(words), list(collapsed)),
		text("Limits: direction and size depend on the probe and the level, so “memorization rises with training” is no statement without them. M is what a probe can recall from these features, not what the network itself remembers: where classes collapse onto their means, "+
			"shuffled labels of one class are harder to tell apart, however well the network has fitted its own. Networks were trained for %d epochs only.", last))
	return s
}
