package perm

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Effect is one quantity of a cell, or the difference of two, by example and by
// label set: what its errors are computed from. Learning, memorization and their
// differences all have this form, so they share one standard error and one
// interval.
//
// The interval is over other images: the range for what the whole procedure,
// copies and label sets included, would find on average on other samples of n
// examples of the same kind, the network held fixed. Examples are taken as drawn
// independently of each other, also within groups.
type Effect struct {
	Estimate float64
	// Examples [n] are the examples' parts, whose mean is the estimate: of learning
	// by accuracy, 1 or 0 for a hit by the observed labels less the share of label
	// sets with a hit. For statistics that are no means they are the estimate plus
	// the example's influence on it.
	Examples []float64
	// Sets [B] is what of the quantity varies with label set b ≥ 1: of learning
	// −T_b, of memorization T_b − c_b. Nil where the label sets are all that there
	// are, so that they add no error.
	Sets []float64
	// Halves [R] are the same quantity on random halves of the examples; nil = not
	// measured. WithHalves puts them there.
	Halves []Halves
	growth Growth // of the quantity, which WithHalves was told
}

// LearningEffect is learning by accuracy, L = T_0 − mean T_b, with its parts.
func (c *Counts) LearningEffect() (Effect, error) {
	if err := c.checkEffect(); err != nil {
		return Effect{}, err
	}
	if c.ObservedHit == nil {
		return Effect{}, fmt.Errorf("effect: the counts do not say which copies the observed labels hit, as those of older versions; measure the cell again")
	}
	values, _ := c.Statistics(Accuracy)
	e := Effect{Examples: make([]float64, c.N), Sets: make([]float64, len(values)-1)}
	sets := float64(len(e.Sets))
	for i := range e.Examples {
		e.Examples[i] = float64(c.ObservedHit[i]) - float64(c.Recalled[i])/sets
	}
	for b := range e.Sets {
		e.Sets[b] = -values[b+1]
	}
	e.Estimate = values[0] + stat.Mean(e.Sets, nil)
	return e, nil
}

// MemorizationEffect is memorization by accuracy, M = mean (T_b − c_b), with its
// parts.
func (c *Counts) MemorizationEffect() (Effect, error) {
	return c.memorizationEffect(c.Chance, c.PerExample)
}

// OwnMemorizationEffect is the examples' own part of memorization by accuracy,
// mean (T_b − c'_b), with its parts; see Verdict.MemorizationOwn.
func (c *Counts) OwnMemorizationEffect() (Effect, error) {
	if c.StratumShare == nil {
		return Effect{}, fmt.Errorf("effect: the counts do not split memorization, as those of older versions; measure the cell again")
	}
	return c.memorizationEffect(c.StratumChance, c.PerExampleOwn)
}

// memorizationEffect is the mean excess of T_b over a chance, whose parts by example
// are given.
func (c *Counts) memorizationEffect(chance []float64, parts func() []Example) (Effect, error) {
	if err := c.checkEffect(); err != nil {
		return Effect{}, err
	}
	values, _ := c.Statistics(Accuracy)
	e := Effect{Examples: make([]float64, c.N), Sets: minus(values[1:], chance[1:])}
	for i, example := range parts() {
		e.Examples[i] = example.Memorization
	}
	e.Estimate = stat.Mean(e.Sets, nil)
	return e, nil
}

// checkEffect says why the counts hold no effects, or nil.
func (c *Counts) checkEffect() error {
	if err := c.checkJudged(); err != nil {
		return err
	}
	switch {
	case c.Recalled == nil:
		return fmt.Errorf("effect: the counts hold no sums per example; count with TallyOptions.PerExample")
	case c.N < 2 || len(c.B) < 3:
		return fmt.Errorf("effect: %d examples and %d label sets beside the observed one; two of each are needed for an error", c.N, len(c.B)-1)
	}
	return nil
}

