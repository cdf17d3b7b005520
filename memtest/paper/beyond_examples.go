package paper

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// singleExamples is the third step beyond the paper.
func (b *book) singleExamples() document.Section {
	run := doseName(plantedDose)
	last := b.lastEpoch(run)
	s := document.Section{Title: "9. Beyond: memorized examples are those that training forgets, or whose label is wrong"}
	s.Blocks = append(s.Blocks,
		text("Our question: how often a random label of an example is recalled from its copies is a score of that example. Does it point to examples that training forgets (forgetting events of Toneva et al. 2019), or to planted wrong labels?"),
		text("Our design: the networks of section 7 with %s of %d labels shuffled, %d training seeds. Each was trained again, and the changes from right to wrong from one epoch to the next were counted over %d epochs. Beside memorization stands the margin of the probe that was fitted to the labels as given: the score of an example's label less the best other.",
			number(plantedDose), b.n(run), Seeds, last))
	area := func(name, probe string, level float64) perm.Interval {
		return b.interval(name, b.facts(run, name, probe, level))
	}
	table := document.Grid{Caption: fmt.Sprintf("Rank correlation with forgetting events, and area under the ROC curve as a finder of planted labels (0.5 = chance; of the margin: small ones first). Means over %d training seeds with 95 %% intervals.", Seeds),
		Head: []string{"probe", "σ", "memorization, forgetting", "margin, forgetting", "memorization, planted", "margin, planted"}, Text: 1}
	forgets, finds, cells := 0, 0, 0
	plot := chart.Figure{Name: "examples", Title: "Finding planted labels", Caption: fmt.Sprintf("Area under the ROC curve over the noise on the copies; forgetting events need no copies. Whiskers: 95 %% intervals over %d training seeds.", Seeds)}
	forgetting := area(FactForgettingPlanted, "", 0)
	var margins []contrast
	for _, probe := range b.probes(run) {
		panel := chart.Panel{Title: probeName(probe), X: chart.Axis{Label: "σ of the noise on pixels 0..1"}, Y: chart.Axis{Label: "area", Min: pointer(0.3), Max: pointer(1.0)},
			Series: []chart.Line{
				curve("memorization", b.levels(run), func(l float64) perm.Interval { return area(FactMemorizationPlanted, probe, l) }),
				curve("margin", b.levels(run), func(l float64) perm.Interval { return area(FactMarginPlanted, probe, l) }),
				curve("forgetting events", b.levels(run), func(float64) perm.Interval { return forgetting }),
				{Name: "chance", X: []float64{b.levels(run)[0]}, Y: []float64{0.5}, Reference: true},
			}}
		plot.Panels = append(plot.Panels, panel)
		for _, level := range b.levels(run) {
			rho, found := area(FactMemorizationForgetting, probe, level), area(FactMemorizationPlanted, probe, level)
			margin := area(FactMarginPlanted, probe, level)
			margins = append(margins, contrast{fmt.Sprintf("%s, σ = %s", probeName(probe), number(level)), margin})
			cells++
			if above(rho) {
				forgets++
			}
			if found.Low > 0.5 {
				finds++
			}
			table.Rows = append(table.Rows, []string{probeName(probe), number(level), differences(rho), differences(area(FactMarginForgetting, probe, level)), shares(found), shares(margin)})
		}
	}
	least, most := extremes(margins)
	holds := combine(forgets+finds > 0, forgets == cells && finds == cells)
	s.Blocks = append(s.Blocks, b.figure(plot), document.Block{Grid: &table},
		text("Rule: for both probes at every level, the intervals of the correlation of memorization with forgetting events lie above 0, and those of the area for planted labels above 0.5. Some of it: in part."),
		verdict(holds, "Memorization goes with forgetting in %s cells and finds planted labels better than chance in %s. Forgetting events themselves find them with an area of %s; the probe's margin with %s (%s) to %s (%s).",
			count(forgets, cells), count(finds, cells), shares(forgetting), share(least.Estimate), least.where, share(most.Estimate), most.where),
		text("Limits: forgetting is counted once an epoch rather than at every step. An interval above chance can be very near to it: read the sizes. Memorization of an example asks whether any label would be recalled from its copies, whatever its own label is, so it can hardly know that this one is wrong."))
	return s
}
