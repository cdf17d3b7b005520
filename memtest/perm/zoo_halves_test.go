package perm

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

func TestSplitIsOfEachStratum(t *testing.T) {
	z := normalZoo(seed.Stream(10, "zoo"), 3, 21, 0)
	for i := range z.Gap { // strata one network after the other, gaps as names
		z.Stratum[i], z.Gap[i] = string(rune('c'-i%3)), float64(i)
	}
	z.Factors = [][]string{slices.Clone(z.Stratum)}
	halves := z.split(1)
	if all := slices.Sorted(slices.Values(slices.Concat(halves[0].Gap, halves[1].Gap))); !slices.Equal(all, z.Gap) {
		t.Errorf("together %v", all)
	}
	for h, half := range halves {
		if !slices.Equal(half.Strata(), z.Strata()) || !slices.Equal(half.Factors[0], half.Stratum) {
			t.Errorf("half %d: strata %v, factors %v", h, half.Strata(), half.Factors)
		}
		for _, s := range half.strata() {
			if len(s.networks) != 10+h {
				t.Errorf("half %d has %d networks of stratum %s", h, len(s.networks), s.name)
			}
		}
		for i, name := range half.Gap {
			if at := int(name); half.Measures[0][i] != z.Measures[0][at] || half.Stratum[i] != z.Stratum[at] {
				t.Errorf("half %d: network %d has another's values", h, at)
			}
		}
	}
	if other := z.split(2); slices.Equal(other[0].Gap, halves[0].Gap) {
		t.Error("another seed gives the same halves")
	}
}

func TestHalvesFindWhatIsPlanted(t *testing.T) {
	z := normalZoo(seed.Stream(11, "zoo"), 2, 60, 0, 0, -0.8, 0)
	found, err := z.Halves(3)
	again, _ := z.Halves(3)
	if err != nil || found != again {
		t.Fatalf("%v, again %v, error %v", found, again, err)
	}
	halves := z.split(3)
	for h, c := range found {
		_, chosen, _ := halves[h].Taus(2)
		_, confirmed, _ := halves[1-h].Bootstrap(2, 2000, 3)
		if c.Measure != 2 || c.Chosen != chosen || c.Confirmed != confirmed || c.Confirmed.High >= -0.3 {
			t.Errorf("direction %d: %v, want %v, %v", h, c, chosen, confirmed)
		}
	}
}

// Of 20 measures that have nothing to do with the gap the chosen one looks as if it
// had; the other half's interval holds 0 about as often as it says: of 200 the
// standard error is 0.015.
func TestHalvesDoNotFlatter(t *testing.T) {
	const zoos = 100
	chosen, held := 0.0, 0
	for k := range zoos {
		found, err := normalZoo(seed.Stream(12, "zoo", k), 1, 40, make([]float64, 20)...).Halves(uint64(k))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range found {
			chosen += math.Abs(c.Chosen) / (2 * zoos)
			if c.Confirmed.Low <= 0 && c.Confirmed.High >= 0 {
				held++
			}
		}
	}
	t.Logf("chosen at |tau| = %v, intervals hold 0 in %v", chosen, float64(held)/(2*zoos))
	if chosen < 0.25 || float64(held) < 0.9*2*zoos {
		t.Errorf("chosen at |tau| = %v, intervals hold 0 in %v", chosen, float64(held)/(2*zoos))
	}
}

// A measure that one half does not know in a stratum takes no part, and it is an error
// where none is left.
func TestHalvesNeedMeasures(t *testing.T) {
	z := normalZoo(seed.Stream(13, "zoo"), 1, 40, 0.99, 0.6)
	for i, v := range z.split(1)[0].Measures[0] {
		if i < 11 {
			z.Measures[0][slices.Index(z.Measures[0], v)] = math.NaN()
		}
	}
	found, err := z.Halves(1)
	if err != nil || found[0].Measure != 1 || found[1].Measure != 1 {
		t.Errorf("%v, error %v", found, err)
	}
	z.Measures = z.Measures[:1]
	if _, err := z.Halves(1); err == nil || !strings.HasPrefix(err.Error(), "zoo: no measure varies over 10 or more networks of both halves") {
		t.Errorf("error %v", err)
	}
}
