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
// label of the example was recalled from its copy, less chance, with its
// standard error, and what the fit to the real labels says of the copy.
// Columns: layer, probe, level, index (row of the training set), class (real
// label), memorization, se, margin, predicted.
func WriteExamples(w io.Writer, cells []Cell, labels []int32, classes []string) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"layer", "probe", "level", "index", "class", "memorization", "se", "margin", "predicted"}); err != nil {
		return err
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
	for _, c := range cells {
		for i, e := range c.Counts.PerExample() {
			err := out.Write([]string{
				c.Layer, c.Probe, strconv.FormatFloat(c.Level, 'g', -1, 64), strconv.Itoa(i), classes[labels[i]],
				number(e.Memorization), number(e.SE), number(float64(c.Margins[i])), classes[c.Predicted[i]],
			})
			if err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// Extremes are the k examples whose random labels are recalled most often from
// their copies, and the k least often, the most extreme first; of equal ones that
// which comes first in the set counts as the more memorized. With fewer than 2k
// examples each list holds half of them.
func (c Cell) Extremes(k int) (most, least []perm.Example) {
	all := c.Counts.PerExample()
	slices.SortStableFunc(all, func(a, b perm.Example) int { return cmp.Compare(b.Memorization, a.Memorization) })
	k = min(k, len(all)/2)
	least = slices.Clone(all[len(all)-k:])
	slices.Reverse(least)
	return all[:k], least
}
