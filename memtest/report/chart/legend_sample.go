package chart

import "gonum.org/v1/plot/vg/draw"

// drawSample draws the sample of a legend's entry across the canvas.
func (e entry) drawSample(c draw.Canvas) {
	middle := c.Center()
	if e.band || e.bars {
		area := c.Rectangle
		if e.bars {
			area.Min.X, area.Max.X = middle.X-5, middle.X+5
		}
		c.SetColor(e.look.hue.faint())
		c.Fill(area.Path())
	}
	if e.bars {
		return
	}
	if !e.points {
		c.StrokeLine2(e.look.line(), c.Min.X, middle.Y, c.Max.X, middle.Y)
	}
	if e.look.marker != nil {
		c.DrawGlyph(e.look.glyph(), middle)
	}
}
