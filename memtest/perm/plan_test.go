package perm

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// One training: the formulas of normal theory, with quantiles of the normal
// distribution by scipy.stats.norm.ppf (SciPy 1.17.1): 1.959963984540054 at 0.975,
// 0.8416212335729143 at 0.8, 1.2815515655446004 at 0.9.
func TestPlanByHand(t *testing.T) {
	p := must(NewPilot(
		Effect{Estimate: 0.5, Examples: []float64{0, 1, 0, 1}, Sets: []float64{0.1, 0.3}},
		Effect{Estimate: 0.7, Examples: []float64{1, 1, 0, 1}, Sets: []float64{0.2, 0.2}}))
	// Variances of the sets are 0.02 and 0, times four; of the examples 1/3, of which
	// the two sets gave 0.04, and 1/4.
	if !near(p.Estimate, 0.6, 1e-14) || !near(p.Images, 7./24-0.02, 1e-13) || !near(p.Sets, 0.04, 1e-14) || !near(p.Trainings, 0.02, 1e-13) || p.Seeds != 2 {
		t.Fatalf("%+v", p)
	}
	one := Size{N: 100, B: 10, Seeds: 1}
	se, printed := math.Sqrt(p.Images/100+0.04/1000), math.Sqrt(p.Images/100+0.08/1000)
	for name, c := range map[string][2]float64{
		"SE":         {p.SE(one), se},
		"HalfWidth":  {p.HalfWidth(one, 0.95), 1.959963984540054 * printed},
		"Detectable": {p.Detectable(one, 0.95, 0.8), 1.959963984540054*printed + 0.8416212335729143*se},
		"SameWithin": {p.SameWithin(one, 0.95, 0.8), 1.959963984540054*printed + 1.2815515655446004*se},
		"seeds":      {p.SE(Size{100, 10, 4}), math.Sqrt(se*se + 0.005)},
	} {
		// On the other side of 0 an effect is found too: 3e-7 of the power.
		if !near(c[0], c[1], 1e-5) {
			t.Errorf("%s is %v, by hand %v", name, c[0], c[1])
		}
	}
	// Without error of images and sets, three seeds give Student's t with 2 degrees of
	// freedom, 4.302652729749464 (scipy.stats.t.ppf), times the mean of s/σ of three
	// normal values, √π/2.
	three := Pilot{Seeds: 3, Trainings: 0.03}
	if half, want := three.HalfWidth(Size{100, 10, 3}, 0.95), 4.302652729749464*math.Sqrt(math.Pi)/2*0.1; !near(half, want, 0.003) {
		t.Errorf("half-width %v of three seeds, by hand %v", half, want)
	}
	if p.Knows(Size{1, 1, 2}) != true || (Pilot{Seeds: 1}).Knows(Size{1, 1, 2}) || !(Pilot{Seeds: 1}).Knows(one) {
		t.Error("what one seed tells of others")
	}
	if zero := (Pilot{Seeds: 1}); zero.Detectable(one, 0.95, 0.8) != 0 || zero.SameWithin(one, 0.95, 0.8) != 0 || zero.HalfWidth(one, 0.95) != 0 {
		t.Error("no error, but a width")
	}
	if _, err := NewPilot(); err == nil {
		t.Error("a pilot without effects")
	}
	if _, err := NewPilot(Effect{Examples: make([]float64, 3)}, Effect{Examples: make([]float64, 2)}); err == nil || !strings.Contains(err.Error(), "2 and of 3") {
		t.Error(err)
	}
}

