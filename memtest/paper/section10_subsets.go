package paper

import (
	"fmt"
	"math"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// subsetsShares are the shares of shuffled labels in section 10: none, and as many as
// make mem(i) differ between examples.
var subsetsShares = []float64{0, 0.2}

// sameRanking is the rank correlation from which on two scores count as one ranking.
const sameRanking = 0.5

// subsetsRuns are the runs of section 10.
func subsetsRuns(s scale) []Run {
	var runs []Run
	for _, share := range subsetsShares {
		r := newRun(fmt.Sprintf("subsets-%.1f", share), s.fashion, s.subsets)
		r.Config.LabelNoise, r.Subsets = share, s.subsetNetworks
		runs = append(runs, r)
	}
	return runs
}

// subsetsClaim is section 10: examples that are memorized here are those that are
// memorized in the sense of Feldman and Zhang.
type subsetsClaim struct {
	*results
	groups []subsetsGroup
	levels []float64
	probes []string
	last   int // epoch
}

// subsetsGroup is a run and which of its examples are meant.
type subsetsGroup struct {
	run    string
	suffix string // of the names of its facts
	labels string // in words
	short  string // in a figure
}

func subsetsSection(res *results) document.Section {
	runs := names(subsetsRuns(res.scale))
	given, planted := runs[0], runs[1]
	share := number(subsetsShares[1])
	c := subsetsClaim{res, []subsetsGroup{
		{given, "", "as given", "labels as given"},
		{planted, "", share + " shuffled", share + " shuffled"},
		{planted, ofTrueLabels, share + " shuffled: true ones", share + " shuffled: true ones"},
	}, res.levels(given), res.probes(given), res.lastEpoch(given)}
	n := c.numbers()
	row := c.first(given)
	return document.Section{Title: "10. Beyond: examples that are memorized here are memorized in the sense of Feldman and Zhang", Blocks: []document.Block{
		text("Our question: two numbers are called the memorization of a single example. Feldman and Zhang (2020) ask what its presence in training changes: mem(i) is how much more often a network gives example i its label where i was among its training examples. " +
			"Here m_i is how often a probe, taught random labels of examples as the features of one network show them, gives back that of i for its copies. Do they rank examples alike?"),
		text("Our design: mem(i) from %d networks, MLPs of claim 1 trained %d epochs on random subsets of 0.7 of %d images of Fashion-MNIST, with labels as given and with %s of them shuffled; each training seed has a shuffle of its own, and its own %d networks for that. "+
			"m_i and the probe's margin on the label trained on come from %d networks of the same kind, one a training seed, trained on all of the images, by %d label sets. Of each, reliability says how well as many other networks (by halves, Spearman and Brown) or label sets would repeat it.",
			c.scale.subsetNetworks, c.last, row.N, share, c.scale.subsetNetworks, trainingSeeds, row.Permutations),
		n.memTable(), c.plot(n), n.table(),
		text("Rule: for both probes at every level, over all examples and over those with true labels, the interval of the rank correlation of mem(i) with the own part of m_i lies above %s. Above 0 for some: in part.", number(sameRanking)),
		n.verdict(),
		text("Limits: mem(i) is of networks that are trained on fewer examples than those whose features are probed, of one kind and on one data set. " +
			"Shuffled labels have a large mem(i) and others a small one, so that over all examples a correlation can be that of the two groups: hence the rows of true labels alone. The column “at most” is the root of the product of both reliabilities: what noise would leave of a perfect relation. " +
			"A correlation far below it is not for want of networks or label sets. Where it is near 0 the own part of m_i is nearly all noise, as by 5-NN where all copies keep their parent; it is an estimate, too."),
	}}
}

// subsetsNumbers are what there is of each group of examples.
type subsetsNumbers []subsetsNumber

type subsetsNumber struct {
	subsetsGroup
	examples, mean, quarter, se, reliability float64 // means over training seeds
	forgetting                               perm.Interval
	planted                                  *plantedMem // of all examples of a run with planted labels
	cells                                    []subsetsCell
}

// plantedMem is what mem(i) says of planted labels.
type plantedMem struct {
	mean float64
	area perm.Interval
}

// subsetsCell is how scores of single examples go with mem(i), by one probe at one level.
type subsetsCell struct {
	probe              string
	level              float64
	whole, own, margin perm.Interval // rank correlations
	reliability        float64       // of the own part
	most               float64       // what noise leaves of its correlation
}

func (c subsetsClaim) numbers() subsetsNumbers {
	var all subsetsNumbers
	for _, g := range c.groups {
		mean := func(name string) float64 { return c.average(c.facts(g.run, name+g.suffix, "", 0)) }
		n := subsetsNumber{subsetsGroup: g, examples: mean(factMemExamples), mean: mean(factMemMean), quarter: mean(factMemQuarter), se: mean(factMemSE),
			reliability: mean(factMemReliability), forgetting: c.overSeeds(g, factMemForgetting, "", 0)}
		if g.run == c.groups[1].run && g.suffix == "" {
			n.planted = &plantedMem{c.average(c.facts(g.run, factMemOfPlanted, "", 0)), c.factMean(g.run, factMemFindsPlanted, "", 0)}
		}
		for _, at := range c.conditions(g.run, c.last, c.levels) {
			of := func(name string) perm.Interval { return c.overSeeds(g, name, at.probe, at.level) }
			own := c.average(c.facts(g.run, factOwnReliability+g.suffix, at.probe, at.level))
			n.cells = append(n.cells, subsetsCell{at.probe, at.level, of(factMemWhole), of(factMemOwn), of(factMemMargin),
				own, math.Sqrt(max(0, own) * max(0, n.reliability))})
		}
		all = append(all, n)
	}
	return all
}

// average is 0 of no values, whose want is an error already.
func (c subsetsClaim) average(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v / float64(len(values))
	}
	return sum
}

