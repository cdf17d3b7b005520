package paper

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// mlpRuns are the runs of sections 1 and 4.
func mlpRuns(s scale) []Run {
	mnist, fashion := newRun("mlp-mnist", "mnist", s.mlp), newRun("mlp-fashion", s.fashion, s.mlp)
	runs := []Run{mnist, fashion}
	for i := range runs {
		runs[i].Config.Refs, runs[i].Closeness = withTwin(), true
	}
	return runs
}

// mlpClaim is section 1: the method tells learning from memorization in MLPs.
type mlpClaim struct {
	*results
	runs []string
	last int // epoch
}

func mlpSection(res *results) document.Section {
	c := mlpClaim{results: res, runs: names(mlpRuns(res.scale))}
	c.last = c.lastEpoch(c.runs[0])
	n := c.againstTwins(c.runs, c.where)
	return document.Section{Title: "1. The method tells learning from memorization in MLPs", Blocks: []document.Block{
		text("The paper's claim: its permuted probes on shared structure validation sets tell learning from memorization in multi-layer perceptrons that were trained as usual."),
		text("Our design: an MLP with two hidden layers of 512 units is trained for %d epochs on %d images of MNIST and of Fashion-MNIST. Its shuffled-label twin has the same architecture, images, start weights and order of examples, "+
			"but all labels shuffled, and trains until it is as accurate on its own labels as the network is on the real ones. The twin can only have memorized. If the method works, the two must differ although both fit their training set.", c.last, c.first(c.runs[0]).N),
		c.twinAccuracies(c.runs, c.data), c.plot(), c.table(),
		text("Rule: at every level between 0 and the largest, for both data sets and both probes, the interval of the difference to the twin must lie above 0, while mean training accuracies differ by no more than 0.02. Fewer such cells, but some: in part."),
		c.verdict(n), c.limits(),
	}}
}

// where names a cell in a sentence.
func (c mlpClaim) where(at condition) string {
	return fmt.Sprintf("%s, %s, σ = %s", c.data(at.run), probeName(at.probe), number(at.level))
}

// data names the data of a run.
func (c mlpClaim) data(run string) string { return dataName(c.first(run).Data) }

func (c mlpClaim) verdict(n twinNumbers) document.Block {
	least, most := extremes(n.inner)
	atZero, _ := extremes(n.atZero)
	return verdict(n.holds(), "The network has learned more than its twin in %s cells, by %s (%s) to %s (%s). Where a copy is its parent, at σ = 0, the difference can be as small as %s (%s): that level tells nothing.",
		count(n.apart(), len(n.inner)), differences(least.Interval), least.of, differences(most.Interval), most.of, differences(atZero.Interval), atZero.of)
}

func (c mlpClaim) limits() document.Block {
	fashion := c.runs[1]
	at := c.conditions(fashion, c.last, c.innerLevels(fashion))[0]
	return text("Limits: the twin shares the network's training accuracy, not its number of epochs. Classes of images differ before anything is trained: on %s, by the %s probe at σ = %s, learning is %s of the raw pixels and %s of the untrained network. So it is the distance to the references that counts.",
		dataName(c.first(fashion).Data), probeName(at.probe), number(at.level), signed(c.row(at.input()).Learning), differences(c.mean(at.untrained(), learning)))
}

// plot is learning over levels, of the network and its references.
func (c mlpClaim) plot() document.Block {
	plot := chart.Figure{Name: "mlp-levels", Title: "MLPs: learning over the amount of perturbation",
		Caption: fmt.Sprintf("Learning in the last hidden layer over the noise on the copies, for the network at epoch %d, its shuffled-label twin of equal training accuracy, the untrained network and the raw pixels. %s", c.last, whiskers())}
	for _, run := range c.runs {
		for _, probe := range c.probes(run) {
			plot.Panels = append(plot.Panels, c.panel(run, probe))
		}
	}
	return c.figure(plot)
}

func (c mlpClaim) panel(run, probe string) chart.Panel {
	levels := c.levels(run)
	at := func(level float64) condition {
		return condition{run: run, epoch: c.last, probe: probe, level: level}
	}
	pixels := chart.Line{Name: "raw pixels", X: levels}
	for _, l := range levels {
		pixels.Y = append(pixels.Y, c.row(at(l).input()).Learning)
	}
	return chart.Panel{Title: dataName(c.first(run).Data) + ", " + probeName(probe), X: chart.Axis{Label: "σ of the noise on pixels 0..1"}, Y: chart.Axis{Label: "learning"},
		Series: append(c.learningCurves(levels, at), pixels)}
}

// table is learning and memorization at every level.
func (c mlpClaim) table() document.Block {
	table := document.Grid{Caption: fmt.Sprintf("Last hidden layer at epoch %d. L = learning, M = memorization; mean over %d training seeds with 95 %% intervals. Distance: of copies to their parents over that to the parents' nearest other image (median). Calibrated: 0 = the twin, 1 = the most there can be; – where the twin leaves no room.", c.last, trainingSeeds),
		Head: []string{"data", "probe", "σ", "distance", "L, network", "L, twin", "difference", "calibrated", "M, network", "M, twin"}, Text: 2}
	for _, run := range c.runs {
		for _, at := range c.conditions(run, c.last, c.levels(run)) {
			calibrated := "–"
			if v, ok := c.calibrated(at); ok {
				calibrated = differences(v)
			}
			table.Rows = append(table.Rows, []string{dataName(c.first(run).Data), probeName(at.probe), number(at.level), number(c.distance(run, at.level)),
				differences(c.mean(at, learning)), differences(c.mean(at.twin(), learning)), differences(c.difference(at, at.twin(), learning)), calibrated,
				differences(c.mean(at, memorization)), differences(c.mean(at.twin(), memorization))})
		}
	}
	return document.Block{Grid: &table}
}
