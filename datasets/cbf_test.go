package datasets

import (
	"math"
	"slices"
	"testing"
)

func sqrt(x float64) float64 { return math.Sqrt(x) }

// cbfMoments are mean and variance of a class at time t of 1..64, by the formula as it
// is written down, summed over all onsets and lengths: of (6+η)·s + ε the mean is 6 E[s]
// and the variance 37 E[s²] − 36 E[s]² + 1.
func cbfMoments(class string, t int) (mean, variance float64) {
	var s1, s2, n float64
	for a := 8; a <= 16; a++ {
		for length := 16; length <= 48; length++ {
			b := a + length
			s := 0.0
			if a <= t && t <= b {
				s = map[string]float64{"cylinder": 1, "bell": float64(t-a) / float64(b-a), "funnel": float64(b-t) / float64(b-a)}[class]
			}
			s1, s2, n = s1+s, s2+s*s, n+1
		}
	}
	s1, s2 = s1/n, s2/n
	return 6 * s1, 37*s2 - 36*s1*s1 + 1
}

// Means and variances at each of 64 times are those of the formula, within 5 standard
// errors of a mean; a variance has about √(2/n) of itself as its error, more where values
// have two modes, so that it may be 8 of those off. Classes are balanced.
func TestCBFIsAsItsFormula(t *testing.T) {
	for _, part := range []int{0, 1} {
		train, test := loadNamed(t, "cbf", 3)
		s := []*Set{train, test}[part]
		counts := s.Counts()
		if slices.Max(counts)-slices.Min(counts) > 1 {
			t.Errorf("%s: counts %v", s.Name, counts)
		}
		for k, class := range []string{"cylinder", "bell", "funnel"} {
			if s.Classes[k] != class {
				t.Fatalf("class %d is %s", k, s.Classes[k])
			}
			for time := 1; time <= 64; time++ {
				var sum, squares, n float64
				for i, y := range s.Y {
					if int(y) == k {
						v := float64(s.Row(i)[time-1])
						sum, squares, n = sum+v, squares+v*v, n+1
					}
				}
				mean := sum / n
				variance := (squares - n*mean*mean) / (n - 1)
				wantMean, wantVariance := cbfMoments(class, time)
				if z := (mean - wantMean) / sqrt(wantVariance/n); math.Abs(z) > 5 {
					t.Errorf("%s, %s at %d: mean %.3f, want %.3f", s.Name, class, time, mean, wantMean)
				}
				if z := (variance/wantVariance - 1) / sqrt(2/n); math.Abs(z) > 8 {
					t.Errorf("%s, %s at %d: variance %.3f, want %.3f", s.Name, class, time, variance, wantVariance)
				}
			}
		}
	}
}

// Seeds and parts have streams of their own; a smaller part is the start of a larger.
func TestCBFBySeed(t *testing.T) {
	train, test := loadNamed(t, "cbf", 0)
	again, _ := loadNamed(t, "cbf", 1)
	other, _ := loadNamed(t, "cbf", 2)
	if train.Hash() != again.Hash() || train.Hash() == other.Hash() || train.Head(1000).Hash() == test.Hash() {
		t.Error("seed 0 is not seed 1, seed 2 is, or the test part is the training part's start")
	}
	for i := range test.Y {
		if train.Row(i)[0] == other.Row(i)[0] || train.Row(i)[0] == test.Row(i)[0] || train.Row(i)[64] != 64 {
			t.Fatalf("example %d is the same by another seed or in another part, or is %v steps long", i, train.Row(i)[64])
		}
	}
	few, _ := lookup("cbf")
	few.Train = 10
	if s, _, err := loadCBF(few, Options{}); err != nil || s.Hash() != train.Head(10).Hash() {
		t.Errorf("10 examples are not the first 10 of 2,000: %v", err)
	}
}
