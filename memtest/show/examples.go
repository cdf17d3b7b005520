package show

import (
	"bytes"
	"fmt"
	"image"
	"image/png"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report"
)

// Examples shows the most and the least memorized examples of a cell: parents
// above copies, the most memorized first. set and copies are the images that the
// cell's features came from; k is how many of either kind.
func Examples(cell memtest.Cell, set, copies *datasets.Set, k int) error {
	e, err := extremes(cell, set, copies, k)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := e.PNG(&b, 2); err != nil {
		return err
	}
	m, err := png.Decode(&b)
	if err != nil {
		return err
	}
	plain := fmt.Sprintf("%s. Most memorized:%s. Least memorized:%s.", e.Title, scores(e.Most), scores(e.Least))
	return sendPicture(m, plain)
}

func scores(list []report.Example) string {
	var s string
	for i, e := range list {
		if i > 0 {
			s += ","
		}
		s += fmt.Sprintf(" %d (%s) %+.2f", e.Index, e.Class, e.Score)
	}
	return s
}

// extremes picks the k examples whose shuffled labels are recalled most often,
// and the k least often; of equal ones those that come first in the set.
func extremes(cell memtest.Cell, set, copies *datasets.Set, k int) (report.Examples, error) {
	if cell.Counts == nil {
		return report.Examples{}, fmt.Errorf("the cell %s carries no counts", cell.Cell())
	}
	n := len(cell.Counts.Recalled)
	switch {
	case n != set.Len() || copies.Len() != set.Len():
		return report.Examples{}, fmt.Errorf("the cell is of %d examples, the images are %d and their copies %d; give the sets that it was measured on", n, set.Len(), copies.Len())
	case k < 1 || 2*k > n:
		return report.Examples{}, fmt.Errorf("k = %d most and least memorized of %d examples; give 1 to %d", k, n, n/2)
	}
	show := func(list []perm.Example) []report.Example {
		var out []report.Example
		for _, e := range list {
			out = append(out, report.Example{
				Index: e.Index, Class: set.Classes[set.Y[e.Index]], Score: e.Memorization, SE: e.SE,
				Height: set.Shape.Height, Width: set.Shape.Width, Channels: set.Shape.Channels,
				Parent: set.Row(e.Index), Copy: copies.Row(e.Index),
			})
		}
		return out
	}
	most, least := cell.Extremes(k)
	return report.Examples{
		Title: fmt.Sprintf("%s, %s, %s, %s %g", cell.Network, cell.Layer, cell.Probe, cell.Perturbation, cell.Level),
		Most:  show(most), Least: show(least),
	}, nil
}

// Image shows a picture, each of its pixels as a square of scale pixels; plain
// says in words what is to be seen.
func Image(m image.Image, scale int, plain string) error {
	if scale < 1 {
		return fmt.Errorf("a scale of %d; give 1 or more", scale)
	}
	b := m.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, scale*b.Dx(), scale*b.Dy()))
	for y := range scale * b.Dy() {
		for x := range scale * b.Dx() {
			out.Set(x, y, m.At(b.Min.X+x/scale, b.Min.Y+y/scale))
		}
	}
	return sendPicture(out, plain)
}
