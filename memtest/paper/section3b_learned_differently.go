package paper

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// learnedDifferently is (b): shuffled labels and pure noise are learned
// differently from real data.
func learnedDifferently(res *results) finding {
	first := res.epochsAfterStart(realLabels.run(false))[0]
	realAbove := func(set trainingSet) perm.Interval {
		return res.difference(res.unperturbed(realLabels.run(false), first), res.unperturbed(set.run(false), first), trainAccuracy)
	}
	n := speedNumbers{shuffled: realAbove(shuffledLabels), noise: realAbove(noiseImages)}
	return finding{[]document.Block{speedPlot(res)}, n.holds(),
		fmt.Sprintf("After epoch %d training accuracy on real labels is above that on shuffled ones by %s and differs from that on Gaussian noise by %s (rule: neither interval holds 0).", first, differences(n.shuffled), differences(n.noise))}
}

// speedNumbers are training accuracy on real labels less that on others, after
// the first epoch.
type speedNumbers struct{ shuffled, noise perm.Interval }

// holds is the rule of (b).
func (n speedNumbers) holds() bool {
	return above(n.shuffled) && (above(n.noise) || below(n.noise))
}

func speedPlot(res *results) document.Block {
	plot := chart.Figure{Name: "fit-epochs", Title: "How fast real labels, shuffled labels and noise are fitted",
		Caption: "Training accuracy over epochs, without and with dropout of 0.5. " + whiskers()}
	epochs := res.epochsAfterStart(realLabels.run(false))
	for _, dropout := range []bool{false, true} {
		panel := chart.Panel{Title: "no dropout", X: epochAxis(), Y: shareAxis("training accuracy")}
		if dropout {
			panel.Title = "dropout 0.5"
		}
		for _, set := range trainingSets {
			panel.Series = append(panel.Series, curve(set.title, epochs, func(epoch int) perm.Interval {
				return res.mean(res.unperturbed(set.run(dropout), epoch), trainAccuracy)
			}))
		}
		plot.Panels = append(plot.Panels, panel)
	}
	return res.figure(plot)
}
