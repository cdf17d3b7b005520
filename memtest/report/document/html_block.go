package document

import (
	"encoding/base64"
	"html/template"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// htmlBlock is a block as the template shows it: its methods make what the
// template writes of the fields.
type htmlBlock struct {
	Block
	document Document
	used     anchors
}

// Words is a paragraph of the document's.
func (b htmlBlock) Words(s string) any { return b.document.html(s) }

// Plain is a text without signs, which the template escapes.
func (b htmlBlock) Plain(s string) string { return word.Plain(s) }

// Title is a heading inside of a section.
func (b htmlBlock) Title() string { return b.document.heading(b.Heading) }

// Quoted are the paragraphs of a quote.
func (b htmlBlock) Quoted() []string { return paragraphs(b.Quote) }

// Lines are those of code.
func (b htmlBlock) Lines() string { return codeText(b.Code) }

// Shown is the text of a file.
func (b htmlBlock) Shown(f *File) string { return f.text() }

// Rows is the table of a grid.
func (b htmlBlock) Rows() Table { return b.Grid.table() }

// Cells is a table whose words are plain.
func (b htmlBlock) Cells() Table { return b.Table.plain() }

// Inner are the blocks that are folded.
func (b htmlBlock) Inner(f *Fold) []htmlBlock { return b.Blocks(f.Blocks) }

// Blocks are those inside of a block.
func (b htmlBlock) Blocks(all []Block) []htmlBlock { return b.document.htmlBlocks(all, b.used) }

func (d Document) htmlBlocks(blocks []Block, used anchors) []htmlBlock {
	var all []htmlBlock
	for _, b := range blocks {
		all = append(all, htmlBlock{b, d, used})
	}
	return all
}

// htmlLabel is what a holding looks like.
type htmlLabel struct{ Class, Label string }

var holdingClass = map[Holding]string{HoldsYes: "yes", HoldsPart: "part", HoldsNot: "not"}

// mark is the label of a verdict.
func (h Holding) mark() htmlLabel { return htmlLabel{holdingClass[h], h.String()} }

// Mark is the label of the verdict.
func (b htmlBlock) Mark() htmlLabel { return b.Verdict.Holds.mark() }

// Src is a picture inside of the page.
func (p Picture) Src() template.URL {
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(p.PNG))
}

// Plain is what stands for the picture.
func (p Picture) Plain() string { return word.Plain(p.Alt) }

// htmlFigure is a figure in pieces.
type htmlFigure struct {
	Name, Title, Caption string
	Legend               []htmlSample
	Panels               []htmlPanel
}

type htmlSample struct {
	SVG  template.HTML
	Name string
}

type htmlPanel struct {
	SVG     template.HTML
	Tiles   *htmlTiles // nil = none
	Numbers Table
}

// Drawn is a figure that is drawn, with a name for its place.
func (b htmlBlock) Drawn(f *chart.Figure) (htmlFigure, error) {
	drawn, err := f.Inline()
	if err != nil {
		return htmlFigure{}, err
	}
	return b.figure(f, drawn), nil
}

// figure is a figure of its pieces.
func (b htmlBlock) figure(f *chart.Figure, drawn chart.Inline) htmlFigure {
	var out htmlFigure
	out.Title, out.Caption = figureWords(f.Title, f.Caption)
	for _, s := range drawn.Legend {
		out.Legend = append(out.Legend, htmlSample{template.HTML(s.SVG), s.Name})
	}
	for _, p := range drawn.Panels {
		out.Panels = append(out.Panels, htmlPanel{SVG: template.HTML(p.SVG), Numbers: numbers(p.Numbers)})
	}
	if b.Figure != nil {
		out.Name = b.used.take("figure-" + slug(f.Name))
	}
	return out
}
