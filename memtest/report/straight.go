package report

import "slices"

// straight is a plot's panel with its logarithmic axes made even: values are
// mapped, and ticks keep the labels of what they stand for. The plot library
// would put the name of a logarithmic axis out of its middle.
func (p panel) straight() panel {
	p.x.labels, p.y.labels = p.x.tickLabels(), p.y.tickLabels()
	p.series = slices.Clone(p.series)
	for i := range p.series {
		s := &p.series[i]
		s.x = p.x.straight(s.x)
		s.y, s.low, s.high = p.y.straight(s.y), p.y.straight(s.low), p.y.straight(s.high)
	}
	for _, a := range []*axis{&p.x, &p.y} {
		ends := a.straight([]float64{a.min, a.max})
		a.min, a.max = ends[0], ends[1]
		a.ticks = a.straight(a.ticks)
		a.log, a.log1p = false, false
	}
	return p
}

func (a axis) straight(values []float64) []float64 {
	if !a.log && !a.log1p || values == nil {
		return values
	}
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = PlotAxis{Log: a.log, Log1p: a.log1p}.flat(v)
	}
	return out
}

// tickLabels are the axis's own; nil where evenly spaced numbers say it.
func (a axis) tickLabels() []string {
	if a.names != nil || !a.log && !a.log1p && max(a.max, -a.min) < 1e4 {
		return nil
	}
	var all []string
	for _, v := range a.ticks {
		all = append(all, tickLabel(v))
	}
	return all
}
