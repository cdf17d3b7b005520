package report

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
)

// PNG writes the pictures alone as one image, for viewers that show nothing
// else: parents above copies, the most memorized in the first pair of rows. A
// pixel becomes a square of scale pixels.
func (e Examples) PNG(w io.Writer, scale int) error {
	const gap = 2
	scale = max(scale, 1)
	all := append(append([]Example(nil), e.Most...), e.Least...)
	if len(all) == 0 {
		return fmt.Errorf("there are no examples to draw")
	}
	width, height := 0, 0
	for _, x := range all {
		if err := x.check(); err != nil {
			return err
		}
		width, height = max(width, x.Width), max(height, x.Height)
	}
	columns := max(len(e.Most), len(e.Least))
	cell := image.Pt(width*scale+gap, height*scale+gap)
	sheet := image.NewNRGBA(image.Rect(0, 0, columns*cell.X+gap, 4*cell.Y+3*gap))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	for block, examples := range [][]Example{e.Most, e.Least} {
		for i, x := range examples {
			for half, values := range [][]float32{x.Parent, x.Copy} {
				at := image.Pt(gap+i*cell.X, gap+(2*block+half)*cell.Y+block*gap)
				enlarge(sheet, at, x.picture(values), scale)
			}
		}
	}
	b, err := encode(sheet)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

func enlarge(to draw.Image, at image.Point, from image.Image, scale int) {
	for y := range from.Bounds().Dy() * scale {
		for x := range from.Bounds().Dx() * scale {
			to.Set(at.X+x, at.Y+y, from.At(x/scale, y/scale))
		}
	}
}
