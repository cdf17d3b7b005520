package paper

import (
	"fmt"
	"math"
	"strings"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// dependence is claim 6: the limit that the paper states.
func (b *book) dependence() document.Section {
	runs := b.named("perturb-")
	const refit = "refit"
	s := document.Section{Title: "6. The stated limit: it depends on the amount of perturbation"}
	s.Blocks = append(s.Blocks,
		text("The paper's claim, of itself: p-values depend on how strongly the copies are perturbed, so networks can be compared with each other, while the absolute amounts of learning and memorization cannot be told."),
		text("Our design: the same MLPs, trained on %d images of Fashion-MNIST, seen through %d kinds of perturbation at several levels each. Three answers are tried: whole curves, placed on a common scale by how far copies are from their parents; the shuffled-label twin (calibrated learning); "+
			"and a full refit, in which the network itself is trained anew on each of %d label shuffles, so that features have not seen the labels they are tested for and p is exact.", b.n(runs[0]), len(runs), b.scale.refits))

	kind := func(run string) string { return b.Rows[run][0].Perturbation }
	plot := chart.Figure{Name: "perturbations", Title: "Learning and its calibrated form over the distance of the copies",
		Caption: fmt.Sprintf("Distance of copies to their parents, as a multiple of the parents' distance to the nearest other example (median). Ridge probe, last hidden layer, last epoch. Whiskers: 95 %% intervals over %d training seeds.", Seeds)}
	raw := chart.Panel{Title: "learning", X: chart.Axis{Label: "distance of copies"}, Y: chart.Axis{Label: "learning"}}
	scaled := chart.Panel{Title: "calibrated learning", X: chart.Axis{Label: "distance of copies"}, Y: chart.Axis{Label: "0 = twin, 1 = ideal"}}
	table := document.Grid{Caption: "The same network, seen through copies of several kinds. Last epoch, ridge probe; largest p over the seeds. Calibrated: – where the twin leaves no room.",
		Head: []string{"perturbation", "level", "distance", "L, network", "L, twin", "calibrated", "largest p"}, Text: 1}
	moves := true
	var spans []string
	floor, cells := 0, 0
	for _, run := range runs {
		last := b.lastEpoch(run)
		at := func(level float64) cell { return cell{run: run, epoch: last, probe: "ridge", level: level} }
		name := kind(run)
		low, high := contrast{Interval: perm.Interval{Estimate: math.Inf(1)}}, contrast{Interval: perm.Interval{Estimate: math.Inf(-1)}}
		series := chart.Line{Name: name}
		shown := chart.Line{Name: name}
		for _, level := range b.levels(run) {
			c := at(level)
			l := b.over(c, learning)
			ratio := b.fact(run, FactRatio, level)
			series.X, series.Y, series.Low, series.High = append(series.X, ratio), append(series.Y, l.Estimate), append(series.Low, l.Low), append(series.High, l.High)
			if l.Estimate < low.Estimate {
				low = contrast{number(level), l}
			}
			if l.Estimate > high.Estimate {
				high = contrast{number(level), l}
			}
			word := "–"
			if v, ok := b.calibrated(c); ok {
				word = differences(v)
				shown.X, shown.Y, shown.Low, shown.High = append(shown.X, ratio), append(shown.Y, v.Estimate), append(shown.Low, v.Low), append(shown.High, v.High)
			}
			p, most := 1.0, 0.0
			for _, r := range b.rows(c) {
				p, most = 1/float64(r.Permutations+1), max(most, r.LearningP)
			}
			cells++
			if most <= p*(1+1e-9) {
				floor++
			}
			table.Rows = append(table.Rows, []string{name, number(level), number(ratio), differences(l), differences(b.over(twinOf(c), learning)), word, number(most)})
		}
		raw.Series, scaled.Series = append(raw.Series, series), append(scaled.Series, shown)
		moves = moves && low.High < high.Low
		spans = append(spans, fmt.Sprintf("%s from %s (at %s) to %s (at %s)", name, signed(low.Estimate), low.where, signed(high.Estimate), high.where))
	}
	plot.Panels = []chart.Panel{raw, scaled}
	s.Blocks = append(s.Blocks, b.figure(plot), document.Block{Grid: &table})

	exact := document.Grid{Caption: fmt.Sprintf("Full refit with %d networks against the default, frozen features under %s label shuffles, on the same network and copies. The refit's p is exact, its floor %s.", b.scale.refits+1, b.permutations(refit), number(1/float64(b.scale.refits+1))),
		Head: []string{"probe", "σ", "L, default", "null mean, default", "p, default", "L, refit", "null mean, refit", "p, refit"}, Text: 1}
	smaller, exactCells := 0, 0
	var refused []string // where the refit's p is above 0.05
	last := b.lastEpoch(refit)
	for _, probe := range b.probes(refit) {
		for _, level := range b.levels(refit) {
			frozen := cell{run: refit, epoch: last, probe: probe, level: level}
			anew := frozen
			anew.network = memtest.NetworkRefit
			p := func(r result.Row) float64 { return r.LearningP }
			exactCells++
			if b.one(anew, learning) < b.one(frozen, learning) {
				smaller++
			}
			if b.one(anew, p) > 0.05 {
				refused = append(refused, fmt.Sprintf("%s at σ = %s", probeName(probe), number(level)))
			}
			exact.Rows = append(exact.Rows, []string{probeName(probe), number(level), signed(b.one(frozen, learning)), share(b.one(frozen, nullMean)), number(b.one(frozen, p)),
				signed(b.one(anew, learning)), share(b.one(anew, nullMean)), number(b.one(anew, p))})
		}
	}
	holds := document.HoldsYes
	if !moves {
		holds = document.HoldsPart
	}
	s.Blocks = append(s.Blocks, document.Block{Grid: &exact},
		text("Rule: for every kind of perturbation, the intervals of the least and the greatest learning over its levels must not meet. For some kinds only: in part."),
		verdict(holds, "Learning of one and the same network depends on the copies: %s. p says little of it: it is at its floor in %s cells. The full refit, whose null networks may memorize with all their layers, leaves less learning than the default in %s cells, and its p is above 0.05 for %s.",
			strings.Join(spans, "; "), count(floor, cells), count(smaller, exactCells), list(refused)),
		text("What the answers give: curves over distance show where a perturbation is informative; the twin takes away what any network that fits its labels shows near its training points, but calibrated learning still depends on the level; the refit gives p-values that are exact at every level. None makes one level the right one."),
		text("Limits: distances are between pixels, which is not how networks see; a shift of a pixel is far in this sense and near to the eye."))
	return s
}

// permutations is the number of label shuffles of a run's network.
func (b *book) permutations(run string) string {
	for _, r := range b.Rows[run] {
		if r.Network != memtest.NetworkRefit {
			return fmt.Sprint(r.Permutations)
		}
	}
	return "no"
}
