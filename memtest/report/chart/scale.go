package chart

import (
	"math"

	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// scale is an axis that is laid out.
type scale struct {
	label      string
	min, max   float64
	ticks      []float64 // nil = the plot library's choice
	labels     []string  // of the ticks; nil = made from the values
	log, log1p bool
	names      []string             // of the values 0, 1, 2 …; nil = numbers
	write      func(float64) string // in words and tables; nil = all digits
}

func (a Axis) scale() scale { return scale{label: word.Plain(a.Label), log: a.Log, log1p: a.Log1p} }

// name is a value of the axis in words and tables.
func (s scale) name(v float64) string {
	switch {
	case s.names != nil:
		return s.names[int(v)]
	case s.write != nil:
		return number.Typeset(s.write(v))
	}
	return number.Value(v)
}

// flat maps a value to its place on the axis, and unflat back.
func (a Axis) flat(v float64) float64 {
	switch {
	case a.Log:
		return math.Log(v)
	case a.Log1p:
		return math.Log1p(v)
	}
	return v
}

func (a Axis) unflat(v float64) float64 {
	switch {
	case a.Log:
		return math.Exp(v)
	case a.Log1p:
		return math.Max(math.Expm1(v), -0.5) // as log1pScale has it
	}
	return v
}

// even is the scale with its values mapped so that they are evenly spaced; ticks
// keep the labels of what they stand for.
func (s scale) even() scale {
	s.labels = s.tickLabels()
	ends := s.places([]float64{s.min, s.max})
	s.min, s.max = ends[0], ends[1]
	s.ticks = s.places(s.ticks)
	s.log, s.log1p = false, false
	return s
}

// places are the places of values on the axis.
func (s scale) places(values []float64) []float64 {
	if !s.log && !s.log1p || values == nil {
		return values
	}
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = Axis{Log: s.log, Log1p: s.log1p}.flat(v)
	}
	return out
}

// tickLabels are the scale's own; nil where evenly spaced numbers say it.
func (s scale) tickLabels() []string {
	if s.names != nil || !s.log && !s.log1p && max(s.max, -s.min) < 1e4 {
		return nil
	}
	var all []string
	for _, v := range s.ticks {
		all = append(all, number.Tick(v))
	}
	return all
}