// overSeeds is a rank correlation with its interval over trainings and images.
func (c subsetsClaim) overSeeds(g subsetsGroup, name, probe string, level float64) perm.Interval {
	var pairs []int
	for _, n := range c.facts(g.run, factMemExamples+g.suffix, "", 0) {
		pairs = append(pairs, int(n))
	}
	v, err := perm.SpearmanOverSeeds(c.facts(g.run, name+g.suffix, probe, level), pairs, 0)
	if err != nil {
		c.fail("run %s, %s: %v", g.run, name, err)
	}
	return v
}

// judged are the cells of all groups.
func (all subsetsNumbers) judged() (cells []subsetsCell) {
	for _, n := range all {
		cells = append(cells, n.cells...)
	}
	return cells
}

// estimates are a correlation of all cells.
func (all subsetsNumbers) estimates(of func(subsetsCell) perm.Interval) (out []estimate) {
	for _, n := range all {
		for _, s := range n.cells {
			out = append(out, estimate{fmt.Sprintf("labels %s, %s, σ = %s", n.labels, probeName(s.probe), number(s.level)), of(s)})
		}
	}
	return out
}

func (s subsetsCell) goesAlong() bool   { return above(s.own) }
func (s subsetsCell) ranksAlike() bool  { return s.own.Low > sameRanking }
func (s subsetsCell) marginBelow() bool { return below(s.margin) }

// holds is the rule of section 10.
func (all subsetsNumbers) holds() document.Holding {
	cells := all.judged()
	return combine(countOf(cells, subsetsCell.goesAlong) > 0, every(cells, subsetsCell.ranksAlike))
}

