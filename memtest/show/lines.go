package show

import (
	"fmt"
	"image/color"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Axes are the title and the labels of a plot.
type Axes struct{ Title, X, Y string }

// Line is a line of a plot, with a marker at each point.
type Line struct {
	Name string
	X, Y []float64 // as many of the one as of the other
}

// hues are those of Okabe and Ito (2008), which the colour-blind can tell apart.
var hues = []color.RGBA{{0, 114, 178, 255}, {213, 94, 0, 255}, {0, 158, 115, 255}, {204, 121, 167, 255}, {86, 180, 233, 255}, {230, 159, 0, 255}, {0, 0, 0, 255}}

var (
	marks  = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.BoxGlyph{}, draw.TriangleGlyph{}, draw.RingGlyph{}, draw.SquareGlyph{}, draw.PyramidGlyph{}, draw.CrossGlyph{}}
	dashes = [][]vg.Length{nil, {6, 3}, {8, 2, 2, 2}, {2, 2}}
)

// Size of a plot, and its dots an inch.
const (
	linesWidth  = 6.2 * vg.Inch
	linesHeight = 3 * vg.Inch
	linesLegend = 2.1 * vg.Inch // of the width
	linesDPI    = 144
)

// Lines draws lines into one plot: for what is measured over something else than
// epochs and levels. The vertical axis holds 0.
func Lines(a Axes, lines ...Line) error {
	p, legend, err := linePlot(a, lines)
	if err != nil {
		return err
	}
	c := vgimg.NewWith(vgimg.UseWH(linesWidth, linesHeight), vgimg.UseDPI(linesDPI))
	whole := draw.New(c)
	p.Draw(draw.Crop(whole, 4, -linesLegend, 4, -4))
	legend.Draw(draw.Crop(whole, linesWidth-linesLegend+8, 0, 0, -24))
	var plain strings.Builder
	fmt.Fprintf(&plain, "%s: %s over %s.", a.Title, a.Y, a.X)
	for _, l := range lines {
		fmt.Fprintf(&plain, " %s:", l.Name)
		for i := range l.X {
			fmt.Fprintf(&plain, " %.3f at %g", l.Y[i], l.X[i])
		}
		plain.WriteString(".")
	}
	return sendPicture(c.Image(), plain.String())
}

func linePlot(a Axes, lines []Line) (*plot.Plot, *plot.Legend, error) {
	if len(lines) == 0 || len(lines) > len(hues) {
		return nil, nil, fmt.Errorf("%s: %d lines; a plot holds 1 to %d", a.Title, len(lines), len(hues))
	}
	p := plot.New()
	legend := plot.NewLegend()
	legend.Top, legend.Left, legend.ThumbnailWidth, legend.Padding = true, true, 24, 3
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = a.Title, a.X, a.Y
	p.Title.Padding = 6
	for style, size := range map[*text.Style]vg.Length{
		&p.Title.TextStyle: 11, &p.X.Label.TextStyle: 10, &p.Y.Label.TextStyle: 10, &p.X.Tick.Label: 9, &p.Y.Tick.Label: 9, &legend.TextStyle: 10,
	} {
		style.Font.Variant, style.Font.Size = "Sans", size
	}
	grid := plotter.NewGrid()
	grid.Vertical.Width = 0
	grid.Horizontal.Color = color.Gray{225}
	p.Add(grid)
	for i, l := range lines {
		if len(l.X) != len(l.Y) || len(l.X) == 0 {
			return nil, nil, fmt.Errorf("%s, %s: %d values over %d; give as many, and at least one", a.Title, l.Name, len(l.Y), len(l.X))
		}
		points := make(plotter.XYs, len(l.X))
		for j := range points {
			points[j] = plotter.XY{X: l.X[j], Y: l.Y[j]}
		}
		line, marker, err := plotter.NewLinePoints(points)
		if err != nil {
			return nil, nil, fmt.Errorf("%s, %s: %w", a.Title, l.Name, err)
		}
		line.Color, line.Width, line.Dashes = hues[i], 1.5, dashes[i%len(dashes)]
		marker.Color, marker.Shape, marker.Radius = hues[i], marks[i], 3.5
		p.Add(line, marker)
		legend.Add(l.Name, line, marker)
	}
	p.Y.Min, p.Y.Max = min(p.Y.Min, 0), max(p.Y.Max, 0)
	return p, &legend, nil
}
