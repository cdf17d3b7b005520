package paper

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// simpleFirst is (c): simple patterns come first, so that while wrong labels are
// being fitted, test accuracy falls. Its runs are those of section 7.
func simpleFirst(res *results) finding {
	p := partlyShuffled{results: res}
	for _, s := range res.scale.labelNoiseShares {
		if s > 0 && s < 1 {
			p.shares = append(p.shares, s)
		}
	}
	p.epochs = res.epochsAfterStart(labelNoiseRun(p.shares[0]))
	early, last := p.epochs[1], p.epochs[len(p.epochs)-1]
	falls := p.falls(early, last)
	least, most := extremes(falls)
	return finding{[]document.Block{p.table()}, falls.holds(),
		fmt.Sprintf("From epoch %d to %d, while the shuffled labels are being fitted, test accuracy falls by %s (%s of labels shuffled) to %s (%s) (rule: each interval above 0).",
			early, last, differences(least.Interval), least.of, differences(most.Interval), most.of)}
}

// partlyShuffled are the networks of section 7 with some of their labels shuffled.
type partlyShuffled struct {
	*results
	shares []float64
	epochs []int // after the start
}

func (p partlyShuffled) at(share float64, epoch int) condition {
	return p.unperturbed(labelNoiseRun(share), epoch)
}

// accuracyFalls are test accuracies at an early epoch less those at the last, one
// a share of shuffled labels.
type accuracyFalls []estimate

func (p partlyShuffled) falls(early, last int) accuracyFalls {
	var all accuracyFalls
	for _, s := range p.shares {
		all = append(all, estimate{"at " + number(s), p.difference(p.at(s, early), p.at(s, last), testAccuracy)})
	}
	return all
}

// holds is the rule of (c).
func (a accuracyFalls) holds() bool {
	return every(a, func(e estimate) bool { return above(e.Interval) })
}

func (p partlyShuffled) table() document.Block {
	table := document.Grid{Caption: "(c) Networks trained with part of their labels shuffled: accuracy on those labels and, against true labels, on test images.",
		Head: []string{"labels shuffled"}, Text: 1}
	for _, e := range p.epochs {
		table.Head = append(table.Head, fmt.Sprintf("training, epoch %d", e), fmt.Sprintf("test, epoch %d", e))
	}
	for _, s := range p.shares {
		row := []string{number(s)}
		for _, e := range p.epochs {
			row = append(row, shares(p.mean(p.at(s, e), trainAccuracy)), shares(p.mean(p.at(s, e), testAccuracy)))
		}
		table.Rows = append(table.Rows, row)
	}
	return document.Block{Grid: &table}
}
