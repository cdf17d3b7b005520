package perm

import (
	"fmt"
	"math"
	"slices"
)

// maxLabelings bounds what Enumerated accepts; it keeps every product of a
// number of labelings and a number of rows below 2^63.
const maxLabelings = math.MaxInt32

// EnumeratedLabels is every distinct labeling, each once. All are equally likely
// under permutation, so the share of them that reach the observed statistic is
// the exact p-value.
type EnumeratedLabels struct {
	design   *Design
	counts   [][]int // per block: examples of each class
	size     []int   // per block: number of its labelings
	total    int
	observed int // rank of the observed labeling
}

// Enumerated is all distinct labelings within the groups, when there are at most
// this many (and most is 2^31-1 or less); otherwise an error that says how many
// there are. Set 0 is the observed labeling; the others follow in lexicographic
// order, block 0 most significant.
func (d *Design) Enumerated(most int) (*EnumeratedLabels, error) {
	if most < 1 || most > maxLabelings {
		return nil, fmt.Errorf("enumeration: at most %d labelings asked for; choose 1..%d", most, maxLabelings)
	}
	e := &EnumeratedLabels{design: d, total: 1}
	for g := range e.design.blocks.number() {
		counts := countClasses(gather(e.design.labels, e.design.blocks.block(g)), e.design.classes)
		size, ok := multinomial(counts, most)
		if ok {
			e.total *= size // both at most 2^31-1
			ok = e.total <= most
		}
		if !ok {
			return nil, fmt.Errorf("enumeration: these labels have about %s distinct labelings, more than the %d allowed; use random shuffles",
				e.roughly(), most)
		}
		e.counts = append(e.counts, counts)
		e.size = append(e.size, size)
	}
	for g := range e.design.blocks.number() {
		e.observed = e.observed*e.size[g] + e.rank(g)
	}
	return e, nil
}

func (e *EnumeratedLabels) Examples() int { return len(e.design.labels) }
func (e *EnumeratedLabels) Classes() int  { return e.design.classes }

// Len is the number of distinct labelings, the observed one included.
func (e *EnumeratedLabels) Len() int { return e.total }

// Set writes set b, for b in 0..Len()-1, in O(n·K) time.
func (e *EnumeratedLabels) Set(b int, dst []int32) {
	checkSet(b, e.total, len(e.design.labels), dst)
	rank := e.observed
	switch {
	case b > e.observed:
		rank = b
	case b > 0:
		rank = b - 1
	}
	for g := e.design.blocks.number() - 1; g >= 0; g-- {
		e.unrank(g, rank%e.size[g], dst)
		rank /= e.size[g]
	}
}

// unrank writes the labeling of block g with this lexicographic rank. Of size
// labelings that start with m free rows, size·c_k/m put class k first.
func (e *EnumeratedLabels) unrank(g, rank int, dst []int32) {
	counts := slices.Clone(e.counts[g])
	size, rows := e.size[g], e.design.blocks.block(g)
	for i, row := range rows {
		free := len(rows) - i
		for k, c := range counts {
			first := size * c / free
			if rank < first {
				dst[row] = int32(k)
				counts[k]--
				size = first
				break
			}
			rank -= first
		}
	}
}

// rank is the lexicographic rank of the observed labeling of block g.
func (e *EnumeratedLabels) rank(g int) int {
	counts := slices.Clone(e.counts[g])
	size, rows, rank := e.size[g], e.design.blocks.block(g), 0
	for i, row := range rows {
		free := len(rows) - i
		y := int(e.design.labels[row])
		for k := range y {
			rank += size * counts[k] / free
		}
		size = size * counts[y] / free
		counts[y]--
	}
	return rank
}

// multinomial is n!/(n_1!·…·n_K!), or false where it exceeds limit ≤ 2^31-1.
func multinomial(counts []int, limit int) (int, bool) {
	total, n := 1, 0
	for _, c := range counts {
		n += c
		ways, small := 1, min(c, n-c)
		for i := 1; i <= small; i++ {
			// ways is binomial(n-small+i-1, i-1): at most limit, so the product
			// stays below 2^31·n.
			if ways = ways * (n - small + i) / i; ways > limit {
				return 0, false
			}
		}
		if total *= ways; total > limit {
			return 0, false
		}
	}
	return total, true
}

func gather(labels, rows []int32) []int32 {
	part := make([]int32, len(rows))
	for i, r := range rows {
		part[i] = labels[r]
	}
	return part
}

// roughly is the number of distinct labelings as a power of ten: the product
// over the blocks of n!/(n_1!·…·n_K!).
func (e *EnumeratedLabels) roughly() string {
	var log float64
	for g := range e.design.blocks.number() {
		rows := e.design.blocks.block(g)
		log += logFactorial(len(rows))
		for _, c := range countClasses(gather(e.design.labels, rows), e.design.classes) {
			log -= logFactorial(c)
		}
	}
	return fmt.Sprintf("10^%.1f", log/math.Ln10)
}

func logFactorial(n int) float64 {
	v, _ := math.Lgamma(float64(n) + 1)
	return v
}
