package perm

import (
	"math"
	"math/rand/v2"
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

// Over images, seeds and both: the interval holds the true mean as often as it says.
// The images' error is shared by all seeds, each seed adds its own.
func TestOverSeedsAndImages(t *testing.T) {
	const rounds = 4000
	r := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct {
		seeds               int
		image, seed         float64
		least, most, length float64 // coverage; mean length beside what a known spread needs
	}{
		{1, 0.02, 0, 0.94, 0.96, 1.01},
		{2, 0.02, 0.005, 0.94, 0.97, 1.3},
		{5, 0.02, 0.02, 0.94, 0.965, 1.1},
		{5, 0.001, 0.02, 0.93, 0.965, 1.45}, // t with four degrees of freedom is 2.78/1.96 as wide
	} {
		held, length := 0, 0.0
		for range rounds {
			shared := c.image * r.NormFloat64()
			var estimates, ses []float64
			for range c.seeds {
				estimates, ses = append(estimates, shared+c.seed*r.NormFloat64()), append(ses, c.image)
			}
			i := OverSeedsAndImages(estimates, ses, 0.95)
			if i.Low <= 0 && 0 <= i.High {
				held++
			}
			length += (i.High - i.Low) / rounds
		}
		needed := 2 * 1.96 * math.Sqrt(c.image*c.image+c.seed*c.seed/float64(c.seeds))
		if share := float64(held) / rounds; share < c.least || share > c.most || length/needed > c.length {
			t.Errorf("%+v: covers %.3f, %.2f times as long as needed", c, share, length/needed)
		}
	}
	if i := OverSeedsAndImages(nil, nil, 0); !math.IsNaN(i.Estimate) {
		t.Errorf("of nothing: %v", i)
	}
}
