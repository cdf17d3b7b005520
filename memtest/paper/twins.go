package paper

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// twinNumbers are those that decide whether networks are told from their shuffled-label
// twins: learning of the network less that of its twin, at the end of training.
type twinNumbers struct {
	atZero       []estimate // where a copy is its parent
	inner        []estimate // between level 0 and the largest
	accuracyGaps []float64  // mean training accuracy of the network less that of its twin, one a run
}

// againstTwins holds the networks of these runs against their twins; where names a cell in
// a sentence.
func (res *results) againstTwins(runs []string, where func(condition) string) twinNumbers {
	var n twinNumbers
	for _, run := range runs {
		last := res.lastEpoch(run)
		above := func(levels []float64) (all []estimate) {
			for _, at := range res.conditions(run, last, levels) {
				all = append(all, estimate{where(at), res.difference(at, at.twin(), learning)})
			}
			return all
		}
		n.atZero = append(n.atZero, above([]float64{0})...)
		n.inner = append(n.inner, above(res.innerLevels(run))...)
		at := res.unperturbed(run, last)
		n.accuracyGaps = append(n.accuracyGaps, res.difference(at, at.twin(), trainAccuracy).Estimate)
	}
	return n
}

func (n twinNumbers) apart() int {
	return countOf(n.inner, func(e estimate) bool { return above(e.Interval) })
}

// holds is the rule of sections 1 and 11.
func (n twinNumbers) holds() document.Holding {
	equallyAccurate := every(n.accuracyGaps, func(gap float64) bool { return gap <= 0.02 })
	return combine(n.apart() > 0, n.apart() == len(n.inner) && equallyAccurate)
}

// twinAccuracies are those of networks and their twins; name is what a run is called.
func (res *results) twinAccuracies(runs []string, name func(run string) string) document.Block {
	epoch := fmt.Sprintf("epoch %d", res.lastEpoch(runs[0]))
	if slices.ContainsFunc(runs, func(run string) bool { return res.lastEpoch(run) != res.lastEpoch(runs[0]) }) {
		epoch = "the last epoch of each"
	}
	table := document.Grid{Caption: fmt.Sprintf("Accuracies at %s, over %d training seeds. The twin's are on the labels it was trained on.", epoch, trainingSeeds),
		Head: []string{"data", "network, training", "twin, training", "network, test", "twin, test", "epochs of the twin"}, Text: 1}
	for _, run := range runs {
		at := res.unperturbed(run, res.lastEpoch(run))
		epochs := res.values(at.twin(), trainedEpochs)
		table.Rows = append(table.Rows, []string{name(run), shares(res.mean(at, trainAccuracy)), shares(res.mean(at.twin(), trainAccuracy)),
			shares(res.mean(at, testAccuracy)), shares(res.mean(at.twin(), testAccuracy)), fmt.Sprintf("%g to %g", slices.Min(epochs), slices.Max(epochs))})
	}
	return document.Block{Grid: &table}
}
