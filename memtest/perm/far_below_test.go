package perm

import "testing"

// The largest number of hits that is far below, by the ends of the exact interval of
// scipy.stats.binomtest(k, n).proportion_ci(0.999, "exact") (SciPy 1.17.1). At 26 of
// 100 copies beside 90 of 100 examples, chance 0.1, the ends are 0.3236836 and
// 0.7662043: 0.2236836 < 0.3331021; at 27 the end is 0.3345616.
func TestFarBelow(t *testing.T) {
	for _, c := range []struct {
		n     int
		other Scored
		share float64
		most  int
	}{
		{100, Scored{90, 100, 0.1}, 0.5, 26}, {1000, Scored{400, 500, 0.1}, 0.5, 366}, {1000, Scored{400, 500, 0.1}, 0.2, 184},
		{400, Scored{45, 50, 0.5}, 0.5, 205}, {20, Scored{18, 20, 0.1}, 0.5, -1}, // 20 of each can show nothing
		{1000, Scored{95, 950, 0.1}, 0.5, -1}, // an accuracy at chance: nothing is below it
	} {
		for hits := range c.n + 1 {
			a := Scored{hits, c.n, c.other.Chance}
			if got := FarBelow(a, c.other, c.share); got != (hits <= c.most) {
				t.Errorf("%d of %d beside %+v, share %g: %t", hits, c.n, c.other, c.share, got)
			}
		}
	}
}
