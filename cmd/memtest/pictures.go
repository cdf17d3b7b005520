package main

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report"
)

// picturesShown is how many examples are shown of the most and of the least
// memorized ones.
const picturesShown = 8

// writePages writes the pages of a finished run, with pictures of the most and
// the least memorized examples at its last epoch.
func writePages(folder string, cells []memtest.Cell, x *memtest.Experiment) error {
	page, err := report.Load(folder)
	if err != nil {
		return err
	}
	if c := x.Train.Shape.Channels; x.Train.Shape.Height > 1 && (c == 1 || c == 3) {
		if cell, ok := pictured(cells); ok {
			page.Examples = []report.Examples{pictures(cell, x)}
		}
	}
	return report.Write(folder, page)
}

// pictured is the cell whose examples are shown: the first probe at the lowest
// level above 0, where what is recalled is memorized and not the copy itself.
func pictured(cells []memtest.Cell) (memtest.Cell, bool) {
	var best memtest.Cell
	found := false
	for _, c := range cells {
		if c.Level > 0 && (!found || c.Probe == best.Probe && c.Level < best.Level) {
			best, found = c, true
		}
	}
	return best, found
}

// pictures picks the most and the least memorized examples of a cell.
func pictures(cell memtest.Cell, x *memtest.Experiment) report.Examples {
	examples := cell.Counts.PerExample()
	slices.SortStableFunc(examples, func(a, b perm.Example) int {
		switch {
		case a.Memorization > b.Memorization:
			return -1
		case a.Memorization < b.Memorization:
			return 1
		}
		return 0
	})
	copies := x.Copies[slices.Index(x.Config.Levels, cell.Level)]
	show := func(list []perm.Example) []report.Example {
		var out []report.Example
		for _, e := range list {
			out = append(out, report.Example{
				Index: e.Index, Class: x.Train.Classes[x.Train.Y[e.Index]], Score: e.Memorization, SE: e.SE,
				Height: x.Train.Shape.Height, Width: x.Train.Shape.Width, Channels: x.Train.Shape.Channels,
				Parent: x.Train.Row(e.Index), Copy: copies.Row(e.Index),
			})
		}
		return out
	}
	k := min(picturesShown, len(examples)/2)
	least := slices.Clone(examples[len(examples)-k:])
	slices.Reverse(least)
	return report.Examples{
		Title: fmt.Sprintf("%s, epoch %d, %s, %s, %s %g", cell.Network, cell.Epoch, cell.Layer, cell.Probe, cell.Perturbation, cell.Level),
		Most:  show(examples[:k]),
		Least: show(least),
	}
}
