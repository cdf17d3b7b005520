package perm

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// kendallGolden is testdata/kendall.json, which testdata/kendall.py made with SciPy
// and scikit-learn.
type kendallGolden struct {
	Taus []struct {
		X, Y []float64
		Tau  float64
	}
	Exact []struct {
		X, Y   []float64
		Tau, P float64
	}
	Bootstrap []struct {
		X, Y      []float64
		Low, High float64
	}
	Zoos []struct {
		Stratum  []string
		Gap      []float64
		Measures [][]*float64 // nil = not measured
		Factors  [][]string
		Found    []struct {
			Taus, Scores []*float64
			Given        [][]int
			Tau, Score   float64
		}
	}
}

func readKendall(t *testing.T) kendallGolden {
	t.Helper()
	text, err := os.ReadFile("testdata/kendall.json")
	if err != nil {
		t.Fatal(err)
	}
	var g kendallGolden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	if len(g.Taus) < 30 || len(g.Exact) < 4 || len(g.Bootstrap) < 3 || len(g.Zoos) < 2 {
		t.Fatalf("golden values are missing: %d, %d, %d, %d", len(g.Taus), len(g.Exact), len(g.Bootstrap), len(g.Zoos))
	}
	return g
}

// orNaN are values of which nil ones are not known.
func orNaN(values []*float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = math.NaN()
		if v != nil {
			out[i] = *v
		}
	}
	return out
}

func TestKendallTauIsScipys(t *testing.T) {
	for _, c := range readKendall(t).Taus {
		if got := must(KendallTau(c.X, c.Y)); math.Abs(got-c.Tau) > 1e-14 {
			t.Errorf("%d values: %.17g, scipy says %.17g", len(c.X), got, c.Tau)
		}
	}
}

// Tau depends on order only, is the same for x and y exchanged, and the other way
// round for one side turned over.
func TestKendallTauProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 30).Draw(t, "n")
		whole := rapid.SliceOfN(rapid.Map(rapid.IntRange(-5, 5), func(v int) float64 { return float64(v) }), n, n)
		x, y := whole.Draw(t, "x"), whole.Draw(t, "y")
		x[0], x[1], y[0], y[1] = 0, 1, 0, 1 // both vary
		tau := must(KendallTau(x, y))
		if other := must(KendallTau(y, x)); math.Abs(tau-other) > 1e-15 || math.Abs(tau) > 1 {
			t.Fatalf("%v, exchanged %v", tau, other)
		}
		steep, down := make([]float64, n), make([]float64, n)
		for i, v := range x {
			steep[i], down[i] = math.Exp(100*v), -v
			if v == 5 {
				steep[i] = math.Inf(1)
			}
		}
		if same, opposite := must(KendallTau(steep, y)), must(KendallTau(down, y)); same != tau || opposite != -tau {
			t.Fatalf("%v, of another scale %v, turned over %v", tau, same, opposite)
		}
	})
}

// By hand: of the six pairs 1-2, 1-3, 1-4 and 2-4 are ordered alike, 3-4 is unlike,
// 2-3 is tied in x: (4 − 1)/√(5·6).
func TestKendallTauByHand(t *testing.T) {
	if got := must(KendallTau([]float64{1, 2, 2, 3}, []float64{1, 2, 4, 3})); math.Abs(got-3/math.Sqrt(30)) > 1e-15 {
		t.Errorf("%v", got)
	}
	for _, c := range []struct{ want, tau float64 }{{1, 1}, {-1, -1}} {
		if got := must(KendallTau([]float64{1, 2, 3}, []float64{c.tau, 2 * c.tau, 3 * c.tau})); got != c.want {
			t.Errorf("%v, want %v", got, c.want)
		}
	}
}

func TestKendallTauErrors(t *testing.T) {
	for _, c := range []struct {
		x, y []float64
		want string
	}{
		{[]float64{1, 2}, []float64{1}, "Kendall's tau: 2 values against 1"},
		{nil, nil, "Kendall's tau: 0 values; at least two"},
		{[]float64{1}, []float64{1}, "Kendall's tau: 1 values; at least two"},
		{[]float64{1, 2, 3}, []float64{1, 2, math.NaN()}, "Kendall's tau: value 2 of side 1 is not a number"},
		{[]float64{1, 2, 3}, []float64{7, 7, 7}, "Kendall's tau: all 3 values of side 1 are 7, so no pair is ordered"},
		{[]float64{1, 1}, []float64{1, 2}, "Kendall's tau: all 2 values of side 0 are 1"},
	} {
		if _, err := KendallTau(c.x, c.y); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}
