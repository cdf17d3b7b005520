package memtest

import (
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/memtest/internal/uniform"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/probe"
)

var update = flag.Bool("update", false, "write what the tests find into docs/")

const (
	page      = "../docs/simulation.md"
	pageBegin = "<!-- probes: begin, written by go test ./memtest -run Simulation -update -->\n"
	pageEnd   = "<!-- probes: end -->\n"
)

// strata are the numbers of examples of each class, block by block.
var strata = [][]int{{15, 4, 3}, {8, 8, 3}, {4, 6, 9}}

// independent draws features that have nothing to do with the labels, given the
// block: both the features' mean and the shares of the classes differ between
// blocks, so only shuffles within blocks are a fair null.
func independent(name string, number int) (d probe.Data, labels, groups []int32, u float64) {
	r := seed.Stream(1, "simulation", name, number)
	for g, counts := range strata {
		for k, n := range counts {
			for range n {
				labels, groups = append(labels, int32(k)), append(groups, int32(g))
			}
		}
	}
	const columns = 3
	n := len(labels)
	d = probe.Data{Classes: len(strata[0]), Train: arrays.Matrix{Rows: n, Cols: columns}, Valid: []arrays.Matrix{{Rows: n, Cols: columns}}}
	for _, g := range groups {
		for range columns {
			v := r.NormFloat64() + float64(g)
			d.Train.Data = append(d.Train.Data, float32(v))
			d.Valid[0].Data = append(d.Valid[0].Data, float32(v+0.3*r.NormFloat64()))
		}
	}
	return d, labels, groups, r.Float64()
}

// TestSimulationPage runs every probe on data sets in which there is nothing to
// learn: p-values are uniform. With MEMTEST_LONG=1 it holds docs/simulation.md to what
// comes out of 500 data sets; otherwise it takes the first 100 of them.
func TestSimulationPage(t *testing.T) {
	const b = 19
	dataSets, whole := 100, long() || *update
	if whole {
		dataSets = 500
	}
	e := engine(t)
	if !e.Describe().Real {
		t.Skip("the pure-Go backend rounds differently from the page's XLA, and takes minutes")
	}
	var text strings.Builder
	fmt.Fprintf(&text, `
## Every probe, on XLA

The same question with the probes of this project, as `+"`MEMTEST_LONG=1 go test ./memtest`"+` runs them: %d data sets a row, B = %d, 60 examples in
three classes of unequal size and three strata with different means and shares, shuffles within strata, copies with noise of 0.3. The
features say nothing of the labels but through the stratum.

| probe | KS distance | KS p | share p ≤ 0.05 | share p ≤ 0.10 |
| --- | --- | --- | --- | --- |
`, dataSets, b)
	for _, name := range probe.Names() {
		var even, reported []float64
		for i := range dataSets {
			d, labels, groups, u := independent(name, i)
			f := features.Features{Train: d.Train, Levels: []float64{0.3}, Copies: features.Matrices(d.Valid...), Labels: labels, Groups: groups, Classes: d.Classes}
			p, evenly := nullP(t, e, name, f, uint64(i), b, u)
			reported, even = append(reported, p), append(even, evenly)
		}
		distance, p := holdUniform(t, name, even, reported)
		fmt.Fprintf(&text, "| %s | %.3f | %.3f | %.3f | %.3f |\n", name, distance, p, uniform.ShareAtMost(reported, 0.05), uniform.ShareAtMost(reported, 0.10))
	}
	if whole {
		holdPage(t, text.String())
	}
}

// holdPage compares the part of the page between its marks with text, or writes
// it there.
func holdPage(t *testing.T, text string) {
	t.Helper()
	whole, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(whole), pageBegin)
	if !found {
		before, rest = string(whole)+"\n", pageEnd
	}
	old, after, _ := strings.Cut(rest, pageEnd)
	if *update {
		if err := os.WriteFile(page, []byte(before+pageBegin+text+"\n"+pageEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !alike(old, text) {
		t.Errorf("%s says otherwise; run go test ./memtest -run Simulation -update. Found:\n%s", page, text)
	}
}

// alike compares word by word; numbers may differ by 0.01, as another processor
// rounds a near-tie of two classes the other way.
func alike(a, b string) bool {
	return slices.EqualFunc(strings.Fields(a), strings.Fields(b), func(v, w string) bool {
		x, err := strconv.ParseFloat(v, 64)
		y, err2 := strconv.ParseFloat(w, 64)
		return v == w || err == nil && err2 == nil && math.Abs(x-y) <= 0.01
	})
}

// nullP measures features that say nothing of their labels by a probe: the learning p that
// is reported, and one whose ties are broken by u, a uniform number, which is uniform where
// the test is exact.
func nullP(t *testing.T, e *xla.Engine, name string, f features.Features, s uint64, b int, u float64) (reported, even float64) {
	t.Helper()
	m, err := newMeasurement(Options{Permutations: b, Scale: ScaleNone, Probes: []string{name}}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	m.Seed = s
	p, err := m.prepare(f)
	if err != nil {
		t.Fatal(err)
	}
	kind := m.probes[0]
	ev, err := m.gather(t.Context(), e, p, kind)
	if err != nil {
		t.Fatal(err)
	}
	row, err := m.judge(p.row, kind.Probe, ev[0], p.null)
	if err != nil {
		t.Fatal(err)
	}
	greater, ties := 0, 0
	for _, h := range ev[0].Counts.Hits[1:] {
		if h > ev[0].Counts.Hits[0] {
			greater++
		} else if h == ev[0].Counts.Hits[0] {
			ties++
		}
	}
	return row.LearningP, (float64(greater) + u*float64(1+ties)) / float64(b+1)
}

// holdUniform holds that p-values of nullP are uniform where ties are broken, and that of
// those that are reported no more than 1 in 20 is 0.05, but for four standard errors.
func holdUniform(t *testing.T, name string, even, reported []float64) (distance, p float64) {
	t.Helper()
	distance, p = uniform.Kolmogorov(even)
	if p < 0.001 {
		t.Errorf("%s: p-values are not uniform: KS distance %.3f, p %.5f", name, distance, p)
	}
	if s := uniform.ShareAtMost(reported, 0.05); s > 0.05+4*math.Sqrt(0.05*0.95/float64(len(reported))) {
		t.Errorf("%s: %.3f of the p-values are at most 0.05", name, s)
	}
	return distance, p
}
