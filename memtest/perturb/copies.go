package perturb

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"sync/atomic"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/parallel"
	"github.com/seed-1a417598/memtest/datasets/seed"
)

// Copies returns a set whose example i is the near-copy, at this level, of
// example i of the given set, with its label and group. The set given is not
// changed and shares no values with the new one. All processors work at it; the
// result does not depend on how many there are.
func Copies(set *datasets.Set, p Perturbation, level float64, root uint64) (*datasets.Set, error) {
	x, err := rows(set, p, level, root)
	if err != nil {
		return nil, fmt.Errorf("data set %q: %w", set.Name, err)
	}
	copies := *set
	copies.Name, copies.Classes = fmt.Sprintf("%s, %s %g", set.Name, p.Name(), level), slices.Clone(set.Classes)
	copies.X, copies.Y, copies.Groups = x, slices.Clone(set.Y), slices.Clone(set.Groups)
	copies.ByChance = slices.Clone(set.ByChance)
	return &copies, nil
}

// Rows returns near-copies of the rows of a matrix x of [n, s.RowSize()] values,
// such as features that no network made: their shape is 1 × 1 × columns.
func Rows(x []float32, s datasets.Shape, p Perturbation, level float64, root uint64) ([]float32, error) {
	return rows(&datasets.Set{X: x, Shape: s}, p, level, root)
}

// rows makes the values of the copies.
func rows(set *datasets.Set, p Perturbation, level float64, root uint64) ([]float32, error) {
	x, s := set.X, set.Shape
	if err := p.Check(level, s); err != nil {
		return nil, err
	}
	d := s.RowSize()
	if d <= 0 || len(x)%d != 0 {
		return nil, fmt.Errorf("%d values are not rows of shape %v", len(x), s)
	}
	if err := checkRows(set); err != nil {
		return nil, err
	}
	if level == 0 {
		return same(x, s), nil
	}
	if err := CheckExamples(p); err != nil {
		return nil, err
	}
	p, err := Fitted(p, set)
	if err != nil {
		return nil, err
	}
	y := make([]float32, len(x))
	hi, lo := seed.Sum(root, "perturb", family(p))
	var bad atomic.Int64 // 1 + the first value that is not finite
	parallel.Blocks(len(x)/d, blockRows, func(blocks iter.Seq2[int, int]) {
		copyRow := p.At(level, s)
		source := rand.NewPCG(0, 0)
		r := rand.New(source)
		for from, to := range blocks {
			for i := from; i < to; i++ {
				source.Seed(seed.Member(hi, lo, i))
				dst := y[i*d : (i+1)*d : (i+1)*d]
				copyRow(dst, x[i*d:(i+1)*d:(i+1)*d], r)
				if j := notFinite(dst); j >= 0 {
					lower(&bad, int64(i*d+j)+1)
				}
			}
		}
	})
	if b := int(bad.Load()) - 1; b >= 0 {
		return nil, fmt.Errorf("perturbation %s at level %v made value %d of example %d %v; copies must be finite", p.Name(), level, b%d, b/d, y[b])
	}
	return y, nil
}

// checkRows says which row is no sequence of the set's shape, or nil.
func checkRows(set *datasets.Set) error {
	d := set.Shape.RowSize()
	for i := range len(set.X) / d {
		if err := set.Shape.CheckRow(set.X[i*d : (i+1)*d]); err != nil {
			return fmt.Errorf("example %d %w", i, err)
		}
	}
	return nil
}

// same are the copies at level 0; what stands in padding is no part of an example.
func same(x []float32, s datasets.Shape) []float32 {
	y := slices.Clone(x)
	if s.Sequence() {
		for row := range slices.Chunk(y, s.RowSize()) {
			end(row, s.Length(row), s)
		}
	}
	return y
}

// blockRows is the number of rows that a processor takes at a time.
const blockRows = 64

// notFinite is the place of the first value that is no number, or −1.
func notFinite(x []float32) int {
	for j, v := range x {
		if math.Float32bits(v)&0x7f800000 == 0x7f800000 { // all ones in the exponent: ±Inf or NaN
			return j
		}
	}
	return -1
}

// lower keeps the smallest positive value that was stored.
func lower(a *atomic.Int64, v int64) {
	for {
		old := a.Load()
		if old != 0 && old <= v || a.CompareAndSwap(old, v) {
			return
		}
	}
}
