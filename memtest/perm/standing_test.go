package perm

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

func TestStand(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      Standing
	}{
		{0.01, 0.2, More}, {0.01, 0.02, More}, {-0.2, -0.01, Less}, {-0.02, -0.01, Less},
		{-0.04, 0.04, Same}, {0, 0.04, Same}, {-0.04, 0, Same}, {0, 0, Same},
		{-0.05, 0.01, NotShown}, {-0.01, 0.05, NotShown}, {-0.3, 0.3, NotShown},
	} {
		if got := Stand(Interval{(c.low + c.high) / 2, c.low, c.high}, 0.05); got != c.want {
			t.Errorf("%v to %v: %d, want %d", c.low, c.high, got, c.want)
		}
	}
}

// Twelve sentences of one page, none of whose differences is there: at most 5 % of
// pages say more or less of any. And of differences as large as the margin at most
// 5 % of pages call any the same.
func TestStandingsHoldTogether(t *testing.T) {
	const pages, sentences, margin = 4000, 12, 0.05
	r := rand.New(rand.NewPCG(1, 2))
	z := distuv.UnitNormal.Quantile(1 - (1-Simultaneous(0.05, sentences))/2)
	wrong := func(truth, se float64, is func(Standing) bool) float64 {
		n := 0
		for range pages {
			said := false
			for range sentences {
				d := truth + se*r.NormFloat64()
				said = said || is(Stand(Interval{d, d - z*se, d + z*se}, margin))
			}
			if said {
				n++
			}
		}
		return float64(n) / pages
	}
	if got := wrong(0, 0.02, func(s Standing) bool { return s == More || s == Less }); got > 0.06 || got < 0.03 {
		t.Errorf("%.3f of pages find a difference where there is none, want about 0.05", got)
	}
	for _, se := range []float64{0.002, 0.01, 0.02} {
		if got := wrong(margin, se, func(s Standing) bool { return s == Same }); got > 0.05 {
			t.Errorf("standard error %g: %.3f of pages call a difference of the margin the same", se, got)
		}
	}
}

// A standing is written as a word and read again.
func TestStandingText(t *testing.T) {
	for _, s := range []Standing{NotShown, More, Less, Same} {
		text, err := s.MarshalText()
		var back Standing
		if err != nil || back.UnmarshalText(text) != nil || back != s {
			t.Errorf("%d is written %q and read as %d", s, text, back)
		}
	}
	var s Standing
	if err := s.UnmarshalText([]byte("alike")); err == nil {
		t.Errorf("alike is read as %d", s)
	}
}
