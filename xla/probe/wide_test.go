package probe

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// Coordinates in the space that the examples span have the inner products of the
// features themselves, also where examples are repeated, equal, or of very unequal
// lengths.
func TestNarrowKeepsInnerProducts(t *testing.T) {
	const n, d = 40, 130
	for name, value := range map[string]func(r *rand.Rand, i, j int) float64{
		"normal":   func(r *rand.Rand, i, j int) float64 { return r.NormFloat64() },
		"repeated": func(r *rand.Rand, i, j int) float64 { return math.Sin(float64((i%7)*d + j)) },
		"equal":    func(r *rand.Rand, i, j int) float64 { return float64(j) },
		"unequal":  func(r *rand.Rand, i, j int) float64 { return r.NormFloat64() * math.Pow(10, -float64(i%5)) },
		"tiny":     func(r *rand.Rand, i, j int) float64 { return r.NormFloat64() * 1e-6 },
		"large":    func(r *rand.Rand, i, j int) float64 { return 1e5 * r.NormFloat64() },
	} {
		for _, backend := range []string{"go", ""} {
			e, r := open(t, backend), rand.New(rand.NewPCG(3, 4))
			draw := func(rows int) arrays.Matrix {
				m := arrays.Matrix{Rows: rows, Cols: d}
				for i := range rows {
					for j := range d {
						m.Data = append(m.Data, float32(value(r, i, j)))
					}
				}
				return m
			}
			train := draw(n)
			data := Data{Train: train, Valid: []arrays.Matrix{train, draw(n)}, Fresh: draw(9), Classes: 2}
			c, lambda := data.center(), 1.0
			if name == "large" { // beside whose squares 1 is next to nothing
				lambda = 1e10
			}
			got, err := data.narrow(t.Context(), e, c, lambda)
			if err != nil {
				t.Fatal(name, err)
			}
			if got.Train.Cols != n || !got.Valid[0].Same(got.Train) {
				t.Fatalf("%s: %d columns; copies that are the examples are the same: %v", name, got.Train.Cols, got.Valid[0].Same(got.Train))
			}
			a := c.of(train).matrix()
			for what, pair := range map[string][2]arrays.Matrix{"copies": {data.Valid[1], got.Valid[1]}, "fresh examples": {data.Fresh, got.Fresh}, "examples": {train, got.Train}} {
				x := c.of(pair[0]).matrix()
				for i := range x.Rows {
					for j := range n {
						want, lengths := inner(x.Row(i), a.Row(j)), math.Sqrt(inner(x.Row(i), x.Row(i))*longest(a))
						if off := math.Abs(inner(pair[1].Row(i), got.Train.Row(j)) - want); off > 1e-6*lengths {
							t.Fatalf("%s on %q, %s: the inner product of row %d with example %d is off by %g of %g", name, backend, what, i, j, off, lengths)
						}
					}
				}
			}
		}
	}
}

func inner(a, b []float32) float64 {
	sum := 0.0
	for i, v := range a {
		sum += float64(v) * float64(b[i])
	}
	return sum
}

// longest is the largest squared length of a row.
func longest(m arrays.Matrix) float64 {
	most := 0.0
	for i := range m.Rows {
		most = max(most, inner(m.Row(i), m.Row(i)))
	}
	return most
}

// Where rounding could tell, features stay as they are: columns of very unequal size, a
// penalty that is tiny beside the squares, no more columns than examples.
func TestNarrowLeavesOthers(t *testing.T) {
	e, r := open(t, ""), rand.New(rand.NewPCG(5, 6))
	one := normal(r, 30, 70)
	unequal := arrays.Matrix{Rows: 30, Cols: 70, Data: slices.Clone(one.Data)}
	for i := range unequal.Rows {
		unequal.Row(i)[0] *= 1e7
	}
	for name, c := range map[string]struct {
		train  arrays.Matrix
		lambda float64
		turned bool
	}{
		"alike":           {one, 1, true},
		"unequal":         {unequal, 1, false},
		"unequal, idle":   {unequal, 1e6, true},
		"a tiny penalty":  {one, 1e-9, false},
		"as many columns": {normal(r, 30, 30), 1, false},
	} {
		d := Data{Train: c.train, Valid: []arrays.Matrix{c.train}, Classes: 2}
		got, err := d.narrow(t.Context(), e, d.center(), c.lambda)
		if err != nil {
			t.Fatal(name, err)
		}
		if turned := !got.Train.Same(c.train); turned != c.turned {
			t.Errorf("%s: turned %v", name, turned)
		}
	}
}

// A column 10⁷ times as large as the others changes no prediction of softmax in float64,
// and none here, beside the plain reference.
func TestSoftmaxOfUnequalColumns(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	d := Data{Classes: 2, Train: normal(r, 24, 30)}
	d.Valid = []arrays.Matrix{{Rows: 24, Cols: 30, Data: slices.Clone(d.Train.Data)}}
	for i := range d.Train.Rows {
		for j := range 30 {
			d.Valid[0].Row(i)[j] += 0.8 * float32(r.NormFloat64())
		}
		d.Train.Row(i)[0] *= 1e7
		d.Valid[0].Row(i)[0] *= 1e7
	}
	sets := given{}
	for range 4 {
		y := make([]int32, 24)
		for i := range y {
			y[i] = int32(r.IntN(2))
		}
		sets = append(sets, y)
	}
	got := collect(t, open(t, ""), SoftmaxRegression{}, d, sets, 0, len(sets), Options{})
	for b, y := range sets {
		for i, scores := range refSoftmax(d, y, d.Valid[0], 1) {
			if best := argMax(scores); got.Valid[0][b][i] != best && math.Abs(scores[0]-scores[1]) > 1e-2 {
				t.Errorf("label set %d, row %d: class %d, reference %v", b, i, got.Valid[0][b][i], scores)
			}
		}
	}
}
