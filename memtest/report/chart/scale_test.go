package chart

import (
	"math"
	"testing"
)

func TestScalesOfY(t *testing.T) {
	at := func(v float64) *float64 { return &v }
	y := func(values ...float64) Panel {
		x := make([]float64, len(values))
		for i := range x {
			x[i] = float64(i)
		}
		return Panel{Series: []Line{{Name: "a", X: x, Y: values}}}
	}
	for name, c := range map[string]struct {
		panel    Panel
		min, max float64
	}{
		"shares from near 0":    {y(0.1, 0.9), 0, 0.936},
		"shares end at 1":       {y(0.1, 0.99), 0, 1},
		"far from 0":            {y(100, 110), 99.6, 110.4},
		"both signs":            {y(-0.5, 0.5), -0.54, 0.54},
		"correlations":          {y(-0.99, 0.99), -1, 1},
		"below 0":               {y(-3, -1), -3.12, 0},
		"one value":             {y(5), 0, 5.2},
		"one value below 0":     {y(-5, -5), -5.2, 0},
		"nothing but 0":         {y(0, 0), 0, 1},
		"logarithmic, one":      {func() Panel { p := y(math.E); p.Y.Log = true; return p }(), math.Exp(0.46), math.Exp(1.54)},
		"fixed":                 {func() Panel { p := y(1, 2); p.Y.Min, p.Y.Max = at(-1), at(7); return p }(), -1, 7},
		"fixed beyond the data": {func() Panel { p := y(1, 2); p.Y.Min = at(9); return p }(), 9, 10},
	} {
		a := c.panel.freeY()
		if math.Abs(a.min-c.min) > 1e-9 || math.Abs(a.max-c.max) > 1e-9 {
			t.Errorf("%s: from %g to %g, want %g to %g", name, a.min, a.max, c.min, c.max)
		}
		if len(a.ticks) < 2 && name != "logarithmic, one" || len(a.ticks) > 10 || len(within(a.ticks, a.min, a.max)) != len(a.ticks) {
			t.Errorf("%s: ticks %g", name, a.ticks)
		}
	}
}

// An X axis with ticks of its own ends with them; its Y holds 0, and panels of a
// group have one scale of it.
func TestScalesWithTicks(t *testing.T) {
	panel := func(group string, y ...float64) Panel {
		return Panel{Group: group, X: Axis{Ticks: []float64{0, 1, 5}, Log1p: true}, Series: []Line{{Name: "a", X: []float64{0, 1, 5}, Y: y}}}
	}
	f := Figure{Name: "f", Panels: []Panel{panel("a", 0.2, 0.4, 0.6), panel("a", -0.1, 0, 0.3), panel("", 0.2, 0.4, 0.9)}}
	d, err := f.layout()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct{ low, high float64 }{{-0.1, 0.6}, {-0.1, 0.6}, {0, 0.9}} {
		l := d.panels[i]
		if l.x.min != 0 || l.x.max != 5 || math.Abs(l.y.min-want.low) > 1e-9 || math.Abs(l.y.max-want.high) > 1e-9 {
			t.Errorf("panel %d: X from %g to %g, Y from %g to %g, want %+v", i, l.x.min, l.x.max, l.y.min, l.y.max, want)
		}
	}
	if one := (Axis{Ticks: []float64{3}}).tightX(); one.min != 2.5 || one.max != 3.5 {
		t.Errorf("one tick: from %g to %g", one.min, one.max)
	}
}
