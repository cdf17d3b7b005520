package memtest

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// effects are learning and memorization of a cell by the metric of its row, by
// example and by label set. It is an error where the evidence does not hold them,
// as that of older versions.
func effects(row result.Row, ev Evidence) (learning, memorization perm.Effect, err error) {
	if row.Metric == "" || row.Metric == MetricAccuracy {
		if learning, err = ev.Counts.LearningEffect(); err == nil {
			memorization, err = ev.Counts.MemorizationEffect()
		}
		return learning, memorization, err
	}
	if ev.Parts == nil {
		return learning, memorization, fmt.Errorf("the evidence holds no parts by example of the metric %s, as that of older versions; measure the cell again", row.Metric)
	}
	values, chance := ev.Values, ev.Chance
	if row.Metric == MetricBalanced {
		values, chance = ev.Counts.Statistics(perm.BalancedAccuracy)
	}
	if learning, err = ev.Parts.LearningEffect(values); err == nil {
		memorization, err = ev.Parts.MemorizationEffect(values, chance)
	}
	return learning, memorization, err
}

// fillErrors fills in the row's errors and intervals over other images; they stay
// absent where the evidence does not hold them. Label sets that are all there are
// add no error.
func fillErrors(row *result.Row, ev Evidence, enumerated bool) {
	learning, memorization, err := effects(*row, ev)
	if err != nil {
		return
	}
	if enumerated {
		learning.Sets, memorization.Sets = nil, nil
	}
	row.LearningSE, row.LearningLow, row.LearningHigh, row.LearningSetsSE = errorsOf(learning)
	row.MemorizationSE, row.MemorizationLow, row.MemorizationHigh, row.MemorizationSetsSE = errorsOf(memorization)
}

func errorsOf(e perm.Effect) (se, low, high, setsSE *float64) {
	i, over, sets := e.Interval(0), e.SE(), e.SetsSE()
	return &over, &i.Low, &i.High, &sets
}
