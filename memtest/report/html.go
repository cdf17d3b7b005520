package report

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"html/template"
	"io"
	"strings"
)

//go:embed page.css
var pageCSS string

//go:embed page.html
var pageHTML string

var page = template.Must(template.New("page").Funcs(template.FuncMap{"count": count}).Parse(pageHTML))

// mostOpenRows is how many rows the page shows unfolded: a few screens.
const mostOpenRows = 200

// content is what the template shows.
type content struct {
	CSS         template.CSS
	Title       string
	About       string
	Empty       string // in place of everything else
	Remarks     []string
	Conclusions []conclusion
	Summary     []table
	Limits      []string
	Key         any
	Figures     []figureContent
	Examples    []examplesContent
	Copies      *copiesContent
	Cells       []table
	Rows        int
	Fold        bool // the cells
	Warnings    []warning
	Facts       []fact
	Config      string
}

type figureContent struct {
	Name, Title, Caption string
	Legend               []legendContent
	Panels               []panelContent
}

type legendContent struct {
	Swatch template.HTML
	Name   string
}

type panelContent struct {
	SVG  template.HTML
	Data table
}

type examplesContent struct {
	Title  string
	Blocks []blockContent
}

type blockContent struct {
	Title    string
	Pictures []pictureContent
}

type pictureContent struct {
	Parent, Copy        template.URL
	Width, Height       int
	Class, Score, Index string
}

// HTML writes the page as one file: no reference leads out of it, and its
// content security policy forbids scripts and any load. It is well-formed XML
// too. No rows give a page that says so.
func HTML(w io.Writer, p Page) error {
	v, err := newView(p.Rows)
	if err != nil {
		return err
	}
	c := content{
		CSS: template.CSS(pageCSS), Title: v.heading(p), Remarks: p.remarks(), Facts: p.made(), Config: configText(p.Config), Key: key,
	}
	if len(p.Rows) == 0 {
		c.Empty = noRows
	} else {
		c.About = v.about()
		c.Conclusions, c.Summary, c.Limits = v.conclude(), v.summary(), v.limits()
		c.Cells, c.Warnings = v.cellTables(), v.warnings()
		c.Rows, c.Fold = len(p.Rows), len(p.Rows) > mostOpenRows
		for _, f := range v.figures() {
			content, err := f.content()
			if err != nil {
				return fmt.Errorf("figure %s: %w", f.Name, err)
			}
			c.Figures = append(c.Figures, content)
		}
		if c.Examples, err = examplesOf(p.Examples); err != nil {
			return err
		}
		if p.Copies != nil {
			shown, err := p.Copies.content()
			if err != nil {
				return err
			}
			c.Copies = &shown
		}
	}
	var b strings.Builder
	if err := page.Execute(&b, c); err != nil {
		return err
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func (f Figure) content() (figureContent, error) {
	c := figureContent{Name: f.Name, Title: f.Title, Caption: f.Caption}
	for _, e := range f.legend {
		svg, err := e.pageSwatch()
		if err != nil {
			return c, err
		}
		c.Legend = append(c.Legend, legendContent{template.HTML(svg), e.Name})
	}
	for _, p := range f.panels {
		svg, err := p.pageSVG()
		if err != nil {
			return c, err
		}
		c.Panels = append(c.Panels, panelContent{template.HTML(svg), p.data()})
	}
	return c, nil
}

func examplesOf(all []Examples) ([]examplesContent, error) {
	var out []examplesContent
	for _, e := range all {
		c := examplesContent{Title: cut(plain(e.Title), 120)}
		for _, block := range []struct {
			title    string
			examples []Example
		}{{"Most memorized", e.Most}, {"Least memorized", e.Least}} {
			b := blockContent{Title: block.title}
			for _, x := range block.examples {
				if err := x.check(); err != nil {
					return nil, err
				}
				picture := pictureContent{Width: x.Width, Height: x.Height, Class: clean(x.Class), Index: count(x.Index), Score: signed(x.Score) + " ± " + share(x.SE)}
				for _, side := range []struct {
					to   *template.URL
					from []float32
				}{{&picture.Parent, x.Parent}, {&picture.Copy, x.Copy}} {
					data, err := encode(x.picture(side.from))
					if err != nil {
						return nil, err
					}
					*side.to = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(data))
				}
				b.Pictures = append(b.Pictures, picture)
			}
			if len(b.Pictures) > 0 {
				c.Blocks = append(c.Blocks, b)
			}
		}
		if len(c.Blocks) > 0 {
			out = append(out, c)
		}
	}
	return out, nil
}

// configText is the configuration for people, its line breaks kept.
func configText(config []byte) string {
	lines := strings.Split(strings.TrimSpace(string(config)), "\n")
	for i := range lines {
		lines[i] = cut(plain(strings.TrimRight(strings.ReplaceAll(lines[i], "\t", "  "), "\r")), 300)
	}
	return strings.Join(lines[:min(len(lines), 2000)], "\n")
}

func escape(s string) string { return html.EscapeString(plain(s)) }
