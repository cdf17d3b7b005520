package perm

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
)

// Half is a quantity on one half of the examples, on which everything was done as
// if there were no others: Observed plus the mean of Sets.
type Half struct {
	Observed float64   // what does not vary with the label set: T_0 of learning, 0 of memorization
	Sets     []float64 // [b] what does, as Effect.Sets, for label sets of the half's own
}

// Halves are the two halves of one random split of the examples.
type Halves [2]Half

func (h Half) value() float64 { return h.Observed + stat.Mean(h.Sets, nil) }

// halvesVariance is the variance of a quantity over samples of n examples from R
// random splits of them into halves: the mean of ((θ₁ − θ₂)/2)². θ₁ and θ₂ are of
// different examples, so the mean of a square is half of the variance at n/2
// examples, which is the variance at n where it falls as 1/n, and more where it
// falls faster. What the few label sets of each half add to it is taken off again,
// (s₁²/b₁ + s₂²/b₂)/4. Unlike the variance of the parts it has in it what a sample
// does to all its copies alike through the fit: more of one class, other weights.
func halvesVariance(splits []Halves) float64 {
	sum := 0.0
	for _, h := range splits {
		d := (h[0].value() - h[1].value()) / 2
		sum += d*d - (meanVariance(h[0].Sets)+meanVariance(h[1].Sets))/4
	}
	return sum / float64(len(splits))
}

// Growth is how a quantity changes with the number n of examples.
type Growth int

const (
	Steady  Growth = iota // it stays, as memorization by nearest neighbours, each copy having its own
	Rising                // it rises, as learning
	Falling               // it falls as columns per example do, as memorization by a fit of all examples
)

// WithHalves is the effect with what was found on halves of the examples. Half of the
// variance at n/2 examples is that at n where it goes as 1/n. Where the quantity
// itself changes with n, the halves are multiplied by a factor first.
//
// Two parts add up to that variance, and seldom go alike: what the examples have each
// on their own, of which Examples tell, and what a sample does to all its copies alike.
// The latter is seen where x = (variance by example)/(that by halves) is small; its
// share is taken as (0.8 − x)/0.5 within 0 and 1.
//
// A Rising quantity, learning, grows with n, and with it what a sample can spoil: with
// the common share the factor goes from 1 to estimate/(mean of the halves), within 1
// and 1.5. The variance by example remains the least, since a probe of nearly as many
// columns as half of the examples learns otherwise.
//
// A Falling one, memorization, falls with n, as columns per example do. What stays
// of its examples' own part is the variation relative to its size: the factor goes
// from r = estimate/(mean of the halves), within 0.4 and 1, to 1 with the common
// share, x being taken with the halves multiplied by r. The variance by example may be
// undercut by a half or, where that by halves is less, to 1.5 times the latter: a fit
// that shares a fixed number of columns among the examples makes the sum of what they
// recall vary less than each does.
//
// The numbers in these rules were chosen on samples of 250 images of MNIST and
// Fashion-MNIST, the data of docs/simulation.md, which says how often the intervals
// hold: of other data and sizes that is not known.
func (e Effect) WithHalves(halves []Halves, growth Growth) Effect {
	e.Halves, e.growth = halves, growth
	if len(halves) == 0 {
		return e
	}
	mean, factor := 0.0, 1.0
	for _, h := range halves {
		mean += (h[0].value() + h[1].value()) / 2 / float64(len(halves))
	}
	if mean > 0 {
		own, all := meanVariance(e.Examples), halvesVariance(halves)
		switch r := e.Estimate / mean; growth {
		case Falling:
			r = min(1, max(0.4, r))
			factor = math.Sqrt(r*r + (1-r*r)*commonShare(own, r*r*all))
		case Rising:
			factor = 1 + (min(1.5, max(1, r))-1)*commonShare(own, all)
		}
	}
	e.Halves = nil
	for _, h := range halves {
		e.Halves = append(e.Halves, Halves{h[0].times(factor), h[1].times(factor)})
	}
	return e
}

// commonShare is how much of a variance is of what all examples have in common, where
// own is the variance by example; see WithHalves.
func commonShare(own, all float64) float64 {
	if all <= 0 {
		return 0
	}
	return min(1, max(0, (0.8-own/all)/0.5))
}

// mostFreedom is the most degrees of freedom of a variance from splits of one sample:
// they are not independent. In docs/simulation.md 20 splits were worth about 8.
const mostFreedom = 8

// mostUndercut is how many times the halves' variance that of the examples may be
// before memorization's is no longer held to it.
const mostUndercut = 1.5

func (h Half) times(factor float64) Half {
	to := Half{Observed: factor * h.Observed}
	for _, v := range h.Sets {
		to.Sets = append(to.Sets, factor*v)
	}
	return to
}

// minusHalves is the difference of two effects on the same halves and label sets.
func minusHalves(a, b []Halves) ([]Halves, error) {
	if len(a) != len(b) {
		return nil, nil // the difference has the error by example
	}
	var all []Halves
	for r := range a {
		var d Halves
		for s := range d {
			x, y := a[r][s], b[r][s]
			if len(x.Sets) != len(y.Sets) {
				return nil, fmt.Errorf("difference: halves of %d and %d label sets; measure both cells with the same ones", len(x.Sets), len(y.Sets))
			}
			d[s] = Half{x.Observed - y.Observed, minus(x.Sets, y.Sets)}
		}
		all = append(all, d)
	}
	return all, nil
}
