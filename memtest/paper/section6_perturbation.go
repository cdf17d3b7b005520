package paper

import (
	"fmt"
	"strings"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/result"
)

func perturbationRuns(s scale) []Run {
	var runs []Run
	for _, p := range s.perturbations {
		r := newRun("perturb-"+p.name, s.fashion, s.perturbed)
		r.Config.Perturb, r.Config.Levels, r.Config.Refs, r.Closeness = p.name, p.levels, withTwin(), true
		runs = append(runs, r)
	}
	return runs
}

const refitRun = "refit"

func refitRuns(s scale) []Run {
	r := newRun(refitRun, s.fashion, s.refit)
	r.Config.Refit, r.Config.Seeds = s.refits, 1
	return []Run{r}
}

// perturbationClaim is section 6: learning depends on the amount of perturbation.
type perturbationClaim struct {
	*results
	runs []string
}

func perturbationSection(res *results) document.Section {
	c := perturbationClaim{results: res, runs: names(perturbationRuns(res.scale))}
	kinds, refits := c.kinds(), c.refits()
	return document.Section{Title: "6. The stated limit: it depends on the amount of perturbation", Blocks: []document.Block{
		text("The paper's claim, of itself: p-values depend on how strongly the copies are perturbed, so networks can be compared with each other, while the absolute amounts of learning and memorization cannot be told."),
		text("Our design: the same MLPs, trained on %d images of Fashion-MNIST, seen through %d kinds of perturbation at several levels each. Three answers are tried: whole curves, placed on a common scale by how far copies are from their parents; the shuffled-label twin (calibrated learning); "+
			"and a full refit, in which the network itself is trained anew on each of %d label shuffles, so that features have not seen the labels they are tested for and p is exact.", c.first(c.runs[0]).N, len(c.runs), c.scale.refits),
		c.plot(kinds), kinds.table(), c.refitTable(refits),
		text("Rule: for every kind of perturbation, the intervals of the least and the greatest learning over its levels must not meet. For some kinds only: in part."),
		perturbationVerdict(kinds, refits),
		text("What the answers give: curves over distance show where a perturbation is informative; the twin takes away what any network that fits its labels shows near its training points, but calibrated learning still depends on the level; the refit gives p-values that are exact at every level. None makes one level the right one."),
		text("Limits: distances are between pixels, which is not how networks see; a shift of a pixel is far in this sense and near to the eye."),
	}}
}

// perturbationKinds are what is seen through each kind of perturbation.
type perturbationKinds []perturbationKind

type perturbationKind struct {
	name   string
	levels []perturbed
}

// perturbed is what is seen on the copies of one level.
type perturbed struct {
	level          float64
	distance       float64 // of copies to their parents
	learning, twin perm.Interval
	calibrated     *perm.Interval // nil = the twin leaves no room
	p, floor       float64        // largest over the seeds, and the least that there can be
}

func (c perturbationClaim) kinds() perturbationKinds {
	var all perturbationKinds
	for _, run := range c.runs {
		k := perturbationKind{name: c.first(run).Perturbation}
		for _, level := range c.levels(run) {
			k.levels = append(k.levels, c.perturbed(condition{run: run, epoch: c.lastEpoch(run), probe: "ridge", level: level}))
		}
		all = append(all, k)
	}
	return all
}

func (c perturbationClaim) perturbed(at condition) perturbed {
	v := perturbed{level: at.level, distance: c.distance(at.run, at.level), learning: c.mean(at, learning), twin: c.mean(at.twin(), learning)}
	if calibrated, ok := c.calibrated(at); ok {
		v.calibrated = &calibrated
	}
	for _, r := range c.rows(at) {
		v.p, v.floor = max(v.p, r.LearningP), 1/float64(r.Permutations+1)
	}
	return v
}

func (v perturbed) atFloor() bool { return v.p <= v.floor*(1+1e-9) }

// extremes are the least and the greatest learning over the levels.
func (k perturbationKind) extremes() (least, most estimate) {
	var all []estimate
	for _, v := range k.levels {
		all = append(all, estimate{number(v.level), v.learning})
	}
	return extremes(all)
}

func (k perturbationKind) moves() bool {
	least, most := k.extremes()
	return least.High < most.Low
}

// holds is the rule of section 6.
func (all perturbationKinds) holds() document.Holding {
	if every(all, perturbationKind.moves) {
		return document.HoldsYes
	}
	return document.HoldsPart
}

