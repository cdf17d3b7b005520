package perm

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// By hand: observed 5, stop at 2 exceedances of at most 6.
func TestSequentialByHand(t *testing.T) {
	s := Sequential{H: 2, Max: 6}
	for _, c := range []struct {
		null []int
		want Stop
	}{
		{nil, Stop{P: 1. / 7}},
		{[]int{4, 5}, Stop{Used: 2, Exceed: 1, P: 2. / 7}},
		{[]int{4, 5, 3, 9}, Stop{Done: true, Used: 4, Exceed: 2, P: 2. / 4}},
		{[]int{4, 5, 3, 9, 9, 9, 9, 9}, Stop{Done: true, Used: 4, Exceed: 2, P: 2. / 4}},
		{[]int{5, 5}, Stop{Done: true, Used: 2, Exceed: 2, P: 1}},
		{[]int{1, 1, 1, 1, 1, 5}, Stop{Done: true, Used: 6, Exceed: 1, P: 2. / 7}},
		{[]int{1, 1, 1, 1, 1, 1, 9, 9}, Stop{Done: true, Used: 6, P: 1. / 7}},
		{[]int{5, 1, 1, 1, 1, 5}, Stop{Done: true, Used: 6, Exceed: 2, P: 2. / 6}},
	} {
		got, err := s.Hits(5, c.null, 0)
		if err != nil {
			t.Fatal(err)
		}
		if !got.Done && (got.Low != 0 || got.High != 1) || got.Done && (got.Low > got.P || got.High < got.P) {
			t.Errorf("%v: interval %v..%v of p %v", c.null, got.Low, got.High, got.P)
		}
		got.Low, got.High = 0, 0
		if got != c.want {
			t.Errorf("%v: %+v, by hand %+v", c.null, got, c.want)
		}
	}
}

// The interval at the stop against the negative binomial's tails from SciPy.
func TestSequentialIntervalAgainstSciPy(t *testing.T) {
	for _, g := range golden[[]struct {
		H, L      int
		Low, High float64
	}](t, "sequential") {
		null := make([]int, g.L)
		for i := g.L - g.H; i < g.L; i++ {
			null[i] = 1
		}
		s, err := Sequential{H: g.H, Max: 1000}.Hits(1, null, 0.95)
		if err != nil || !s.Done {
			t.Fatal(s, err)
		}
		if !near(s.Low, g.Low, 1e-7) || !near(s.High, g.High, 1e-7) {
			t.Errorf("%d exceedances at set %d: %v..%v, SciPy says %v..%v", g.H, g.L, s.Low, s.High, g.Low, g.High)
		}
	}
}

// Once the test has stopped, later sets change nothing; before, it goes on; and
// real-valued statistics give what hits give.
func TestSequentialProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Sequential{H: rapid.IntRange(0, 6).Draw(t, "h"), Max: rapid.IntRange(1, 60).Draw(t, "max")}
		null := rapid.SliceOfN(rapid.IntRange(0, 10), 60, 60).Draw(t, "null")
		observed := rapid.IntRange(0, 11).Draw(t, "observed")
		final, err := s.Hits(observed, null, 0)
		if err != nil || !final.Done {
			t.Fatal(final, err)
		}
		values := make([]float64, len(null))
		for i, h := range null {
			values[i] = float64(h)
		}
		for drawn := range len(null) + 1 {
			got := must(s.Hits(observed, null[:drawn], 0))
			if got.Done != (drawn >= final.Used) {
				t.Fatalf("after %d sets %+v, in the end %+v", drawn, got, final)
			}
			if got.Done && got != final || got.P > final.P {
				t.Fatalf("after %d sets %+v, in the end %+v", drawn, got, final)
			}
			if v := must(s.Values(float64(observed), values[:drawn], 0)); v != got {
				t.Fatalf("values give %+v, hits %+v", v, got)
			}
		}
	})
}

func TestSequentialErrors(t *testing.T) {
	for _, s := range []Sequential{{H: -1, Max: 5}, {H: 1}, {H: 1, Max: -3}} {
		if _, err := s.Hits(1, []int{1}, 0); err == nil || !strings.Contains(err.Error(), "both must be at least 1") {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if _, err := (Sequential{Max: 5}).Values(1, []float64{0, math.NaN()}, 0); err == nil || err.Error() != "statistic of label set 2 is NaN; values must be finite" {
		t.Error(err)
	}
	if _, err := (Sequential{Max: 5}).Hits(1, []int{0}, 2); err == nil {
		t.Error("a confidence of 2 passes")
	}
}
