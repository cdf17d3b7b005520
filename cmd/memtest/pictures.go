package main

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"io"
	"iter"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/report"
)

// picturesShown is how many examples are shown of the most and of the least
// memorized ones.
const picturesShown = 7

// gridExamples is how many examples are shown with their copies.
const gridExamples = 6

// savePictures keeps what the pages of a run show beside the rows: what copies
// look like, and the most and the least memorized examples. What cannot be shown is
// left out, and log is told: a run's rows do not depend on it.
func savePictures(ctx context.Context, folder string, cells iter.Seq[memtest.Cell], x *memtest.Experiment, log io.Writer) error {
	var p report.Pictures
	copies, err := showCopies(ctx, x)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		fmt.Fprintf(log, "the pages do not say how near copies are to their parents: %v\n", err)
	default:
		p.Copies = &copies
	}
	if cell, ok := pictured(cells); ok {
		if p.ByChance, err = report.ByChanceOf(cell, x.Train.ByChance); err != nil {
			return err
		}
		if showable(x.Train.Shape) {
			if shown, err := pictures(cell, x); err != nil {
				fmt.Fprintf(log, "the pages do not show single examples: %v\n", err)
			} else {
				p.Examples = []report.Examples{shown}
			}
		}
	}
	return report.SavePictures(folder, p)
}

// showable says whether examples can be shown: all kinds, images where they are grey or
// RGB.
func showable(s datasets.Shape) bool { return s.KindOf() != datasets.Image || isImage(s) }

// isImage says whether examples are pictures: grey or RGB.
func isImage(s datasets.Shape) bool {
	return s.KindOf() == datasets.Image && s.Height > 1 && s.Width > 1 && (s.Channels == 1 || s.Channels == 3)
}

// showCopies measures and draws the copies of an experiment.
func showCopies(ctx context.Context, x *memtest.Experiment) (report.Copies, error) {
	c := report.Copies{Perturbation: x.Perturbation.Name(), Unit: perturb.UnitFor(x.Perturbation, x.Train.Shape)}
	near, err := perturb.MeasureCloseness(ctx, x.Train, x.Perturbation, x.Config.Levels, perturb.ClosenessOptions{Seed: x.Config.Seed})
	if err != nil {
		return c, err
	}
	for _, n := range near {
		c.Levels = append(c.Levels, report.CopyLevel{Level: n.Level, Ratio: n.Ratio, Kept: n.ParentNearest, Pool: n.Pool})
	}
	if !isImage(x.Train.Shape) {
		return c, c.ShowCopies(x.Train, x.Perturbation, gridExamples, x.Config.Seed)
	}
	grid, err := perturb.Grid(x.Train, x.Perturbation, x.Config.Levels, min(gridExamples, x.Train.Len()), x.Config.Seed)
	if err != nil {
		return c, err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, grid); err != nil {
		return c, err
	}
	c.Grid, c.Width, c.Height = b.Bytes(), x.Train.Shape.Width, x.Train.Shape.Height
	return c, nil
}

// pictured is the cell whose examples are shown: the first probe at the lowest
// level above 0, where what is recalled is memorized and not the copy itself.
// Evidence of an older version, which does not know the own part of memorization,
// is passed over.
func pictured(cells iter.Seq[memtest.Cell]) (memtest.Cell, bool) {
	var best memtest.Cell
	found := false
	for c := range cells {
		if c.Level > 0 && c.Counts.Strata > 0 && (!found || c.Probe == best.Probe && c.Level < best.Level) {
			best, found = c, true
		}
	}
	return best, found
}

// pictures shows the most and the least memorized examples of a cell.
func pictures(cell memtest.Cell, x *memtest.Experiment) (report.Examples, error) {
	copies, err := x.Copies(cell.Level)
	if err != nil {
		return report.Examples{}, err
	}
	shown, err := report.Extremes(cell, x.Train, copies, picturesShown)
	if err != nil {
		return report.Examples{}, err
	}
	shown.Title = report.CellTitle(cell.Row)
	return shown, nil
}
