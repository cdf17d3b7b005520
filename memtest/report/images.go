package report

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"math"
	"path/filepath"
	"regexp"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Widths of figures in journals, in inches: one column and two.
const (
	ColumnWidth = 3.5
	PageWidth   = 7.0
)

// dotsPerInch of PNG figures: the least that journals ask of line art with
// grey, and sharp on screens.
const dotsPerInch = 300

// SVG writes the figure with its legend in light colours on white, this many
// inches wide. Its text is text, in Liberation Sans or what stands for it.
func (f Figure) SVG(w io.Writer, inches float64) error {
	width, height, err := f.size(inches)
	if err != nil {
		return err
	}
	c := vgsvg.NewWith(vgsvg.UseWH(width, height))
	f.draw(draw.New(c))
	body, err := svgBody(c)
	if err != nil {
		return err
	}
	body = strings.ReplaceAll(body, "font-family:Liberation Sans;", "font-family:'Liberation Sans',Arial,Helvetica,sans-serif;")
	_, err = fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%gin" height="%.4gin" viewBox="0 0 %.5g %.5g" role="img" aria-label="%s">`+"\n<title>%s</title>\n%s</svg>\n",
		inches, height.Points()/72, width.Points(), height.Points(), escape(f.describe()), escape(f.Title), body)
	return err
}

// PNG writes the figure as SVG does, at 300 dots an inch.
func (f Figure) PNG(w io.Writer, inches float64) error {
	width, height, err := f.size(inches)
	if err != nil {
		return err
	}
	c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dotsPerInch))
	f.draw(draw.New(c))
	_, err = vgimg.PngCanvas{Canvas: c}.WriteTo(w)
	return err
}

// layout of a figure on paper: panels in rows below a legend.
const (
	legendLine = 12 // points, the height of a line of the legend
	panelGap   = 10
)

func (f Figure) columns(width vg.Length) int {
	return min(len(f.panels), max(1, int(width/(2.2*vg.Inch))))
}

func (f Figure) size(inches float64) (width, height vg.Length, err error) {
	if !(inches >= 2 && inches <= 40) {
		return 0, 0, fmt.Errorf("a figure of %g inches width: give a width of 2 to 40, as %g or %g", inches, ColumnWidth, PageWidth)
	}
	width = vg.Length(inches) * vg.Inch
	cols := f.columns(width)
	rows := (len(f.panels) + cols - 1) / cols
	panel := (width - panelGap*vg.Length(cols-1)) / vg.Length(cols) * 0.74
	return width, panel*vg.Length(rows) + panelGap*vg.Length(rows-1) + vg.Length(len(f.legendLines(width)))*legendLine + 6, nil
}

// legendLines breaks the legend into lines that fit the width.
func (f Figure) legendLines(width vg.Length) [][]entry {
	var lines [][]entry
	x := vg.Length(math.Inf(1))
	for _, e := range f.legend {
		w := legendWidth(e)
		if x+w > width {
			lines, x = append(lines, nil), 0
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], e)
		x += w
	}
	return lines
}

func legendStyle() text.Style {
	return text.Style{Color: ink.light, Font: face(paperType.label, false), Handler: plot.DefaultTextHandler, XAlign: text.XLeft, YAlign: text.YCenter}
}

func legendWidth(e entry) vg.Length { return 24 + 4 + legendStyle().Width(e.Name) + 12 }

