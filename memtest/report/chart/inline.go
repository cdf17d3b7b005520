package chart

import (
	"cmp"
	"fmt"

	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Inline is a figure in pieces, for a page that sets the CSS Variables and lays
// the pieces out itself. An SVG is an element as HTML has it, which loads nothing
// and bears a name for those who cannot see it.
type Inline struct {
	Legend []Sample
	Panels []InlinePanel
}

// Sample is an entry of the legend.
type Sample struct {
	SVG  string // an element of class swatch
	Name string
}

// InlinePanel is a panel and the numbers behind it.
type InlinePanel struct {
	SVG     string // an element of class plot
	Numbers Numbers
	Places  []Place // of the ticks of X, from left to right
}

// Place is where a value of X stands in a panel.
type Place struct {
	Value float64
	Share float64 // of the panel's width, from its left edge
}

// Inline draws the pieces of a figure. It is an error where Check finds one.
func (f Figure) Inline() (Inline, error) {
	d, err := f.layout()
	if err != nil {
		return Inline{}, err
	}
	var all Inline
	for _, e := range d.legend {
		svg, err := e.inline()
		if err != nil {
			return Inline{}, fmt.Errorf("figure %s: %w", f.Name, err)
		}
		all.Legend = append(all.Legend, Sample{svg, e.name})
	}
	for _, l := range d.panels {
		svg, places, err := l.inline()
		if err != nil {
			return Inline{}, fmt.Errorf("figure %s: %w", f.Name, err)
		}
		all.Panels = append(all.Panels, InlinePanel{svg, l.numbers(), places})
	}
	return all, nil
}

// inline is a panel for a page: its colours are the page's variables, its font is
// the page's.
func (l layout) inline() (string, []Place, error) {
	c := vgsvg.NewWith(vgsvg.UseWH(inlineWidth, inlineHeight))
	p := l.plot(inlineType, inlineWidth)
	data := p.DataCanvas(draw.New(c))
	at, _ := p.Transforms(&data)
	var places []Place
	for _, x := range l.x.ticks {
		places = append(places, Place{x, float64(at(x) / (inlineWidth + inlineRoom))})
	}
	p.Draw(draw.New(c))
	body, err := svgBody(c)
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf(`<svg class="plot" viewBox="0 0 %d %d" role="img" aria-label="%s"><title>%s</title>%s</svg>`,
		inlineWidth+inlineRoom, inlineHeight, escape(l.describe()), escape(cmp.Or(l.title, l.y.label)), variables(body)), places, nil
}

// inline is the sample of a legend's entry for a page.
func (e entry) inline() (string, error) {
	const width, height = 34, 12
	c := vgsvg.NewWith(vgsvg.UseWH(width, height))
	e.drawSample(draw.New(c))
	body, err := svgBody(c)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`<svg class="swatch" viewBox="0 0 %d %d" width="%d" height="%d" aria-hidden="true">%s</svg>`, width, height, width, height, variables(body)), nil
}
