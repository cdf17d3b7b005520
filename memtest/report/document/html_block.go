package document

import (
	"encoding/base64"
	"html/template"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// blockContent is a block; one of its fields is set.
type blockContent struct {
	Heading      string
	Text         any
	List, Limits []any
	Quote        []string
	Verdict      *verdictContent
	Finding      *findingContent
	Terms        []Term
	Facts        []Fact
	Notes        []Note
	Grid, Table  *Table
	Figure       *figureContent
	Plots        *figureContent
	Image        *pictureContent
	Gallery      *galleryContent
	Fold         *foldContent
	Code         string
	File         *File
}

type verdictContent struct {
	Class, Label string
	Text         any
}

type findingContent struct{ Lead, Points []any }

type foldContent struct {
	Summary string
	Blocks  []blockContent
}

var holdingClass = map[Holding]string{HoldsYes: "yes", HoldsPart: "part", HoldsNot: "not"}

func (h Holding) content(text any) verdictContent {
	return verdictContent{Class: holdingClass[h], Label: h.String(), Text: text}
}

// block is what the template shows of a block.
func (d Document) block(b Block, used anchors) (out blockContent, err error) {
	switch {
	case b.Text != "":
		out.Text = d.html(b.Text)
	case b.Verdict != nil:
		v := b.Verdict.Holds.content(d.html(b.Verdict.Text))
		out.Verdict = &v
	case b.Finding != nil:
		out.Finding = &findingContent{d.htmlAll(b.Finding.Lead), d.htmlAll(b.Finding.Points)}
	case b.Grid != nil:
		t := b.Grid.table()
		out.Grid = &t
	case b.Table != nil:
		t := b.Table.plain()
		out.Table = &t
	case b.Figure != nil:
		if out.Figure, err = figureOf(*b.Figure); err == nil {
			out.Figure.Name = used.take("figure-" + slug(b.Figure.Name))
		}
	case b.Plots != nil:
		out.Plots, err = figureOf(*b.Plots)
	case b.Fold != nil:
		out.Fold, err = d.fold(*b.Fold, used)
	case b.Image != nil:
		p := b.Image.content(b.Image.Alt)
		p.Label = word.Plain(b.Image.Label)
		out.Image = &p
	case b.Gallery != nil:
		out.Gallery = b.Gallery.content()
	case b.File != nil:
		out.File = &File{word.Plain(b.File.Label), b.File.text()}
	default:
		out = blockContent{Heading: d.heading(b.Heading), List: d.htmlAll(b.List), Limits: d.htmlAll(b.Limits), Quote: paragraphs(b.Quote)}
		out.Terms, out.Facts, out.Notes = plainTerms(b.Terms), plainFacts(b.Facts), plainNotes(b.Notes)
		out.Code = codeText(b.Code)
	}
	return out, err
}

func (d Document) fold(f Fold, used anchors) (*foldContent, error) {
	c := &foldContent{Summary: word.Plain(f.Summary)}
	for _, b := range f.Blocks {
		shown, err := d.block(b, used)
		if err != nil {
			return nil, err
		}
		c.Blocks = append(c.Blocks, shown)
	}
	return c, nil
}

func plainTerms(all []Term) (out []Term) {
	for _, t := range all {
		out = append(out, Term{word.Plain(t.Name), word.Plain(t.Text)})
	}
	return out
}

func plainFacts(all []Fact) (out []Fact) {
	for _, f := range all {
		out = append(out, Fact{word.Plain(f.Name), word.Plain(f.Value), f.Code})
	}
	return out
}

func plainNotes(all []Note) (out []Note) {
	for _, n := range all {
		out = append(out, Note{word.Plain(n.Lead), word.Plain(n.Text), word.Plain(n.Details)})
	}
	return out
}

// figureContent is a figure in pieces.
type figureContent struct {
	Name, Title, Caption string
	Legend               []sampleContent
	Panels               []panelContent
}

type sampleContent struct {
	SVG  template.HTML
	Name string
}

type panelContent struct {
	SVG     template.HTML
	Numbers Table
}

func figureOf(f chart.Figure) (*figureContent, error) {
	drawn, err := f.Inline()
	if err != nil {
		return nil, err
	}
	c := &figureContent{}
	c.Title, c.Caption = figureWords(f.Title, f.Caption)
	for _, s := range drawn.Legend {
		c.Legend = append(c.Legend, sampleContent{template.HTML(s.SVG), s.Name})
	}
	for _, p := range drawn.Panels {
		c.Panels = append(c.Panels, panelContent{template.HTML(p.SVG), numbers(p.Numbers)})
	}
	return c, nil
}

// pictureContent is a picture inside of the page.
type pictureContent struct {
	Label         string
	Src           template.URL
	Width, Height int
	Alt           string
}

func (p Picture) content(alt string) pictureContent {
	return pictureContent{
		Src:   template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(p.PNG)),
		Width: p.Width, Height: p.Height, Alt: word.Plain(alt),
	}
}

type galleryContent struct {
	Title string
	Pairs []pairContent
}

type pairContent struct {
	Left, Right           pictureContent
	Name, Value, Identity string
}

func (g Gallery) content() *galleryContent {
	c := &galleryContent{Title: word.Plain(g.Title)}
	for _, p := range g.Pairs {
		c.Pairs = append(c.Pairs, pairContent{
			p.Left.content(p.LeftAlt), p.Right.content(p.RightAlt),
			word.Plain(p.Name), word.Plain(p.Value), word.Plain(p.Identity),
		})
	}
	return c
}
