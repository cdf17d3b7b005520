package perm

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// Tau of networks counted several times is KendallTau of them written down as often.
func TestTauOfResampleByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 20).Draw(t, "n")
		whole := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 9), func(v int) float64 { return float64(v) }), n, n)
		x, y := whole.Draw(t, "x"), whole.Draw(t, "y")
		times := rapid.SliceOfN(rapid.Int32Range(0, 4), n, n).Draw(t, "times")
		var xs, ys []float64
		for i := range x {
			if x[i] == 9 {
				x[i] = math.NaN() // not measured
				continue
			}
			for range times[i] {
				xs, ys = append(xs, x[i]), append(ys, y[i])
			}
		}
		want, err := KendallTau(xs, ys)
		if err != nil {
			want = 0 // no pair is ordered
		}
		if got := newTauPairs(x, y).tau(times); got != want {
			t.Fatalf("%v, written down %v", got, want)
		}
	})
}

// SciPy draws other resamples: 10,000 there and here leave a quantile of 2.5 % an
// error of about 0.004 each.
func TestBootstrapIsScipys(t *testing.T) {
	for _, c := range readKendall(t).Bootstrap {
		z := Zoo{Stratum: make([]string, len(c.X)), Gap: c.Y, Measures: [][]float64{c.X}}
		by, mean, err := z.Bootstrap(0, 10_000, 3)
		if err != nil {
			t.Fatal(err)
		}
		if by[0] != mean || mean.Estimate != must(KendallTau(c.X, c.Y)) {
			t.Errorf("one stratum: %v, mean %v", by, mean)
		}
		if math.Abs(mean.Low-c.Low) > 0.025 || math.Abs(mean.High-c.High) > 0.025 {
			t.Errorf("%v, scipy says %v to %v", mean, c.Low, c.High)
		}
	}
}

// The same seed gives the same numbers, for all measures the same networks, and a
// stratum does not notice the others.
func TestBootstrapDraws(t *testing.T) {
	z := normalZoo(seed.Stream(2, "zoo"), 2, 15, 0.5, 0)
	for i, v := range z.Measures[0] {
		z.Measures[1][i] = math.Exp(v) // the same order
	}
	by, mean, err := z.Bootstrap(0, 200, 4)
	again, meanAgain, _ := z.Bootstrap(0, 200, 4)
	other, _, _ := z.Bootstrap(1, 200, 4)
	if err != nil || !slices.Equal(by, again) || mean != meanAgain || !slices.Equal(by, other) {
		t.Errorf("%v, again %v, of the same order %v, error %v", by, again, other, err)
	}
	if _, changed, _ := z.Bootstrap(0, 200, 5); changed == mean {
		t.Errorf("another seed: %v", changed)
	}
	alone, _, err := z.of(seq(30)[15:]).Bootstrap(0, 200, 4)
	if err != nil || alone[0] != by[1] {
		t.Errorf("alone %v, beside another stratum %v, error %v", alone, by, err)
	}
	if mean.High-mean.Low >= by[0].High-by[0].Low {
		t.Errorf("mean %v is no surer than one stratum, %v", mean, by[0])
	}
}

func TestBootstrapLeavesStrataOut(t *testing.T) {
	z := normalZoo(seed.Stream(2, "zoo"), 2, 15, 0.5)
	for i := range 10 {
		z.Measures[0][i] = math.NaN()
	}
	by, mean, err := z.Bootstrap(0, 200, 4)
	if err != nil || !math.IsNaN(by[0].Estimate) || !math.IsNaN(by[0].Low) || !math.IsNaN(by[0].High) || by[1] != mean {
		t.Errorf("%v, mean %v, error %v", by, mean, err)
	}
}

// Of normal pairs tau is 2/π·asin ρ. In 400 zoos of two strata of 30 the share of
// intervals that hold it has standard error 0.011; 0.95 to 0.98 is found, so intervals
// of so few networks err on the wide side.
func TestBootstrapCovers(t *testing.T) {
	for _, rho := range []float64{0, 0.8} {
		tau, held, inStratum := 2/math.Pi*math.Asin(rho), 0, 0
		const zoos = 400
		for k := range zoos {
			z := normalZoo(seed.Stream(3, "zoo", k), 2, 30, rho)
			by, mean, err := z.Bootstrap(0, 200, uint64(k))
			if err != nil {
				t.Fatal(err)
			}
			if mean.Low <= tau && tau <= mean.High {
				held++
			}
			if by[0].Low <= tau && tau <= by[0].High {
				inStratum++
			}
		}
		t.Logf("ρ = %v: the mean %v, one stratum %v", rho, float64(held)/zoos, float64(inStratum)/zoos)
		for _, h := range []int{held, inStratum} {
			if share := float64(h) / zoos; share < 0.91 || share > 0.995 {
				t.Errorf("ρ = %v: intervals hold tau in %v", rho, share)
			}
		}
	}
}
