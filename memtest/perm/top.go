package perm

import (
	"math"
	"slices"
)

// AmongTop is how many of the k examples with the greatest scores are marked. Of equal
// scores at the border each counts by the share of them that is taken: the mean over all
// orders of equal ones. NaN counts as least. Over k it is the precision at k of a ranking.
// scores and marked are of one length n; k beyond 0..n is that of none or all.
func AmongTop(scores []float64, marked []bool, k int) float64 {
	k = min(max(k, 0), len(scores))
	if k == 0 {
		return 0
	}
	least := func(s float64) float64 {
		if math.IsNaN(s) {
			return math.Inf(-1)
		}
		return s
	}
	ranked := make([]float64, len(scores))
	for i, s := range scores {
		ranked[i] = least(s)
	}
	slices.Sort(ranked)
	border := ranked[len(ranked)-k]
	above, ties, hits, tiedHits := 0, 0, 0, 0
	for i, s := range scores {
		hit := 0
		if marked[i] {
			hit = 1
		}
		switch s = least(s); {
		case s > border:
			above, hits = above+1, hits+hit
		case s == border:
			ties, tiedHits = ties+1, tiedHits+hit
		}
	}
	return float64(hits) + float64(tiedHits)*float64(k-above)/float64(ties)
}
