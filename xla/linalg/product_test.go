package linalg

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

// Product is held against sums in plain Go, in one part and in several, the last of them
// short.
func TestProduct(t *testing.T) {
	e := open(t, "")
	r := rand.New(rand.NewPCG(1, 2))
	for _, d := range []int{1, 7, gramBytes/(8*(3+5)) + 3} {
		a, b := normal(r, 3, d), normal(r, 5, d)
		p, err := Product(e, a, b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := xla.Download[float64](p)
		xla.Free(p)
		if err != nil || len(got) != 15 {
			t.Fatalf("%d values, error %v", len(got), err)
		}
		for i := range 3 {
			for j := range 5 {
				want := dot(a, b, i, j)
				if math.Abs(got[i*5+j]-want) > 1e-9*math.Sqrt(float64(d)) {
					t.Errorf("d = %d, element %d, %d: %g, want %g", d, i, j, got[i*5+j], want)
				}
			}
		}
	}
}

func dot(a, b arrays.Matrix, i, j int) float64 {
	sum := 0.0
	for k, v := range a.Row(i) {
		sum += float64(v) * float64(b.Row(j)[k])
	}
	return sum
}
