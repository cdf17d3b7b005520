package paper

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// fitsAnything is (a): networks fit shuffled labels and pure noise.
func fitsAnything(res *results) finding {
	last := res.lastEpoch(realLabels.run(false))
	n := fitNumbers{
		shuffled: res.mean(res.unperturbed(shuffledLabels.run(false), last), trainAccuracy),
		noise:    res.mean(res.unperturbed(noiseImages.run(false), last), trainAccuracy),
	}
	return finding{[]document.Block{fitTable(res, last)}, n.holds(),
		fmt.Sprintf("The lower end of training accuracy on either is %s (rule: at least 0.95).", share(n.least()))}
}

// fitNumbers are training accuracies at the last epoch.
type fitNumbers struct{ shuffled, noise perm.Interval }

func (n fitNumbers) least() float64 { return min(n.shuffled.Low, n.noise.Low) }

// holds is the rule of (a).
func (n fitNumbers) holds() bool { return n.least() >= 0.95 }

func fitTable(res *results, last int) document.Block {
	levels := res.levels(realLabels.run(false))
	sigma := levels[len(levels)-1]
	table := document.Grid{Caption: fmt.Sprintf("(a) At epoch %d. L and M of the last hidden layer, ridge probe, σ = %s.", last, number(sigma)),
		Head: []string{"trained on", "training accuracy", "test accuracy", "L", "M", "variance within classes"}, Text: 1}
	for _, set := range trainingSets {
		at := res.unperturbed(set.run(false), last)
		perturbed := at
		perturbed.level = sigma
		table.Rows = append(table.Rows, []string{set.title, shares(res.mean(at, trainAccuracy)), shares(res.mean(at, testAccuracy)),
			differences(res.mean(perturbed, learning)), differences(res.mean(perturbed, memorization)), shares(res.mean(at, withinClass))})
	}
	return document.Block{Grid: &table}
}
