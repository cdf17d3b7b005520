package linalg

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

// open opens a backend for a test, which fails where there is none.
func open(t *testing.T, backend string) *xla.Engine {
	t.Helper()
	e, err := xla.Open(t.Context(), backend, xla.Options{})
	if err != nil {
		t.Fatalf("backend %q: %v", backend, err)
	}
	t.Cleanup(e.Close)
	return e
}

func normal(r *rand.Rand, rows, cols int) arrays.Matrix {
	m := arrays.Matrix{Rows: rows, Cols: cols, Data: make([]float32, rows*cols)}
	for i := range m.Data {
		m.Data[i] = float32(r.NormFloat64())
	}
	return m
}

// TestInverseCholesky compares with gonum's Cholesky factorization, in sizes that
// are one block, several, and several that need filling up.
func TestInverseCholesky(t *testing.T) {
	for _, backend := range []string{"go", ""} {
		e := open(t, backend)
		for _, d := range []int{1, 5, blockSize, blockSize + 1, 2*blockSize + 77} {
			a := normal(rand.New(rand.NewPCG(1, uint64(d))), d/2+3, d)
			g, err := Gram(e, a)
			if err != nil {
				t.Fatal(err)
			}
			add := make([]float64, d)
			for i := range add {
				add[i] = 0.1 + float64(i%3)
			}
			inverse, err := InverseCholesky(t.Context(), e, g, 0.5, add)
			if err != nil {
				t.Fatal(err)
			}
			got, err := xla.Download[float64](inverse)
			if err != nil {
				t.Fatal(err)
			}
			m := mat.NewSymDense(d, nil)
			for i := range d {
				for j := i; j < d; j++ {
					sum := 0.0
					for r := range a.Rows {
						sum += float64(a.Row(r)[i]) * float64(a.Row(r)[j])
					}
					m.SetSym(i, j, 0.5*sum)
				}
				m.SetSym(i, i, m.At(i, i)+add[i])
			}
			var chol mat.Cholesky
			if !chol.Factorize(m) {
				t.Fatal("gonum cannot factor it")
			}
			var l, want mat.TriDense
			chol.LTo(&l)
			if err := want.InverseTri(&l); err != nil {
				t.Fatal(err)
			}
			for i := range d {
				for j := range d {
					if math.Abs(got[i*d+j]-want.At(i, j)) > 1e-10 {
						t.Fatalf("%q, size %d: element (%d, %d) is %g, gonum's %g", backend, d, i, j, got[i*d+j], want.At(i, j))
					}
				}
			}
			xla.Free(g, inverse)
		}
	}
}

// TestInverseShifted holds inverses against the matrices they are of: their product is the
// unit matrix.
func TestInverseShifted(t *testing.T) {
	e := open(t, "")
	for _, d := range []int{5, blockSize + 1, 2*blockSize + 77} {
		a := normal(rand.New(rand.NewPCG(2, uint64(d))), d/2+3, d)
		g, err := Gram(e, a)
		if err != nil {
			t.Fatal(err)
		}
		m, err := xla.Download[float64](g)
		if err != nil {
			t.Fatal(err)
		}
		add := make([]float64, d)
		for i := range add {
			add[i] = float64(d) * (1 + float64(i%3))
			m[i*d+i] += add[i]
		}
		double, err := InverseShifted(t.Context(), e, g, add, dtypes.Float64)
		if err != nil {
			t.Fatal(err)
		}
		single, err := InverseShifted(t.Context(), e, g, add, dtypes.Float32)
		if err != nil {
			t.Fatal(err)
		}
		got, err := xla.Download[float64](double)
		if err != nil {
			t.Fatal(err)
		}
		rounded, err := xla.Download[float32](single)
		if err != nil {
			t.Fatal(err)
		}
		var unit mat.Dense
		unit.Mul(mat.NewDense(d, d, m), mat.NewDense(d, d, got))
		for i, v := range got {
			want := 0.0
			if i%(d+1) == 0 {
				want = 1
			}
			if math.Abs(unit.At(i/d, i%d)-want) > 1e-12 || rounded[i] != float32(v) {
				t.Fatalf("size %d: element %d of the product is %g, of the inverse %g and %g", d, i, unit.At(i/d, i%d), v, rounded[i])
			}
		}
		xla.Free(g, double, single)
	}
}

func TestInverseCholeskyFails(t *testing.T) {
	e := open(t, "go")
	a := normal(rand.New(rand.NewPCG(1, 2)), 3, 5) // rank 3
	g, err := Gram(e, a)
	if err != nil {
		t.Fatal(err)
	}
	defer xla.Free(g)
	if _, err := InverseCholesky(t.Context(), e, g, 1, slices.Repeat([]float64{-1}, 5)); !errors.Is(err, ErrIndefinite) {
		t.Errorf("an indefinite matrix: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := InverseCholesky(ctx, e, g, 1, slices.Repeat([]float64{1}, 5)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestGramInParts: rows that do not fit at once are added up in parts.
func TestGramInParts(t *testing.T) {
	e := open(t, "")
	d := 700
	rows := gramBytes/(8*d) + 5
	a := arrays.Matrix{Rows: rows, Cols: d, Data: slices.Repeat([]float32{2}, rows*d)}
	g, err := Gram(e, a)
	if err != nil {
		t.Fatal(err)
	}
	defer xla.Free(g)
	got, err := xla.Download[float64](g)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range got {
		if v != float64(4*rows) {
			t.Fatalf("element %d is %v instead of %d", i, v, 4*rows)
		}
	}
}
