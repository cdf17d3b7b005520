package perm

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"
)

// slowMaxT is the definition, cell by cell: with cells in order of their
// observed z, step i has p_i = (1 + #{b: max over cells ≥ i of z_b ≥ z_i})/(B+1),
// and the adjusted p-value of cell i is the largest of p_1..p_i; of two sides, no
// less than twice the smaller share of label sets above or below it.
func slowMaxT(nulls [][]float64, observed []float64, two bool) []float64 {
	b := len(nulls[0])
	z := make([][]float64, len(nulls))
	for c := range nulls {
		values := append([]float64{observed[c]}, nulls[c]...)
		mean, sd := stat.MeanStdDev(values, nil)
		for _, v := range values {
			s := (v - mean) / sd
			if two {
				s = math.Abs(s)
			}
			z[c] = append(z[c], s)
		}
	}
	p := make([]float64, len(nulls))
	for c := range nulls {
		for first := range nulls {
			if z[first][0] < z[c][0] {
				continue // not before c
			}
			reached := 0
			for s := 1; s <= b; s++ {
				most := math.Inf(-1)
				for later := range nulls {
					if z[later][0] <= z[first][0] {
						most = max(most, z[later][s])
					}
				}
				if most >= z[first][0]-1e-12 {
					reached++
				}
			}
			p[c] = max(p[c], float64(1+reached)/float64(b+1))
		}
		if two {
			above, below := 1, 1
			for _, v := range nulls[c] {
				if v >= observed[c] {
					above++
				}
				if v <= observed[c] {
					below++
				}
			}
			p[c] = max(p[c], min(1, 2*float64(min(above, below))/float64(b+1)))
		}
	}
	return p
}

func drawCells(t *rapid.T) (nulls [][]float64, observed []float64) {
	b := rapid.IntRange(2, 30).Draw(t, "B")
	share := func(most int) *rapid.Generator[float64] { // hits of 64
		return rapid.Map(rapid.IntRange(0, most), func(h int) float64 { return float64(h) / 64 })
	}
	for range rapid.IntRange(1, 6).Draw(t, "cells") {
		nulls = append(nulls, rapid.SliceOfN(share(20), b, b).Draw(t, "null"))
		observed = append(observed, share(64).Draw(t, "observed"))
	}
	return nulls, observed
}

func TestMaxTAgainstDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nulls, observed := drawCells(t)
		for c := range nulls { // cells that vary, for the slow one divides by their sd
			nulls[c][0], nulls[c][1] = 0, 1
		}
		for _, two := range []bool{false, true} {
			adjust := MaxT
			if two {
				adjust = MaxTTwoSided
			}
			got, err := adjust(nulls, observed)
			if err != nil {
				t.Fatal(err)
			}
			if want := slowMaxT(nulls, observed, two); !slices.Equal(got, want) {
				t.Fatalf("two-sided %v: %v, by definition %v", two, got, want)
			}
		}
	})
}

// Adjusted p-values are at least the plain ones and follow their order within
// the cells; one cell is not adjusted; order and scale of the cells do not matter.
func TestMaxTProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nulls, observed := drawCells(t)
		p, err := MaxT(nulls, observed)
		if err != nil {
			t.Fatal(err)
		}
		for c := range nulls {
			plain := must(JudgeStatistic(append([]float64{observed[c]}, nulls[c]...), nil, Options{})).LearningP
			alone := must(MaxT(nulls[c:c+1], observed[c:c+1]))[0]
			if alone != plain || p[c] < plain || p[c] > 1 {
				t.Fatalf("cell %d: plain p %v, alone %v, adjusted %v", c, plain, alone, p[c])
			}
		}
		order := rapid.Permutation(seq(len(nulls))).Draw(t, "order")
		var n [][]float64
		var o, want []float64
		for _, c := range order {
			scaled := make([]float64, len(nulls[c]))
			for b, v := range nulls[c] {
				scaled[b] = 4*v + 64
			}
			n, o, want = append(n, scaled), append(o, 4*observed[c]+64), append(want, p[c])
		}
		got := must(MaxT(n, o))
		for i := range got {
			if math.Abs(got[i]-want[i]) > 1e-9 {
				t.Fatalf("cells in order %v: %v, before %v", order, got, want)
			}
		}
	})
}

