package report

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math"
)

// Examples are single training examples at one cell of the run, with their copies.
type Examples struct {
	Title string // which network, layer, probe and level
	Most  []Example
	Least []Example
	Form  *Form `json:",omitempty"` // of examples that are no pictures; nil = they are
}

// Example is one training example with its perturbed copy.
type Example struct {
	Index                   int // in the training set
	Class                   string
	ByLot                   bool    `json:",omitempty"` // its label was drawn among several that are as right
	Score                   float64 // how often its shuffled label is recalled from the copy, less how often copies of its class recall it
	SE                      float64 // standard error of the score
	Height, Width, Channels int
	Parent, Copy            []float32 // [Height, Width, Channels]: grey for 1 channel, RGB for 3; values beyond 0..1 are clipped
	Shown                   []Shown   `json:",omitempty"` // parent and copy, where they are no pictures, which leave the sizes at 0
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
