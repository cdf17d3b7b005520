package perm

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestRanksOfSciPy(t *testing.T) {
	for _, g := range golden[[]struct {
		X, Y     []float64
		Positive []bool
		Rho, AUC float64
	}](t, "ranks") {
		rho, err := Spearman(g.X, g.Y)
		if err != nil || math.Abs(rho-g.Rho) > 1e-12 {
			t.Errorf("%d pairs: rank correlation %v (%v), scipy.stats.spearmanr has %v", len(g.X), rho, err, g.Rho)
		}
		area, err := ROCAUC(g.X, g.Positive)
		if err != nil || math.Abs(area-g.AUC) > 1e-12 {
			t.Errorf("%d scores: area %v (%v), scipy.stats.mannwhitneyu has %v", len(g.X), area, err, g.AUC)
		}
	}
}

// The interval covers: of pairs of normals with correlation r, Spearman's
// correlation in the population is (6/π)·asin(r/2).
func TestSpearmanIntervalCovers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const trials, n, correlation = 2000, 30, 0.7
	truth := 6 / math.Pi * math.Asin(correlation/2)
	covered := 0
	for range trials {
		x, y := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i] = r.NormFloat64()
			y[i] = correlation*x[i] + math.Sqrt(1-correlation*correlation)*r.NormFloat64()
		}
		v, err := SpearmanInterval(x, y, 0)
		if err != nil {
			t.Fatal(err)
		}
		if v.Low <= truth && truth <= v.High {
			covered++
		}
	}
	// Four standard errors around 95 %.
	if share := float64(covered) / trials; math.Abs(share-0.95) > 0.02 {
		t.Errorf("95 %% intervals cover in %.3f of %d samples", share, trials)
	}
}

// Over trainings and examples the interval covers: y is what x of each seed is of, what
// x has beside it is in part the examples' and in part the seed's.
func TestSpearmanOverSeedsCovers(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	const trials, n, seeds, a, b, c = 1500, 100, 5, 0.3, 0.8, 0.52
	truth := 6 / math.Pi * math.Asin(a/math.Sqrt(a*a+b*b+c*c)/2)
	covered, length := 0, 0.0
	for range trials {
		y, beside := make([]float64, n), make([]float64, n)
		for i := range y {
			y[i], beside[i] = r.NormFloat64(), r.NormFloat64()
		}
		var rho []float64
		for range seeds {
			x := make([]float64, n)
			for i := range x {
				x[i] = a*y[i] + b*beside[i] + c*r.NormFloat64()
			}
			rho = append(rho, must(Spearman(x, y)))
		}
		v := must(SpearmanOverSeeds(rho, []int{n, n, n, n, n}, 0))
		length += (v.High - v.Low) / trials
		if v.Low <= truth && truth <= v.High {
			covered++
		}
	}
	// The error of the examples counts as if all seeds shared all of it, so more
	// than 95 % may hold, and the interval is not much longer than that of one seed.
	if share := float64(covered) / trials; share < 0.94 || share > 0.992 || length > 1.1*2*1.96/math.Sqrt(n-3) {
		t.Errorf("95 %% intervals cover in %.3f of %d samples, and are %.3f long", share, trials, length)
	}
	x, y := []float64{1, 2, 3, 4, 5, 6}, []float64{2, 1, 3, 5, 4, 6}
	one, want := must(SpearmanOverSeeds([]float64{must(Spearman(x, y))}, []int{6}, 0)), must(SpearmanInterval(x, y, 0))
	if math.Abs(one.Low-want.Low) > 1e-12 || math.Abs(one.High-want.High) > 1e-12 || math.Abs(one.Estimate-want.Estimate) > 1e-12 {
		t.Errorf("of one seed %+v, the interval of its examples is %+v", one, want)
	}
}

func TestRanksRefuse(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct{ x, y []float64 }{
		{[]float64{1, 2}, []float64{1}}, {[]float64{1, 1}, []float64{1, 2}}, {[]float64{nan, 1}, []float64{1, 2}}, {nil, nil},
	} {
		if _, err := Spearman(c.x, c.y); err == nil {
			t.Errorf("Spearman(%v, %v) has no error", c.x, c.y)
		}
	}
	if _, err := SpearmanInterval([]float64{1, 2, 3}, []float64{1, 2, 4}, 0); err == nil {
		t.Error("3 pairs give an interval")
	}
	if v, err := SpearmanInterval([]float64{1, 2, 3, 4}, []float64{1, 2, 4, 8}, 0); err != nil || v != (Interval{1, 1, 1}) {
		t.Errorf("pairs in one order: %v, %v", v, err)
	}
	for _, c := range []struct {
		rho   []float64
		pairs []int
	}{{nil, nil}, {[]float64{0.1}, []int{9, 9}}, {[]float64{1}, []int{9}}, {[]float64{nan}, []int{9}}, {[]float64{0.1}, []int{3}}} {
		if _, err := SpearmanOverSeeds(c.rho, c.pairs, 0); err == nil {
			t.Errorf("SpearmanOverSeeds(%v, %v) has no error", c.rho, c.pairs)
		}
	}
	for _, c := range []struct {
		scores   []float64
		positive []bool
	}{{[]float64{1}, nil}, {[]float64{1, 2}, []bool{true, true}}, {[]float64{1, 2}, []bool{false, false}}, {[]float64{nan, 2}, []bool{true, false}}} {
		if _, err := ROCAUC(c.scores, c.positive); err == nil {
			t.Errorf("ROCAUC(%v, %v) has no error", c.scores, c.positive)
		}
	}
}

// Rank statistics depend on the order of values alone.
func TestRanksSeeOrderOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-5, 5), 5, 40).Draw(t, "x")
		y := rapid.SliceOfN(rapid.Float64Range(-5, 5), len(x), len(x)).Draw(t, "y")
		a, err := Spearman(x, y)
		if err != nil {
			return // no variation
		}
		up := slices.Clone(x)
		for i := range up {
			up[i] = 3*up[i] + 1
		}
		if slices.Compare(ranks(up), ranks(x)) != 0 {
			return // rounding made a tie
		}
		b, err := Spearman(up, y)
		if err != nil || a != b {
			t.Fatalf("%v and after a rising transformation %v (%v)", a, b, err)
		}
	})
}