// Of two sides an adjusted p-value is never below that of the cell alone, also
// where the null is skewed, and effects below the null count as those above.
func TestMaxTTwoSidedProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nulls, observed := drawCells(t)
		p := must(MaxTTwoSided(nulls, observed))
		mirrored, below := make([][]float64, len(nulls)), make([]float64, len(nulls))
		for c := range nulls {
			plain := must(JudgeStatistic(append([]float64{observed[c]}, nulls[c]...), nil, Options{Sides: TwoSided})).LearningP
			if p[c] < plain || p[c] > 1 {
				t.Fatalf("cell %d: p %v of two sides, adjusted %v", c, plain, p[c])
			}
			below[c] = 1 - observed[c]
			for _, v := range nulls[c] {
				mirrored[c] = append(mirrored[c], 1-v)
			}
		}
		for c, v := range must(MaxTTwoSided(mirrored, below)) {
			if math.Abs(v-p[c]) > 1e-9 {
				t.Fatalf("cell %d: %v, upside down %v", c, p[c], v)
			}
		}
	})
	// By hand: the observed value is the lowest of nine, p = 2/9; it lies 0.32 below
	// the mean of all, and three others 0.59 above it, so |z| says 4/9.
	skewed := []float64{0.1, 0.11, 0.12, 0.13, 0.14, 1, 1, 1}
	if p := must(MaxTTwoSided([][]float64{skewed}, []float64{0.09})); !slices.Equal(p, []float64{4. / 9}) {
		t.Errorf("%v", p)
	}
	// The observed value is the highest and furthest out: |z| says 1/9, p is 2/9.
	if p := must(MaxTTwoSided([][]float64{{0.1, 0.11, 0.12, 0.13, 0.14, 0.2, 0.2, 0.21}}, []float64{0.9})); !slices.Equal(p, []float64{2. / 9}) {
		t.Errorf("%v", p)
	}
}

func TestMaxTEdges(t *testing.T) {
	if p, err := MaxT(nil, nil); err != nil || len(p) != 0 {
		t.Errorf("no cells: %v, %v", p, err)
	}
	// A cell without variation takes no part; one that only the observed set
	// leaves is as significant as can be.
	p := must(MaxT([][]float64{{1, 1, 1}, {0.1, 0.1, 0.1}, {0.2, 0.5, 0.3}}, []float64{1, 0.9, 0.1}))
	if !slices.Equal(p, []float64{1, 0.25, 1}) {
		t.Errorf("%v", p)
	}
	for _, c := range []struct {
		nulls    [][]float64
		observed []float64
		want     string
	}{
		{[][]float64{{1}}, nil, "max-T: nulls of 1 cells but observed statistics of 0"},
		{[][]float64{{}}, []float64{1}, "max-T: cell 0 has no null statistics"},
		{[][]float64{{1, 2}, {1}}, []float64{1, 2}, "max-T: cell 1 has 1 permutations, but cell 0 has 2; use Holm"},
		{[][]float64{{1, 2}, {1, math.NaN()}}, []float64{1, 2}, "max-T: cell 1, statistic of label set 2 is NaN"},
	} {
		if _, err := MaxT(c.nulls, c.observed); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}

// By hand: sorted 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1 are 0.04, 0.06, 0.06,
// 0.04; running maxima 0.04, 0.06, 0.06, 0.06. And 0.4, 0.5 give 0.8, 0.8; NaN
// is 1.
func TestHolmByHand(t *testing.T) {
	for _, c := range []struct{ p, want []float64 }{
		{[]float64{0.04, 0.01, 0.03, 0.02}, []float64{0.06, 0.04, 0.06, 0.06}},
		{[]float64{0.5, 0.4}, []float64{0.8, 0.8}},
		{[]float64{math.NaN(), 0.02}, []float64{1, 0.04}},
		{[]float64{0.9, 0.8, 0.7}, []float64{1, 1, 1}},
		{[]float64{0.3}, []float64{0.3}},
		{nil, []float64{}},
	} {
		before := slices.Clone(c.p)
		got := Holm(c.p)
		if len(got) != len(c.want) {
			t.Fatalf("%v gives %v", c.p, got)
		}
		for i := range got {
			if !near(got[i], c.want[i], 1e-12) {
				t.Errorf("%v gives %v, by hand %v", c.p, got, c.want)
			}
			if c.p[i] != before[i] && !math.IsNaN(before[i]) {
				t.Errorf("input changed from %v to %v", before, c.p)
			}
		}
	}
}
