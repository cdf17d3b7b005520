package perm

import (
	"math"
	"testing"
)

func TestFloor(t *testing.T) {
	for b, want := range map[int]float64{0: 1, 19: 0.05, 199: 0.005, 999: 0.001} {
		if got := Floor(b); math.Abs(got-want) > 1e-15 {
			t.Errorf("%d permutations reach %g, want %g", b, got, want)
		}
	}
	for level, want := range map[float64]int{0.05: 19, 0.01: 99, 0.001: 999, 0.3: 3, 0.5: 1} {
		b := LeastPermutations(level)
		if b != want || Floor(b) > level*(1+1e-12) || Floor(b-1) <= level {
			t.Errorf("level %g is reached by %d permutations, want %d", level, b, want)
		}
	}
}
