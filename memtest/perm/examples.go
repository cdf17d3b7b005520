package perm

import "math"

// Example is how well random labels of one example are recalled from its copy.
type Example struct {
	Index    int     // row
	Recalled float64 // share of the label sets b ≥ 1 whose label the copy recalls
	// Chance is the share that random labels would have: the mean over b of the
	// share of labels in the example's block that equal its predicted class. Its
	// mean over the examples is the cell's chance.
	Chance       float64
	Memorization float64 // m = Recalled - Chance
	// SE is the standard error of m over label sets, the standard deviation of
	// hit minus chance over √B; 0 where B is 1, and near 0 where an example is
	// recalled always or never.
	SE float64
}

// PerExample returns memorization by example, in order of rows. The mean of it
// over the examples is the cell's memorization (of accuracy). Nil where the counts
// hold no sums per example or no label set b ≥ 1, or do not pass Check, which says
// why: call it first for counts that no Tally of this program made.
func (c *Counts) PerExample() []Example {
	return c.perExample(c.Share, c.ShareHit, c.ShareSq, c.BlockSize)
}

// PerExampleOwn returns the example's own part of memorization: Chance, and what
// follows from it, is over the labels of the example's stratum, its true class
// within its block, not over its whole block. What any copy of the class would
// recall is so taken off. The mean of it over the examples is the cell's own part,
// Verdict.MemorizationOwn. An example that is alone in its stratum has 0. Nil as
// of PerExample, and where memorization was not split.
func (c *Counts) PerExampleOwn() []Example {
	return c.perExample(c.StratumShare, c.StratumShareHit, c.StratumShareSq, c.StratumSize)
}

// perExample holds hits against shares s out of sizes; see exampleCounts.
func (c *Counts) perExample(shares, shareHit, shareSq []int64, sizes []int32) []Example {
	b := float64(c.Permutations())
	if c.Recalled == nil || shares == nil || b == 0 || c.Check() != nil {
		return nil
	}
	all := make([]Example, c.N)
	for i := range all {
		m := float64(sizes[i])
		hit, share := float64(c.Recalled[i]), float64(shares[i])/m
		e := Example{Index: i, Recalled: hit / b, Chance: share / b, Memorization: (hit - share) / b}
		if b > 1 {
			// Σ(h - s/m)² - (Σ(h - s/m))²/B; h² is h.
			squares := hit - 2*float64(shareHit[i])/m + float64(shareSq[i])/(m*m)
			e.SE = math.Sqrt(max(0, squares-(hit-share)*(hit-share)/b) / (b - 1) / b)
		}
		all[i] = e
	}
	return all
}
