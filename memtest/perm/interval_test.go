package perm

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

func TestClopperPearsonAgainstSciPy(t *testing.T) {
	for _, g := range golden[[]struct {
		K, N                  int
		Confidence, Low, High float64
	}](t, "clopper_pearson") {
		tail := (1 - g.Confidence) / 2
		low, high := clopperLow(g.K, g.N, tail), clopperHigh(g.K, g.N, tail)
		if !near(low, g.Low, 1e-8) || !near(high, g.High, 1e-8) {
			t.Errorf("%d of %d at %v: %v..%v, SciPy says %v..%v", g.K, g.N, g.Confidence, low, high, g.Low, g.High)
		}
	}
}

// The interval covers: for true probabilities on a grid, the exact chance that a
// binomial count gives an interval which holds the probability.
func TestClopperPearsonCovers(t *testing.T) {
	for _, n := range []int{19, 99, 199} {
		low, high := make([]float64, n+1), make([]float64, n+1)
		for k := range low {
			low[k], high[k] = clopperLow(k, n, 0.025), clopperHigh(k, n, 0.025)
		}
		for p := 0.005; p < 1; p += 0.005 {
			binomial := distuv.Binomial{N: float64(n), P: p}
			var covered float64
			for k := range low {
				if low[k] <= p && p <= high[k] {
					covered += binomial.Prob(float64(k))
				}
			}
			if covered < 0.95-1e-9 {
				t.Errorf("n %d, p %.3f: coverage %v", n, p, covered)
			}
		}
	}
}

func TestSeedIntervalAgainstSciPy(t *testing.T) {
	for _, g := range golden[[]struct {
		Values                      []float64
		Confidence, Mean, Low, High float64
	}](t, "student") {
		i, err := SeedInterval(g.Values, g.Confidence)
		if err != nil {
			t.Fatal(err)
		}
		if !near(i.Estimate, g.Mean, 1e-12) || !near(i.Low, g.Low, 1e-9) || !near(i.High, g.High, 1e-9) {
			t.Errorf("%v: %+v, SciPy says %v (%v..%v)", g.Values, i, g.Mean, g.Low, g.High)
		}
	}
}

func TestIntervalErrors(t *testing.T) {
	for _, c := range []struct {
		values     []float64
		confidence float64
		want       string
	}{
		{[]float64{1, 2}, 1, "confidence: 1 is not between 0 and 1"},
		{[]float64{1, 2}, math.NaN(), "confidence: NaN is not between 0 and 1"},
		{[]float64{1}, 0, "interval over training seeds: 1 values; at least two seeds are needed"},
		{[]float64{1, math.NaN()}, 0, "interval over training seeds: value 1 is NaN; values must be finite"},
	} {
		if _, err := SeedInterval(c.values, c.confidence); err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}
