package result

import (
	"cmp"
	"encoding/csv"
	"io"
	"slices"
	"strconv"

	"github.com/seed-1a417598/memtest/memtest/perm"
)

// WriteExamples writes one line an example of each cell: how often a random
// label of the example was recalled from its copy, less how often copies of its
// class would recall it, which is the example's own part of memorization, with its
// standard error, and what the fit to the real labels says of the copy.
// Columns: layer, probe, level, index (row of the training set), class (real
// label), memorization, se, margin, predicted. The two about memorization are empty
// in cells whose evidence, of an older version, does not split it.
func WriteExamples(w io.Writer, cells []Cell, labels []int32, classes []string) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"layer", "probe", "level", "index", "class", "memorization", "se", "margin", "predicted"}); err != nil {
		return err
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
	for _, c := range cells {
		own := c.Counts.PerExampleOwn()
		for i, predicted := range c.Predicted {
			memorization, se := "", ""
			if own != nil {
				memorization, se = number(own[i].Memorization), number(own[i].SE)
			}
			err := out.Write([]string{
				c.Layer, c.Probe, strconv.FormatFloat(c.Level, 'g', -1, 64), strconv.Itoa(i), classes[labels[i]],
				memorization, se, number(float64(c.Margins[i])), classes[predicted],
			})
			if err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

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
