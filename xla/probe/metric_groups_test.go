package probe

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Chance within groups is the mean of the metric over all exchanges of labels within
// them, which are gone through one by one.
func TestChanceWithinGroups(t *testing.T) {
	labels := []int32{0, 0, 1, 2, 1, 1, 0, 2, 2}
	groups := []int32{7, 7, 7, 7, 3, 3, 3, 3, 3}
	r := rand.New(rand.NewPCG(5, 6))
	scores := newClassScores(3, len(labels))
	for _, column := range scores {
		for i := range column {
			column[i] = float32(r.IntN(6)) / 4 // with ties
		}
	}
	for _, m := range []Metric{AUC, LogLoss} {
		for name, within := range map[string]blocks{"groups": newBlocks(groups), "one group": {}} {
			sum, count := 0.0, 0.0
			exchanged := append([]int32(nil), labels...)
			var visit func(k int)
			visit = func(k int) {
				if k == len(exchanged) {
					sum += m.measure(scores, exchanged, within).value
					count++
					return
				}
				for i := k; i < len(exchanged); i++ {
					if within.group(i) == within.group(k) {
						exchanged[k], exchanged[i] = exchanged[i], exchanged[k]
						visit(k + 1)
						exchanged[k], exchanged[i] = exchanged[i], exchanged[k]
					}
				}
			}
			visit(0)
			if chance := m.measure(scores, labels, within).chance; math.Abs(chance-sum/count) > 1e-6 {
				t.Errorf("%v, %s: chance %v, the mean of %v exchanges %v", m, name, chance, count, sum/count)
			}
		}
	}
}
