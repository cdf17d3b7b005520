package perm

import (
	"math"
	"math/rand/v2"
	"testing"
)

// By definition, over every order of the examples: one is among the k greatest where fewer
// than k are above it, or equal and before it.
func TestAmongTop(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		n := 1 + r.IntN(6)
		scores, marked := make([]float64, n), make([]bool, n)
		for i := range scores {
			scores[i], marked[i] = float64(r.IntN(4)), r.IntN(2) == 0
		}
		for k := -1; k <= n+1; k++ {
			sum, all := 0, 0
			orders(n, func(before []int) { // the place of each example
				all++
				for i, s := range scores {
					above := 0
					for j, o := range scores {
						if o > s || o == s && before[j] < before[i] {
							above++
						}
					}
					if marked[i] && above < k {
						sum++
					}
				}
			})
			if got, want := AmongTop(scores, marked, k), float64(sum)/float64(all); math.Abs(got-want) > 1e-12 {
				t.Fatalf("scores %v, marked %v: %v among the first %d, want %v", scores, marked, got, k, want)
			}
		}
	}
	if got := AmongTop([]float64{math.NaN(), -1}, []bool{true, false}, 1); got != 0 {
		t.Error("NaN counts as the greatest")
	}
	if got := AmongTop([]float64{math.NaN(), math.NaN()}, []bool{true, false}, 1); got != 0.5 {
		t.Errorf("of two NaN %v", got)
	}
}

// orders calls f with every order of n places.
func orders(n int, f func([]int)) {
	var rest func(order []int, used int)
	rest = func(order []int, used int) {
		if len(order) == n {
			f(order)
			return
		}
		for i := range n {
			if used&(1<<i) == 0 {
				rest(append(order, i), used|1<<i)
			}
		}
	}
	rest(nil, 0)
}
