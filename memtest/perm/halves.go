package perm

import (
	"fmt"

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

// WithHalves is the effect with what was found on halves of the examples.
//
// Of learning, relative is false: its variance falls about as 1/n, and the examples'
// own variance remains the least, since on half of the examples a probe whose columns
// are nearly as many learns otherwise.
//
// Of memorization, relative is true: it falls with n itself, as columns per example
// do, and its variance with it. What stays is its variation relative to its size, so
// the halves are multiplied by estimate/(their mean), within 0.4 and 1. The examples'
// own variance may then be undercut down to half: where a fit shares a fixed number of
// columns among the examples, the sum of what they recall varies less than each does.
func (e Effect) WithHalves(halves []Halves, relative bool) Effect {
	e.Halves, e.Least = halves, 1
	if len(halves) == 0 || !relative {
		return e
	}
	mean := 0.0
	for _, h := range halves {
		mean += (h[0].value() + h[1].value()) / 2 / float64(len(halves))
	}
	factor := 1.0
	if mean > 0 {
		factor = min(1, max(leastRatio, e.Estimate/mean))
	}
	e.Halves, e.Least = nil, 0.5
	for _, h := range halves {
		for s := range h {
			scaled := Half{Observed: factor * h[s].Observed}
			for _, v := range h[s].Sets {
				scaled.Sets = append(scaled.Sets, factor*v)
			}
			h[s] = scaled
		}
		e.Halves = append(e.Halves, h)
	}
	return e
}

// leastRatio is the least that memorization can fall to with twice the examples and
// still count as falling with them, beyond 1/2.
const leastRatio = 0.4

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