func (all subsetsNumbers) verdict() document.Block {
	cells := all.judged()
	least, most := extremes(all.estimates(func(s subsetsCell) perm.Interval { return s.own }))
	strongest, weakest := extremes(all.estimates(func(s subsetsCell) perm.Interval { return s.margin }))
	said := fmt.Sprintf("The own part of m_i rises with mem(i) in %s cells; its correlation is above %s in %d, and goes from %s (%s) to %s (%s). The probe's margin falls with mem(i) in %d: from %s (%s) to %s (%s).",
		count(countOf(cells, subsetsCell.goesAlong), len(cells)), number(sameRanking), countOf(cells, subsetsCell.ranksAlike), signed(least.Estimate), least.of, signed(most.Estimate), most.of,
		countOf(cells, subsetsCell.marginBelow), signed(strongest.Estimate), strongest.of, signed(weakest.Estimate), weakest.of)
	var forgetting, words []string
	for _, n := range all {
		forgetting, words = append(forgetting, signed(n.forgetting.Estimate)), append(words, n.labels)
		if n.planted != nil {
			said += fmt.Sprintf(" Of shuffled labels that came out wrong mem(i) is %s in the mean, and finds them with an area of %s.", share(n.planted.mean), shares(n.planted.area))
		}
	}
	said += fmt.Sprintf(" Forgetting events, for comparison, correlate with mem(i) by %s, labels %s.", list(forgetting), list(words))
	return verdict(all.holds(), "%s", said)
}

// plot is how each score goes with mem(i), over levels.
func (c subsetsClaim) plot(all subsetsNumbers) document.Block {
	plot := chart.Figure{Name: "subsets", Title: "Scores of single examples and memorization in the sense of Feldman and Zhang",
		Caption: "Rank correlation with mem(i) over the noise on the copies. Whiskers: 95 % intervals over training seeds and images."}
	for _, probe := range c.probes {
		for _, n := range all {
			var whole, own, margin []perm.Interval
			for _, s := range n.cells {
				if s.probe == probe {
					whole, own, margin = append(whole, s.whole), append(own, s.own), append(margin, s.margin)
				}
			}
			plot.Panels = append(plot.Panels, chart.Panel{Title: probeName(probe) + ", " + n.short, X: chart.Axis{Label: "σ of the noise on pixels 0..1"}, Y: axis("rank correlation", -1, 1),
				Series: []chart.Line{
					intervals("m_i", c.levels, whole),
					intervals("own part of m_i", c.levels, own),
					intervals("margin", c.levels, margin),
					{Name: "none", X: c.levels[:1], Y: []float64{0}, Reference: true},
				}})
		}
	}
	return c.figure(plot)
}

// memTable is what mem(i) itself is like.
func (all subsetsNumbers) memTable() document.Block {
	table := document.Grid{Caption: "mem(i), memorization in the sense of Feldman and Zhang: means over training seeds. Last column: its rank correlation with forgetting events, counted as in section 9, with 95 % intervals over training seeds and images.",
		Head: []string{"labels", "examples", "mean of mem(i)", "share with 0.25 or more", "standard error", "reliability", "forgetting events"}, Text: 1}
	for _, n := range all {
		table.Rows = append(table.Rows, []string{n.labels, fmt.Sprint(math.Round(n.examples)), share(n.mean), share(n.quarter), share(n.se), share(n.reliability), differences(n.forgetting)})
	}
	return document.Block{Grid: &table}
}

func (all subsetsNumbers) table() document.Block {
	table := document.Grid{Caption: fmt.Sprintf("Spearman's rank correlation of mem(i) with what probes say of single examples, over %d training seeds, with 95 %% intervals for other trainings and other images.", trainingSeeds),
		Head: []string{"labels", "probe", "σ", "m_i", "own part of m_i", "margin", "reliability, own part", "at most"}, Text: 2}
	for _, n := range all {
		for _, s := range n.cells {
			table.Rows = append(table.Rows, []string{n.labels, probeName(s.probe), number(s.level), differences(s.whole), differences(s.own), differences(s.margin), share(s.reliability), share(s.most)})
		}
	}
	return document.Block{Grid: &table}
}
