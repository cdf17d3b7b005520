package report

import (
	"fmt"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Extremes are the k most and the k least memorized examples of a
// cell, without a title, as Cell.Extremes picks them. set and copies are the
// examples that the cell's features came from, example by example. It is an error
// where the cell carries no counts, or counts that do not split memorization, or
// the sets are of another length.
func Extremes(cell result.Cell, set, copies *datasets.Set, k int) (Examples, error) {
	if cell.Counts == nil {
		return Examples{}, fmt.Errorf("the cell %s carries no counts", cell.Place())
	}
	if n := len(cell.Counts.Recalled); n != set.Len() || copies.Len() != set.Len() {
		return Examples{}, fmt.Errorf("the cell is of %d examples, the examples given are %d and their copies %d; give the sets that it was measured on", n, set.Len(), copies.Len())
	}
	if cell.Counts.Strata == 0 {
		return Examples{}, fmt.Errorf("the cell %s is of an older version, which did not tell single examples from their class; measure it again", cell.Place())
	}
	if k < 1 {
		return Examples{}, fmt.Errorf("k = %d most and least memorized examples; give 1 or more", k)
	}
	form, listed := FormOf(set)
	show := func(list []perm.Example) []Example {
		var out []Example
		for _, e := range list {
			x := Example{Index: e.Index, Class: set.Classes[set.Y[e.Index]], Score: e.Memorization, SE: e.SE}
			x.ByLot = set.ByChance != nil && set.ByChance[e.Index]
			if listed {
				x.Shown = []Shown{form.show(set, e.Index), form.show(copies, e.Index)}
			} else {
				x.Height, x.Width, x.Channels = set.Shape.Height, set.Shape.Width, set.Shape.Channels
				x.Parent, x.Copy = set.Row(e.Index), copies.Row(e.Index)
			}
			out = append(out, x)
		}
		return out
	}
	most, least := cell.Extremes(k)
	all := Examples{Most: show(most), Least: show(least)}
	if listed {
		all.Form = &form
	}
	return all, nil
}
