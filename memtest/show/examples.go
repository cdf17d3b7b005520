package show

import (
	"bytes"
	"fmt"
	"image"
	"image/png"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/report/number"
)

// Examples shows the most and the least memorized examples of a cell, the most
// memorized first: of images parents above copies, else texts, curves or rows of a table
// beside their copies. set and copies are the examples that the
// cell's features came from; k is how many of either kind.
func Examples(cell memtest.Cell, set, copies *datasets.Set, k int) error {
	e, err := extremes(cell, set, copies, k)
	if err != nil {
		return err
	}
	if e.Form != nil {
		blocks, err := e.Blocks()
		if err != nil {
			return err
		}
		return sendBlocks(e.Title, blocks)
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
		s += fmt.Sprintf(" %d (%s) %s", e.Index, e.Class, number.Plus(e.Score, 2))
	}
	return s
}

// extremes picks the k examples whose shuffled labels are recalled most often,
// and the k least often; of equal ones those that come first in the set.
func extremes(cell memtest.Cell, set, copies *datasets.Set, k int) (report.Examples, error) {
	if n := set.Len(); k < 1 || 2*k > n {
		return report.Examples{}, fmt.Errorf("k = %d most and least memorized of %d examples; give 1 to %d", k, n, n/2)
	}
	e, err := report.Extremes(cell, set, copies, k)
	e.Title = fmt.Sprintf("%s, %s, %s, %s %g", cell.Network, cell.Layer, cell.Probe, cell.Perturbation, cell.Level)
	return e, err
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
