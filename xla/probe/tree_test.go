package probe

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// TestTreeSplits checks every split of trees that look at all columns against a
// search over all thresholds by the definition of Gini impurity, and that leaves
// are pure where the examples differ.
func TestTreeSplits(t *testing.T) {
	for s := range uint64(20) {
		r := rand.New(rand.NewPCG(s, 1))
		n, cols, classes := 5+r.IntN(60), 1+r.IntN(5), 2+r.IntN(3)
		m := normal(r, n, cols)
		if s%2 == 1 { // ties
			for i := range m.Data {
				m.Data[i] = float32(r.IntN(4))
			}
		}
		labels := make([]int32, n)
		for i := range labels {
			labels[i] = int32(r.IntN(classes))
		}
		g := grower{columns: newColumns(m), labels: labels, classes: classes, tries: cols, random: seed.Stream(s, "test")}
		tree := g.grow()

		// impurity of some examples, weighted as the bootstrap sample is, times
		// their weight.
		impurity := func(rows []int) float64 {
			total, counts := 0.0, make([]float64, classes)
			for _, i := range rows {
				total += float64(g.weight[i])
				counts[labels[i]] += float64(g.weight[i])
			}
			gini := 1.0
			for _, c := range counts {
				gini -= c / total * c / total
			}
			return gini * total
		}
		parts := func(rows []int, column int, threshold float64) (left, right []int) {
			for _, i := range rows {
				if float64(m.Row(i)[column]) <= threshold {
					left = append(left, i)
				} else {
					right = append(right, i)
				}
			}
			return left, right
		}
		var check func(at int32, rows []int)
		check = func(at int32, rows []int) {
			best := math.Inf(1)
			for j := range cols {
				for _, i := range rows {
					if left, right := parts(rows, j, float64(m.Row(i)[j])); len(right) > 0 {
						best = min(best, impurity(left)+impurity(right))
					}
				}
			}
			v := tree[at]
			if v.column < 0 {
				if whole := impurity(rows); whole > 1e-9 && !math.IsInf(best, 1) {
					t.Fatalf("seed %d: a leaf of impurity %g could be split", s, whole)
				}
				if v.left >= 0 && impurity(rows) > 1e-9 || v.left < 0 && v.shares == nil {
					t.Fatalf("seed %d: a leaf is not what its examples are", s)
				}
				return
			}
			left, right := parts(rows, int(v.column), v.threshold)
			if got := impurity(left) + impurity(right); len(left) == 0 || len(right) == 0 || got > best+1e-9 {
				t.Fatalf("seed %d: a split into %d and %d leaves impurity %g, the best %g", s, len(left), len(right), got, best)
			}
			check(v.left, left)
			check(v.right, right)
		}
		var drawn []int
		total := 0
		for i, w := range g.weight {
			total += int(w)
			if w > 0 {
				drawn = append(drawn, i)
			}
		}
		if total != n {
			t.Fatalf("the bootstrap sample has %d examples instead of %d", total, n)
		}
		check(0, drawn)
	}
}
