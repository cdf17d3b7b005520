package memtest

import (
	"fmt"
	"math"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// effects are those of one cell, or of the difference of two, by example and by label
// set: learning and memorization by the metric of its row, and the examples' own part
// of memorization, which is of hits.
type effects struct{ learning, memorization, own perm.Effect }

// newEffects are those of a row, with their halves where the examples were split. It
// is an error where the evidence does not hold them, as that of older versions.
func newEffects(row result.Row, ev Evidence) (effects, error) {
	e, err := byExample(row, ev)
	if h := ev.Halves; err == nil && h != nil {
		growth := perm.Falling
		if ev.Parents != nil { // a copy has neighbours of its own, however many examples there are
			growth = perm.Steady
		}
		e.learning = e.learning.WithHalves(h.Learning, perm.Rising)
		e.memorization, e.own = e.memorization.WithHalves(h.Memorization, growth), e.own.WithHalves(h.Own, growth)
	}
	return e, err
}

// byExample are the effects of a row without halves.
func byExample(row result.Row, ev Evidence) (e effects, err error) {
	if e.own, err = ev.Counts.OwnMemorizationEffect(); err != nil {
		return e, err
	}
	if row.Metric == "" || row.Metric == MetricAccuracy {
		if e.learning, err = ev.Counts.LearningEffect(); err == nil {
			e.memorization, err = ev.Counts.MemorizationEffect()
		}
		return e, err
	}
	if ev.Parts == nil {
		return e, fmt.Errorf("the evidence holds no parts by example of the metric %s, as that of older versions; measure the cell again", row.Metric)
	}
	values, chance := ev.Values, ev.Chance
	if row.Metric == MetricBalanced {
		values, chance = ev.Counts.Statistics(perm.BalancedAccuracy)
	}
	if e.learning, err = ev.Parts.LearningEffect(values); err == nil {
		e.memorization, err = ev.Parts.MemorizationEffect(values, chance)
	}
	return e, err
}

// minus are the differences of the effects of two cells.
func (e effects) minus(o effects) (d effects, err error) {
	for _, part := range []struct {
		to   *perm.Effect
		a, b perm.Effect
	}{{&d.learning, e.learning, o.learning}, {&d.memorization, e.memorization, o.memorization}, {&d.own, e.own, o.own}} {
		if *part.to, err = part.a.Minus(part.b); err != nil {
			return d, err
		}
	}
	return d, nil
}

// effectsOf are those of the cell of a row; nil where its evidence is not kept, says
// too little, or is of other numbers than the row's.
func effectsOf(r result.Row, evidence func(cell string) (Evidence, bool)) *effects {
	ev, ok := evidence(r.Cell())
	if !ok {
		return nil
	}
	e, err := newEffects(r, ev)
	is := func(effect perm.Effect, value float64) bool { return math.Abs(effect.Estimate-value) <= 1e-9 }
	if err != nil || r.MemorizationOwn == nil || !is(e.learning, r.Learning) || !is(e.own, *r.MemorizationOwn) {
		return nil
	}
	return &e
}

// fillErrors fills in the row's errors and intervals over other images; they stay
// absent where the evidence does not hold them, and of blends, see mixedRow. Label sets
// that are all there are add no error.
func fillErrors(row *result.Row, ev Evidence, enumerated bool) {
	if perturb.MixesFeatures(row.Perturbation) {
		mixedRow(row)
		return
	}
	e, err := newEffects(*row, ev)
	if err != nil {
		return
	}
	if enumerated {
		e.learning.Sets, e.memorization.Sets, e.own.Sets = nil, nil, nil
	}
	row.Halves = len(e.learning.Halves)
	row.LearningSE, row.LearningLow, row.LearningHigh, row.LearningSetsSE = errorsOf(e.learning)
	row.MemorizationSE, row.MemorizationLow, row.MemorizationHigh, row.MemorizationSetsSE = errorsOf(e.memorization)
	row.MemorizationOwnSE, _, _, _ = errorsOf(e.own)
}

func errorsOf(e perm.Effect) (se, low, high, setsSE *float64) {
	i, over, sets := e.Interval(0), e.SE(), e.SetsSE()
	return &over, &i.Low, &i.High, &sets
}