// recalls is the learning effect of two cells of n copies in four classes, counted
// as a run counts it. The first gives a real label back with the chance first, the
// second with second, both a shuffled one with 0.3; on every other copy they decide alike as far
// as the chances allow, on the others each for itself.
func recalls(r *rand.Rand, n, b int, first, second float64) (x, y Effect) {
	const classes = 4
	labels := randomLabels(r, n, classes)
	sets := must(NewShuffled(labels, classes, nil, r.Uint64()))
	o := TallyOptions{Reshuffles: -1, PerExample: true}
	tx, ty := must(NewTally(n, classes, o)), must(NewTally(n, classes, o))
	px, py := make([]int32, n), make([]int32, n)
	for set, labels := range Sets(sets, 0, b+1) {
		cx, cy := 0.3, 0.3
		if set == 0 {
			cx, cy = first, second
		}
		common := r.NormFloat64() / math.Sqrt(float64(n)) // what a label set does to all copies alike
		for i, l := range labels {
			u, other := r.Float64(), int32(r.IntN(classes))
			px[i], py[i] = other, other
			if u < cx+common {
				px[i] = l
			}
			if i%2 == 1 {
				u, py[i] = r.Float64(), int32(r.IntN(classes))
			}
			if u < cy+common {
				py[i] = l
			}
		}
		if tx.Add(set, labels, px) != nil || ty.Add(set, labels, py) != nil {
			panic("a label set was not counted")
		}
	}
	return must(tx.Counts().LearningEffect()), must(ty.Counts().LearningEffect())
}

// A pilot of 500 copies predicts what 400 runs of 800 copies and more label sets
// print: half-widths within 10 %, and, where its variances are known well, the
// difference of 80 % power found 75 to 85 times in 100.
func TestPlanPredictsRuns(t *testing.T) {
	const runs, pilots = 400, 20
	r := seed.Stream(5, "plan", "runs")
	var l, d, known Pilot
	for range pilots {
		x, y := recalls(r, 500, 39, 0.7, 0.64)
		l, d = must(NewPilot(x)), must(NewPilot(must(x.Minus(y))))
		known.Images, known.Sets = known.Images+d.Images/pilots, known.Sets+d.Sets/pilots
	}
	confidence, size := Simultaneous(DefaultAlpha, 6), Size{N: 800, B: 59, Seeds: 1}
	effect := known.Detectable(size, confidence, 0.8)
	// Learning differs by (1 − 1/K) of what the chances do.
	second := 0.7 - effect/0.75
	var halfL, halfD float64
	shown := 0
	for range runs {
		x, y := recalls(r, size.N, size.B, 0.7, second)
		e := must(x.Minus(y))
		halfL += width(x.Interval(0.95)) / 2 / runs
		halfD += width(e.Interval(0.95)) / 2 / runs
		if Stand(OverSeedsAndImages([]float64{e.Estimate}, []float64{e.SE()}, confidence), DefaultMargin) == More {
			shown++
		}
	}
	t.Logf("half-widths %.4f and %.4f, predicted %.4f and %.4f; effect %.4f shown in %.3f", halfL, halfD, l.HalfWidth(size, 0.95), d.HalfWidth(size, 0.95), effect, float64(shown)/runs)
	if p := l.HalfWidth(size, 0.95); !near(p, halfL, 0.1) {
		t.Errorf("learning: half-width %v predicted, %v in runs", p, halfL)
	}
	if p := d.HalfWidth(size, 0.95); !near(p, halfD, 0.1) {
		t.Errorf("difference: half-width %v predicted, %v in runs", p, halfD)
	}
	if share := float64(shown) / runs; share < 0.75 || share > 0.85 {
		t.Errorf("a difference of %v is shown in %v of the runs, 0.8 was asked for", effect, share)
	}
}

func width(i Interval) float64 { return i.High - i.Low }

