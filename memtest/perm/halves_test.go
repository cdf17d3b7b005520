package perm

import (
	"math"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// Two splits by hand. Halves of the first: 0.5 + mean(0.1, 0.3) = 0.7 and
// 0.2 + mean(0, 0.2) = 0.3, so ((0.7 − 0.3)/2)² = 0.04; each half's label sets have
// variance 0.02, over 2 sets 0.01, so (0.01 + 0.01)/4 = 0.005 is taken off. The
// second: 0.1 and 0.1, 0. The mean is 0.0175.
func TestHalvesByHand(t *testing.T) {
	halves := []Halves{{{0.5, []float64{0.1, 0.3}}, {0.2, []float64{0, 0.2}}}, {{0, []float64{0.1, 0.1}}, {0.1, []float64{0, 0}}}}
	plain := Effect{Estimate: 0.4, Examples: []float64{0.3, 0.4, 0.5}, Sets: []float64{0.1, 0.1}}
	// The mean of the halves is 0.3, and learning 4/3 of it. The variance by example,
	// 0.01/3, is x = 0.19 of that by halves, so all of it counts as common.
	e := plain.WithHalves(halves, Rising)
	se := math.Sqrt(0.0175) * 4 / 3
	if !near(e.SE(), se, 1e-12) || e.SetsSE() != 0 {
		t.Errorf("standard errors %v and %v, by hand %v and 0", e.SE(), e.SetsSE(), se)
	}
	// Two splits have two degrees of freedom: t(0.975; 2) = 4.302652729912.
	if i := e.Interval(0); !near(i.High, 0.4+4.302652729912*se, 1e-9) {
		t.Errorf("%+v", i)
	}
	// Where halves differ less than examples do, the examples count: 0.1/√3.
	e.Halves = e.Halves[1:]
	if !near(e.SE(), 0.1/math.Sqrt(3), 1e-12) {
		t.Errorf("standard error %v, by hand %v", e.SE(), 0.1/math.Sqrt(3))
	}
	// Memorization of 0.15: r = 1/2, x = (0.01/3)/(0.0175/4), and the factor's square is
	// 1/4 + 3/4·(0.8 − x)/0.5. The examples' variance, 0.01/3, is less than what comes out.
	plain.Estimate = 0.15
	square := 0.25 + 0.75*(0.8-0.01/3/(0.0175/4))/0.5
	if r := plain.WithHalves(halves, Falling); !near(r.SE(), math.Sqrt(0.0175*square), 1e-12) || halves[0][0].Observed != 0.5 {
		t.Errorf("memorization: standard error %v, by hand %v", r.SE(), math.Sqrt(0.0175*square))
	}
	// A steady quantity is left as it is.
	if r := plain.WithHalves(halves, Steady); !near(r.SE(), math.Sqrt(0.0175), 1e-12) {
		t.Errorf("steady: standard error %v, by hand %v", r.SE(), math.Sqrt(0.0175))
	}
	// Halves that do not differ leave half of the examples' variance.
	if r := plain.WithHalves(halves[1:], Falling); !near(r.SE(), 0.1/math.Sqrt(6), 1e-12) {
		t.Errorf("memorization: standard error %v, by hand %v", r.SE(), 0.1/math.Sqrt(6))
	}
	if d := must(e.Minus(e)); d.SE() != 0 || len(d.Halves) != 1 {
		t.Errorf("an effect differs from itself: %+v", d)
	}
	other := e
	other.Halves = nil
	if d := must(e.Minus(other)); d.Halves != nil {
		t.Errorf("a difference to an effect without halves has halves: %+v", d.Halves)
	}
	other.Halves = []Halves{{{0, []float64{0}}, {0, []float64{0, 0}}}}
	if _, err := e.Minus(other); err == nil || !strings.HasPrefix(err.Error(), "difference: halves of 2 and 1 label sets;") {
		t.Error(err)
	}
}

// Where every sample shifts all its copies alike, examples cannot tell it and halves
// can: values are x_i + c·mean(x), so the standard deviation over samples is (1 + c)/√n
// for x of variance 1, while the examples' own is 1/√n. Few noisy label sets bias nothing.
func TestHalvesSeeWhatIsCommon(t *testing.T) {
	const n, common, samples, splits, b = 40, 2.0, 300, 10, 5
	r := seed.Stream(6, "halves")
	sum := 0.0
	for range samples {
		x, order := make([]float64, n), make([]int, n)
		for i := range x {
			x[i], order[i] = r.NormFloat64(), i
		}
		var all []Halves
		for range splits {
			r.Shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
			var h Halves
			for s := range h {
				for _, i := range order[s*n/2 : (s+1)*n/2] {
					h[s].Observed += (1 + common) * x[i] / (n / 2)
				}
				for range b {
					h[s].Sets = append(h[s].Sets, r.NormFloat64())
				}
			}
			all = append(all, h)
		}
		sum += halvesVariance(all) / samples
	}
	// The mean over 300 samples of 10 splits has a standard error of about 2 %.
	if want := (1 + common) * (1 + common) / float64(n); math.Abs(sum/want-1) > 0.08 {
		t.Errorf("variance %v, by theory %v", sum, want)
	}
}
