package paper

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// generalizationClaim is section 8: calibrated learning tells the generalization
// gap.
type generalizationClaim struct {
	*results
	networks []network
	levels   []float64
	probes   []string
}

func generalizationSection(res *results) document.Section {
	all := networks(res)
	c := generalizationClaim{res, all, res.levels(all[0].run), res.probes(all[0].run)}
	n := c.numbers()
	return document.Section{Title: "8. Beyond: calibrated learning tells the generalization gap", Blocks: []document.Block{
		text("Our question: does a score that looks at the training set alone tell how far a network's accuracy falls on new images?"),
		c.design(), c.plot(), n.table(),
		text("Rule: for both probes at every level, the interval of the rank correlation of calibrated learning with the gap lies below 0 (more learned, smaller gap). For some: in part."),
		n.verdict(), c.limits(),
	}}
}

func (c generalizationClaim) design() document.Block {
	some := c.first(c.networks[0].run)
	return text("Our design: %d MLPs on %d images of Fashion-MNIST, each with a twin of its own, that cross width (%s) with label noise (%s), and these with depth (%s), dropout (none, 0.5) and the length of training (%s epochs). "+
		"The gap is training accuracy less the accuracy expected on test images whose labels are as noisy: of test accuracy t under true labels, (1 − noise)·t + noise/%d.", len(c.networks), some.N,
		numbers(distinct(c.networks, func(n network) int { return n.width })), numbers(distinct(c.networks, func(n network) float64 { return n.labelNoise })),
		numbers(distinct(c.networks, func(n network) int { return n.depth })), numbers(distinct(c.networks, func(n network) int { return n.last })), some.Classes)
}

func (c generalizationClaim) at(n network, probe string, level float64) result.Row {
	return c.row(condition{run: n.run, epoch: n.last, probe: probe, level: level})
}

// rowOf is the row of a network for what depends neither on the probe nor on the level.
func (c generalizationClaim) rowOf(n network) result.Row {
	return c.row(c.unperturbed(n.run, n.last))
}

// gap is training accuracy less the accuracy that is expected on new examples
// whose labels are as noisy as those it was trained on.
func (c generalizationClaim) gap(n network) float64 {
	r := c.rowOf(n)
	return trainAccuracy(r) - ((1-n.labelNoise)*testAccuracy(r) + n.labelNoise/float64(r.Classes))
}

// score is a number that may tell the gap; false where a row does not have it.
type score struct {
	name     string
	perProbe bool // depends on probe and level
	of       func(result.Row) (float64, bool)
}

// scores are those that are held against the gap. The first is judged, the
// others are shown beside it.
var scores = []score{
	{"calibrated learning", true, func(r result.Row) (float64, bool) { return valueOf(r.Calibrated), r.Calibrated != nil }},
	{"learning", true, func(r result.Row) (float64, bool) { return r.Learning, true }},
	{"memorization", true, func(r result.Row) (float64, bool) { return r.Memorization, true }},
	{"variance within classes", false, func(r result.Row) (float64, bool) { return withinClass(r), r.WithinClass != nil }},
	{"training accuracy", false, func(r result.Row) (float64, bool) { return trainAccuracy(r), true }},
}

// scored are the rank correlations of all scores, by probe and level.
type scored []correlations

// correlations are those of one score over networks.
type correlations struct {
	score
	probe, level string // – where the score depends on neither
	networks     int    // that have the score

	gap, test     perm.Interval // with the generalization gap, with test accuracy
	gapTrueLabels perm.Interval // over networks without label noise
	gapLong       perm.Interval // over those that were not short
}

func (c generalizationClaim) numbers() scored {
	var all scored
	for _, s := range scores {
		if !s.perProbe {
			all = append(all, c.correlate(s, c.probes[0], c.levels[0], "–", "–"))
			continue
		}
		for _, probe := range c.probes {
			for _, level := range c.levels {
				all = append(all, c.correlate(s, probe, level, probeName(probe), number(level)))
			}
		}
	}
	return all
}

