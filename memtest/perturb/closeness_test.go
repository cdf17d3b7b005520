package perturb

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
)

// measure asks for all of a small set, so that nothing depends on the draw.
func measure(t *testing.T, set *datasets.Set, name string, levels ...float64) []Closeness {
	t.Helper()
	got, err := MeasureCloseness(context.Background(), set, mustParse(t, name), levels, ClosenessOptions{Copies: set.Len(), Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestClosenessOnALine(t *testing.T) {
	// Pictures of 2×2 pixels with one value v: brightness by b moves a copy by 2b,
	// two neighbours one apart are 2 apart, the last two are 8 apart.
	set := &datasets.Set{Name: "line", Shape: datasets.Shape{Height: 2, Width: 2, Channels: 1}, Classes: []string{"a", "b"}}
	for i, v := range []float32{0, 1, 2, 3, 7} {
		set.X = append(set.X, v, v, v, v)
		set.Y = append(set.Y, int32(i%2))
	}
	got := measure(t, set, "brightness", 0, 0.25, 0.75)
	for i, want := range []Closeness{
		{Distance: 0, ParentNearest: 1},
		{Distance: 0.5, ParentNearest: 1},
		{Distance: 1.5},
	} {
		c := got[i]
		near(t, "distance", c.Distance, want.Distance, 1e-6)
		near(t, "ratio", *c.Ratio, []float64{0, 0.25, 0.75}[i], 1e-6)
		near(t, "nearest", c.Nearest, (2*4+8)/5., 1e-6)
		if i < 2 {
			near(t, "kept", c.ParentNearest, 1, 1e-9)
		} else if c.ParentNearest >= 0.9 || c.ParentNearest < 0.2 { // those that move away from the line's ends, and the last, are kept
			t.Errorf("kept %v", c.ParentNearest)
		}
		if c.Copies != 5 || c.Pool != 5 || c.Level != []float64{0, 0.25, 0.75}[i] || c.Perturbation != "brightness" {
			t.Errorf("described as %+v", c)
		}
	}
}

// How near copies of a table are does not depend on the units of its columns: distances by
// the obvious loops, of columns divided by their standard deviations, but for one of zeros
// and ones. What is constant counts for nothing.
func TestClosenessOfTablesHasNoUnits(t *testing.T) {
	const n = 40
	table := func(unit float32) *datasets.Set {
		set := &datasets.Set{Name: "table", Shape: datasets.Shape{Height: 1, Width: 1, Channels: 4}, Classes: []string{"a", "b"}}
		r := rand.New(rand.NewPCG(9, 10))
		for i := range n {
			set.X = append(set.X, unit*float32(r.NormFloat64()), float32(r.NormFloat64()), float32(r.IntN(2)), 7)
			set.Y = append(set.Y, int32(i%2))
		}
		return set
	}
	plain, large := table(1), table(1<<14)
	before := plain.Hash()
	a, b := measure(t, plain, "column-noise", 0.5)[0], measure(t, large, "column-noise", 0.5)[0]
	if a.Distance != b.Distance || a.Nearest != b.Nearest || *a.Ratio != *b.Ratio || a.ParentNearest != b.ParentNearest || plain.Hash() != before {
		t.Errorf("%+v in other units %+v", a, b)
	}
	copies, err := Copies(plain, mustParse(t, "column-noise"), 0.5, 2)
	if err != nil {
		t.Fatal(err)
	}
	var sd [2]float64
	for j := range sd {
		var mean float64
		for i := range n {
			mean += float64(plain.Row(i)[j]) / n
		}
		for i := range n {
			sd[j] += math.Pow(float64(plain.Row(i)[j])-mean, 2) / n
		}
		sd[j] = math.Sqrt(sd[j])
	}
	apart := func(x, y []float32) float64 {
		return math.Sqrt(math.Pow(float64(x[0]-y[0])/sd[0], 2) + math.Pow(float64(x[1]-y[1])/sd[1], 2) + math.Pow(float64(x[2]-y[2]), 2))
	}
	kept := 0
	for i := range n {
		nearest := true
		for j := range n {
			nearest = nearest && apart(copies.Row(i), plain.Row(i)) <= apart(copies.Row(i), plain.Row(j))
		}
		if nearest {
			kept++
		}
	}
	if got := ParentNearest(plain.X, copies.X, 4, ClosenessOptions{Seed: 3, Table: true}); got != float64(kept)/n || kept == 0 || kept == n {
		t.Errorf("kept %v, by loops %d of %d", got, kept, n)
	}
}

// Where most parents have a double there is no ratio, and JSON says null.
func TestRatioOfDoublesIsAbsent(t *testing.T) {
	set := &datasets.Set{Name: "doubles", Shape: datasets.Shape{Height: 2, Width: 2, Channels: 1}, Classes: []string{"a", "b"}, X: []float32{0, 0, 0, 0, 0, 0, 0, 0, 5, 5, 5, 5, 5, 5, 5, 5}, Y: []int32{0, 1, 0, 1}}
	got := measure(t, set, "brightness", 0.25)[0]
	if text, err := json.Marshal(got); got.Ratio != nil || err != nil || !strings.Contains(string(text), `"ratio":null`) {
		t.Errorf("%s, %v", text, err)
	}
}

// Squares of the values of every other row overflow in float32; each of them has
// another one beside it.
func TestNearestAmongFillValues(t *testing.T) {
	pool := []float32{1e20, 0, 0, 0, 1e20, 3, 0, 4}
	if got := nearestOthers(pool, pool, 2); !slices.Equal(got, []float64{3, 4, 3, 4}) {
		t.Errorf("%v", got)
	}
}

// The blocked search against the obvious loops, in float64.
func TestNearestOthersAgainstLoops(t *testing.T) {
	const n, m, d = 150, 1500, 37 // more than one block on both sides
	r := rand.New(rand.NewPCG(5, 6))
	x, pool := make([]float32, n*d), make([]float32, m*d)
	for i := range pool {
		pool[i] = 10 + r.Float32()
	}
	for i := range x {
		x[i] = pool[i] + 0.3*float32(r.NormFloat64())
	}
	got := nearestOthers(x, pool, d)
	for i := range n {
		want := math.Inf(1)
		for j := range m {
			if j != i {
				want = min(want, distance(row(x, d, i), row(pool, d, j)))
			}
		}
		near(t, "distance to the nearest other", got[i], want, 1e-4)
	}
}

// The share by the obvious loops, in float64, of copies in their places and out of
// them; and of 500 copies among 5,000 examples where there are more.
func TestParentNearest(t *testing.T) {
	const n, d = 300, 3
	r := rand.New(rand.NewPCG(7, 8))
	x, copies := make([]float32, n*d), make([]float32, n*d)
	for i := range x {
		x[i] = float32(r.NormFloat64())
		copies[i] = x[i] + 0.1*float32(r.NormFloat64())
	}
	shifted := append(slices.Clone(copies[d:]), copies[:d]...)
	for name, y := range map[string][]float32{"in order": copies, "out of order": shifted, "the parents": x} {
		kept := 0
		for i := range n {
			nearest := true
			for j := range n {
				nearest = nearest && distance(row(y, d, i), row(x, d, i)) <= distance(row(y, d, i), row(x, d, j))
			}
			if nearest {
				kept++
			}
		}
		if got, want := ParentNearest(x, y, d, ClosenessOptions{Seed: 3}), float64(kept)/n; math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		if low := name == "out of order"; low != (kept < n/10) || name == "in order" && (kept == n || kept < n/2) {
			t.Errorf("%s: %d of %d, which shows nothing", name, kept, n)
		}
	}
	line := make([]float32, 6000)
	for i := range line {
		line[i] = float32(i)
	}
	moved := slices.Clone(line)
	for i := range 3000 {
		moved[i] += 10
	}
	if got := ParentNearest(line, moved, 1, ClosenessOptions{Seed: 3}); got != math.Round(500*got)/500 || math.Abs(got-0.5) > 0.1 {
		t.Errorf("half of 6000 copies moved: %v", got)
	}
	if got := ParentNearest(nil, nil, 0, ClosenessOptions{}); got != 1 {
		t.Errorf("no columns: %v", got)
	}
}

func TestClosenessOfImages(t *testing.T) {
	set := images()
	for _, name := range []string{"gaussian", "rotate", "mix", "column-noise"} {
		k := mustParse(t, name).(Kind)
		got := measure(t, set, name, k.Levels()...)
		for i := 1; i < len(got); i++ {
			if got[i].Distance <= got[i-1].Distance || *got[i].Ratio <= *got[i-1].Ratio || got[i].ParentNearest > got[i-1].ParentNearest {
				t.Errorf("%s: %+v after %+v", name, got[i], got[i-1])
			}
		}
		if got[0].ParentNearest != 1 && math.Abs(got[0].ParentNearest-1) > 1e-9 || *got[0].Ratio != 0 {
			t.Errorf("%s at level 0: %+v", name, got[0])
		}
	}
	a := measure(t, set, "gaussian", 0.3)
	if b := measure(t, set, "gaussian", 0.3); !reflect.DeepEqual(a, b) {
		t.Errorf("measured twice: %+v and %+v", a, b)
	}
}

func TestClosenessSubsamples(t *testing.T) {
	got, err := MeasureCloseness(context.Background(), images(), mustParse(t, "gaussian"), []float64{0.1}, ClosenessOptions{Copies: 10, Pool: 50})
	if err != nil || got[0].Copies != 10 || got[0].Pool != 50 {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = MeasureCloseness(context.Background(), images(), mustParse(t, "gaussian"), []float64{0.1}, ClosenessOptions{}); err != nil || got[0].Pool != 120 || got[0].Copies != 120 {
		t.Errorf("all of a small set: %+v, %v", got, err)
	}
}

func TestClosenessRefuses(t *testing.T) {
	for _, o := range []ClosenessOptions{{Copies: -1}, {Pool: -1}, {Pool: 1}} {
		if _, err := MeasureCloseness(context.Background(), images(), mustParse(t, "gaussian"), []float64{0.1}, o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
	if _, err := MeasureCloseness(context.Background(), images(), mustParse(t, "gaussian"), []float64{-1}, ClosenessOptions{}); err == nil {
		t.Error("level −1 was accepted")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := MeasureCloseness(ctx, images(), mustParse(t, "gaussian"), []float64{1}, ClosenessOptions{}); err != context.Canceled {
		t.Errorf("error %v", err)
	}
}

// How near the copies of a table are does not depend on the units of its columns.
func TestClosenessOfTablesKnowsNoUnits(t *testing.T) {
	small, large := table(), table()
	for i := range large.X {
		if i%large.Shape.Size() == 0 {
			large.X[i] *= 1024 // a power of two, so that nothing is rounded
		}
	}
	p := mustParse(t, "column-noise")
	a, err := MeasureCloseness(t.Context(), small, p, []float64{0, 0.5}, ClosenessOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	b, err := MeasureCloseness(t.Context(), large, p, []float64{0, 0.5}, ClosenessOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for k := range a {
		if math.Abs(a[k].Distance-b[k].Distance) > 1e-5*a[k].Distance || a[k].ParentNearest != b[k].ParentNearest {
			t.Errorf("in other units %+v, want %+v", b[k], a[k])
		}
	}
}
