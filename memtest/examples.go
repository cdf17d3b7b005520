package memtest

import (
	"encoding/csv"
	"io"
	"strconv"
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
