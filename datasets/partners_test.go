package datasets

import (
	"math"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// A partner is another example of the same label, each of them as often.
func TestPartners(t *testing.T) {
	labels := []int32{0, 1, 0, 1, 0, 2, 2}
	const seeds = 3000
	counts := map[[2]int]int{}
	for base := range uint64(seeds) {
		for i, j := range Partners(labels, seed.Stream(base, "partners")) {
			if i == int(j) || labels[i] != labels[j] {
				t.Fatalf("example %d has the partner %d", i, j)
			}
			counts[[2]int{i, int(j)}]++
		}
	}
	for _, pair := range [][2]int{{0, 2}, {0, 4}, {2, 0}, {2, 4}, {4, 0}, {4, 2}} {
		// 5 standard deviations of a binomial number of probability 1/2
		if n := counts[pair]; math.Abs(float64(n)-seeds/2) > 5*math.Sqrt(seeds)/2 {
			t.Errorf("%v are partners %d times of %d", pair, n, seeds)
		}
	}
}

// Who is alone with a label is blended with itself.
func TestPartnerOfOneAlone(t *testing.T) {
	if got := Partners([]int32{3, 1, 3}, seed.Stream(1, "partners")); got[0] != 2 || got[1] != 1 || got[2] != 0 {
		t.Errorf("%v", got)
	}
}
