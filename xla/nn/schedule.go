package nn

import (
	"fmt"
	"math"
)

// Schedule says how the learning rate changes over training. Its zero value
// keeps it constant.
type Schedule struct {
	Kind   string  `yaml:"kind,omitempty"`   // constant (the default), step, cosine (to zero at the end)
	Warmup int     `yaml:"warmup,omitempty"` // epochs over which the rate grows linearly at first
	Every  int     `yaml:"every,omitempty"`  // step: epochs between two drops; 0 = a third of the epochs, rounded up
	Factor float64 `yaml:"factor,omitempty"` // step: what a drop multiplies the rate by; 0 = 0.1
}

func (s Schedule) withDefaults(epochs int) (Schedule, error) {
	switch s.Kind {
	case "":
		s.Kind = "constant"
	case "constant", "step", "cosine":
	default:
		return s, fmt.Errorf("schedule: kind: %q is not known; known are constant, step and cosine", s.Kind)
	}
	if s.Kind != "step" && (s.Every != 0 || s.Factor != 0) {
		return s, fmt.Errorf("schedule: every and factor belong to the kind step, not to %s", s.Kind)
	}
	if s.Warmup < 0 || s.Warmup > epochs {
		return s, fmt.Errorf("schedule: warmup: %d epochs lie outside 0..%d", s.Warmup, epochs)
	}
	if s.Every < 0 {
		return s, fmt.Errorf("schedule: every: %d must not be negative", s.Every)
	}
	if s.Factor < 0 || s.Factor > 1 || math.IsNaN(s.Factor) {
		return s, fmt.Errorf("schedule: factor: %v is outside 0..1", s.Factor)
	}
	if s.Kind == "step" && s.Every == 0 {
		s.Every = max(1, (epochs+2)/3)
	}
	if s.Kind == "step" && s.Factor == 0 {
		s.Factor = 0.1
	}
	return s, nil
}

// scale is what multiplies the learning rate at step 1, 2, … of a training with
// so many epochs of so many steps.
func (s Schedule) scale(step, epochs, steps int) float64 {
	warm := s.Warmup * steps
	if step <= warm {
		return float64(step) / float64(warm)
	}
	switch s.Kind {
	case "step":
		epoch := (step - 1) / steps // from 0
		return math.Pow(s.Factor, float64(epoch/s.Every))
	case "cosine":
		return (1 + math.Cos(math.Pi*float64(step-1-warm)/float64(epochs*steps-warm))) / 2
	}
	return 1
}
