package paper

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// plantedShare is the share of shuffled labels at which single examples are looked
// at, in section 9.
const plantedShare = 0.1

// labelNoiseRuns are the runs of sections 7, 9 and (c) of section 3.
func labelNoiseRuns(s scale) []Run {
	var runs []Run
	for _, share := range s.labelNoiseShares {
		r := newRun(labelNoiseRun(share), s.fashion, s.labelNoise)
		r.Config.LabelNoise, r.Examples = share, share == plantedShare
		runs = append(runs, r)
	}
	return runs
}

// labelNoiseRun is the name that rows in docs/paper have.
func labelNoiseRun(share float64) string { return fmt.Sprintf("dose-%.1f", share) }

// labelNoiseClaim is section 7: the more labels are shuffled, the less is learned.
type labelNoiseClaim struct {
	*results
	shares []float64 // of shuffled labels, ascending
	levels []float64
	probes []string
	last   int // epoch
}

func labelNoiseSection(res *results) document.Section {
	all := res.scale.labelNoiseShares
	run := labelNoiseRun(all[0])
	c := labelNoiseClaim{res, all, res.levels(run), res.probes(run), res.lastEpoch(run)}
	n := c.numbers()
	return document.Section{Title: "7. Beyond: the more labels are shuffled, the less is learned", Blocks: []document.Block{
		text("Our question: does learning fall and memorization rise as a growing share of the labels is shuffled before training? A measure of learning must answer to this dose."),
		text("Our design: the MLP of claim 1 on %d images of Fashion-MNIST, %d epochs, with %s of the labels shuffled among themselves. Probes are given the labels that the network was trained on.", c.first(run).N, c.last, numbers(c.shares)),
		c.plot(), c.table(n),
		text("Rule: for both probes at every level, the interval of the correlation of learning with the dose lies below 0 and its mean falls at every step. Some of it: in part."),
		c.verdict(n),
		text("Limits: the interval treats networks as independent; those of one seed share their start weights over the doses."),
	}}
}

func (c labelNoiseClaim) at(share float64, probe string, level float64) condition {
	return condition{run: labelNoiseRun(share), epoch: c.last, probe: probe, level: level}
}

// trends are those with the share of shuffled labels, one a probe and level.
type trends []trend

type trend struct {
	probe                  string
	level                  float64
	learning, memorization perm.Interval // rank correlations with the share
	stepwise               bool          // mean learning falls from each share to the next
}

func (c labelNoiseClaim) numbers() trends {
	var all trends
	for _, probe := range c.probes {
		for _, level := range c.levels {
			all = append(all, trend{probe, level, c.correlation(probe, level, learning), c.correlation(probe, level, memorization), c.stepwise(probe, level)})
		}
	}
	return all
}

// correlation is that of a quantity with the share of shuffled labels.
func (c labelNoiseClaim) correlation(probe string, level float64, of quantity) perm.Interval {
	var x, y []float64
	for _, share := range c.shares {
		for _, v := range c.values(c.at(share, probe, level), of) {
			x, y = append(x, share), append(y, v)
		}
	}
	return c.rankCorrelation("label noise, "+probe, x, y)
}

func (c labelNoiseClaim) stepwise(probe string, level float64) bool {
	mean := func(i int) float64 { return c.mean(c.at(c.shares[i], probe, level), learning).Estimate }
	for i := 1; i < len(c.shares); i++ {
		if !(mean(i) < mean(i-1)) {
			return false
		}
	}
	return true
}

func (t trend) falls() bool { return below(t.learning) }

// holds is the rule of section 7.
func (all trends) holds() document.Holding {
	return combine(countOf(all, trend.falls) > 0, every(all, trend.falls) && every(all, func(t trend) bool { return t.stepwise }))
}

func (c labelNoiseClaim) verdict(all trends) document.Block {
	var memorized []string
	for _, probe := range c.probes {
		var by []perm.Interval
		for _, t := range all {
			if t.probe == probe {
				by = append(by, t.memorization)
			}
		}
		memorized = append(memorized, risesAndFalls(probe, by, "levels"))
	}
	return verdict(all.holds(), "Learning falls with the dose in %s cells, at every step in %d. Memorization: %s.",
		count(countOf(all, trend.falls), len(all)), countOf(all, func(t trend) bool { return t.stepwise }), list(memorized))
}

// plot is learning and memorization over the share of shuffled labels.
func (c labelNoiseClaim) plot() document.Block {
	plot := chart.Figure{Name: "dose", Title: "Learning and memorization over the share of shuffled labels",
		Caption: fmt.Sprintf("Last hidden layer at epoch %d; a line for each σ. %s", c.last, whiskers())}
	for _, q := range []struct {
		name string
		of   quantity
	}{{"learning", learning}, {"memorization", memorization}} {
		for _, probe := range c.probes {
			panel := chart.Panel{Title: q.name + ", " + probeName(probe), X: chart.Axis{Label: "share of labels shuffled"}, Y: chart.Axis{Label: q.name}}
			for _, level := range c.levels {
				panel.Series = append(panel.Series, curve("σ = "+number(level), c.shares, func(share float64) perm.Interval { return c.mean(c.at(share, probe, level), q.of) }))
			}
			plot.Panels = append(plot.Panels, panel)
		}
	}
	return c.figure(plot)
}

func (c labelNoiseClaim) table(all trends) document.Block {
	table := document.Grid{Caption: fmt.Sprintf("Spearman's rank correlation with the share of shuffled labels over %d networks, with 95 %% intervals (Bonett and Wright), and whether means over seeds fall at every step.", len(c.shares)*trainingSeeds),
		Head: []string{"probe", "σ", "learning", "falls at every step", "memorization"}, Text: 1}
	for _, t := range all {
		stepwise := "no"
		if t.stepwise {
			stepwise = "yes"
		}
		table.Rows = append(table.Rows, []string{probeName(t.probe), number(t.level), differences(t.learning), stepwise, differences(t.memorization)})
	}
	return document.Block{Grid: &table}
}
