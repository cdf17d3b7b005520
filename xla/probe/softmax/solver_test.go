package softmax

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

// open opens a backend for a test, which is skipped where there is none.
func open(t *testing.T, backend string) *xla.Engine {
	t.Helper()
	e, err := xla.Open(t.Context(), backend, xla.Options{})
	if err != nil {
		t.Skipf("no backend %q here: %v", backend, err)
	}
	t.Cleanup(e.Close)
	return e
}

func solver(t *testing.T, e *xla.Engine, x arrays.Matrix, classes int, lambda float64) *Solver {
	t.Helper()
	s, err := New(t.Context(), e, x, classes, lambda)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func fit(t *testing.T, s *Solver, labels [][]int32, slots int) []Whitened {
	t.Helper()
	fits, err := s.Fit(t.Context(), labels, slots)
	if err != nil {
		t.Fatal(err)
	}
	return fits
}

// golden are the centred features of the golden values of package probe, and their
// label sets, the first of them the real labels.
func golden(t *testing.T) (x arrays.Matrix, sets [][]int32, classes int) {
	t.Helper()
	var g struct {
		N, D, Classes int
		Sets          []string
	}
	text, err := os.ReadFile("../testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("../testdata/features.f32")
	if err != nil {
		t.Fatal(err)
	}
	x = arrays.Matrix{Rows: g.N, Cols: g.D, Data: make([]float32, g.N*g.D)}
	for i := range x.Data {
		x.Data[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	for j := range x.Cols {
		mean := 0.0
		for i := range x.Rows {
			mean += float64(x.Row(i)[j]) / float64(x.Rows)
		}
		for i := range x.Rows {
			x.Row(i)[j] -= float32(mean)
		}
	}
	for _, digits := range g.Sets {
		y := make([]int32, len(digits))
		for i, c := range digits {
			y[i] = c - '0'
		}
		sets = append(sets, y)
	}
	return x, sets, g.Classes
}

// shuffles are the labels, and count−1 times the same in another order.
func shuffles(y []int32, count int) [][]int32 {
	r := rand.New(rand.NewPCG(3, 4))
	sets := [][]int32{y}
	for len(sets) < count {
		y := slices.Clone(y)
		r.Shuffle(len(y), func(i, j int) { y[i], y[j] = y[j], y[i] })
		sets = append(sets, y)
	}
	return sets
}

// A fit is the same to the last digit in whichever slot, and whichever the other
// label sets are.
func TestFitsDoNotDependOnOthers(t *testing.T) {
	x, given, classes := golden(t)
	s := solver(t, open(t, ""), x, classes, 0.3)
	sets := shuffles(given[0], 32)
	for _, slots := range []int{32, 4} { // with four, most begin where others have converged
		want := fit(t, s, sets, slots)
		slices.Reverse(sets)
		got := fit(t, s, sets, slots)
		for b := range want {
			if !slices.Equal(got[len(sets)-1-b], want[b]) {
				t.Errorf("label set %d is fitted otherwise in another of %d slots", b, slots)
			}
		}
		if got = fit(t, s, sets[29:], slots); !slices.Equal(got[0], want[2]) || !slices.Equal(got[2], want[0]) {
			t.Errorf("the label sets 2 and 0 are fitted otherwise without the others in %d slots", slots)
		}
		slices.Reverse(sets)
	}
}

// A single fit, which takes Hessians of its own, ends where fits of several do.
func TestHessiansOfASingleFit(t *testing.T) {
	x, sets, classes := golden(t)
	for _, backend := range []string{"go", ""} {
		e := open(t, backend)
		s := solver(t, e, x, classes, 0.1)
		s.tolerance = 1e-8
		for b, y := range sets[:2] {
			single, other := fit(t, s, [][]int32{y}, 1)[0], fit(t, s, [][]int32{y}, 2)[0]
			length, distance := 0.0, 0.0
			for i, v := range other {
				length += float64(v) * float64(v)
				distance += float64(v-single[i]) * float64(v-single[i])
			}
			if distance > 1e-5*length {
				t.Errorf("%s, label set %d: the fits are %.1e of their length apart", e.Describe().Name, b, math.Sqrt(distance/length))
			}
		}
		s.maxIterations = firstHessians // the real labels need more: their fit has come to the Hessians
		if _, err := s.Fit(t.Context(), sets[:1], 1); err == nil || !strings.Contains(err.Error(), "did not converge in 50 iterations") {
			t.Errorf("%s: a single fit ends before it takes Hessians: %v", e.Describe().Name, err)
		}
	}
}

// Where few examples carry a column, as behind a relu that is seldom above zero,
// steps by the Hessian that all label sets share are a hundred times too short:
// corrections keep iterations to tens.
func TestRareColumns(t *testing.T) {
	const n, common, rare, examples = 4000, 200, 100, 5
	r := rand.New(rand.NewPCG(1, 2))
	x := arrays.Matrix{Rows: n, Cols: common + rare, Data: make([]float32, n*(common+rare))}
	for i := range n {
		for j := range x.Row(i)[:common] {
			x.Row(i)[j] = float32(r.NormFloat64())
		}
	}
	for j := range rare { // of a column with a standard deviation of 1
		for range examples {
			x.Row(r.IntN(n))[common+j] = float32(math.Sqrt(float64(n)/examples) * (0.5 + r.Float64()))
		}
	}
	y := make([]int32, n)
	for i := range y {
		y[i] = int32(i % 10)
	}
	s := solver(t, open(t, ""), x, 10, 1)
	sets := shuffles(y, 9)[1:]
	s.maxIterations = 30 // 24 are taken; without corrections 158, with those of 64 columns 128
	fit(t, s, sets, len(sets))
	s.maxIterations = 5
	if _, err := s.Fit(t.Context(), sets, len(sets)); err == nil || !strings.Contains(err.Error(), "did not converge in 5 iterations") {
		t.Errorf("after 5 iterations of 24 it says: %v", err)
	}
}

// Where a tiny penalty lets labels be separated at no cost, a fit would end far from the
// minimum: that is an error. Labels of one class, which no weights are needed for, are
// none, nor is a penalty that counts.
func TestLossNextToNone(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	const n, d = 40, 30
	x := arrays.Matrix{Rows: n, Cols: d, Data: make([]float32, n*d)}
	for i := range x.Data {
		x.Data[i] = float32(r.NormFloat64())
	}
	y := make([]int32, n)
	for i := range y {
		y[i] = int32(i % 2)
		x.Row(i)[0] += 8 * float32(y[i])
	}
	e := open(t, "")
	for lambda, refused := range map[float64]bool{1: false, 1e-2: false, 1e-8: true} {
		s := solver(t, e, x, 2, lambda)
		if _, err := s.Fit(t.Context(), [][]int32{y}, 1); errors.Is(err, ErrPenalty) != refused {
			t.Errorf("penalty %g: %v", lambda, err)
		}
		if _, err := s.Fit(t.Context(), [][]int32{make([]int32, n)}, 1); err != nil {
			t.Errorf("penalty %g, one class: %v", lambda, err)
		}
	}
}
