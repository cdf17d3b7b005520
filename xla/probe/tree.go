package probe

import (
	"math/rand/v2"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/parallel"
)

// columns are the training features, column by column, as ranks: what trees ask
// of a value is only where it stands among the others. Label sets share them.
type columns struct {
	ranks  [][]int32   // [d][n] rank of each value among the distinct ones of its column, from 0
	values [][]float32 // [d] distinct values, rising
}

func newColumns(m arrays.Matrix) columns {
	c := columns{make([][]int32, m.Cols), make([][]float32, m.Cols)}
	parallel.For(m.Cols, func(j int) {
		column := make([]float32, m.Rows)
		for i := range column {
			column[i] = m.Data[i*m.Cols+j]
		}
		distinct := slices.Clone(column)
		slices.Sort(distinct)
		distinct = slices.Compact(distinct)
		ranks := make([]int32, m.Rows)
		for i, v := range column {
			at, _ := slices.BinarySearch(distinct, v)
			ranks[i] = int32(at)
		}
		c.ranks[j], c.values[j] = ranks, slices.Clone(distinct)
	})
	return c
}

// node of a tree: rows whose value of a column is at most threshold go left.
type node struct {
	column      int32 // −1 = a leaf
	left, right int32 // children; of a leaf, left is its class, or −1 where it is mixed
	threshold   float64
	shares      []float64 // [K] of the classes in a mixed leaf
}

// tree is a classification tree; node 0 is the root.
type tree []node

// leaf is the leaf that a row falls into.
func (t tree) leaf(row []float32) *node {
	n := &t[0]
	for n.column >= 0 {
		if float64(row[n.column]) <= n.threshold {
			n = &t[n.left]
		} else {
			n = &t[n.right]
		}
	}
	return n
}

// grower grows one tree by the rule of scikit-learn's DecisionTreeClassifier
// (CART with Gini impurity, until every leaf is pure), on a bootstrap sample.
type grower struct {
	columns columns
	labels  []int32
	classes int
	tries   int // columns looked at for a split, more until one of them varies
	random  *rand.Rand

	weight      []int32  // [n] how often an example was drawn
	order       []int32  // the examples drawn, those of a node side by side
	draw        []int32  // [d] columns, shuffled as far as they were drawn
	keys        []uint64 // scratch: rank, class and example of a node's examples
	sorter      sorter
	counts, lhs []int64 // [K] scratch: weights of the classes; 0 but for those of a node
	present     []int32 // classes of the node that split counted last
	tree        tree
}

// work is a node that is still to be made, of the examples order[lo:hi].
type work struct {
	node   int32
	lo, hi int
}

func (g *grower) grow() tree {
	n := len(g.labels)
	g.weight = make([]int32, n)
	for range n {
		g.weight[g.random.IntN(n)]++
	}
	for i, w := range g.weight {
		if w > 0 {
			g.order = append(g.order, int32(i))
		}
	}
	g.draw = make([]int32, len(g.columns.ranks))
	for j := range g.draw {
		g.draw[j] = int32(j)
	}
	g.keys = make([]uint64, len(g.order))
	g.counts, g.lhs = make([]int64, g.classes), make([]int64, g.classes)
	g.tree = tree{{}}
	for todo := []work{{0, 0, len(g.order)}}; len(todo) > 0; {
		w := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		s, ok := g.split(w.lo, w.hi)
		if !ok {
			g.tree[w.node] = g.leafOf(w.lo, w.hi)
			continue
		}
		values := g.columns.values[s.column]
		left := int32(len(g.tree))
		g.tree = append(g.tree, node{}, node{})
		g.tree[w.node] = node{column: s.column, left: left, right: left + 1,
			threshold: (float64(values[s.rank]) + float64(values[s.next])) / 2}
		mid := g.partition(w.lo, w.hi, s)
		todo = append(todo, work{left + 1, mid, w.hi}, work{left, w.lo, mid})
	}
	return g.tree
}

