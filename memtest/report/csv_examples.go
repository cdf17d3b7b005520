package report

import (
	"encoding/csv"
	"io"
	"iter"
	"strconv"

	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// ExamplesCSV writes one line an example of each cell: how often a random
// label of the example was recalled from its copy, less how often copies of its
// class would recall it, which is the example's own part of memorization, with its
// standard error, and what the fit to the real labels says of the copy.
// Columns: layer, probe, level, index (row of the training set), class (real
// label), memorization, se, margin, predicted, network. The two about memorization are empty
// in cells whose evidence, of an older version, does not split it. Where byChance, one
// of each example, is not nil, a last column by_chance says it: true or false.
func ExamplesCSV(w io.Writer, cells iter.Seq[result.Cell], labels []int32, classes []string, byChance []bool) error {
	out := csv.NewWriter(w)
	head := []string{"layer", "probe", "level", "index", "class", "memorization", "se", "margin", "predicted", "network"}
	if byChance != nil {
		head = append(head, "by_chance")
	}
	if err := out.Write(head); err != nil {
		return err
	}
	short := func(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
	for c := range cells {
		own := c.Counts.PerExampleOwn()
		for i, predicted := range c.Predicted {
			memorization, se := "", ""
			if own != nil {
				memorization, se = short(own[i].Memorization), short(own[i].SE)
			}
			margin := "" // of a probe that tells none
			if i < len(c.Margins) {
				margin = short(float64(c.Margins[i]))
			}
			line := []string{
				cellWord(c.Layer), cellWord(c.Probe), number.Exact(c.Level), strconv.Itoa(i), cellWord(classes[labels[i]]),
				memorization, se, margin, cellWord(classes[predicted]), cellWord(c.Network),
			}
			if byChance != nil {
				line = append(line, strconv.FormatBool(byChance[i]))
			}
			if err := out.Write(line); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}
