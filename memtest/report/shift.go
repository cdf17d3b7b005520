package report

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// shifted draws a plotter sideways of its place.
type shifted struct {
	plotter plot.Plotter
	by      vg.Length
}

func (s shifted) Plot(c draw.Canvas, p *plot.Plot) {
	c.Min.X += s.by
	c.Max.X += s.by
	s.plotter.Plot(c, p)
}

// shifts are how far the series are moved sideways on an X axis of this length:
// so far that whiskers stand side by side, and never near a neighbouring tick.
func (p panel) shifts(x plot.Axis, length vg.Length) []vg.Length {
	by := make([]vg.Length, len(p.series))
	if !p.apart {
		return by
	}
	n := 0
	for _, s := range p.series {
		if !s.reference {
			n++
		}
	}
	gap := vg.Length(math.Inf(1))
	for i := 1; i < len(p.x.ticks); i++ {
		gap = min(gap, vg.Length(x.Norm(p.x.ticks[i])-x.Norm(p.x.ticks[i-1]))*length)
	}
	most := vg.Length(4.0)
	if p.x.names != nil {
		most = 9
	}
	step := min(most, 0.6*gap/vg.Length(n))
	k := 0
	for i, s := range p.series {
		if !s.reference {
			by[i] = (vg.Length(k) - vg.Length(n-1)/2) * step
			k++
		}
	}
	return by
}
