package paper

import (
	"fmt"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// noiseInput is claim 5: networks trained on pure noise.
func (b *book) noiseInput() document.Section {
	const run = "noise-input"
	epochs, levels, last := b.epochs(run), b.levels(run), b.lastEpoch(run)
	rows := b.Rows[run]
	s := document.Section{Title: "5. Networks trained on pure Gaussian noise still learn"}
	chance := 1 / float64(rows[0].Classes)
	s.Blocks = append(s.Blocks,
		text("The paper's claim: networks trained on pure Gaussian noise still learn, rather than only memorize. In what sense is the question."),
		text("Our design: %d images of independent standard normal pixels with random labels, the MLP of claim 1, %d epochs. There is nothing in common between two images of a class, so whatever the probe finds near training points has been put there by training. "+
			"Three references say what that is: the untrained network, fresh noise, and the twin. On noise with random labels the twin is the same thing as the network, but for its labels, so at equal training their learning must agree: the calibrated scale calls all of it memorization.", b.n(run), last))

	plot := chart.Figure{Name: "noise-levels", Title: "Networks trained on noise: how far from the training points learning reaches",
		Caption: fmt.Sprintf("Last hidden layer over the noise on the copies, in standard deviations of a pixel. Whiskers: 95 %% intervals over %d training seeds.", Seeds)}
	table := document.Grid{Caption: fmt.Sprintf("At epoch %d. Distance: of copies to their parents over that to the nearest other image (median); nearest: share of copies whose nearest image is still the parent.", last),
		Head: []string{"probe", "σ", "distance", "nearest", "L", "L, untrained", "difference", "M"}, Text: 1}
	above0 := true
	var reach []string
	for _, probe := range b.probes(run) {
		at := func(epoch int) func(level float64) cell {
			return func(level float64) cell { return cell{run: run, epoch: epoch, probe: probe, level: level} }
		}
		panel := chart.Panel{Title: probeName(probe), X: chart.Axis{Label: "σ of the noise on copies, sd of a pixel"}, Y: chart.Axis{Label: "learning"}}
		for _, e := range epochs {
			panel.Series = append(panel.Series, curve(fmt.Sprintf("epoch %d", e), levels, func(l float64) perm.Interval { return b.over(at(e)(l), learning) }))
		}
		plot.Panels = append(plot.Panels, panel)
		far := 0.0
		unbroken := true
		for _, level := range levels {
			c := at(last)(level)
			d := b.differ(c, untrainedOf(c), learning)
			if level > 0 {
				unbroken = unbroken && above(d)
				if unbroken {
					far = level
				}
			}
			if level == levels[1] {
				above0 = above0 && above(d)
			}
			table.Rows = append(table.Rows, []string{probeName(probe), number(level), number(b.fact(run, FactRatio, level)), share(b.fact(run, FactKept, level)),
				differences(b.over(c, learning)), differences(b.over(untrainedOf(c), learning)), differences(d), differences(b.over(c, memorization))})
		}
		if far > 0 {
			reach = append(reach, fmt.Sprintf("up to σ = %s by the %s probe (copies at %s of the distance to the nearest other image)", number(far), probeName(probe), number(b.fact(run, FactRatio, far))))
		}
	}

	// The twin is held against the network at the first epoch by which the network
	// fits its labels: from there on both are right on all of them, and the network
	// has merely trained on.
	fit := last
	for _, e := range trained(epochs) {
		if b.over(cell{run: run, epoch: e, probe: b.probes(run)[0], level: levels[0]}, trainAccuracy).Estimate >= 0.99 {
			fit = e
			break
		}
	}
	middle := levels[len(levels)/2]
	versus := document.Grid{Caption: fmt.Sprintf("Network and twin at σ = %s. The twin's epochs are those at which it first was as accurate.", number(middle)),
		Head: []string{"probe", "epoch", "training accuracy", "twin's epochs", "L", "L, twin", "difference"}, Text: 1}
	beyondTwin := true
	for _, probe := range b.probes(run) {
		for _, e := range trained(epochs) {
			c := cell{run: run, epoch: e, probe: probe, level: middle}
			d := b.differ(c, twinOf(c), learning)
			if e == fit {
				beyondTwin = beyondTwin && above(d)
			}
			var own []string
			for _, r := range b.rows(twinOf(c)) {
				own = append(own, fmt.Sprint(r.TrainedEpochs))
			}
			versus.Rows = append(versus.Rows, []string{probeName(probe), fmt.Sprint(e), shares(b.over(c, trainAccuracy)), strings.Join(own, ", "), differences(b.over(c, learning)), differences(b.over(twinOf(c), learning)), differences(d)})
		}
	}
	c := cell{run: run, epoch: last, probe: b.probes(run)[0], level: levels[0]}
	test, probed := b.over(c, testAccuracy), b.over(c, fresh)
	atChance := test.Low <= chance && chance <= test.High
	holds := combine(above0, above0 && atChance && beyondTwin)
	held := "is at chance"
	if !atChance {
		held = "is not within its interval of chance"
	}
	twin := "and at that point it also exceeds the twin's"
	if !beyondTwin {
		twin = "but at the epoch by which it has fitted its labels it is not clearly above the twin's for every probe, so on the calibrated scale it is memorization"
	}
	s.Blocks = append(s.Blocks, b.figure(plot), document.Block{Grid: &table}, document.Block{Grid: &versus},
		text("Rule: at the lowest level above 0 and by both probes, the interval of learning above the untrained network lies above 0, and chance (%s) lies in the interval of accuracy on fresh noise. If so, but learning is not above the twin's at the first epoch looked at by which the network has fitted its labels (%d here), by both probes at the middle level: in part.", share(chance), fit),
		verdict(holds, "In the method's sense the network learns: labels it was trained on are recovered from copies above shuffled ones and above the untrained network, %s; %s. Accuracy on fresh noise %s: %s for the network itself and %s for the probe. So what it learned is structure that is stable near its training points; it says nothing of new ones.",
			list(reach), twin, held, shares(test), shares(probed)),
		text("Limits: one size of set and of network. After its labels are fitted the network goes on to widen the neighbourhoods of its training points, which the twin, stopped when it is as accurate, has not done; differences to it at later epochs show that and no more."))
	return s
}
