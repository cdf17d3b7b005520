package result

import (
	"cmp"
	"slices"

	"github.com/seed-1a417598/memtest/memtest/perm"
)

// Extremes are the k examples with the greatest own part of memorization, whose
// random labels are recalled from their copies most often beyond what copies of
// their class recall, and the k with the least, the most extreme first; of equal
// ones that which comes first in the set counts as the more memorized. With fewer
// than 2k examples each list holds half of them; both are empty where the cell's
// memorization is not split.
func (c Cell) Extremes(k int) (most, least []perm.Example) {
	all := c.Counts.PerExampleOwn()
	slices.SortStableFunc(all, func(a, b perm.Example) int { return cmp.Compare(b.Memorization, a.Memorization) })
	k = min(k, len(all)/2)
	least = slices.Clone(all[len(all)-k:])
	slices.Reverse(least)
	return all[:k], least
}
