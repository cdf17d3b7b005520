package perm

import (
	"fmt"
	"slices"
)

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
	most := int64(c.N) * int64(c.Permutations())
	for j, h := range c.Reshuffled {
		if h < 0 || h > most {
			return fmt.Errorf("counts: reshuffle %d has %d hits, and %d sets of %d examples allow 0..%d", j, h, c.Permutations(), c.N, most)
		}
	}
	if err := c.checkExamples(); err != nil {
		return err
	}
	return c.checkObservedHits()
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

// checkExamples checks the sums per example, where there are any.
func (c *Counts) checkExamples() error {
	lengths := []int{len(c.Recalled), len(c.Share), len(c.ShareHit), len(c.ShareSq), len(c.BlockSize)}
	if slices.Max(lengths) == 0 {
		return nil
	}
	for _, l := range lengths {
		if l != c.N {
			return fmt.Errorf("counts: per-example sums of %d and %d examples", l, c.N)
		}
	}
	sets := int64(c.Permutations())
	for i := range c.N {
		m := int64(c.BlockSize[i])
		if m < 1 || m > int64(c.N) {
			return fmt.Errorf("counts: example %d is in a block of %d of the %d examples", i, m, c.N)
		}
		// A share s is 0..m, and 1 or more with a hit.
		recalled, share, hit, square := int64(c.Recalled[i]), c.Share[i], c.ShareHit[i], c.ShareSq[i]
		if recalled < 0 || recalled > sets || share < 0 || share > sets*m || hit < recalled || hit > share || square < share || square > share*m {
			return fmt.Errorf("counts: example %d has the sums %d, %d, %d and %d, which %d label sets and a block of %d cannot give",
				i, recalled, share, hit, square, sets, m)
		}
	}
	return nil
}
