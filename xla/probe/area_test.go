package probe

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/perm"
)

// TestAreasAgree holds macroAUC to perm.ROCAUC, class by class, on random
// scores with ties. Both count pairs in halves, without rounding, so that only the
// divisions and the sum over the classes round.
func TestAreasAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, classes := range []int{2, 3, 10} {
		for _, n := range []int{2, 3, 40, 3000} {
			for _, values := range []int{1, 3, 1 << 20} { // that scores can have
				scores, labels := newClassScores(classes, n), make([]int32, n)
				for i := range labels {
					labels[i] = int32(r.IntN(classes))
					for k := range scores {
						scores[k][i] = float32(r.IntN(values)-values/2) / 8
					}
				}
				sum, counted := 0.0, 0
				for k, column := range scores {
					wide, positive, some := make([]float64, n), make([]bool, n), 0
					for i, v := range column {
						wide[i], positive[i] = float64(v), labels[i] == int32(k)
						if positive[i] {
							some++
						}
					}
					area, err := perm.ROCAUC(wide, positive)
					if defined := some > 0 && some < n; defined != (err == nil) {
						t.Fatalf("%d of %d examples are of class %d: %v", some, n, k, err)
					} else if defined {
						sum += area
						counted++
					}
				}
				want := 0.5
				if counted > 0 {
					want = sum / float64(counted)
				}
				if got, _ := macroAUC(scores, labels, blocks{}, nil); math.Abs(got-want) > 16*0x1p-53 {
					t.Errorf("%d classes, %d rows, %d values: area %v, of perm %v", classes, n, values, got, want)
				}
			}
		}
	}
}
