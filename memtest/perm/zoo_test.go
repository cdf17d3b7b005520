package perm

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// normalZoo is strata of n networks each, of which the measures are standard normal
// and have correlation rho[m] with the gap; measures of rho 0 move together.
func normalZoo(r *rand.Rand, strata, n int, rho ...float64) Zoo {
	z := Zoo{Measures: make([][]float64, len(rho))}
	for s := range strata {
		for range n {
			gap, common := r.NormFloat64(), r.NormFloat64()
			z.Stratum, z.Gap = append(z.Stratum, string(rune('a'+s))), append(z.Gap, gap)
			for m, p := range rho {
				own := (common + r.NormFloat64()) / math.Sqrt2
				z.Measures[m] = append(z.Measures[m], p*gap+math.Sqrt(1-p*p)*own)
			}
		}
	}
	return z
}

// goldenZoos are the zoos of testdata/kendall.json.
func goldenZoos(g kendallGolden) []Zoo {
	var zoos []Zoo
	for _, c := range g.Zoos {
		z := Zoo{Stratum: c.Stratum, Gap: c.Gap, Factors: c.Factors}
		for _, m := range c.Measures {
			z.Measures = append(z.Measures, orNaN(m))
		}
		zoos = append(zoos, z)
	}
	return zoos
}

func sameOrNaN(a, b, tolerance float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= tolerance
}

func TestTausAreScipys(t *testing.T) {
	g := readKendall(t)
	for k, z := range goldenZoos(g) {
		for m, want := range g.Zoos[k].Found {
			by, mean, err := z.Taus(m)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(by, orNaN(want.Taus), func(a, b float64) bool { return sameOrNaN(a, b, 1e-14) }) || !sameOrNaN(mean, want.Tau, 1e-14) {
				t.Errorf("zoo %d, measure %d: %v, mean %v; scipy says %v, %v", k, m, by, mean, orNaN(want.Taus), want.Tau)
			}
		}
	}
}

// A stratum of 9 measured networks, one where the measure does not vary and one where
// the gap does not are left out; with all of them out the mean is not known.
func TestTausLeaveStrataOut(t *testing.T) {
	z := normalZoo(seed.Stream(1, "zoo"), 4, 12, 0.8)
	for i := range z.Gap {
		switch {
		case i < 3:
			z.Measures[0][i] = math.NaN()
		case i >= 12 && i < 24:
			z.Measures[0][i] = 5
		case i >= 24 && i < 36:
			z.Gap[i] = 0.25
		}
	}
	by, mean, err := z.Taus(0)
	want := must(KendallTau(z.Measures[0][36:], z.Gap[36:]))
	if err != nil || !math.IsNaN(by[0]) || !math.IsNaN(by[1]) || !math.IsNaN(by[2]) || by[3] != want || mean != want {
		t.Errorf("%v, mean %v, error %v; want %v", by, mean, err, want)
	}
	if !slices.Equal(z.Strata(), []string{"a", "b", "c", "d"}) {
		t.Errorf("strata %v", z.Strata())
	}
	z.Measures[0][2] = 0.5 // the tenth
	if by, _, _ := z.Taus(0); math.IsNaN(by[0]) {
		t.Errorf("10 networks: %v", by)
	}
	for i := range z.Gap {
		z.Measures[0][i] = 1
	}
	if _, mean, err := z.Taus(0); err != nil || !math.IsNaN(mean) {
		t.Errorf("a measure that does not vary: mean %v, error %v", mean, err)
	}
}

func TestZooErrors(t *testing.T) {
	good := func() Zoo { return normalZoo(seed.Stream(1, "zoo"), 2, 12, 0.8, 0) }
	for _, c := range []struct {
		want string
		do   func(z *Zoo)
	}{
		{"zoo: 0 networks and 2 measures", func(z *Zoo) { z.Gap = nil }},
		{"zoo: 24 networks and 0 measures", func(z *Zoo) { z.Measures = nil }},
		{"zoo: strata of 23 networks but gaps of 24", func(z *Zoo) { z.Stratum = z.Stratum[1:] }},
		{"zoo: measure 1 has 3 values for 24 networks; give NaN", func(z *Zoo) { z.Measures[1] = z.Measures[1][:3] }},
		{"zoo: factor 0 has 1 levels for 24 networks", func(z *Zoo) { z.Factors = [][]string{{"a"}} }},
		{"zoo: gap of network 5 is NaN", func(z *Zoo) { z.Gap[5] = math.NaN() }},
		{"zoo: gap of network 5 is +Inf", func(z *Zoo) { z.Gap[5] = math.Inf(1) }},
		{`zoo: stratum "alone" has 1 networks; leave out`, func(z *Zoo) { z.Stratum[7] = "alone" }},
	} {
		z := good()
		c.do(&z)
		_, _, taus := z.Taus(0)
		_, _, boot := z.Bootstrap(0, 100, 1)
		_, _, adjusted := z.Adjusted(99, 1)
		_, _, information := z.ConditionalMutualInformation(0)
		_, halves := z.Halves(1)
		for _, err := range []error{z.Check(), taus, boot, adjusted, information, halves} {
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
		}
	}
	z := good()
	for _, m := range []int{-1, 2} {
		_, _, taus := z.Taus(m)
		_, _, boot := z.Bootstrap(m, 100, 1)
		_, _, information := z.ConditionalMutualInformation(m)
		for _, err := range []error{taus, boot, information} {
			if err == nil || !strings.HasSuffix(err.Error(), "is none of 0..1") {
				t.Errorf("measure %d: error %v", m, err)
			}
		}
	}
	for m := range z.Measures {
		for i := range z.Gap {
			z.Measures[m][i] = math.NaN()
		}
	}
	_, _, boot := z.Bootstrap(0, 100, 1)
	_, _, adjusted := z.Adjusted(99, 1)
	_, _, information := z.ConditionalMutualInformation(0)
	_, halves := z.Halves(1)
	for _, err := range []error{boot, adjusted, information, halves} {
		if err == nil || !strings.Contains(err.Error(), "10 or more networks") {
			t.Errorf("nothing measured: error %v", err)
		}
	}
	if _, _, err := good().Bootstrap(0, 79, 1); err == nil || !strings.HasPrefix(err.Error(), "zoo: 79 resamples") {
		t.Errorf("error %v", err)
	}
	if _, _, err := good().Adjusted(18, 1); err == nil || !strings.HasPrefix(err.Error(), "zoo: 18 permutations") {
		t.Errorf("error %v", err)
	}
}
