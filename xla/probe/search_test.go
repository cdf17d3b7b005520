package probe

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// TestSearchExact compares the search with all distances in float64, where
// float32 distances mislead: features far from the origin, examples that repeat,
// whole numbers with many ties, and constant features.
func TestSearchExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const n, cols, k = 300, 12, 7
	cases := map[string]func(i, j int) float32{
		"far":      func(i, j int) float32 { return 3000 + float32(r.NormFloat64()) },
		"repeated": func(i, j int) float32 { return float32((i%10)*j) + 0.1 },
		"ties":     func(i, j int) float32 { return float32(r.IntN(2)) },
		"constant": func(i, j int) float32 { return 0.3 },
		"tiny":     func(i, j int) float32 { return float32(r.NormFloat64()) * 0x1p-66 },
		"huge":     func(i, j int) float32 { return float32(r.NormFloat64()) * 0x1p64 },
		"fill":     func(i, j int) float32 { return float32(r.NormFloat64()) * float32(1+1e20*float64(1-min(1, (i%7)+j))) },
		"outlier":  func(i, j int) float32 { return float32(r.NormFloat64()) * float32(1+1e6*float64(i/(n-1))) },
	}
	for _, backend := range []string{"go", ""} {
		e := open(t, backend)
		for name, value := range cases {
			train := arrays.Matrix{Rows: n, Cols: cols, Data: make([]float32, n*cols)}
			for i := range n {
				for j := range cols {
					train.Row(i)[j] = value(i, j)
				}
			}
			rows := arrays.Matrix{Rows: n, Cols: cols, Data: slices.Clone(train.Data)}
			for i := range rows.Data {
				rows.Data[i] *= 1 + float32(r.IntN(2))/2
			}
			s, err := newSearch(e, make(center, cols).of(train), k)
			if err != nil {
				t.Fatal(err)
			}
			defer s.close()
			s.train = train
			for _, where := range []string{"processor", "device"} {
				if where == "device" {
					if err := s.pickOnDevice(); err != nil || s.pick == nil {
						t.Fatal(err)
					}
				}
				got, err := s.nearest(t.Context(), rows)
				if err != nil {
					t.Fatal(err)
				}
				for i := range n {
					var all []candidate
					for j := range n {
						all = insert(all, candidate{int32(j), s.distance(rows.Row(i), int32(j))}, n)
					}
					for q := range k {
						if got[i*k+q] != all[q].index {
							t.Fatalf("%s on %q, picked on the %s: neighbour %d of row %d is %d instead of %d", name, backend, where, q, i, got[i*k+q], all[q].index)
						}
					}
				}
			}
		}
	}
}

// More candidates than are picked one by one are picked on the processor.
func TestManyNeighbours(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	x := arrays.Matrix{Rows: 90, Cols: 3, Data: make([]float32, 270)}
	for i := range x.Data {
		x.Data[i] = float32(r.NormFloat64())
	}
	for k, picked := range map[int]bool{mostPicked - spare: true, mostPicked - spare + 1: false} {
		s, err := newSearch(open(t, ""), make(center, x.Cols).of(x), k)
		if err != nil {
			t.Fatal(err)
		}
		defer s.close()
		want, err := s.nearest(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.pickOnDevice(); err != nil || (s.pick != nil) != picked {
			t.Fatalf("%d neighbours are picked on the device: %v (%v)", k, s.pick != nil, err)
		}
		if got, err := s.nearest(t.Context(), x); err != nil || !slices.Equal(got, want) {
			t.Errorf("%d neighbours: others on the device (%v)", k, err)
		}
	}
}

func TestTooManyNeighbours(t *testing.T) {
	d, labels := small()
	for _, err := range Run(t.Context(), open(t, "go"), KNN{K: 46}, d, labels, 0, 1, Options{}) {
		if err == nil || err.Error() != "probe knn:46: 46 neighbours are more than the 45 training examples; choose fewer" {
			t.Error(err)
		}
	}
	got := collect(t, open(t, "go"), KNN{K: 45}, d, labels, 0, 2, Options{})
	if got.Parents[0] != 1 || got.Parents[1] != 1 {
		t.Errorf("all examples are neighbours, but the shares of parents are %v", got.Parents)
	}
	if got = collect(t, open(t, "go"), KNN{K: 1}, d, labels, 0, 2, Options{}); got.Parents[0] != 1 || !(got.Parents[1] < 1) {
		t.Errorf("the parents' shares of exact and of noisy copies are %v", got.Parents)
	}
}