func (f Figure) draw(c draw.Canvas) {
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	width := c.Max.X - c.Min.X
	y := c.Max.Y - 2
	for _, line := range f.legendLines(width) {
		x := c.Min.X + 2
		for _, e := range line {
			e.swatch(draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{Min: vg.Point{X: x, Y: y - legendLine + 3}, Max: vg.Point{X: x + 24, Y: y - 3}}})
			c.FillText(legendStyle(), vg.Point{X: x + 28, Y: y - legendLine/2}, fit(e.Name, legendStyle(), width-32))
			x += legendWidth(e)
		}
		y -= legendLine
	}
	cols := f.columns(width)
	rows := (len(f.panels) + cols - 1) / cols
	area := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{Min: c.Min, Max: vg.Point{X: c.Max.X, Y: y - 4}}}
	plots := make([][]*plot.Plot, rows)
	for i := range plots {
		plots[i] = make([]*plot.Plot, cols)
		for j := range plots[i] {
			if k := i*cols + j; k < len(f.panels) {
				plots[i][j] = f.panels[k].build(paperType, width/vg.Length(cols))
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

func (f Figure) describe() string {
	words := []string{f.Title + "."}
	for _, p := range f.panels {
		words = append(words, p.describe())
	}
	return strings.Join(words, " ")
}

// pageSVG is a panel for the page: its colours are the page's variables, its
// font is the page's, and it has a name for those who cannot see it.
func (p panel) pageSVG() (string, error) {
	c := vgsvg.NewWith(vgsvg.UseWH(pagePanelWidth, pagePanelHeight))
	p.build(pageType, pagePanelWidth).Draw(draw.New(c))
	body, err := svgBody(c)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`<svg class="plot" viewBox="0 0 %d %d" role="img" aria-label="%s"><title>%s</title>%s</svg>`,
		pagePanelWidth, pagePanelHeight, escape(p.describe()), escape(p.title), variables(body)), nil
}

// pageSwatch is the sample of a legend's entry for the page.
func (e entry) pageSwatch() (string, error) {
	const width, height = 34, 12
	c := vgsvg.NewWith(vgsvg.UseWH(width, height))
	e.swatch(draw.New(c))
	body, err := svgBody(c)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`<svg class="swatch" viewBox="0 0 %d %d" width="%d" height="%d" aria-hidden="true">%s</svg>`, width, height, width, height, variables(body)), nil
}

// svgBody is the drawing without the prelude and the outer element, which are
// written anew.
func svgBody(c *vgsvg.Canvas) (string, error) {
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return "", err
	}
	s := b.String()
	start := strings.Index(s, "<svg")
	if start < 0 {
		return "", fmt.Errorf("the plot library wrote no <svg>")
	}
	s = s[start:]
	s = s[strings.Index(s, ">")+1:]
	s = strings.TrimSpace(s[:strings.LastIndex(s, "</svg>")]) + "\n"
	s = strings.ReplaceAll(s, "font-variant:none;", "")
	s = strings.ReplaceAll(s, "font-weight:normal;", "")
	return strings.ReplaceAll(s, "font-style:normal;", ""), nil
}

// variables replaces the light colours by the page's CSS variables, and lets
// the page choose the font. The SVG canvas undoes the premultiplied alpha of
// areas with a rounding error of one step, so the nearest hue is taken.
func variables(body string) string {
	body = hexColour.ReplaceAllStringFunc(body, func(hex string) string {
		var r, g, b int
		fmt.Sscanf(hex, "#%02X%02X%02X", &r, &g, &b)
		for _, h := range hues {
			if near(r, h.light.R) && near(g, h.light.G) && near(b, h.light.B) {
				return "var(--" + h.name + ")"
			}
		}
		return hex
	})
	return strings.ReplaceAll(body, "font-family:Liberation Sans;", "")
}

var hexColour = regexp.MustCompile(`#[0-9A-F]{6}\b`)

func near(a int, b uint8) bool { return a-int(b) <= 2 && int(b)-a <= 2 }

// WriteFigures writes each figure of the rows into a folder, as SVG and as PNG,
// at the widths of a column and of a page, and returns the paths:
// levels-3.5in.svg and so on.
func WriteFigures(folder string, rows []result.Row) ([]string, error) {
	figures, err := Figures(rows)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, f := range figures {
		for _, inches := range []float64{ColumnWidth, PageWidth} {
			for _, format := range []struct {
				ending string
				write  func(io.Writer, float64) error
			}{{"svg", f.SVG}, {"png", f.PNG}} {
				var b bytes.Buffer
				if err := format.write(&b, inches); err != nil {
					return paths, err
				}
				path := filepath.Join(folder, fmt.Sprintf("%s-%gin.%s", f.Name, inches, format.ending))
				if err := atomicfile.WriteFile(path, b.Bytes()); err != nil {
					return paths, err
				}
				paths = append(paths, path)
			}
		}
	}
	return paths, nil
}
