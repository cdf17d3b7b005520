package nn

import (
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/pkg/core/graph"
)

// Optimizer says how weights follow their gradients. Its zero value is Adam at
// its usual settings.
type Optimizer struct {
	Kind     string  `yaml:"kind"`               // adam (the default), adamw, sgd
	Rate     float64 `yaml:"rate,omitempty"`     // learning rate; 0 = 0.001 for adam and adamw, 0.05 for sgd
	Momentum float64 `yaml:"momentum,omitempty"` // sgd; 0 = 0.9, negative = none
	Decay    float64 `yaml:"decay,omitempty"`    // weight decay: L2 for adam and sgd, decoupled for adamw
}

const (
	adamBeta1 = 0.9
	adamBeta2 = 0.999
	adamEps   = 1e-8
)

func (o Optimizer) withDefaults() (Optimizer, error) {
	switch o.Kind {
	case "":
		o.Kind = "adam"
	case "adam", "adamw", "sgd":
	default:
		return o, fmt.Errorf("optimizer: kind: %q is not known; known are adam, adamw and sgd", o.Kind)
	}
	if o.Rate < 0 || o.Decay < 0 || math.IsNaN(o.Rate+o.Decay+o.Momentum) || o.Momentum >= 1 {
		return o, fmt.Errorf("optimizer: rate %v and decay %v must not be negative and momentum %v must be below 1", o.Rate, o.Decay, o.Momentum)
	}
	if o.Rate == 0 {
		o.Rate = 0.001
		if o.Kind == "sgd" {
			o.Rate = 0.05
		}
	}
	if o.Momentum == 0 {
		o.Momentum = 0.9
	}
	o.Momentum = max(o.Momentum, 0)
	return o, nil
}

// slots is the number of state arrays that each array of weights has.
func (o Optimizer) slots() int {
	if o.Kind == "sgd" {
		return 1
	}
	return 2
}

// scalars are the numbers that change from step to step (step = 1, 2, …): the
// learning rate, scaled by the schedule, and the two bias corrections of Adam
// (Kingma and Ba 2015).
func (o Optimizer) scalars(step int, scale float64) []float32 {
	t := float64(step)
	return []float32{
		float32(o.Rate * scale),
		float32(1 / (1 - math.Pow(adamBeta1, t))),
		float32(1 / (1 - math.Pow(adamBeta2, t))),
	}
}

// update builds the graph of one step: weights, gradients and state in, weights
// and state out. scalars [3] are those of the method of that name.
func (o Optimizer) update(ps []param, weights, grads, state []*Node, scalars *Node) (newWeights, newState []*Node) {
	g := scalars.Graph()
	scalar := func(i int) *Node { return Reshape(Slice(scalars, AxisRange(i, i+1))) }
	rate, fix1, fix2 := scalar(0), scalar(1), scalar(2)
	num := func(v float64) *Node { return Scalar(g, scalars.DType(), v) }
	n := len(weights)
	newState = make([]*Node, len(state))
	for i, w := range weights {
		grad := grads[i]
		if o.Decay > 0 && ps[i].decays() {
			if o.Kind == "adamw" {
				w = Sub(w, Mul(w, Mul(rate, num(o.Decay))))
			} else {
				grad = Add(grad, Mul(w, num(o.Decay)))
			}
		}
		step := grad
		if o.Kind == "sgd" {
			step = Add(Mul(state[i], num(o.Momentum)), grad)
			newState[i] = step
		} else {
			m := Add(Mul(state[i], num(adamBeta1)), Mul(grad, num(1-adamBeta1)))
			v := Add(Mul(state[n+i], num(adamBeta2)), Mul(Mul(grad, grad), num(1-adamBeta2)))
			newState[i], newState[n+i] = m, v
			step = Div(Mul(m, fix1), Add(Sqrt(Mul(v, fix2)), num(adamEps)))
		}
		newWeights = append(newWeights, Sub(w, Mul(step, rate)))
	}
	return newWeights, newState
}