func perturbationVerdict(all perturbationKinds, refits []refit) document.Block {
	var spans, insignificant []string
	levels, floors := 0, 0
	for _, k := range all {
		least, most := k.extremes()
		spans = append(spans, fmt.Sprintf("%s from %s (at %s) to %s (at %s)", k.name, signed(least.Estimate), least.of, signed(most.Estimate), most.of))
		levels, floors = levels+len(k.levels), floors+countOf(k.levels, perturbed.atFloor)
	}
	for _, r := range refits {
		if r.anew.LearningP > 0.05 {
			insignificant = append(insignificant, fmt.Sprintf("%s at σ = %s", probeName(r.anew.Probe), number(r.anew.Level)))
		}
	}
	less := countOf(refits, func(r refit) bool { return r.anew.Learning < r.frozen.Learning })
	return verdict(all.holds(), "Learning of one and the same network depends on the copies: %s. p says little of it: it is at its floor in %s cells. The full refit, whose null networks may memorize with all their layers, leaves less learning than the default in %s cells, and its p is above 0.05 for %s.",
		strings.Join(spans, "; "), count(floors, levels), count(less, len(refits)), list(insignificant))
}

// plot is learning and calibrated learning over the distance of copies.
func (c perturbationClaim) plot(all perturbationKinds) document.Block {
	raw := chart.Panel{Title: "learning", X: chart.Axis{Label: "distance of copies"}, Y: chart.Axis{Label: "learning"}}
	scaled := chart.Panel{Title: "calibrated learning", X: chart.Axis{Label: "distance of copies"}, Y: chart.Axis{Label: "0 = twin, 1 = ideal"}}
	for _, k := range all {
		var x, xCalibrated []float64
		var y, yCalibrated []perm.Interval
		for _, v := range k.levels {
			x, y = append(x, v.distance), append(y, v.learning)
			if v.calibrated != nil {
				xCalibrated, yCalibrated = append(xCalibrated, v.distance), append(yCalibrated, *v.calibrated)
			}
		}
		raw.Series = append(raw.Series, intervals(k.name, x, y))
		scaled.Series = append(scaled.Series, intervals(k.name, xCalibrated, yCalibrated))
	}
	return c.figure(chart.Figure{Name: "perturbations", Title: "Learning and its calibrated form over the distance of the copies",
		Caption: "Distance of copies to their parents, as a multiple of the parents' distance to the nearest other example (median). Ridge probe, last hidden layer, last epoch. " + whiskers(),
		Panels:  []chart.Panel{raw, scaled}})
}

func (all perturbationKinds) table() document.Block {
	table := document.Grid{Caption: "The same network, seen through copies of several kinds. Last epoch, ridge probe; largest p over the seeds. Calibrated: – where the twin leaves no room.",
		Head: []string{"perturbation", "level", "distance", "L, network", "L, twin", "calibrated", "largest p"}, Text: 1}
	for _, k := range all {
		for _, v := range k.levels {
			calibrated := "–"
			if v.calibrated != nil {
				calibrated = differences(*v.calibrated)
			}
			table.Rows = append(table.Rows, []string{k.name, number(v.level), number(v.distance), differences(v.learning), differences(v.twin), calibrated, number(v.p)})
		}
	}
	return document.Block{Grid: &table}
}

// refit holds the default, whose features are frozen, against a full refit.
type refit struct{ frozen, anew result.Row }

func (c perturbationClaim) refits() []refit {
	var all []refit
	for _, frozen := range c.conditions(refitRun, c.lastEpoch(refitRun), c.levels(refitRun)) {
		anew := frozen
		anew.network = memtest.NetworkRefit
		all = append(all, refit{c.row(frozen), c.row(anew)})
	}
	return all
}

func (c perturbationClaim) refitTable(refits []refit) document.Block {
	networks := c.scale.refits + 1
	table := document.Grid{Caption: fmt.Sprintf("Full refit with %d networks against the default, frozen features under %d label shuffles, on the same network and copies. The refit's p is exact, its floor %s.", networks, refits[0].frozen.Permutations, number(1/float64(networks))),
		Head: []string{"probe", "σ", "L, default", "null mean, default", "p, default", "L, refit", "null mean, refit", "p, refit"}, Text: 1}
	for _, r := range refits {
		table.Rows = append(table.Rows, []string{probeName(r.frozen.Probe), number(r.frozen.Level), signed(r.frozen.Learning), share(r.frozen.NullMean), number(r.frozen.LearningP),
			signed(r.anew.Learning), share(r.anew.NullMean), number(r.anew.LearningP)})
	}
	return document.Block{Grid: &table}
}