// Several trainings: normal estimates with known variances.
func TestPlanOverTrainings(t *testing.T) {
	const runs = 4000
	for _, c := range []struct {
		seeds              int
		images, confidence float64
	}{{2, 0.01, 0.95}, {3, 0.01, 0.95}, {3, 0.01, 0.99}, {3, 0.03, 0.99}, {5, 0.003, 0.995}, {5, 0.01, 0.95}} {
		const sd = 0.012 // between trainings
		p, s := Pilot{Seeds: 3, Images: c.images * c.images * 1000, Trainings: sd * sd}, Size{1000, 99, c.seeds}
		effect, margin, half := p.Detectable(s, c.confidence, 0.8), p.SameWithin(s, c.confidence, 0.8), 0.0
		shown, same := 0, 0
		r := seed.Stream(6, "plan", c.seeds, c.images, c.confidence)
		for range runs {
			image, values, ses := c.images*r.NormFloat64(), make([]float64, c.seeds), make([]float64, c.seeds)
			for i := range values {
				values[i], ses[i] = image+sd*r.NormFloat64(), c.images
			}
			i := OverSeedsAndImages(values, ses, c.confidence)
			half += width(i) / 2 / runs
			if i.Low+effect > 0 || i.High+effect < 0 {
				shown++
			}
			if i.Low > -margin && i.High < margin {
				same++
			}
		}
		if p := p.HalfWidth(s, c.confidence); !near(p, half, 0.03) {
			t.Errorf("%+v: half-width %v predicted, %v found", c, p, half)
		}
		for what, n := range map[string]int{"effect": shown, "equivalence": same} {
			if share := float64(n) / runs; math.Abs(share-0.8) > 0.02 {
				t.Errorf("%+v: %s shown in %v of the runs, 0.8 was asked for", c, what, share)
			}
		}
	}
}

// Learning above 0, by the adjusted p-values of families that MaxT gives.
func TestPlanOfLearningPredictsAdjustedP(t *testing.T) {
	const runs = 1500
	for _, c := range []struct{ b, cells int }{{19, 1}, {99, 1}, {99, 6}, {199, 12}} {
		p, s := Pilot{Images: 0.3, Sets: 0.25}, Size{1000, c.b, 1}
		effect, ok := p.DetectableLearning(s, 0.05, c.cells, 0.8)
		if !ok {
			t.Fatalf("%+v: no p-value reaches 0.05", c)
		}
		null, images := distuv.Normal{Sigma: math.Sqrt(0.25 / 1000)}, math.Sqrt(0.3/1000)
		r, shown := seed.Stream(7, "plan", c.b, c.cells), 0
		for range runs {
			observed, nulls := make([]float64, c.cells), make([][]float64, c.cells)
			for i := range nulls {
				nulls[i] = make([]float64, c.b)
				for b := range nulls[i] {
					nulls[i][b] = null.Sigma * r.NormFloat64()
				}
				observed[i] = null.Sigma * r.NormFloat64()
			}
			observed[0] = effect + images*r.NormFloat64()
			if adjusted := must(MaxT(nulls, observed)); adjusted[0] <= 0.05 {
				shown++
			}
		}
		share := float64(shown) / runs
		t.Logf("%+v: learning of %.4f, %.2f null sd, shown in %.3f", c, effect, effect/null.Sigma, share)
		if share < 0.75 || share > 0.85 {
			t.Errorf("%+v: learning of %v is shown in %v of the runs, 0.8 was asked for", c, effect, share)
		}
	}
	if _, ok := (Pilot{Images: 1, Sets: 1}).DetectableLearning(Size{100, 98, 1}, 0.01, 1, 0.8); ok {
		t.Error("98 label sets are said to reach 0.01")
	}
	// Many label sets: the quantile of the normal distribution, 1.6448536269514722 at
	// 0.95, and 0.8416212335729143 at 0.8, by scipy.stats.norm.ppf (SciPy 1.17.1).
	many, _ := Pilot{Images: 1, Sets: 1}.DetectableLearning(Size{1, 99999, 1}, 0.05, 1, 0.8)
	if want := 1.6448536269514722 + 0.8416212335729143; !near(many, want, 0.003) {
		t.Errorf("learning of %v with all label sets, by hand %v", many, want)
	}
	// The variance of T_0 is no less than that of the null.
	a, _ := Pilot{Images: 0, Sets: 1}.DetectableLearning(Size{1, 999, 1}, 0.05, 1, 0.8)
	b, _ := Pilot{Images: 1, Sets: 1}.DetectableLearning(Size{1, 999, 1}, 0.05, 1, 0.8)
	if a != b || a == 0 {
		t.Errorf("learning of %v and %v", a, b)
	}
}
