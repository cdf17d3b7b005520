package chart

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// SketchRow is a row of a sheet: words that say what it shows, and sketches.
type SketchRow struct {
	Words    []string
	Sketches []Sketch
}

// Sizes of a sheet, in points.
const (
	sheetLine = 14 // the height of a line of words
	sheetGap  = 8  // between columns and between rows
)

// SketchesPNG writes rows of sketches as one picture of 300 dots an inch, no wider than a
// page where up to eight stand in a row, for viewers that show nothing else: above each
// column stands its name, head having those of the words before those of the sketches, and
// on top the look of each curve where names says several. It is an error where a row has
// other columns than the head, or where there are no sketches.
func SketchesPNG(w io.Writer, head, names []string, rows []SketchRow) error {
	s, err := newSheet(head, names, rows)
	if err != nil {
		return err
	}
	c := vgimg.NewWith(vgimg.UseWH(s.width(), s.height()), vgimg.UseDPI(dotsPerInch))
	s.draw(draw.New(c))
	_, err = vgimg.PngCanvas{Canvas: c}.WriteTo(w)
	return err
}

// sheet is a sheet that is laid out.
type sheet struct {
	head, names []string
	rows        []SketchRow
	words       []vg.Length // widths of the columns of words
	sketch      vg.Length   // width of a sketch
}

func newSheet(head, names []string, rows []SketchRow) (sheet, error) {
	if len(rows) == 0 || len(rows[0].Sketches) == 0 {
		return sheet{}, errors.New("there are no sketches to draw")
	}
	s := sheet{head: lineNames(head), words: make([]vg.Length, len(rows[0].Words))}
	if len(names) > 1 {
		s.names = lineNames(names)
	}
	for i, r := range rows {
		if len(r.Words) != len(s.words) || len(r.Words)+len(r.Sketches) != len(head) {
			return sheet{}, fmt.Errorf("row %d of the sketches has %d words and %d sketches, its head %d names, and the first row %d words", i+1, len(r.Words), len(r.Sketches), len(head), len(s.words))
		}
		s.rows = append(s.rows, SketchRow{lineNames(r.Words), r.Sketches})
	}
	rest := PageWidth * vg.Inch
	for j := range s.words {
		s.words[j] = legendStyle().Width(s.head[j])
		for _, r := range s.rows {
			s.words[j] = max(s.words[j], legendStyle().Width(r.Words[j]))
		}
		rest -= s.words[j] + sheetGap
	}
	columns := vg.Length(len(head) - len(s.words))
	s.sketch = min(sketchWidth, max(sketchHeight, (rest-(columns-1)*sheetGap)/columns))
	return s, nil
}

func lineNames(words []string) []string {
	var all []string
	for _, w := range words {
		all = append(all, lineName(w))
	}
	return all
}

// left is where a column begins.
func (s sheet) left(column int) vg.Length {
	var x vg.Length
	for j := range column {
		if j < len(s.words) {
			x += s.words[j] + sheetGap
		} else {
			x += s.sketch + sheetGap
		}
	}
	return x
}

func (s sheet) width() vg.Length { return s.left(len(s.head)) - sheetGap }

func (s sheet) height() vg.Length {
	lines := 1
	if s.names != nil {
		lines = 2
	}
	return vg.Length(lines)*sheetLine + vg.Length(len(s.rows))*(sketchHeight+sheetGap)
}

func (s sheet) draw(c draw.Canvas) {
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	y := c.Max.Y
	if s.names != nil {
		s.drawNames(c, y-sheetLine/2)
		y -= sheetLine
	}
	for j, name := range s.head {
		room := s.sketch
		if j < len(s.words) {
			room = s.words[j]
		}
		c.FillText(legendStyle(), vg.Point{X: c.Min.X + s.left(j), Y: y - sheetLine/2}, fit(name, legendStyle(), room))
	}
	y -= sheetLine
	for _, r := range s.rows {
		y -= sketchHeight + sheetGap
		for j, w := range r.Words {
			c.FillText(legendStyle(), vg.Point{X: c.Min.X + s.left(j), Y: y + sketchHeight/2}, w)
		}
		for j, sketch := range r.Sketches {
			x := c.Min.X + s.left(len(r.Words)+j)
			sketch.draw(draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{Min: vg.Point{X: x, Y: y}, Max: vg.Point{X: x + s.sketch, Y: y + sketchHeight}}})
		}
	}
}

// drawNames draws the look of each curve with its name after it.
func (s sheet) drawNames(c draw.Canvas, y vg.Length) {
	x := c.Min.X
	for k, name := range s.names {
		c.StrokeLine2(sketchLine(k), x, y, x+sampleSize, y)
		c.FillText(legendStyle(), vg.Point{X: x + sampleSize + 4, Y: y}, name)
		x += sampleSize + 4 + legendStyle().Width(name) + 12
	}
}

// draw draws the sketch on all of a canvas, as SVG does.
func (s Sketch) draw(c draw.Canvas) {
	size := c.Size()
	across := (size.X - 2*sketchRoom) / vg.Length(math.Max(float64(s.steps()-1), 1))
	for k := len(s.Curves) - 1; k >= 0; k-- {
		var pieces [][]vg.Point
		gap := true
		for t, v := range s.Curves[k] {
			if !drawn(v) {
				gap = true
				continue
			}
			if gap {
				pieces = append(pieces, nil)
				gap = false
			}
			last := &pieces[len(pieces)-1]
			*last = append(*last, vg.Point{X: c.Min.X + sketchRoom + vg.Length(t)*across, Y: c.Min.Y + sketchRoom + vg.Length(s.height(k, v))*(size.Y-2*sketchRoom)})
		}
		c.StrokeLines(sketchLine(k), pieces...)
	}
}

// sketchLine is how curve k is drawn.
func sketchLine(k int) draw.LineStyle {
	style := Sequence(k).line()
	style.Width = 1.2
	return style
}
