package perm

import (
	"math"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// The halves are those of Halves, so the measure chosen in one has the interval there
// that confirms it; a measure that one half knows too little of has none.
func TestInHalves(t *testing.T) {
	z := normalZoo(seed.Stream(12, "zoo"), 2, 40, 0, 0.9)
	chosen, err := z.Halves(5)
	if err != nil {
		t.Fatal(err)
	}
	got, err := z.InHalves(1, halvesResamples, 5)
	if err != nil || len(got) != 2 {
		t.Fatalf("%v, %v", got, err)
	}
	for h, c := range chosen {
		if c.Measure != 1 || c.Confirmed != got[1-h] || c.Chosen != got[h].Estimate {
			t.Errorf("half %d: %v, chosen %v", h, got, c)
		}
	}
	if _, err := z.InHalves(2, 100, 5); err == nil {
		t.Error("a measure that there is not is taken")
	}
	for i := range 25 { // of the first stratum's 40 networks 15 are left, of a half fewer than 10
		z.Measures[1][i] = math.NaN()
	}
	if got, err := z.InHalves(1, 100, 5); err != nil || got != nil {
		t.Errorf("of too few networks: %v, %v", got, err)
	}
}