// Minus is the difference of two effects of the same examples and label sets,
// taken example by example and set by set: what they do to both alike cancels. Where
// they were not split into as many halves, the difference has none.
func (e Effect) Minus(o Effect) (Effect, error) {
	if len(e.Examples) != len(o.Examples) || len(e.Sets) != len(o.Sets) {
		return Effect{}, fmt.Errorf("difference: %d examples and %d label sets, and %d and %d; measure both cells with the same ones",
			len(e.Examples), len(e.Sets), len(o.Examples), len(o.Sets))
	}
	d := Effect{Estimate: e.Estimate - o.Estimate, Examples: minus(e.Examples, o.Examples)}
	if e.Sets != nil {
		d.Sets = minus(e.Sets, o.Sets)
	}
	var err error
	d.growth = e.growth
	d.Halves, err = minusHalves(e.Halves, o.Halves)
	return d, err
}

// SE is the standard error over other images and label sets,
// √(s²_examples/n + s²_sets/B), with the variances (divisors n−1 and B−1) of the
// parts. Where there are Halves, their variance stands for the examples': the parts
// know nothing of what a sample does to all its copies alike, see WithHalves.
func (e Effect) SE() float64 {
	return math.Sqrt(e.imagesVariance() + e.setsVariance())
}

// SetsSE is the standard error from having drawn B label sets only, the images
// held fixed: s_sets/√B.
func (e Effect) SetsSE() float64 { return math.Sqrt(e.setsVariance()) }

func (e Effect) imagesVariance() float64 {
	v, _ := e.images()
	return v
}

// images is the variance over other images and its degrees of freedom.
func (e Effect) images() (variance float64, freedom int) {
	variance, freedom = meanVariance(e.Examples), len(e.Examples)-1
	if len(e.Halves) == 0 {
		return variance, freedom
	}
	halves := halvesVariance(e.Halves)
	if e.growth == Falling {
		variance = max(variance/2, min(variance, mostUndercut*halves))
	}
	if halves > variance {
		return halves, min(len(e.Halves), mostFreedom)
	}
	return variance, freedom
}

func (e Effect) setsVariance() float64 { return meanVariance(e.Sets) }

// meanVariance is the estimated variance of the mean of independent values; 0 of
// fewer than two.
func meanVariance(values []float64) float64 {
	if len(values) < 2 {
		return 0
	}
	return stat.Variance(values, nil) / float64(len(values))
}

// Interval is the estimate with its interval over other images and label sets,
// estimate ± t·SE. Student's t has the degrees of freedom that Welch (1947) and
// Satterthwaite (1946) give a sum of two variances, n−1 and B−1 alone being its
// extremes. Confidence 0 = DefaultConfidence; it must be below 1.
func (e Effect) Interval(confidence float64) Interval {
	if confidence == 0 {
		confidence = DefaultConfidence
	}
	images, imagesFreedom := e.images()
	sets := e.setsVariance()
	if images+sets == 0 {
		return Interval{e.Estimate, e.Estimate, e.Estimate}
	}
	freedom := 0.0
	for _, part := range []struct {
		variance float64
		freedom  int
	}{{images, imagesFreedom}, {sets, len(e.Sets) - 1}} {
		if part.variance > 0 {
			freedom += part.variance * part.variance / float64(part.freedom)
		}
	}
	freedom = (images + sets) * (images + sets) / freedom
	half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.Quantile(1-(1-confidence)/2) * e.SE()
	return Interval{e.Estimate, e.Estimate - half, e.Estimate + half}
}

// checkObservedHits checks which copies the observed labels hit, where it is kept.
func (c *Counts) checkObservedHits() error {
	if c.ObservedHit == nil {
		return nil
	}
	if len(c.ObservedHit) != c.N {
		return fmt.Errorf("counts: hits of the observed labels of %d examples, not %d", len(c.ObservedHit), c.N)
	}
	if len(c.B) == 0 || c.B[0] != 0 || c.Recalled == nil {
		return fmt.Errorf("counts: hits of the observed labels by example, but no label set 0 or no sums per example")
	}
	hits := 0
	for i, h := range c.ObservedHit {
		if h > 1 {
			return fmt.Errorf("counts: example %d has %d hits by the observed labels", i, h)
		}
		hits += int(h)
	}
	if hits != c.Hits[0] {
		return fmt.Errorf("counts: %d examples are hit by the observed labels, but label set 0 has %d hits", hits, c.Hits[0])
	}
	return nil
}

// observedHits are the hits of label set 0 by example, whichever part of a merged
// run counted it.
func observedHits(a, b []uint8) []uint8 {
	if a != nil {
		return a
	}
	return slices.Clone(b)
}
