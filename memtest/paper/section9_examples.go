package paper

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// examplesClaim is section 9: memorized examples are those that training forgets,
// or whose label is wrong. Its run is one of section 7.
type examplesClaim struct {
	*results
	run    string
	levels []float64
}

func examplesSection(res *results) document.Section {
	run := labelNoiseRun(plantedShare)
	c := examplesClaim{res, run, res.levels(run)}
	n := c.numbers()
	return document.Section{Title: "9. Beyond: memorized examples are those that training forgets, or whose label is wrong", Blocks: []document.Block{
		text("Our question: how often a random label of an example is recalled from its copies is a score of that example. Does it point to examples that training forgets (forgetting events of Toneva et al. 2019), or to planted wrong labels?"),
		text("Our design: the networks of section 7 with %s of %d labels shuffled, %d training seeds. Each was trained again, and the changes from right to wrong from one epoch to the next were counted over %d epochs. Beside memorization stands the margin of the probe that was fitted to the labels as given: the score of an example's label less the best other.",
			number(plantedShare), c.first(run).N, trainingSeeds, c.lastEpoch(run)),
		c.plot(n), n.table(),
		text("Rule: for both probes at every level, the intervals of the correlation of memorization with forgetting events lie above 0, and those of the area for planted labels above 0.5. Some of it: in part."),
		n.verdict(),
		text("Limits: forgetting is counted once an epoch rather than at every step. An interval above chance can be very near to it: read the sizes. Memorization of an example asks whether any label would be recalled from its copies, whatever its own label is, so it can hardly know that this one is wrong."),
	}}
}

// examplesNumbers are means over training seeds. Areas are those under the ROC
// curve of a finder of planted labels.
type examplesNumbers struct {
	forgettingArea perm.Interval
	scores         []exampleScores // one a probe and level
}

// exampleScores is what two scores of single examples say of them.
type exampleScores struct {
	probe                              string
	level                              float64
	memorizationForgets, marginForgets perm.Interval // rank correlations with forgetting events
	memorizationPlanted, marginPlanted perm.Interval // areas
}

func (c examplesClaim) numbers() examplesNumbers {
	n := examplesNumbers{forgettingArea: c.factMean(c.run, factForgettingPlanted, "", 0)}
	for _, at := range c.conditions(c.run, c.lastEpoch(c.run), c.levels) {
		of := func(fact string) perm.Interval { return c.factMean(c.run, fact, at.probe, at.level) }
		n.scores = append(n.scores, exampleScores{at.probe, at.level,
			of(factMemorizationForgetting), of(factMarginForgetting), of(factMemorizationPlanted), of(factMarginPlanted)})
	}
	return n
}

func (s exampleScores) forgets() bool { return above(s.memorizationForgets) }
func (s exampleScores) finds() bool   { return s.memorizationPlanted.Low > 0.5 }

// holds is the rule of section 9.
func (n examplesNumbers) holds() document.Holding {
	forgets, finds := countOf(n.scores, exampleScores.forgets), countOf(n.scores, exampleScores.finds)
	return combine(forgets+finds > 0, forgets == len(n.scores) && finds == len(n.scores))
}

func (n examplesNumbers) verdict() document.Block {
	var margins []estimate
	for _, s := range n.scores {
		margins = append(margins, estimate{fmt.Sprintf("%s, σ = %s", probeName(s.probe), number(s.level)), s.marginPlanted})
	}
	least, most := extremes(margins)
	forgets, finds := countOf(n.scores, exampleScores.forgets), countOf(n.scores, exampleScores.finds)
	return verdict(n.holds(), "Memorization goes with forgetting in %s cells and finds planted labels better than chance in %s. Forgetting events themselves find them with an area of %s; the probe's margin with %s (%s) to %s (%s).",
		count(forgets, len(n.scores)), count(finds, len(n.scores)), shares(n.forgettingArea), share(least.Estimate), least.of, share(most.Estimate), most.of)
}

// plot is how well each score finds planted labels, over levels.
func (c examplesClaim) plot(n examplesNumbers) document.Block {
	plot := chart.Figure{Name: "examples", Title: "Finding planted labels", Caption: "Area under the ROC curve over the noise on the copies; forgetting events need no copies. " + whiskers()}
	for _, probe := range c.probes(c.run) {
		var memorization, margin, forgetting []perm.Interval
		for _, s := range n.scores {
			if s.probe == probe {
				memorization, margin, forgetting = append(memorization, s.memorizationPlanted), append(margin, s.marginPlanted), append(forgetting, n.forgettingArea)
			}
		}
		plot.Panels = append(plot.Panels, chart.Panel{Title: probeName(probe), X: chart.Axis{Label: "σ of the noise on pixels 0..1"}, Y: axis("area", 0.3, 1),
			Series: []chart.Line{
				intervals("memorization", c.levels, memorization),
				intervals("margin", c.levels, margin),
				intervals("forgetting events", c.levels, forgetting),
				{Name: "chance", X: c.levels[:1], Y: []float64{0.5}, Reference: true},
			}})
	}
	return c.figure(plot)
}

func (n examplesNumbers) table() document.Block {
	table := document.Grid{Caption: fmt.Sprintf("Rank correlation with forgetting events, and area under the ROC curve as a finder of planted labels (0.5 = chance; of the margin: small ones first). Means over %d training seeds with 95 %% intervals.", trainingSeeds),
		Head: []string{"probe", "σ", "memorization, forgetting", "margin, forgetting", "memorization, planted", "margin, planted"}, Text: 1}
	for _, s := range n.scores {
		table.Rows = append(table.Rows, []string{probeName(s.probe), number(s.level), differences(s.memorizationForgets), differences(s.marginForgets), shares(s.memorizationPlanted), shares(s.marginPlanted)})
	}
	return document.Block{Grid: &table}
}
