package probe

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/xla"
)

// shuffledLabels are label sets made by shuffling, for tests and benchmarks.
type shuffledLabels struct {
	y    []int32
	seed uint64
}

func (s shuffledLabels) Examples() int { return len(s.y) }
func (s shuffledLabels) Set(b int, dst []int32) {
	copy(dst, s.y)
	if b > 0 {
		seed.Stream(s.seed, "test", b).Shuffle(len(dst), func(i, j int) { dst[i], dst[j] = dst[j], dst[i] })
	}
}

// first writes out the label sets 0 … count−1.
func (s shuffledLabels) first(count int) [][]int32 {
	sets := make([][]int32, count)
	for b := range sets {
		sets[b] = make([]int32, len(s.y))
		s.Set(b, sets[b])
	}
	return sets
}

// clusters makes features around one random centre a class, noisy copies of
// them and fresh examples of the same classes.
func clusters(n, m, d, classes int, noise float32) (Data, shuffledLabels, []int32) {
	r := rand.New(rand.NewPCG(1, 2))
	centre := normal(r, classes, d)
	labels := func(n int) []int32 {
		y := make([]int32, n)
		for i := range y {
			y[i] = int32(r.IntN(classes))
		}
		return y
	}
	around := func(y []int32) arrays.Matrix {
		x := normal(r, len(y), d)
		for i, k := range y {
			for j, v := range centre.Row(int(k)) {
				x.Row(i)[j] += 0.3 * v
			}
		}
		return x
	}
	y, fresh := labels(n), labels(m)
	data := Data{Classes: classes, Train: around(y), Fresh: around(fresh)}
	for _, scale := range []float32{0, noise} {
		copied := normal(r, n, d)
		for i := range copied.Data {
			copied.Data[i] = data.Train.Data[i] + scale*copied.Data[i]
		}
		data.Valid = append(data.Valid, copied)
	}
	return data, shuffledLabels{y, 7}, fresh
}

func normal(r *rand.Rand, rows, cols int) arrays.Matrix {
	m := arrays.Matrix{Rows: rows, Cols: cols, Data: make([]float32, rows*cols)}
	for i := range m.Data {
		m.Data[i] = float32(r.NormFloat64())
	}
	return m
}

// BenchmarkProbe runs 1,001 label sets on features as large as the Python
// peers': n = 10,000, d = 512, 10 classes, one set of copies.
func BenchmarkProbe(b *testing.B) {
	ctx := context.Background()
	e, err := xla.Open(ctx, "", xla.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	data, labels, _ := clusters(10_000, 0, 512, 10, 0.3)
	data.Valid = data.Valid[1:]
	for _, name := range []string{"ridge", "centroid", "knn", "softmax"} {
		p, err := Parse(name)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				for _, err := range Run(ctx, e, p, data, labels, 0, 1001, Options{}) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
