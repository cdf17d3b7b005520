package chart

import (
	"fmt"
	"image/color"
	"io"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// dotsPerInch of PNG figures: the least that journals ask of line art with
// grey, and sharp on screens.
const dotsPerInch = 300

// SVG writes the figure with its legend in light colours on white, this many
// inches wide, 2 to 40. Its text is text, in Liberation Sans or what stands for
// it. It is an error where Check finds one.
func (f Figure) SVG(w io.Writer, inches float64) error {
	d, width, height, err := f.laidOut(inches)
	if err != nil {
		return err
	}
	c := vgsvg.NewWith(vgsvg.UseWH(width, height))
	d.draw(draw.New(c))
	body, err := svgBody(c)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%gin" height="%.4gin" viewBox="0 0 %.5g %.5g" role="img" aria-label="%s">`+"\n<title>%s</title>\n%s</svg>\n",
		inches, height.Points()/72, width.Points(), height.Points(), escape(d.describe()), escape(d.title), ownFont(body))
	return err
}

// PNG writes the figure as SVG does, at 300 dots an inch.
func (f Figure) PNG(w io.Writer, inches float64) error {
	d, width, height, err := f.laidOut(inches)
	if err != nil {
		return err
	}
	c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dotsPerInch))
	d.draw(draw.New(c))
	_, err = vgimg.PngCanvas{Canvas: c}.WriteTo(w)
	return err
}

func (f Figure) laidOut(inches float64) (d drawing, width, height vg.Length, err error) {
	if !(inches >= 2 && inches <= 40) {
		return d, 0, 0, fmt.Errorf("a figure of %g inches width: give a width of 2 to 40, as %g or %g", inches, ColumnWidth, PageWidth)
	}
	if d, err = f.layout(); err != nil {
		return d, 0, 0, err
	}
	width = vg.Length(inches) * vg.Inch
	return d, width, d.height(width), nil
}

// The figure on paper: panels in rows below a legend. In points.
const (
	legendLine = 12 // the height of a line of the legend
	sampleSize = 24 // the width of a sample in it
	panelGap   = 10
)

// grid is how many panels stand in a row and in a column.
func (d drawing) grid(width vg.Length) (rows, cols int) {
	cols = min(len(d.panels), max(1, int(width/(2.2*vg.Inch))))
	return (len(d.panels) + cols - 1) / cols, cols
}

func (d drawing) height(width vg.Length) vg.Length {
	rows, cols := d.grid(width)
	panel := (width - panelGap*vg.Length(cols-1)) / vg.Length(cols) * 0.74
	return panel*vg.Length(rows) + panelGap*vg.Length(rows-1) + vg.Length(len(d.legendLines(width)))*legendLine + 6
}

// legendLines breaks the legend into lines that fit the width.
func (d drawing) legendLines(width vg.Length) [][]entry {
	var lines [][]entry
	x := vg.Length(math.Inf(1))
	for _, e := range d.legend {
		w := e.width()
		if x+w > width {
			lines, x = append(lines, nil), 0
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], e)
		x += w
	}
	return lines
}

func legendStyle() text.Style {
	return text.Style{Color: ink.light, Font: face(printType.label, false), Handler: plot.DefaultTextHandler, XAlign: text.XLeft, YAlign: text.YCenter}
}

func (e entry) width() vg.Length { return sampleSize + 4 + legendStyle().Width(e.name) + 12 }

func (d drawing) draw(c draw.Canvas) {
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	y := d.drawLegend(c)
	width := c.Max.X - c.Min.X
	rows, cols := d.grid(width)
	area := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{Min: c.Min, Max: vg.Point{X: c.Max.X, Y: y - 4}}}
	plots := make([][]*plot.Plot, rows)
	for i := range plots {
		plots[i] = make([]*plot.Plot, cols)
		for j := range plots[i] {
			if k := i*cols + j; k < len(d.panels) {
				plots[i][j] = d.panels[k].plot(printType, width/vg.Length(cols))
			}
		}
	}
	tiles := draw.Tiles{Rows: rows, Cols: cols, PadX: panelGap, PadY: panelGap, PadRight: 4}
	canvases := plot.Align(plots, tiles, area)
	for i := range plots {
		for j, p := range plots[i] {
			if p != nil {
				p.Draw(canvases[i][j])
			}
		}
	}
}

// drawLegend draws the legend at the top and returns where it ends.
func (d drawing) drawLegend(c draw.Canvas) vg.Length {
	width := c.Max.X - c.Min.X
	y := c.Max.Y - 2
	for _, line := range d.legendLines(width) {
		x := c.Min.X + 2
		for _, e := range line {
			e.drawSample(draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{Min: vg.Point{X: x, Y: y - legendLine + 3}, Max: vg.Point{X: x + sampleSize, Y: y - 3}}})
			c.FillText(legendStyle(), vg.Point{X: x + sampleSize + 4, Y: y - legendLine/2}, fit(e.name, legendStyle(), width-32))
			x += e.width()
		}
		y -= legendLine
	}
	return y
}
