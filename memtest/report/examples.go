package report

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"
)

// Examples are pictures of single training examples at one cell of the run.
type Examples struct {
	Title string // which network, layer, probe and level
	Most  []Example
	Least []Example
}

// Example is one training example with its perturbed copy.
type Example struct {
	Index                   int // in the training set
	Class                   string
	Score                   float64 // how often its shuffled label is recalled from the copy, minus chance
	SE                      float64 // standard error of the score
	Height, Width, Channels int
	Parent, Copy            []float32 // [Height, Width, Channels]: grey for 1 channel, RGB for 3; values beyond 0..1 are clipped
}

// check says what is wrong with the pictures, or nil.
func (e Example) check() error {
	size := e.Height * e.Width * e.Channels
	switch {
	case e.Height < 1 || e.Width < 1 || e.Channels != 1 && e.Channels != 3 || e.Height > 4096 || e.Width > 4096:
		return fmt.Errorf("example %d is %d×%d×%d, but a picture has 1 (grey) or 3 (RGB) channels and at most 4096 pixels a side", e.Index, e.Height, e.Width, e.Channels)
	case len(e.Parent) != size || len(e.Copy) != size:
		return fmt.Errorf("example %d has %d and %d values, but %d×%d×%d are %d", e.Index, len(e.Parent), len(e.Copy), e.Height, e.Width, e.Channels, size)
	}
	return nil
}

// picture turns values into an image.
func (e Example) picture(x []float32) image.Image {
	level := func(v float32) uint8 {
		if !(v > 0) { // NaN too
			return 0
		}
		return uint8(math.Round(255 * math.Min(float64(v), 1)))
	}
	if e.Channels == 1 {
		m := image.NewGray(image.Rect(0, 0, e.Width, e.Height))
		for i, v := range x {
			m.Pix[i] = level(v)
		}
		return m
	}
	m := image.NewNRGBA(image.Rect(0, 0, e.Width, e.Height))
	for i := range e.Width * e.Height {
		m.Pix[4*i], m.Pix[4*i+1], m.Pix[4*i+2], m.Pix[4*i+3] = level(x[3*i]), level(x[3*i+1]), level(x[3*i+2]), 0xff
	}
	return m
}

func encode(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, m)
	return b.Bytes(), err
}

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
