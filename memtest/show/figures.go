package show

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Curves shows learning and memorization over epochs, where there are several,
// and observed, null and chance over levels.
func Curves(rows []result.Row) error {
	return figures(rows, report.FigureEpochs, report.FigureLevels)
}

// Null shows histograms of the accuracies with shuffled labels.
func Null(rows []result.Row) error { return figures(rows, report.FigureNull) }

// Figure shows one of the figures of a report by its name there, as
// report.FigureReferences.
func Figure(rows []result.Row, name string) error { return figures(rows, name) }

func figures(rows []result.Row, names ...string) error {
	all, err := report.Figures(rows)
	if err != nil {
		return err
	}
	var has []string
	shown := 0
	for _, f := range all {
		has = append(has, f.Name)
		for _, name := range names {
			if f.Name != name {
				continue
			}
			if err := sendFigure(f, f.Title+". "+f.Caption); err != nil {
				return err
			}
			shown++
		}
	}
	if shown == 0 {
		return fmt.Errorf("these rows give no figure %s; they give %s", strings.Join(names, " or "), strings.Join(has, ", "))
	}
	return nil
}

// onePanelWidth is how many inches wide a figure of one panel is drawn.
const onePanelWidth = 4.4

// sendFigure draws a figure, as wide as a page where it has several panels; plain
// says in words what it shows.
func sendFigure(f chart.Figure, plain string) error {
	width := chart.PageWidth
	if len(f.Panels) == 1 {
		width = onePanelWidth
	}
	var b bytes.Buffer
	if err := f.PNG(&b, width); err != nil {
		return err
	}
	m, err := png.Decode(&b)
	if err != nil {
		return err
	}
	return sendPicture(halve(m), plain)
}

// halve averages 2×2 pixels: a figure for print is drawn with 300 dots an inch,
// twice what a cell needs, and every dot is kept in the notebook's file. An odd
// last row or column is left out.
func halve(m image.Image) image.Image {
	b := m.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx()/2, b.Dy()/2))
	for y := range b.Dy() / 2 {
		for x := range b.Dx() / 2 {
			var sum [4]uint32
			for _, d := range [4][2]int{{0, 0}, {0, 1}, {1, 0}, {1, 1}} {
				r, g, bl, a := m.At(b.Min.X+2*x+d[0], b.Min.Y+2*y+d[1]).RGBA()
				for i, v := range [4]uint32{r, g, bl, a} {
					sum[i] += v
				}
			}
			out.SetRGBA(x, y, color.RGBA{eight(sum[0]), eight(sum[1]), eight(sum[2]), eight(sum[3])})
		}
	}
	return out
}

// eight is the mean of four 16-bit values in 8 bits, and of 32 steps rather than
// 256: that shrinks the file by a third and cannot be seen.
func eight(sum uint32) uint8 {
	v := sum / 4 >> 8
	return uint8(v>>3<<3 | v>>5)
}
