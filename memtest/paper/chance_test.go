package paper

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Precision is the mean over all orders of equal scores, here by drawing many.
func TestPrecision(t *testing.T) {
	for _, c := range []struct {
		scores []float64
		truth  []bool
		want   float64
	}{
		{[]float64{3, 2, 1, 0}, []bool{true, true, false, false}, 1},
		{[]float64{3, 2, 1, 0}, []bool{false, false, true, true}, 0},
		{[]float64{3, 2, 1, 0}, []bool{true, false, true, false}, 0.5},
		{[]float64{1, 1, 1, 1}, []bool{true, false, false, false}, 0.25},
		{[]float64{2, 1, 1, 1}, []bool{true, true, false, false}, (1 + 1.0/3) / 2},
		{[]float64{1, 2}, []bool{false, false}, 0},
	} {
		if got := precision(c.scores, c.truth); math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%v %v: %v, want %v", c.scores, c.truth, got, c.want)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	scores, truth := make([]float64, 30), make([]bool, 30)
	for i := range scores {
		scores[i], truth[i] = float64(r.IntN(5)), r.IntN(3) == 0
	}
	k, mean := trues(truth), 0.0
	const draws = 40_000
	for range draws {
		order := r.Perm(len(scores))
		taken := 0
		for value := 4; value >= 0; value-- {
			for _, i := range order {
				if scores[i] == float64(value) && taken < k {
					taken++
					mean += float64(one(truth[i])) / float64(k) / draws
				}
			}
		}
	}
	if got := precision(scores, truth); math.Abs(got-mean) > 5*0.5/math.Sqrt(draws) {
		t.Errorf("with many ties: %v, by drawing %v", got, mean)
	}
}
