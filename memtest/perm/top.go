package perm

import (
	"cmp"
	"slices"
)

// AmongTop is how many of the k examples with the greatest scores are marked; of equal
// scores that which comes first counts as the greater, and NaN as the least. Over k it
// is the precision at k of a ranking. scores and marked are of one length n, and more
// than n are all of them.
func AmongTop(scores []float64, marked []bool, k int) int {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	n := 0
	for _, i := range order[:min(max(k, 0), len(order))] {
		if marked[i] {
			n++
		}
	}
	return n
}