// split of a node: ranks of a column up to rank go left, the next one is next.
type split struct {
	column, rank, next int32
}

// split finds the split of least impurity among some columns, drawn at random;
// false where the examples are of one class or alike in every column.
func (g *grower) split(lo, hi int) (best split, ok bool) {
	total, squares := g.count(lo, hi)
	if len(g.present) < 2 {
		return split{}, false
	}
	most := 0.0
	for drawn := 0; drawn < len(g.draw) && (drawn < g.tries || !ok); drawn++ {
		j := drawn + g.random.IntN(len(g.draw)-drawn)
		g.draw[drawn], g.draw[j] = g.draw[j], g.draw[drawn]
		column := g.draw[drawn]
		keys, varies := g.sorted(column, lo, hi)
		if !varies {
			continue
		}
		for _, k := range g.present {
			g.lhs[k] = 0
		}
		// Sums of squared weights of the classes, left and right of a place: the
		// impurity is least where Σl²/|l| + Σr²/|r| is greatest.
		weight, left, right := int64(0), int64(0), squares
		for at, key := range keys[:len(keys)-1] {
			i := int32(key & (1<<32 - 1))
			y, w := g.labels[i], int64(g.weight[i])
			l, r := g.lhs[y], g.counts[y]-g.lhs[y]
			left += w * (2*l + w)
			right -= w * (2*r - w)
			g.lhs[y] += w
			weight += w
			if next := keys[at+1] >> 32; key>>32 != next {
				if gain := float64(left)/float64(weight) + float64(right)/float64(total-weight); gain > most {
					best, most, ok = split{column, int32(key >> 32), int32(next)}, gain, true
				}
			}
		}
	}
	return best, ok
}

// count counts the classes of a node's examples, and returns the sum of their weights
// and of its squares by class. Most nodes have a few examples, so of many classes it
// goes through those that are there only.
func (g *grower) count(lo, hi int) (total, squares int64) {
	for _, k := range g.present {
		g.counts[k] = 0
	}
	g.present = g.present[:0]
	for _, i := range g.order[lo:hi] {
		k, w := g.labels[i], int64(g.weight[i])
		if g.counts[k] == 0 {
			g.present = append(g.present, k)
		}
		total += w
		squares += w * (2*g.counts[k] + w)
		g.counts[k] += w
	}
	return total, squares
}

// sorted are a node's examples with their ranks in a column, by rank; varies is
// false, and they are not sorted, where all ranks are the same.
func (g *grower) sorted(column int32, lo, hi int) (keys []uint64, varies bool) {
	ranks := g.columns.ranks[column]
	keys = g.keys[:hi-lo]
	least, most := ranks[g.order[lo]], ranks[g.order[lo]]
	for at, i := range g.order[lo:hi] {
		r := ranks[i]
		least, most = min(least, r), max(most, r)
		keys[at] = uint64(r)<<32 | uint64(i)
	}
	if least == most {
		return nil, false
	}
	g.sorter.sort(keys, uint32(most))
	return keys, true
}

// partition moves the examples that go left before the others and returns where
// these begin.
func (g *grower) partition(lo, hi int, s split) int {
	ranks := g.columns.ranks[s.column]
	for lo < hi {
		if ranks[g.order[lo]] <= s.rank {
			lo++
		} else {
			hi--
			g.order[lo], g.order[hi] = g.order[hi], g.order[lo]
		}
	}
	return lo
}

// leafOf is the leaf of the examples that split counted last.
func (g *grower) leafOf(lo, hi int) node {
	if len(g.present) == 1 {
		return node{column: -1, left: g.present[0]}
	}
	total, shares := int64(0), make([]float64, g.classes)
	for _, k := range g.present {
		total += g.counts[k]
	}
	for _, k := range g.present {
		shares[k] = float64(g.counts[k]) / float64(total)
	}
	return node{column: -1, left: -1, shares: shares}
}
