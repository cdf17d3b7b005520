package paper

import (
	"fmt"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

const noiseRun = "noise-input"

func noiseRuns(s scale) []Run {
	r := newRun(noiseRun, gaussianData(s.noise.n), s.noise)
	r.Config.Refs, r.Closeness = withTwin(), true
	return []Run{r}
}

// noiseClaim is section 5: networks trained on pure noise still learn.
type noiseClaim struct {
	*results
	levels []float64 // ascending
	last   int       // epoch
	fitted int       // the first epoch by which the network fits its labels
}

func noiseSection(res *results) document.Section {
	c := noiseClaim{results: res, levels: res.levels(noiseRun), last: res.lastEpoch(noiseRun)}
	c.fitted = c.firstFitted()
	n := c.numbers()
	return document.Section{Title: "5. Networks trained on pure Gaussian noise still learn", Blocks: []document.Block{
		text("The paper's claim: networks trained on pure Gaussian noise still learn, rather than only memorize. In what sense is the question."),
		text("Our design: %d images of independent standard normal pixels with random labels, the MLP of claim 1, %d epochs. There is nothing in common between two images of a class, so whatever the probe finds near training points has been put there by training. "+
			"Three references say what that is: the untrained network, fresh noise, and the twin. On noise with random labels the twin is the same thing as the network, but for its labels, so at equal training their learning must agree: the calibrated scale calls all of it memorization.", c.first(noiseRun).N, c.last),
		c.plot(), c.levelTable(), c.twinTable(),
		text("Rule: at the lowest level above 0 and by both probes, the interval of learning above the untrained network lies above 0, and chance (%s) lies in the interval of accuracy on fresh noise. If so, but learning is not above the twin's at the first epoch looked at by which the network has fitted its labels (%d here), by both probes at the middle level: in part.", share(n.chance), c.fitted),
		c.verdict(n),
		text("Limits: one size of set and of network. After its labels are fitted the network goes on to widen the neighbourhoods of its training points, which the twin, stopped when it is as accurate, has not done; differences to it at later epochs show that and no more."),
	}}
}

// firstFitted is the first epoch by which the network fits its labels; else the
// last. There network and twin are held against each other: from there on both
// are right on all labels, and the network has merely trained on.
func (c noiseClaim) firstFitted() int {
	for _, e := range c.epochsAfterStart(noiseRun) {
		if c.mean(c.unperturbed(noiseRun, e), trainAccuracy).Estimate >= 0.99 {
			return e
		}
	}
	return c.last
}

func (c noiseClaim) at(probe string, epoch int, level float64) condition {
	return condition{run: noiseRun, epoch: epoch, probe: probe, level: level}
}

func (c noiseClaim) middle() float64 { return c.levels[len(c.levels)/2] }

// noiseNumbers are those that decide on section 5. Those of learning are one a
// probe.
type noiseNumbers struct {
	aboveUntrained []perm.Interval // learning above the untrained network, at the lowest level above 0
	aboveTwin      []perm.Interval // learning above the twin, at the middle level, when labels are fitted
	fresh          perm.Interval   // the network's accuracy on fresh noise
	chance         float64
}

func (c noiseClaim) numbers() noiseNumbers {
	var n noiseNumbers
	for _, probe := range c.probes(noiseRun) {
		n.aboveUntrained = append(n.aboveUntrained, c.aboveUntrained(c.at(probe, c.last, c.levels[1])))
		when := c.at(probe, c.fitted, c.middle())
		n.aboveTwin = append(n.aboveTwin, c.difference(when, when.twin(), learning))
	}
	n.fresh, n.chance = c.mean(c.unperturbed(noiseRun, c.last), testAccuracy), 1/float64(c.first(noiseRun).Classes)
	return n
}

func (c noiseClaim) aboveUntrained(at condition) perm.Interval {
	return c.difference(at, at.untrained(), learning)
}

func (n noiseNumbers) learns() bool      { return every(n.aboveUntrained, above) }
func (n noiseNumbers) exceedsTwin() bool { return every(n.aboveTwin, above) }
func (n noiseNumbers) atChance() bool    { return n.fresh.Low <= n.chance && n.chance <= n.fresh.High }

// holds is the rule of section 5.
func (n noiseNumbers) holds() document.Holding {
	return combine(n.learns(), n.learns() && n.atChance() && n.exceedsTwin())
}

func (c noiseClaim) verdict(n noiseNumbers) document.Block {
	fresh := "is at chance"
	if !n.atChance() {
		fresh = "is not within its interval of chance"
	}
	twin := "and at that point it also exceeds the twin's"
	if !n.exceedsTwin() {
		twin = "but at the epoch by which it has fitted its labels it is not clearly above the twin's for every probe, so on the calibrated scale it is memorization"
	}
	return verdict(n.holds(), "In the method's sense the network learns: labels it was trained on are recovered from copies above shuffled ones and above the untrained network, %s; %s. Accuracy on fresh noise %s: %s for the network itself and %s for the probe. So what it learned is structure that is stable near its training points; it says nothing of new ones.",
		list(c.reach()), twin, fresh, shares(n.fresh), shares(c.mean(c.unperturbed(noiseRun, c.last), probeFresh)))
}

// reach says for each probe up to which level learning is above that of the
// untrained network without a gap.
func (c noiseClaim) reach() []string {
	var all []string
	for _, probe := range c.probes(noiseRun) {
		farthest := 0.0
		for _, level := range c.levels[1:] {
			if !above(c.aboveUntrained(c.at(probe, c.last, level))) {
				break
			}
			farthest = level
		}
		if farthest > 0 {
			all = append(all, fmt.Sprintf("up to σ = %s by the %s probe (copies at %s of the distance to the nearest other image)", number(farthest), probeName(probe), number(c.distance(noiseRun, farthest))))
		}
	}
	return all
}

// plot is learning over levels, a line for each epoch.
func (c noiseClaim) plot() document.Block {
	plot := chart.Figure{Name: "noise-levels", Title: "Networks trained on noise: how far from the training points learning reaches",
		Caption: "Last hidden layer over the noise on the copies, in standard deviations of a pixel. " + whiskers()}
	for _, probe := range c.probes(noiseRun) {
		panel := chart.Panel{Title: probeName(probe), X: chart.Axis{Label: "σ of the noise on copies, sd of a pixel"}, Y: chart.Axis{Label: "learning"}}
		for _, e := range c.epochs(noiseRun) {
			panel.Series = append(panel.Series, curve(fmt.Sprintf("epoch %d", e), c.levels, func(l float64) perm.Interval { return c.mean(c.at(probe, e, l), learning) }))
		}
		plot.Panels = append(plot.Panels, panel)
	}
	return c.figure(plot)
}

// levelTable holds the network against the untrained one at every level.
func (c noiseClaim) levelTable() document.Block {
	table := document.Grid{Caption: fmt.Sprintf("At epoch %d. Distance: of copies to their parents over that to the nearest other image (median); nearest: share of copies whose nearest image is still the parent.", c.last),
		Head: []string{"probe", "σ", "distance", "nearest", "L", "L, untrained", "difference", "M"}, Text: 1}
	for _, at := range c.conditions(noiseRun, c.last, c.levels) {
		table.Rows = append(table.Rows, []string{probeName(at.probe), number(at.level), number(c.distance(noiseRun, at.level)), share(c.fact(noiseRun, factNearestKept, at.level)),
			differences(c.mean(at, learning)), differences(c.mean(at.untrained(), learning)), differences(c.aboveUntrained(at)), differences(c.mean(at, memorization))})
	}
	return document.Block{Grid: &table}
}

// twinTable holds the network against its twin at every epoch.
func (c noiseClaim) twinTable() document.Block {
	table := document.Grid{Caption: fmt.Sprintf("Network and twin at σ = %s. The twin's epochs are those at which it first was as accurate.", number(c.middle())),
		Head: []string{"probe", "epoch", "training accuracy", "twin's epochs", "L", "L, twin", "difference"}, Text: 1}
	for _, probe := range c.probes(noiseRun) {
		for _, e := range c.epochsAfterStart(noiseRun) {
			at := c.at(probe, e, c.middle())
			var epochs []string
			for _, v := range c.values(at.twin(), trainedEpochs) {
				epochs = append(epochs, fmt.Sprint(v))
			}
			table.Rows = append(table.Rows, []string{probeName(probe), fmt.Sprint(e), shares(c.mean(at, trainAccuracy)), strings.Join(epochs, ", "),
				differences(c.mean(at, learning)), differences(c.mean(at.twin(), learning)), differences(c.difference(at, at.twin(), learning))})
		}
	}
	return document.Block{Grid: &table}
}
