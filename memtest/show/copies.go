package show

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// Copies shows the first k examples of a set with their copies at these levels, as
// perturb.Copies makes them with this seed: pictures, texts, curves or rows of a table.
func Copies(set *datasets.Set, p perturb.Perturbation, levels []float64, k int, seed uint64) error {
	if k < 1 || k > set.Len() || len(levels) == 0 {
		return fmt.Errorf("%d examples of %q at %d levels; give 1 to %d examples and at least one level", k, set.Name, len(levels), set.Len())
	}
	if _, ok := report.FormOf(set); !ok {
		grid, err := perturb.Grid(set, p, levels, k, seed)
		if err != nil {
			return err
		}
		return Image(grid, 2, fmt.Sprintf("%d examples of %s, a row each, with their copies by %s at the levels %v.", k, set.Name, p.Name(), levels))
	}
	c, err := report.CopiesShown(set, p, levels, k, seed)
	if err != nil {
		return err
	}
	blocks, err := c.Blocks()
	if err != nil {
		return err
	}
	return sendBlocks("", blocks)
}

// sendBlocks shows tables as tables and curves as a figure, each with its text.
func sendBlocks(title string, blocks []document.Block) error {
	for i, b := range blocks {
		var plain strings.Builder
		d := document.Document{Verbatim: true, Sections: []document.Section{{Blocks: []document.Block{b}}}}
		if i == 0 {
			d.About = title
		}
		if err := d.Text(&plain, document.TextOptions{}); err != nil {
			return err
		}
		var err error
		switch {
		case b.Curves != nil:
			err = sendFigure(curvesFigure(*b.Curves), plain.String())
		case b.Table != nil:
			var html strings.Builder
			if err = textTable.Execute(&html, b.Table); err == nil {
				err = send(protocol.MIMETextHTML, html.String(), plain.String())
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// textTable is a table of examples. Names and texts are escaped by the template.
var textTable = template.Must(template.New("examples").Parse(`<table>
{{- if .Title}}
<caption>{{.Title}}</caption>
{{- end}}
<thead><tr>{{range .Columns}}<th>{{.Name}}</th>{{end}}</tr></thead>
<tbody>
{{- range .Rows}}
<tr>{{range .Cells}}<td style="text-align:left">{{.}}</td>{{end}}</tr>
{{- end}}
</tbody></table>
`))

// curvesFigure is a panel for each channel of each example, in which a line is the example
// or one of its copies.
func curvesFigure(c document.Curves) chart.Figure {
	f := chart.Figure{Name: "curves", Title: c.Title}
	for _, r := range c.Rows {
		heads := c.Head[len(r.Words):]
		for k, name := range c.Names {
			p := chart.Panel{Title: strings.Join(r.Words, ", "), X: chart.Axis{Label: "step"}, Y: chart.Axis{Label: name}}
			if len(c.Names) > 1 {
				p.Title += ", " + name
			}
			for i, s := range r.Sketches {
				l := chart.Line{Name: heads[i], Look: chart.Curve(i)}
				for t, v := range s.Curves[k] {
					l.X, l.Y = append(l.X, float64(t+1)), append(l.Y, float64(v))
				}
				p.Series = append(p.Series, l)
			}
			f.Panels = append(f.Panels, p)
		}
	}
	return f
}
