package perm

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// The golden values are statsmodels' (testdata/shares.py).
func TestShareDifferenceIsNewcombes(t *testing.T) {
	text, err := os.ReadFile("testdata/shares.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Shares []struct {
			A, N, B, M            int
			Confidence, Low, High float64
		}
		Ones []struct {
			A, N                  int
			Confidence, Low, High float64
		}
	}
	if err := json.Unmarshal(text, &golden); err != nil || len(golden.Shares) < 8 {
		t.Fatalf("%d cases, error %v", len(golden.Shares), err)
	}
	if len(golden.Ones) < 4 {
		t.Fatalf("%d cases of one share", len(golden.Ones))
	}
	for _, c := range golden.Ones {
		got := ShareInterval(Scored{Hits: c.A, N: c.N}, c.Confidence)
		if math.Abs(got.Low-c.Low) > 1e-12 || math.Abs(got.High-c.High) > 1e-12 {
			t.Errorf("%d/%d: %v, want %v to %v", c.A, c.N, got, c.Low, c.High)
		}
	}
	for _, c := range golden.Shares {
		got := ShareDifference(Scored{Hits: c.A, N: c.N}, Scored{Hits: c.B, N: c.M}, c.Confidence)
		if math.Abs(got.Low-c.Low) > 1e-12 || math.Abs(got.High-c.High) > 1e-12 {
			t.Errorf("%d/%d − %d/%d: %v, want %v to %v", c.A, c.N, c.B, c.M, got, c.Low, c.High)
		}
		swapped := ShareDifference(Scored{Hits: c.B, N: c.M}, Scored{Hits: c.A, N: c.N}, c.Confidence)
		if math.Abs(swapped.Low+got.High) > 1e-12 || math.Abs(swapped.High+got.Low) > 1e-12 {
			t.Errorf("%d/%d − %d/%d: exchanged it is %v", c.A, c.N, c.B, c.M, swapped)
		}
	}
}
