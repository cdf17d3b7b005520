package perm

import "fmt"

// Check says whether the counts can come from a Tally: lengths that agree,
// ascending sets, and every count within what N copies and so many sets allow. The
// error names the first field, set and class or example that cannot. Counts that
// were read from elsewhere must pass it before anything is computed from them.
func (c *Counts) Check() error {
	sets := len(c.B)
	if c.N < 1 || c.Classes < 2 {
		return fmt.Errorf("counts: %d examples and %d classes", c.N, c.Classes)
	}
	if c.Blocks < 1 || c.Blocks > c.N {
		return fmt.Errorf("counts: %d blocks of %d examples", c.Blocks, c.N)
	}
	if len(c.Hits) != sets || len(c.Chance) != sets || len(c.ClassHits) != sets || len(c.Predicted) != sets || len(c.Labels) != sets || len(c.ClassChance) != sets {
		return fmt.Errorf("counts: hits, chance and classes are not all of %d label sets", sets)
	}
	for i, b := range c.B {
		if b < 0 || i > 0 && b <= c.B[i-1] {
			return fmt.Errorf("counts: label set %d is out of order", b)
		}
		if err := c.checkSet(i); err != nil {
			return err
		}
	}
	if err := c.checkReshuffled("reshuffle", c.Reshuffled); err != nil {
		return err
	}
	if err := c.checkExamples("block", c.Recalled, c.Share, c.ShareHit, c.ShareSq, c.BlockSize); err != nil {
		return err
	}
	if err := c.checkObservedHits(); err != nil {
		return err
	}
	return c.checkSplit()
}

// checkReshuffled checks the hits under reshuffles, which are named in an error.
func (c *Counts) checkReshuffled(name string, hits []int64) error {
	most := int64(c.N) * int64(c.Permutations())
	for j, h := range hits {
		if h < 0 || h > most {
			return fmt.Errorf("counts: %s %d has %d hits, and %d sets of %d examples allow 0..%d", name, j, h, c.Permutations(), c.N, most)
		}
	}
	return nil
}

// checkSplit checks what is counted within strata, where there are any.
func (c *Counts) checkSplit() error {
	if c.Strata == 0 {
		if lengths := len(c.StratumChance) + len(c.StratumReshuffled) + len(c.StratumShare) + len(c.StratumShareHit) + len(c.StratumShareSq) + len(c.StratumSize); lengths > 0 {
			return fmt.Errorf("counts: sums within strata, but no strata")
		}
		return nil
	}
	switch {
	case c.Strata < c.Blocks || c.Strata > c.N:
		return fmt.Errorf("counts: %d strata of %d examples in %d blocks", c.Strata, c.N, c.Blocks)
	case len(c.StratumChance) != len(c.B):
		return fmt.Errorf("counts: chance within strata of %d of the %d label sets", len(c.StratumChance), len(c.B))
	case (c.StratumShare == nil) != (c.Share == nil):
		return fmt.Errorf("counts: per-example sums are kept of strata only, or of blocks only")
	}
	for i, chance := range c.StratumChance {
		if !(chance >= 0 && chance <= 1+rounding) {
			return fmt.Errorf("counts: label set %d has chance %v within strata", c.B[i], chance)
		}
	}
	if err := c.checkReshuffled("reshuffle within strata", c.StratumReshuffled); err != nil {
		return err
	}
	return c.checkExamples("stratum", c.Recalled, c.StratumShare, c.StratumShareHit, c.StratumShareSq, c.StratumSize)
}

// rounding is how far a chance, a sum of shares, may lie beyond what it can be.
const rounding = 1e-9

// checkSet checks what was counted of the label set at place i of B.
func (c *Counts) checkSet(i int) error {
	b := c.B[i]
	if c.Hits[i] < 0 || c.Hits[i] > c.N || !(c.Chance[i] >= 0 && c.Chance[i] <= 1+rounding) {
		return fmt.Errorf("counts: label set %d has %d hits of %d and chance %v", b, c.Hits[i], c.N, c.Chance[i])
	}
	hits, predicted, labels, chance := c.ClassHits[i], c.Predicted[i], c.Labels[i], c.ClassChance[i]
	if len(hits) != c.Classes || len(predicted) != c.Classes || len(labels) != c.Classes || len(chance) != c.Classes {
		return fmt.Errorf("counts: label set %d is not of %d classes", b, c.Classes)
	}
	var sum [3]int
	for k := range c.Classes {
		if least := min(labels[k], predicted[k]); hits[k] < 0 || hits[k] > least || !(chance[k] >= 0 && chance[k] <= float64(least)+rounding*float64(c.N)) {
			return fmt.Errorf("counts: label set %d has %d hits of class %d, %v by chance, with %d labels and %d predictions of it",
				b, hits[k], k, chance[k], labels[k], predicted[k])
		}
		sum[0], sum[1], sum[2] = sum[0]+int(hits[k]), sum[1]+int(labels[k]), sum[2]+int(predicted[k])
	}
	if sum != [3]int{c.Hits[i], c.N, c.N} {
		return fmt.Errorf("counts: the classes of label set %d have %d hits, %d labels and %d predictions in all, not %d, %d and %d",
			b, sum[0], sum[1], sum[2], c.Hits[i], c.N, c.N)
	}
	return nil
}

// checkExamples checks the sums per example, where there are any, over the labels
// of an example's block or stratum, as its word says.
func (c *Counts) checkExamples(word string, hits []int32, shares, withHit, squares []int64, sizes []int32) error {
	if max(len(shares), len(withHit), len(squares), len(sizes)) == 0 && (word != "block" || len(hits) == 0) {
		return nil
	}
	for _, l := range []int{len(hits), len(shares), len(withHit), len(squares), len(sizes)} {
		if l != c.N {
			return fmt.Errorf("counts: per-example sums of %d and %d examples", l, c.N)
		}
	}
	sets := int64(c.Permutations())
	for i := range c.N {
		m := int64(sizes[i])
		if m < 1 || m > int64(c.N) {
			return fmt.Errorf("counts: example %d is in a %s of %d of the %d examples", i, word, m, c.N)
		}
		// A share s is 0..m, and 1 or more with a hit.
		recalled, share, hit, square := int64(hits[i]), shares[i], withHit[i], squares[i]
		if recalled < 0 || recalled > sets || share < 0 || share > sets*m || hit < recalled || hit > share || square < share || square > share*m {
			return fmt.Errorf("counts: example %d has the sums %d, %d, %d and %d, which %d label sets and a %s of %d cannot give",
				i, recalled, share, hit, square, sets, word, m)
		}
	}
	return nil
}
