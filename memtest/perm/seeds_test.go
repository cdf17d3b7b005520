package perm

import (
	"math"
	"testing"
)

// Quantiles of Student's t from a printed table, to its five decimals.
func TestOverSeeds(t *testing.T) {
	for _, c := range []struct {
		values          []float64
		mean, low, high float64
	}{
		{[]float64{0.4}, 0.4, 0.4, 0.4},
		{[]float64{0.6, 0.4}, 0.5, 0.4, 0.6},
		// s = 0.1, t(0.975; 2) = 4.30265
		{[]float64{0.4, 0.5, 0.6}, 0.5, 0.5 - 4.30265*0.1/math.Sqrt(3), 0.5 + 4.30265*0.1/math.Sqrt(3)},
		// s² = (4 + 1 + 0 + 1 + 4)/4 = 2.5, t(0.975; 4) = 2.77645
		{[]float64{1, 2, 3, 4, 5}, 3, 3 - 2.77645*math.Sqrt(2.5/5), 3 + 2.77645*math.Sqrt(2.5/5)},
		{[]float64{0.5, 0.5, 0.5}, 0.5, 0.5, 0.5},
	} {
		i := OverSeeds(c.values)
		if math.Abs(i.Estimate-c.mean) > 1e-15 || math.Abs(i.Low-c.low) > 1e-5 || math.Abs(i.High-c.high) > 1e-5 {
			t.Errorf("%v: %+v, want %g (%g..%g)", c.values, i, c.mean, c.low, c.high)
		}
	}
	values := []float64{0.2, 0.3, 0.25, 0.41, 0.18}
	if i, want := OverSeeds(values), must(SeedInterval(values, 0)); i != want {
		t.Errorf("of five seeds %+v, the interval is %+v", i, want)
	}
	if i := OverSeeds(nil); !math.IsNaN(i.Estimate) || !math.IsNaN(i.Low) || !math.IsNaN(i.High) {
		t.Errorf("of nothing %+v", i)
	}
}

func TestLargestP(t *testing.T) {
	for _, c := range []struct {
		p    []float64
		want float64
	}{{nil, 0}, {[]float64{0.02}, 0.02}, {[]float64{0.005, 0.3, 0.01}, 0.3}} {
		if got := LargestP(c.p); got != c.want {
			t.Errorf("of %v %g, want %g", c.p, got, c.want)
		}
	}
}
