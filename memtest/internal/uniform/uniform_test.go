package uniform

import (
	"math"
	"testing"
)

// Values of scipy.stats.kstwobign.sf, SciPy 1.17.1.
func TestTailOfSciPy(t *testing.T) {
	for x, want := range map[float64]float64{
		0.4: 0.9971923267772983, 0.8: 0.5441424115741981, 1: 0.26999967167735456,
		1.358: 0.05002679733444698, 1.949: 0.0010037073145687607, 2.5: 7.453306344157342e-06,
	} {
		if got := tail(x); math.Abs(got-want) > 1e-9*want {
			t.Errorf("tail at %v: %v, SciPy says %v", x, got, want)
		}
	}
}

func TestKolmogorov(t *testing.T) {
	for _, c := range []struct {
		values   []float64
		distance float64
	}{
		{[]float64{0.5}, 0.5}, {[]float64{1}, 1}, {[]float64{0.9, 0.1, 0.5}, 1./3 - 0.1}, {[]float64{0, 0, 0, 0}, 1}, {[]float64{0.5, 0.5, 0.75}, 0.5},
	} {
		if got, _ := Kolmogorov(c.values); math.Abs(got-c.distance) > 1e-15 {
			t.Errorf("%v: distance %v, want %v", c.values, got, c.distance)
		}
	}
	// Stephens' table for any n: his modified distance exceeds 1.358 in 5 % of
	// cases, and 1.628 in 1 %.
	for _, n := range []int{20, 500} {
		for critical, want := range map[float64]float64{1.358: 0.05, 1.628: 0.01} {
			root := math.Sqrt(float64(n))
			shift := critical/(root+0.12+0.11/root) - 0.5/float64(n) // of an even grid
			values := make([]float64, n)
			for i := range values {
				values[i] = min(1, (float64(i)+0.5)/float64(n)+shift)
			}
			if _, p := Kolmogorov(values); math.Abs(p-want) > 1e-4 {
				t.Errorf("%d values at the critical distance: p %v, want %v", n, p, want)
			}
		}
	}
}

func TestShareAtMost(t *testing.T) {
	if got := ShareAtMost([]float64{0.05, 0.01, 0.050001, 1}, 0.05); got != 0.5 {
		t.Errorf("share %v, want a half", got)
	}
}
