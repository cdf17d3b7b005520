package datasets

import (
	"image"
	"image/color"
)

// Picture draws one example, a row of s.Size() values, as an image: one channel
// is grey, three are red, green and blue, of any other number the first is shown.
// Values are cut off at 0 (black) and 1 (white).
func Picture(s Shape, row []float32) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, s.Width, s.Height))
	for y := range s.Height {
		for x := range s.Width {
			p := row[(y*s.Width+x)*s.Channels:]
			c := color.RGBA{level(p[0]), level(p[0]), level(p[0]), 255}
			if s.Channels == 3 {
				c.G, c.B = level(p[1]), level(p[2])
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

// level maps 0..1 to 0..255.
func level(v float32) uint8 { return uint8(255*min(max(v, 0), 1) + 0.5) }
