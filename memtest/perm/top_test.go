package perm

import (
	"math"
	"math/rand/v2"
	"testing"
)

// By definition: an example is among the k greatest where fewer than k are above it,
// or equal and before it.
func TestAmongTop(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		n := 1 + r.IntN(12)
		scores, marked := make([]float64, n), make([]bool, n)
		for i := range scores {
			scores[i], marked[i] = float64(r.IntN(4)), r.IntN(2) == 0
		}
		for k := -1; k <= n+1; k++ {
			want := 0
			for i, s := range scores {
				above := 0
				for j, o := range scores {
					if o > s || o == s && j < i {
						above++
					}
				}
				if marked[i] && above < k {
					want++
				}
			}
			if got := AmongTop(scores, marked, k); got != want {
				t.Fatalf("scores %v, marked %v: %d among the first %d, want %d", scores, marked, got, k, want)
			}
		}
	}
	if got := AmongTop([]float64{math.NaN(), -1}, []bool{true, false}, 1); got != 0 {
		t.Error("NaN counts as the greatest")
	}
}
