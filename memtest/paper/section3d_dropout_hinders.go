package paper

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// nearlyFitted is the training accuracy from which a set counts as fitted in (d).
const nearlyFitted = 0.9

// dropoutHinders is (d): dropout hinders the fitting of noise more than that of
// real data.
func dropoutHinders(res *results) finding {
	d := dropoutCosts{res, res.epochsAfterStart(realLabels.run(false))}
	n := dropoutNumbers{shuffled: d.aboveReal(shuffledLabels), noise: d.aboveReal(noiseImages)}
	return finding{[]document.Block{d.table()}, n.holds(),
		fmt.Sprintf("At the first epoch looked at by which the network without dropout fits nine tenths (%d for real labels, %d for shuffled ones, %d for noise) dropout costs shuffled labels %s and noise %s more than real labels (rule: both intervals above 0).",
			d.fittedBy(realLabels), d.fittedBy(shuffledLabels), d.fittedBy(noiseImages), differences(n.shuffled), differences(n.noise))}
}

// dropoutCosts are what dropout takes from training accuracy.
type dropoutCosts struct {
	*results
	epochs []int // after the start
}

// cost is training accuracy without dropout less that with it, by training seed.
func (d dropoutCosts) cost(set trainingSet, epoch int) []float64 {
	return d.paired(d.unperturbed(set.run(false), epoch), d.unperturbed(set.run(true), epoch), trainAccuracy)
}

// fittedBy is the first epoch at which the network without dropout has fitted a
// set; else the last. Later networks with and without dropout have fitted it, and
// earlier neither has.
func (d dropoutCosts) fittedBy(set trainingSet) int {
	i := slices.IndexFunc(d.epochs, func(e int) bool {
		return d.mean(d.unperturbed(set.run(false), e), trainAccuracy).Estimate >= nearlyFitted
	})
	if i < 0 {
		i = len(d.epochs) - 1
	}
	return d.epochs[i]
}

// aboveReal is what dropout costs a set more than it costs real labels, each when
// it has just been fitted.
func (d dropoutCosts) aboveReal(set trainingSet) perm.Interval {
	more, ofReal := d.cost(set, d.fittedBy(set)), d.cost(realLabels, d.fittedBy(realLabels))
	if len(more) != len(ofReal) {
		d.fail("cost of dropout: %d seeds of %s against %d of %s", len(more), set.title, len(ofReal), realLabels.title)
		return perm.Interval{}
	}
	for i := range more {
		more[i] -= ofReal[i]
	}
	return d.interval("cost of dropout", more)
}

// dropoutNumbers are what dropout costs more than it costs real labels.
type dropoutNumbers struct{ shuffled, noise perm.Interval }

// holds is the rule of (d).
func (n dropoutNumbers) holds() bool { return above(n.shuffled) && above(n.noise) }

func (d dropoutCosts) table() document.Block {
	table := document.Grid{Caption: "(d) What dropout of 0.5 takes from training accuracy: that without it less that with it, paired by seed.", Head: []string{"epoch"}}
	for _, set := range trainingSets {
		table.Head = append(table.Head, set.title)
	}
	for _, e := range d.epochs {
		row := []string{fmt.Sprint(e)}
		for _, set := range trainingSets {
			row = append(row, differences(d.interval("cost of dropout", d.cost(set, e))))
		}
		table.Rows = append(table.Rows, row)
	}
	return document.Block{Grid: &table}
}
