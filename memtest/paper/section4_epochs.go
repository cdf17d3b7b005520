package paper

import (
	"fmt"
	"math"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// epochsClaim is section 4: memorization changes over epochs. Its runs are those
// of section 1.
type epochsClaim struct {
	*results
	runs     []string
	epochs   []int
	from, to int // the epochs after the start between which changes are looked at
}

func epochsSection(res *results) document.Section {
	c := epochsClaim{results: res, runs: names(mlpRuns(res.scale))}
	c.epochs, c.from, c.to = res.epochs(c.runs[0]), c.epochsAfterStart(c.runs[0])[0], c.lastEpoch(c.runs[0])
	n := c.numbers()
	return document.Section{Title: "4. Memorization has a dynamic over epochs", Blocks: []document.Block{
		text("The paper's claim: how networks memorize changes over training epochs in interesting patterns. Which patterns it saw we do not know."),
		text("Our design: the networks of claim 1 at epochs %s. What can move is the null mean (how well shuffled labels are recalled from copies; memorization is its distance to chance), learning (the gap from there to the real labels), "+
			"and the features themselves: the share of their variance that lies within classes, which falls as classes collapse onto their means.", numbers(c.epochs)),
		c.plot("epochs-memorization", "Memorization over epochs", "memorization", memorization),
		c.plot("epochs-learning", "Learning over epochs", "learning", learning),
		c.collapsePlot(), c.table(n),
		text("Rule: on each data set, for some probe and level, the interval of the change of memorization from the first to the last epoch must not hold 0."),
		c.verdict(n),
		text("Limits: direction and size depend on the probe and the level, so “memorization rises with training” is no statement without them. M is what a probe can recall from these features, not what the network itself remembers: where classes collapse onto their means, "+
			"shuffled labels of one class are harder to tell apart, however well the network has fitted its own. Networks were trained for %d epochs only.", c.to),
	}}
}

// changes are those from the first to the last epoch, at every level between 0
// and the largest.
type changes []change

type change struct {
	condition                                      // at the last epoch
	memorization, nullMean, learning perm.Interval // that hold for all conditions at once
}

func (c epochsClaim) numbers() changes {
	confidence := c.confidence()
	var all changes
	for _, run := range c.runs {
		for _, last := range c.conditions(run, c.to, c.innerLevels(run)) {
			first := last
			first.epoch = c.from
			of := func(q quantity) perm.Interval {
				return c.intervalAt(last.String(), c.paired(last, first, q), confidence)
			}
			all = append(all, change{last, of(memorization), of(nullMean), of(learning)})
		}
	}
	return all
}

// confidence is that of each change, such that all hold at once: Bonferroni.
func (c epochsClaim) confidence() float64 {
	all := 0
	for _, run := range c.runs {
		all += len(c.probes(run)) * len(c.innerLevels(run))
	}
	return 1 - 0.05/float64(max(all, 1))
}

// holds is the rule of section 4.
func (all changes) holds() document.Holding {
	moves := map[string]bool{} // by run
	for _, c := range all {
		moves[c.run] = moves[c.run] || above(c.memorization) || below(c.memorization)
	}
	for _, here := range moves {
		if !here {
			return document.HoldsNot
		}
	}
	return document.HoldsYes
}

func (c epochsClaim) verdict(all changes) document.Block {
	var moves, collapses []string
	for _, probe := range c.probes(c.runs[0]) {
		var by []perm.Interval
		for _, change := range all {
			if change.probe == probe {
				by = append(by, change.memorization)
			}
		}
		moves = append(moves, risesAndFalls(probe, by, "cells"))
	}
	for _, run := range c.runs {
		change := c.difference(c.unperturbed(run, c.to), c.unperturbed(run, c.from), withinClass)
		collapses = append(collapses, fmt.Sprintf("%s on %s", differences(change), dataName(c.first(run).Data)))
	}
	return verdict(all.holds(), "Memorization moves: %s. The variance within classes changes by %s over the same epochs.", list(moves), list(collapses))
}

// plot is a quantity over epochs, a line for each level.
func (c epochsClaim) plot(name, title, label string, of quantity) document.Block {
	plot := chart.Figure{Name: name, Title: title, Caption: "Last hidden layer; one line for each σ of the noise on the copies. " + whiskers()}
	for _, run := range c.runs {
		for _, probe := range c.probes(run) {
			panel := chart.Panel{Title: dataName(c.first(run).Data) + ", " + probeName(probe), X: epochAxis(), Y: chart.Axis{Label: label}}
			for _, level := range c.innerLevels(run) {
				panel.Series = append(panel.Series, curve("σ = "+number(level), c.epochs, func(epoch int) perm.Interval {
					return c.mean(condition{run: run, epoch: epoch, probe: probe, level: level}, of)
				}))
			}
			plot.Panels = append(plot.Panels, panel)
		}
	}
	return c.figure(plot)
}

// collapsePlot is the variance within classes over epochs.
func (c epochsClaim) collapsePlot() document.Block {
	plot := chart.Figure{Name: "epochs-collapse", Title: "Class collapse of the features over epochs",
		Caption: "Share of the variance of the last hidden layer that lies within classes, of the labels each was trained on: 1 = class means alike, 0 = collapsed. The twin at the epoch at which it is as accurate as the network. " + whiskers()}
	for _, run := range c.runs {
		plot.Panels = append(plot.Panels, chart.Panel{Title: dataName(c.first(run).Data), X: epochAxis(), Y: shareAxis("variance within classes"),
			Series: []chart.Line{
				curve("network", c.epochs, func(epoch int) perm.Interval { return c.mean(c.unperturbed(run, epoch), withinClass) }),
				curve("twin", c.epochsAfterStart(run), func(epoch int) perm.Interval { return c.mean(c.unperturbed(run, epoch).twin(), withinClass) }),
			}})
	}
	return c.figure(plot)
}

func (c epochsClaim) table(all changes) document.Block {
	table := document.Grid{Caption: fmt.Sprintf("Change from epoch %d to %d, paired by seed, with intervals that hold for all %d cells at once (%s %% each, Bonferroni).", c.from, c.to, len(all), number(math.Round(1e4*c.confidence())/100)),
		Head: []string{"data", "probe", "σ", "memorization", "null mean", "learning"}, Text: 2}
	for _, m := range all {
		table.Rows = append(table.Rows, []string{dataName(c.first(m.run).Data), probeName(m.probe), number(m.level),
			differences(m.memorization), differences(m.nullMean), differences(m.learning)})
	}
	return document.Block{Grid: &table}
}