// correlate gives the correlations of a score over the networks that have it.
func (c generalizationClaim) correlate(s score, probe string, level float64, probeText, levelText string) correlations {
	points := c.points(s, probe, level)
	over := func(y func(point) float64, among func(point) bool) perm.Interval {
		var scores, ys []float64
		for _, p := range points {
			if among(p) {
				scores, ys = append(scores, p.score), append(ys, y(p))
			}
		}
		return c.rankCorrelation("networks", scores, ys)
	}
	all := func(point) bool { return true }
	gap := func(p point) float64 { return p.gap }
	return correlations{
		score: s, probe: probeText, level: levelText, networks: len(points),
		gap:           over(gap, all),
		test:          over(func(p point) float64 { return p.test }, all),
		gapTrueLabels: over(gap, func(p point) bool { return p.labelNoise == 0 }),
		gapLong:       over(gap, func(p point) bool { return !p.short }),
	}
}

// point is a network that has a score.
type point struct {
	network
	score, gap, test float64 // the generalization gap, test accuracy
}

func (c generalizationClaim) points(s score, probe string, level float64) []point {
	var all []point
	for _, n := range c.networks {
		r := c.at(n, probe, level)
		if v, ok := s.of(r); ok {
			all = append(all, point{n, v, c.gap(n), testAccuracy(r)})
		}
	}
	return all
}

// judged are the correlations of calibrated learning with the gap.
func (all scored) judged() []estimate {
	var out []estimate
	for _, v := range all {
		if v.name == scores[0].name {
			out = append(out, estimate{fmt.Sprintf("%s, σ = %s, %d networks", v.probe, v.level, v.networks), v.gap})
		}
	}
	return out
}

func (all scored) negative() int {
	return countOf(all.judged(), func(e estimate) bool { return below(e.Interval) })
}

// holds is the rule of section 8.
func (all scored) holds() document.Holding {
	return combine(all.negative() > 0, all.negative() == len(all.judged()))
}

func (all scored) verdict() document.Block {
	least, most := extremes(all.judged())
	return verdict(all.holds(), "It lies below 0 in %s cells; the correlations go from %s (%s) to %s (%s).",
		count(all.negative(), len(all.judged())), signed(least.Estimate), least.of, signed(most.Estimate), most.of)
}

func (c generalizationClaim) limits() document.Block {
	unequal := slices.DeleteFunc(slices.Clone(c.networks), func(n network) bool {
		twin := c.row(c.unperturbed(n.run, n.last).twin())
		return !perm.TwinGap(trainAccuracy(c.rowOf(n)), trainAccuracy(twin), 0)
	})
	return text("Limits: networks of one kind on one data set. The correlations mix causes: label noise alone moves both, and networks that are little trained have a small gap and little of anything learned. The last two columns and the row of training accuracy say how much is left without that; they were not part of the rule. "+
		"The training accuracy of %s twins differs from their network's by more than 0.02; %d of those have dropout.", count(len(unequal), len(c.networks)), countOf(unequal, func(n network) bool { return n.dropout }))
}

// plot is the gap over calibrated learning, a point for each network.
func (c generalizationClaim) plot() document.Block {
	level := c.levels[len(c.levels)/2]
	plot := chart.Figure{Name: "generalization", Title: "Calibrated learning and the generalization gap",
		Caption: fmt.Sprintf("A point is a network; σ = %s. The gap: training accuracy less that expected on new images with labels as noisy.", number(level))}
	for _, probe := range c.probes {
		panel := chart.Panel{Title: probeName(probe), X: chart.Axis{Label: "calibrated learning"}, Y: chart.Axis{Label: "generalization gap"}}
		for _, noise := range distinct(c.networks, func(n network) float64 { return n.labelNoise }) {
			series := chart.Line{Name: fmt.Sprintf("%s of labels shuffled", number(noise)), Points: true}
			for _, p := range c.points(scores[0], probe, level) {
				if p.labelNoise == noise {
					series.X, series.Y = append(series.X, p.score), append(series.Y, p.gap)
				}
			}
			panel.Series = append(panel.Series, series)
		}
		plot.Panels = append(plot.Panels, panel)
	}
	return c.figure(plot)
}

func (all scored) table() document.Block {
	table := document.Grid{Caption: "Spearman's rank correlation over the networks, with 95 % intervals (Bonett and Wright). In the last two columns only the networks that were trained on true labels, and only those that were trained for long.",
		Head: []string{"score", "probe", "σ", "with the gap", "with test accuracy", "with the gap, true labels", "with the gap, trained for long"}, Text: 2}
	for _, v := range all {
		table.Rows = append(table.Rows, []string{v.name, v.probe, v.level, differences(v.gap), differences(v.test), differences(v.gapTrueLabels), differences(v.gapLong)})
	}
	return document.Block{Grid: &table}
}
