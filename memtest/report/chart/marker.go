package chart

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// markers can be told apart without lines. The plot library's hollow ones are too
// thin for that.
var markers = []draw.GlyphDrawer{
	draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{},
	polygon{sides: 4, turn: math.Pi / 4, hollow: true}, polygon{sides: 24, hollow: true},
	polygon{sides: 3, turn: -math.Pi / 2}, cross{}, polygon{sides: 4},
}

// outlineWidth is that of hollow markers, in points.
const outlineWidth = 1.2

// polygon is a regular one; of many sides, it is a circle.
type polygon struct {
	sides  int
	turn   float64 // of its first corner from the right
	hollow bool
}

// DrawGlyph draws the polygon around a point.
func (g polygon) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, at vg.Point) {
	radius := float64(sty.Radius)
	if g.sides < 5 {
		radius *= 1.25 // corners reach out, sides do not
	}
	var p vg.Path
	for i := range g.sides {
		sin, cos := math.Sincos(g.turn + 2*math.Pi*float64(i)/float64(g.sides))
		corner := at.Add(vg.Point{X: vg.Length(radius * cos), Y: vg.Length(radius * sin)})
		if i == 0 {
			p.Move(corner)
		} else {
			p.Line(corner)
		}
	}
	p.Close()
	if g.hollow {
		c.SetLineStyle(draw.LineStyle{Color: sty.Color, Width: outlineWidth})
		c.Stroke(p)
		return
	}
	c.SetColor(sty.Color)
	c.Fill(p)
}

// cross is two lines.
type cross struct{}

// DrawGlyph draws the cross around a point.
func (cross) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, at vg.Point) {
	line := draw.LineStyle{Color: sty.Color, Width: outlineWidth * 1.3}
	r := sty.Radius
	c.StrokeLine2(line, at.X-r, at.Y-r, at.X+r, at.Y+r)
	c.StrokeLine2(line, at.X-r, at.Y+r, at.X+r, at.Y-r)
}
