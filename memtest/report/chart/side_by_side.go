package chart

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// aside draws a plotter sideways of its place.
type aside struct {
	plotter plot.Plotter
	by      vg.Length
}

// Plot draws the plotter on a canvas moved aside.
func (s aside) Plot(c draw.Canvas, p *plot.Plot) {
	c.Min.X += s.by
	c.Max.X += s.by
	s.plotter.Plot(c, p)
}

// asides are how far the lines are moved sideways on an X axis of this length:
// so far that whiskers stand side by side, and never near a neighbouring tick.
// References stay.
func (l layout) asides(x plot.Axis, length vg.Length) []vg.Length {
	by := make([]vg.Length, len(l.lines))
	if !l.apart {
		return by
	}
	n := 0
	for _, s := range l.lines {
		if !s.reference {
			n++
		}
	}
	gap := vg.Length(math.Inf(1))
	for i := 1; i < len(l.x.ticks); i++ {
		gap = min(gap, vg.Length(x.Norm(l.x.ticks[i])-x.Norm(l.x.ticks[i-1]))*length)
	}
	most := vg.Length(4.0)
	if l.x.names != nil {
		most = 9
	}
	step := min(most, 0.6*gap/vg.Length(n))
	k := 0
	for i, s := range l.lines {
		if !s.reference {
			by[i] = (vg.Length(k) - vg.Length(n-1)/2) * step
			k++
		}
	}
	return by
}
