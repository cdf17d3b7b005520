package perturb

import (
	"math"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
)

// What a level means, checked by its definition on examples where it can be
// worked out by hand.

// flat is n grey pictures of 28×28 with this value everywhere.
func flat(n int, value float32) *datasets.Set {
	s := &datasets.Set{Name: "flat", Shape: datasets.Shape{Height: 28, Width: 28, Channels: 1}, Classes: []string{"a", "b"}}
	for i := range n {
		for range s.Shape.Size() {
			s.X = append(s.X, value)
		}
		s.Y = append(s.Y, int32(i%2))
	}
	return s
}

// near fails where got is more than tol, a few standard errors, from want.
func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if math.Abs(got-want) > tol || math.IsNaN(got) {
		t.Errorf("%s is %v, want %v ± %v", what, got, want, tol)
	}
}

func moments(x []float32) (mean, sd float64) {
	for _, v := range x {
		mean += float64(v) / float64(len(x))
	}
	for _, v := range x {
		sd += (float64(v) - mean) * (float64(v) - mean) / float64(len(x))
	}
	return mean, math.Sqrt(sd)
}

func TestNoiseMoments(t *testing.T) {
	set := flat(100, 0.5) // 78,400 values: standard error of the mean 0.0011, of the sd 0.0008
	mean, sd := moments(copies(t, set, mustParse(t, "gaussian"), 0.3, 1).X)
	near(t, "mean of gaussian", mean, 0.5, 0.005)
	near(t, "sd of gaussian", sd, 0.3, 0.004)
	x := copies(t, set, mustParse(t, "uniform"), 0.3, 1).X
	mean, sd = moments(x)
	near(t, "mean of uniform", mean, 0.5, 0.003)
	near(t, "sd of uniform", sd, 0.3/math.Sqrt(3), 0.003)
	if slices.Min(x) < 0.2-1e-6 || slices.Max(x) > 0.8+1e-6 {
		t.Errorf("uniform noise spans %v..%v", slices.Min(x), slices.Max(x))
	}
}

func TestColumnNoiseFollowsTheColumns(t *testing.T) {
	set := table()
	for i := range set.Len() {
		set.X[i*5+4] = 3 // a constant column
	}
	columns, err := columnsOf(set)
	if err != nil {
		t.Fatal(err)
	}
	numbers, _ := numbersOf(columns)
	sd := columnSD(set.X, 5, numbers)
	noisy := set
	for range 5 { // 64 × 90 rows: standard error of an sd about 1 %
		noisy = noisy.Subset(append(indices(noisy.Len()), indices(noisy.Len())...))
	}
	got := copies(t, noisy, mustParse(t, "column-noise"), 0.5, 1)
	for j := range 5 {
		var diff, column []float32
		for i := range noisy.Len() {
			diff = append(diff, got.Row(i)[j]-noisy.Row(i)[j])
			column = append(column, noisy.Row(i)[j])
		}
		_, want := moments(column)
		near(t, "sd of a column", sd[j], want, 1e-4*(1+want))
		_, added := moments(diff)
		near(t, "sd of column-noise", added, want/2, 0.04*want+1e-9)
	}
}

