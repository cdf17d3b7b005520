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

// WithHalves is the effect with what was found on halves of the examples. Half of the
// variance at n/2 examples is that at n where it goes as 1/n. Where the quantity
// itself changes with n, the halves are multiplied by a factor first.
//
// Learning (relative is false) grows with n, and with it what a sample can spoil: the
// factor is estimate/(mean of the halves), within 1 and 1.5. The examples' own
// variance remains the least, since a probe of nearly as many columns as half of the
// examples learns otherwise.
//
// Memorization (relative is true) falls with n, as columns per example do. Of the
// part of its variance that the examples themselves have, what stays is the variation
// relative to its size, the factor being r = estimate/(mean of the halves), within
// 0.4 and 1; the part of what a sample does to all copies alike goes as 1/n. Which of
// them it is, is seen from x = (examples' variance)/(r²·halves' variance): from 1 on
// the first, up to 0.3 the second, between them their mixture. The examples' variance
// may be undercut by a half or, where the halves' is less than that, to 1.5 times it:
// a fit that shares a fixed number of columns among the examples makes the sum of
// what they recall vary less than each does.
//
// These rules were found on half of the samples of docs/simulation.md and hold on it.
func (e Effect) WithHalves(halves []Halves, relative bool) Effect {
	e.Halves, e.relative = halves, relative
	if len(halves) == 0 {
		return e
	}
	mean, factor := 0.0, 1.0
	for _, h := range halves {
		mean += (h[0].value() + h[1].value()) / 2 / float64(len(halves))
	}
	switch {
	case mean <= 0:
	case relative:
		r := min(1, max(0.4, e.Estimate/mean))
		factor = r
		if v := r * r * halvesVariance(halves); v > 0 {
			common := min(1, max(0, (1-meanVariance(e.Examples)/v)/0.7))
			factor = math.Sqrt(r*r + (1-r*r)*common)
		}
	default:
		factor = min(1.5, max(1, e.Estimate/mean))
	}
	e.Halves = nil
	for _, h := range halves {
		e.Halves = append(e.Halves, Halves{h[0].times(factor), h[1].times(factor)})
	}
	return e
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
		return nil, fmt.Errorf("difference: %d and %d splits into halves; measure both cells with as many", len(a), len(b))
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
