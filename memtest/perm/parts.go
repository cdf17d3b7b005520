package perm

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
)

// Parts are sums over label sets of the examples' parts of a statistic that does
// not follow from sums of hits: balanced accuracy, an AUC, a log-loss. The mean of
// the parts of one label set over the examples is the statistic; where that is no
// mean itself, the part of an example is the statistic plus the example's
// influence on it.
//
// Parts are kept as whole multiples of 2⁻³², so that sums do not depend on the
// order of the label sets.
type Parts struct {
	Sets     int     `json:"sets"`               // label sets b ≥ 1 that were added
	Observed []int64 `json:"observed,omitempty"` // [n] of label set 0; nil = not added
	Null     []int64 `json:"null"`               // [n] sum over b ≥ 1
	Chance   []int64 `json:"chance,omitempty"`   // [n] likewise of chance; nil where it is the same for all examples
}

// partsUnit is the number of units in 1.
const partsUnit = 1 << 32

// NewParts starts the sums of n examples.
func NewParts(n int) *Parts { return &Parts{Null: make([]int64, n)} }

// Add adds the parts [n] of label set b, and those of its chance where they
// differ between the examples; b = 0 is the observed set, whose chance is not
// needed. The caller adds each set once.
func (p *Parts) Add(b int, parts, chance []float32) {
	if b == 0 {
		p.Observed = make([]int64, len(parts))
		addUnits(p.Observed, parts)
		return
	}
	p.Sets++
	addUnits(p.Null, parts)
	if chance == nil {
		return
	}
	if p.Chance == nil {
		p.Chance = make([]int64, len(p.Null))
	}
	addUnits(p.Chance, chance)
}

func addUnits(to []int64, values []float32) {
	for i, v := range values {
		to[i] += int64(math.Round(float64(v) * partsUnit))
	}
}

// Merged are the sums of p and those of other label sets of the same cell.
func (p *Parts) Merged(o *Parts) (*Parts, error) {
	if len(p.Null) != len(o.Null) || p.Sets > 0 && o.Sets > 0 && (p.Chance == nil) != (o.Chance == nil) {
		return nil, fmt.Errorf("parts: sums of %d and %d examples, or of other statistics; only one cell's parts can be merged", len(p.Null), len(o.Null))
	}
	m := &Parts{Sets: p.Sets + o.Sets, Observed: p.Observed, Null: sum(p.Null, o.Null)}
	if m.Observed == nil {
		m.Observed = o.Observed
	}
	switch {
	case p.Chance == nil:
		m.Chance = o.Chance
	case o.Chance == nil:
		m.Chance = p.Chance
	default:
		m.Chance = sum(p.Chance, o.Chance)
	}
	return m, nil
}

// LearningEffect is L = T_0 − mean T_b of the statistic T_0, T_1..T_B.
func (p *Parts) LearningEffect(values []float64) (Effect, error) {
	if err := p.check(values); err != nil {
		return Effect{}, err
	}
	if len(p.Observed) != len(p.Null) {
		return Effect{}, fmt.Errorf("effect: the parts of the observed labels were not added; measure the cell again")
	}
	e := Effect{Examples: make([]float64, len(p.Null)), Sets: make([]float64, p.Sets)}
	for i := range e.Examples {
		e.Examples[i] = (float64(p.Observed[i]) - float64(p.Null[i])/float64(p.Sets)) / partsUnit
	}
	for b := range e.Sets {
		e.Sets[b] = -values[b+1]
	}
	e.Estimate = values[0] + stat.Mean(e.Sets, nil)
	return e, nil
}

// MemorizationEffect is M = mean (T_b − c_b) of the statistic and its chance,
// label set by label set from 0 on.
func (p *Parts) MemorizationEffect(values, chance []float64) (Effect, error) {
	if err := p.check(values); err != nil {
		return Effect{}, err
	}
	if len(chance) != len(values) {
		return Effect{}, fmt.Errorf("effect: values of %d label sets, but chance of %d", len(values), len(chance))
	}
	e := Effect{Examples: make([]float64, len(p.Null)), Sets: minus(values[1:], chance[1:])}
	e.Estimate = stat.Mean(e.Sets, nil)
	same := stat.Mean(chance[1:], nil)
	for i := range e.Examples {
		e.Examples[i] = float64(p.Null[i])/float64(p.Sets)/partsUnit - same
		if p.Chance != nil {
			e.Examples[i] += same - float64(p.Chance[i])/float64(p.Sets)/partsUnit
		}
	}
	return e, nil
}

// check says why the parts do not go with the statistics of all label sets, or
// hold no error.
func (p *Parts) check(values []float64) error {
	switch {
	case len(p.Null) < 2 || p.Sets < 2:
		return fmt.Errorf("effect: %d examples and %d label sets beside the observed one; two of each are needed for an error", len(p.Null), p.Sets)
	case len(values) != p.Sets+1:
		return fmt.Errorf("effect: parts of %d label sets beside the observed one, but %d values; measure the cell again", p.Sets, len(values))
	case p.Chance != nil && len(p.Chance) != len(p.Null):
		return fmt.Errorf("effect: parts of %d examples, but of chance of %d", len(p.Null), len(p.Chance))
	}
	return checkFinite("effect: the value of label set", values)
}

// BalancedParts are the examples' parts of the balanced accuracy T of one label
// set: T + n/(K·n_y)·(h − r_y) for an example labelled y, with h = 1 for a hit,
// r_y the share of hits among the n_y examples of its class and K the classes that
// have examples: the influence function of a mean of ratios. Labels and
// predictions are in 0..classes-1.
func BalancedParts(labels, predicted []int32, classes int) []float32 {
	hits, members := make([]float64, classes), make([]float64, classes)
	for i, y := range labels {
		members[y]++
		if predicted[i] == y {
			hits[y]++
		}
	}
	balanced, present := 0.0, 0.0
	for k, m := range members {
		if m > 0 {
			balanced += hits[k] / m
			present++
		}
	}
	balanced /= max(1, present)
	parts, n := make([]float32, len(labels)), float64(len(labels))
	for i, y := range labels {
		h := 0.0
		if predicted[i] == y {
			h = 1
		}
		parts[i] = float32(balanced + n/(present*members[y])*(h-hits[y]/members[y]))
	}
	return parts
}
