package paper

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// twinOf is the cell of the twin of a network.
func twinOf(c cell) cell { c.network = memtest.RefTwin; return c }

// untrainedOf is the cell of a network before training.
func untrainedOf(c cell) cell { c.epoch = 0; return c }

// inputOf is the cell of the raw inputs.
func inputOf(c cell) cell {
	c.network, c.epoch, c.layer = memtest.RefInput, result.EpochNone, ""
	return c
}

// contrast is the difference of a network's learning to its twin's at one cell.
type contrast struct {
	where string
	perm.Interval
}

// extremes are the contrasts with the least and the greatest estimate.
func extremes(all []contrast) (least, most contrast) {
	by := func(x, y contrast) int {
		switch {
		case x.Estimate < y.Estimate:
			return -1
		case x.Estimate > y.Estimate:
			return 1
		}
		return 0
	}
	return slices.MinFunc(all, by), slices.MaxFunc(all, by)
}

// tellsApart is claim 1: MLPs.
func (b *book) tellsApart() document.Section {
	runs := []string{"mlp-mnist", "mlp-fashion"}
	last := b.lastEpoch(runs[0])
	s := document.Section{Title: "1. The method tells learning from memorization in MLPs"}
	s.Blocks = append(s.Blocks,
		text("The paper's claim: its permuted probes on shared structure validation sets tell learning from memorization in multi-layer perceptrons that were trained as usual."),
		text("Our design: an MLP with two hidden layers of 512 units is trained for %d epochs on %d images of MNIST and of Fashion-MNIST. Its shuffled-label twin has the same architecture, images, start weights and order of examples, "+
			"but all labels shuffled, and trains until it is as accurate on its own labels as the network is on the real ones. The twin can only have memorized. If the method works, the two must differ although both fit their training set.", last, b.n(runs[0])))

	accuracies := document.Grid{Caption: fmt.Sprintf("Accuracies at epoch %d, over %d training seeds. The twin's are on the labels it was trained on.", last, Seeds),
		Head: []string{"data", "network, training", "twin, training", "network, test", "twin, test", "epochs of the twin"}, Text: 1}
	equal := true
	for _, run := range runs {
		c := cell{run: run, epoch: last, probe: b.probes(run)[0], level: 0}
		equal = equal && b.differ(c, twinOf(c), trainAccuracy).Estimate <= 0.02
		trained := b.values(twinOf(c), func(r result.Row) float64 { return float64(r.TrainedEpochs) })
		accuracies.Rows = append(accuracies.Rows, []string{dataName(b.data(run)), shares(b.over(c, trainAccuracy)), shares(b.over(twinOf(c), trainAccuracy)),
			shares(b.over(c, testAccuracy)), shares(b.over(twinOf(c), testAccuracy)), fmt.Sprintf("%g to %g", slices.Min(trained), slices.Max(trained))})
	}

	table := document.Grid{Caption: fmt.Sprintf("Last hidden layer at epoch %d. L = learning, M = memorization; mean over %d training seeds with 95 %% intervals. Distance: of copies to their parents over that to the parents' nearest other image (median). Calibrated: 0 = the twin, 1 = the most there can be; – where the twin leaves no room.", last, Seeds),
		Head: []string{"data", "probe", "σ", "distance", "L, network", "L, twin", "difference", "calibrated", "M, network", "M, twin"}, Text: 2}
	plot := chart.Figure{Name: "mlp-levels", Title: "MLPs: learning over the amount of perturbation",
		Caption: fmt.Sprintf("Learning in the last hidden layer over the noise on the copies, for the network at epoch %d, its shuffled-label twin of equal training accuracy, the untrained network and the raw pixels. Whiskers: 95 %% intervals over %d training seeds.", last, Seeds)}
	var all, zero []contrast
	for _, run := range runs {
		for _, probe := range b.probes(run) {
			levels := b.levels(run)
			at := func(level float64) cell { return cell{run: run, epoch: last, probe: probe, level: level} }
			panel := chart.Panel{Title: dataName(b.data(run)) + ", " + probeName(probe), X: chart.Axis{Label: "σ of the noise on pixels 0..1"}, Y: chart.Axis{Label: "learning"},
				Series: []chart.Line{
					curve("network", levels, func(l float64) perm.Interval { return b.over(at(l), learning) }),
					curve("twin", levels, func(l float64) perm.Interval { return b.over(twinOf(at(l)), learning) }),
					curve("untrained", levels, func(l float64) perm.Interval { return b.over(untrainedOf(at(l)), learning) }),
					{Name: "raw pixels", X: levels, Y: each(levels, func(l float64) float64 { return b.one(inputOf(at(l)), learning) })},
				}}
			plot.Panels = append(plot.Panels, panel)
			for _, level := range levels {
				c := at(level)
				d := contrast{fmt.Sprintf("%s, %s, σ = %s", dataName(b.data(run)), probeName(probe), number(level)), b.differ(c, twinOf(c), learning)}
				switch {
				case level == 0:
					zero = append(zero, d)
				case slices.Contains(b.between(run), level):
					all = append(all, d)
				}
				calibrated := "–"
				if v, ok := b.calibrated(c); ok {
					calibrated = differences(v)
				}
				table.Rows = append(table.Rows, []string{dataName(b.data(run)), probeName(probe), number(level), number(b.fact(run, FactRatio, level)), differences(b.over(c, learning)), differences(b.over(twinOf(c), learning)),
					differences(d.Interval), calibrated, differences(b.over(c, memorization)), differences(b.over(twinOf(c), memorization))})
			}
		}
	}
	s.Blocks = append(s.Blocks, document.Block{Grid: &accuracies}, b.figure(plot), document.Block{Grid: &table},
		text("Rule: at every level between 0 and the largest, for both data sets and both probes, the interval of the difference to the twin must lie above 0, while mean training accuracies differ by no more than 0.02. Fewer such cells, but some: in part."))
	apart := 0
	for _, d := range all {
		if above(d.Interval) {
			apart++
		}
	}
	least, most := extremes(all)
	flat, _ := extremes(zero)
	seen := cell{run: runs[1], epoch: last, probe: b.probes(runs[1])[0], level: b.between(runs[1])[0]}
	holds := combine(apart > 0, apart == len(all) && equal)
	s.Blocks = append(s.Blocks,
		verdict(holds, "The network has learned more than its twin in %s cells, by %s (%s) to %s (%s). Where a copy is its parent, at σ = 0, the difference can be as small as %s (%s): that level tells nothing.",
			count(apart, len(all)), differences(least.Interval), least.where, differences(most.Interval), most.where, differences(flat.Interval), flat.where),
		text("Limits: the twin shares the network's training accuracy, not its number of epochs. Classes of images differ before anything is trained: on %s, by the %s probe at σ = %s, learning is %s of the raw pixels and %s of the untrained network. So it is the distance to the references that counts.",
			dataName(b.data(seen.run)), probeName(seen.probe), number(seen.level), signed(b.one(inputOf(seen), learning)), differences(b.over(untrainedOf(seen), learning))))
	return s
}

// each maps values.
func each(x []float64, of func(float64) float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = of(v)
	}
	return out
}
