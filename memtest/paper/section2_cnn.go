package paper

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

func cnnRuns(s scale) []Run {
	var runs []Run
	for _, c := range s.cnnRuns {
		r := newRun(c.name, c.data, s.cnn)
		r.Config.Perturb, r.Config.Levels, r.Config.Refs = c.copies.name, c.copies.levels, withTwin()
		// Narrow, so that no layer has as many features as there are examples:
		// there a linear probe of weak penalty fits anything.
		r.Config.Net, r.Config.Layers = "cnn:8,16/64", []string{"maxpool1", "maxpool2", "dense1", "logits"}
		r.Config.Probes = []string{"ridge:300", "knn"}
		runs = append(runs, r)
	}
	return runs
}

// cnnClaim is section 2: the method works in each layer of CNNs.
type cnnClaim struct {
	*results
	runs   []string
	layers []string
	last   int // epoch
}

func cnnSection(res *results) document.Section {
	c := cnnClaim{results: res, runs: names(cnnRuns(res.scale))}
	c.layers, c.last = res.layers(c.runs[0]), c.lastEpoch(c.runs[0])
	n := c.first(c.runs[0]).N
	blocks := []document.Block{
		text("The paper's claim: the method works for convolutional networks too."),
		text("Our design: two 3×3 convolutions with 8 and 16 channels, each followed by max pooling, then a dense layer of 64 units; %d images, %d epochs. Every layer after pooling is looked at, against the same layer of the shuffled-label twin. "+
			"The network is narrow so that no layer has as many features as there are examples, where a linear probe could fit anything.", n, c.last),
	}
	for _, run := range c.runs {
		blocks = append(blocks, c.plot(run))
	}
	return document.Section{Title: "2. And in CNNs, layer by layer", Blocks: append(blocks, c.table(),
		text("Rule: on the copies of the lowest level above 0, for every run and both probes, the interval of the difference to the twin must lie above 0 in every layer. In some layers only: in part."),
		c.verdict(c.numbers()),
		text("Limits: one small architecture, %d images. A pooled map has many columns that hardly vary; scaled to unit variance, noise on the pixels drowns them, so low layers say little under Gaussian noise at larger levels.", n))}
}

// lowest are the conditions of a layer on the copies of the lowest level above 0.
func (c cnnClaim) lowest(run, layer string) []condition {
	all := c.conditions(run, c.last, c.levels(run)[1:2])
	for i := range all {
		all[i].layer = layer
	}
	return all
}

// cnnNumbers are those that decide on section 2, one a layer.
type cnnNumbers []layerNumbers

type layerNumbers struct {
	layer          string
	aboveTwin      []perm.Interval // learning of the network less that of its twin
	aboveUntrained []perm.Interval // less that of the untrained network
}

func (c cnnClaim) numbers() cnnNumbers {
	var all cnnNumbers
	for _, layer := range c.layers {
		n := layerNumbers{layer: layer}
		for _, run := range c.runs {
			for _, at := range c.lowest(run, layer) {
				n.aboveTwin = append(n.aboveTwin, c.difference(at, at.twin(), learning))
				n.aboveUntrained = append(n.aboveUntrained, c.difference(at, at.untrained(), learning))
			}
		}
		all = append(all, n)
	}
	return all
}

// holds is the rule of section 2.
func (n cnnNumbers) holds() document.Holding {
	var parts []bool
	for _, layer := range n {
		parts = append(parts, every(layer.aboveTwin, above))
	}
	return combine(parts...)
}

func (c cnnClaim) verdict(n cnnNumbers) document.Block {
	var twin, untrained, accuracy []string
	for _, l := range n {
		twin = append(twin, fmt.Sprintf("%s in %s", l.layer, count(countOf(l.aboveTwin, above), len(l.aboveTwin))))
		untrained = append(untrained, fmt.Sprintf("%s in %s", l.layer, count(countOf(l.aboveUntrained, above), len(l.aboveUntrained))))
	}
	for _, run := range c.runs {
		at := c.unperturbed(run, c.last)
		at.layer = c.layers[0]
		accuracy = append(accuracy, fmt.Sprintf("%s (%s, %s)", differences(c.difference(at, at.twin(), trainAccuracy)), dataName(c.first(run).Data), c.first(run).Perturbation))
	}
	return verdict(n.holds(), "Network and twin are told apart by layer: %s cells. Their training accuracies differ by %s. Learning is also above that of the untrained network, so that training put it there: %s cells.", list(twin), list(accuracy), list(untrained))
}

// plot is learning over levels in each layer of a run.
func (c cnnClaim) plot(run string) document.Block {
	probe, row := c.probes(run)[0], c.first(run)
	plot := chart.Figure{Name: run, Title: fmt.Sprintf("CNN on %s: learning, layer by layer", dataName(row.Data)),
		Caption: fmt.Sprintf("%s probe, copies by %s, epoch %d. %s", probeName(probe), row.Perturbation, c.last, whiskers())}
	for _, layer := range c.layers {
		at := func(level float64) condition {
			return condition{run: run, epoch: c.last, layer: layer, probe: probe, level: level}
		}
		plot.Panels = append(plot.Panels, chart.Panel{Title: layer, X: chart.Axis{Label: row.Perturbation + ", " + row.Unit}, Y: chart.Axis{Label: "learning"},
			Series: c.learningCurves(c.levels(run), at)})
	}
	return c.figure(plot)
}

// table is learning and memorization in each layer of all runs.
func (c cnnClaim) table() document.Block {
	table := document.Grid{Caption: fmt.Sprintf("Layers at epoch %d, on the copies of the lowest level above 0. L = learning, M = memorization; mean over %d training seeds with 95 %% intervals.", c.last, trainingSeeds),
		Head: []string{"data", "copies", "layer", "probe", "L, network", "L, twin", "difference", "M, network", "M, twin"}, Text: 4}
	for _, run := range c.runs {
		row := c.first(run)
		for _, layer := range c.layers {
			for _, at := range c.lowest(run, layer) {
				table.Rows = append(table.Rows, []string{dataName(row.Data), row.Perturbation + " " + number(at.level), layer, probeName(at.probe),
					differences(c.mean(at, learning)), differences(c.mean(at.twin(), learning)), differences(c.difference(at, at.twin(), learning)),
					differences(c.mean(at, memorization)), differences(c.mean(at.twin(), memorization))})
			}
		}
	}
	return document.Block{Grid: &table}
}
