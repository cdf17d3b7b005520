package perm

import (
	"math"
	"testing"
)

// By hand: √(0.1·0.9/1000) = 0.0094868, three of which are 0.0284605.
func TestAtChance(t *testing.T) {
	for _, c := range []struct {
		accuracy, chance float64
		n                int
		want             bool
	}{
		{0.1284, 0.1, 1000, true}, {0.1285, 0.1, 1000, false}, {0.02, 0.1, 1000, true},
		{0.65, 0.5, 100, false}, {0.6499, 0.5, 100, true}, // 3·√(0.25/100) = 0.15
		{0.5, -2.3, 100, false}, // a mean log probability
	} {
		if got := AtChance(c.accuracy, c.chance, c.n); got != c.want {
			t.Errorf("%g where chance is %g of %d: %t", c.accuracy, c.chance, c.n, got)
		}
	}
}

func TestNullBand(t *testing.T) {
	// Of 199 values 1/1000, 2/1000 … in any order, 0.025·199 = 4.975 makes the fifth
	// the lower end and 0.975·199 = 194.025 the 195th the upper one.
	var values []float64
	for b := range 199 {
		values = append(values, float64(1+b*7%199)/1000)
	}
	first := values[0]
	if got := NullBand(values, 0.1, 0.05); got != (Interval{0.1, 0.005, 0.195}) {
		t.Errorf("%+v", got)
	}
	if values[0] != first || values[1] != 0.008 {
		t.Error("the values were sorted in place")
	}
	if got := NullBand(nil, 0.3, 0.1); math.Abs(got.Low-0.104) > 1e-15 || math.Abs(got.High-0.496) > 1e-15 || got.Estimate != 0.3 {
		t.Errorf("without values %+v", got)
	}
	if got := NullBand(nil, 0.5, 0.9); got != (Interval{0.5, 0, 1}) {
		t.Errorf("wider than all shares: %+v", got)
	}
}
