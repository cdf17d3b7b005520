package probe

import (
	"math"
	"math/rand/v2"
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
			c := data.center()
			got, err := data.narrow(t.Context(), e, c)
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