func indices(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func TestPixelShares(t *testing.T) {
	set := flat(100, 0.25) // standard error of a share of 0.3: 0.0016
	count := func(name string, of func(v float32) bool) float64 {
		hit := 0
		for _, v := range copies(t, set, mustParse(t, name), 0.3, 2).X {
			if of(v) {
				hit++
			}
		}
		return float64(hit) / float64(len(set.X))
	}
	near(t, "white of salt-pepper", count("salt-pepper", func(v float32) bool { return v == 1 }), 0.15, 0.007)
	near(t, "black of salt-pepper", count("salt-pepper", func(v float32) bool { return v == 0 }), 0.15, 0.007)
	near(t, "black of dropout", count("dropout", func(v float32) bool { return v == 0 }), 0.3, 0.008)
	near(t, "other values of replace", count("replace", func(v float32) bool { return v != 0.25 }), 0.3, 0.008)
	near(t, "upper half of replace", count("replace", func(v float32) bool { return v > 0.5 }), 0.15, 0.007)
}

func TestPixelsShareTheirChannels(t *testing.T) {
	set := colors()
	got := copies(t, set, mustParse(t, "dropout"), 0.4, 2)
	for p := 0; p < len(got.X); p += 3 {
		if zeros := (got.X[p] == 0) != (got.X[p+1] == 0) || (got.X[p] == 0) != (got.X[p+2] == 0); zeros {
			t.Fatalf("pixel %d lost some channels only: %v", p/3, got.X[p:p+3])
		}
	}
}

func TestOcclusionArea(t *testing.T) {
	set := flat(400, 1)
	got := copies(t, set, mustParse(t, "occlusion"), 6, 3)
	full := 0
	for i := range got.Len() {
		black := 0
		for _, v := range got.Row(i) {
			if v == 0 {
				black++
			}
		}
		if black > 36 || black < 9 { // a square of 6×6, at least a quarter of it inside
			t.Fatalf("%d pixels are black", black)
		}
		if black == 36 {
			full++
		}
	}
	near(t, "share of whole squares", float64(full)/400, 22.*22/(28*28), 0.1) // centre at least 3 from every border
}

// digit is one picture with no symmetry.
func digit() *datasets.Set {
	s := &datasets.Set{Name: "digit", Shape: datasets.Shape{Height: 3, Width: 3, Channels: 1}, Classes: []string{"a", "b"}, Y: []int32{0}}
	s.X = []float32{
		1, 2, 3,
		4, 5, 6,
		7, 8, 9,
	}
	return s
}

func TestRotateByRightAngles(t *testing.T) {
	half := copies(t, digit(), mustParse(t, "rotate"), 180, 1).X
	for i, want := range []float32{9, 8, 7, 6, 5, 4, 3, 2, 1} {
		near(t, "pixel after half a turn", float64(half[i]), float64(want), 1e-5)
	}
	quarters := map[float32]bool{}
	for seed := range uint64(20) {
		x := copies(t, digit(), mustParse(t, "rotate"), 90, seed).X
		quarters[float32(math.Round(float64(x[0])))] = true
		near(t, "centre after a quarter turn", float64(x[4]), 5, 1e-5)
	}
	if len(quarters) != 2 || !quarters[7] || !quarters[3] {
		t.Errorf("quarter turns brought %v to the corner; want 7 (right) and 3 (left)", quarters)
	}
}

func TestFlipMirrorsTheShare(t *testing.T) {
	got := copies(t, digit(), mustParse(t, "flip"), 1, 1).X
	if !slices.Equal(got, []float32{3, 2, 1, 6, 5, 4, 9, 8, 7}) {
		t.Errorf("mirrored to %v", got)
	}
	set := images()
	some := copies(t, set, mustParse(t, "flip"), 0.4, 1)
	flipped := 0
	for i := range set.Len() {
		if !slices.Equal(some.Row(i), set.Row(i)) {
			flipped++
		}
	}
	near(t, "share mirrored", float64(flipped)/float64(set.Len()), 0.4, 0.14) // 3 standard errors of 120
}

// A single bright pixel tells where a motion took it: its centre of mass.
func TestMotions(t *testing.T) {
	s := datasets.Shape{Height: 41, Width: 41, Channels: 1}
	at := func(x, y int) []float32 {
		p := make([]float32, s.Size())
		p[y*41+x] = 1
		return p
	}
	center := func(p []float32) (x, y float64) {
		total := 0.0
		for i, v := range p {
			x += float64(v) * float64(i%41)
			y += float64(v) * float64(i/41)
			total += float64(v)
		}
		return x / total, y / total
	}
	move := func(name string, level float64, src []float32, seed uint64) (dx, dy float64) {
		x0, y0 := center(src)
		got, err := Rows(src, s, mustParse(t, name), level, seed)
		if err != nil {
			t.Fatal(err)
		}
		x, y := center(got)
		return x - x0, y - y0
	}
	for seed := range uint64(12) {
		dx, dy := move("shift", 3.5, at(20, 20), seed)
		near(t, "distance of a shift", math.Hypot(dx, dy), 3.5, 0.15)

		dx, dy = move("rotate", 30, at(30, 20), seed) // 10 from the centre
		near(t, "chord of 30 degrees", math.Hypot(dx, dy), 2*10*math.Sin(15*math.Pi/180), 0.25)

		dx, dy = move("scale", 0.25, at(30, 20), seed)
		near(t, "sideways by scale", dy, 0, 0.01)
		if math.Abs(dx-2.5) > 0.4 && math.Abs(dx+2) > 0.4 { // 10·1.25 or 10/1.25
			t.Errorf("scale moved a pixel by %v", dx)
		}

		dx, dy = move("shear", 45, at(20, 30), seed) // upright shear moves it by 0, sideways by 10
		if d := math.Hypot(dx, dy); math.Abs(d-10) > 0.3 && d > 0.3 {
			t.Errorf("shear moved a pixel by %v", d)
		}
	}
}

// The rms displacement is the level, so a ramp, whose values are places, changes
// by it: exactly along one axis level/√2.
func TestElasticDisplacement(t *testing.T) {
	s := datasets.Shape{Height: 40, Width: 40, Channels: 1}
	var x []float32
	for range 200 {
		for i := range s.Size() {
			x = append(x, float32(i%40))
		}
	}
	got, err := Rows(x, s, mustParse(t, "elastic"), 1.5, 4)
	if err != nil {
		t.Fatal(err)
	}
	sum, n := 0.0, 0.0
	for i, v := range got {
		if c, r := i%40, i/40%40; c >= 8 && c < 32 && r >= 8 && r < 32 { // black comes in at the border
			sum += float64(v-x[i]) * float64(v-x[i])
			n++
		}
	}
	near(t, "rms displacement along one axis", math.Sqrt(sum/n), 1.5/math.Sqrt2, 0.06)
}

func TestBlur(t *testing.T) {
	set := flat(3, 0.7)
	for _, v := range copies(t, set, mustParse(t, "blur"), 2, 1).X {
		near(t, "a flat picture blurred", float64(v), 0.7, 1e-5)
	}
	point := flat(1, 0)
	point.X[14*28+14] = 1
	x := copies(t, point, mustParse(t, "blur"), 1.5, 1).X
	sum, spread := 0.0, 0.0
	for i, v := range x {
		sum += float64(v)
		spread += float64(v) * (math.Pow(float64(i%28-14), 2) + math.Pow(float64(i/28-14), 2))
	}
	near(t, "light of a blurred point", sum, 1, 1e-5)
	near(t, "its variance on two axes", spread, 2*1.5*1.5, 0.15) // the cut-off at 3σ loses 3 %
	near(t, "asymmetry", float64(x[14*28+12]-x[12*28+14]), 0, 1e-7)
}

func TestLight(t *testing.T) {
	set := images()
	bright := copies(t, set, mustParse(t, "brightness"), 0.2, 1)
	ups := 0
	for i, v := range bright.X {
		near(t, "change of brightness", math.Abs(float64(v-set.X[i])), 0.2, 1e-6)
		if v > set.X[i] {
			ups++
		}
	}
	near(t, "share lighter", float64(ups)/float64(len(bright.X)), 0.5, 0.14)
	contrast := copies(t, set, mustParse(t, "contrast"), 0.4, 1)
	for i := range set.Len() {
		m0, s0 := moments(set.Row(i))
		m1, s1 := moments(contrast.Row(i))
		near(t, "mean under contrast", m1, m0, 1e-5)
		if r := s1 / s0; math.Abs(r-0.6) > 1e-4 && math.Abs(r-1.4) > 1e-4 {
			t.Errorf("contrast multiplied the spread by %v", r)
		}
	}
}

func TestMixNeedsAnother(t *testing.T) {
	set := flat(2, 0)
	for j := range set.Row(1) {
		set.Row(1)[j] = 1
	}
	got := copies(t, set, mustParse(t, "mix"), 0.3, 1)
	near(t, "first example", float64(got.Row(0)[5]), 0.3, 1e-6)
	near(t, "second example", float64(got.Row(1)[5]), 0.7, 1e-6)
	if same := copies(t, flat(3, 0.5), mustParse(t, "mix"), 0.3, 1); same.X[0] != 0.5 {
		t.Error("equal examples do not mix to themselves")
	}
	defer func() {
		if recover() == nil {
			t.Error("At before Fit did not say so")
		}
	}()
	mustParse(t, "mix").At(0.1, set.Shape)
}

func TestRowsRefusesWrongLengths(t *testing.T) {
	s := datasets.Shape{Height: 1, Width: 1, Channels: 4}
	if _, err := Rows(make([]float32, 6), s, mustParse(t, "gaussian"), 0.1, 1); err == nil || !contains(err.Error(), "6 values") {
		t.Errorf("error %v", err)
	}
	if _, err := Rows(nil, s, mustParse(t, "mix"), 0.1, 1); err == nil {
		t.Error("mix without examples was accepted")
	}
	if got, err := Rows(nil, s, mustParse(t, "gaussian"), 0.1, 1); err != nil || len(got) != 0 {
		t.Errorf("no rows: %v, %v", got, err)
	}
}

// Noise at two levels is the same noise, scaled.
func TestLevelsShareTheirDraws(t *testing.T) {
	set := flat(3, 0)
	low, high := copies(t, set, mustParse(t, "gaussian"), 0.25, 9), copies(t, set, mustParse(t, "gaussian"), 0.5, 9)
	for i := range low.X {
		if 2*low.X[i] != high.X[i] {
			t.Fatalf("value %d: %v and %v", i, low.X[i], high.X[i])
		}
	}
	few, many := copies(t, images(), mustParse(t, "dropout"), 0.2, 9), copies(t, images(), mustParse(t, "dropout"), 0.4, 9)
	for i, v := range images().X {
		if v != 0 && few.X[i] == 0 && many.X[i] != 0 {
			t.Fatal("a pixel that is hit at a low level is not hit at a higher one")
		}
	}
}
