package document

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// The style of every page, and what an author's text has besides.
var (
	//go:embed style.css
	styleCSS string
	//go:embed article.css
	articleCSS string
	//go:embed examples.css
	examplesCSS string // of examples that are no pictures
)

//go:embed document.html
var documentHTML string

var page = template.Must(template.New("document").Parse(documentHTML))

// pageContent is what the template shows of a document. Words are strings, which
// the template escapes, or HTML made of spans.
type pageContent struct {
	CSS      template.CSS
	Article  bool
	Title    string
	About    string
	Lead     []any
	Remarks  []string
	Contents bool
	Sections []sectionContent
	Reload   int
}

type sectionContent struct {
	ID, Name, Title, Caption string
	Folded                   bool
	Verdicts                 []htmlLabel
	Blocks                   []htmlBlock
}

// HTML writes the document as one file that loads nothing and runs no script: its
// content security policy forbids both, and only the links of an author lead out
// of it. It is well-formed XML too. It is an error where a block is not just one
// of its fields, a table's rows differ in length, or a figure cannot be drawn.
func (d Document) HTML(w io.Writer) error {
	if err := d.check(); err != nil {
		return err
	}
	c := pageContent{
		CSS: template.CSS(d.style()), Article: !d.Verbatim, Title: d.heading(d.Title), About: word.Plain(d.About), Lead: d.htmlAll(d.Lead),
		Contents: d.Contents && len(d.Sections) > 0, Reload: d.Reload,
	}
	for _, s := range d.Remarks {
		c.Remarks = append(c.Remarks, word.Plain(s))
	}
	used := anchors{}
	ids := used.sections(d)
	for i, s := range d.Sections {
		c.Sections = append(c.Sections, d.section(s, ids[i], used))
	}
	var b strings.Builder
	if err := page.Execute(&b, c); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (d Document) style() string {
	style := styleCSS
	if !d.Verbatim {
		style += articleCSS
	}
	if slices.ContainsFunc(d.Sections, func(s Section) bool { return showExamples(s.Blocks) }) {
		style += examplesCSS
	}
	return style
}

// showExamples says whether one of these blocks shows examples that are no pictures.
func showExamples(blocks []Block) bool {
	return slices.ContainsFunc(blocks, func(b Block) bool {
		switch {
		case b.Fold != nil:
			return showExamples(b.Fold.Blocks)
		case b.Beside != nil:
			return showExamples(b.Beside.Left) || showExamples(b.Beside.Right)
		}
		return b.Curves != nil || b.Table != nil && (b.Table.Wraps || slices.ContainsFunc(b.Table.Columns, func(c Column) bool { return c.Long }))
	})
}

func (d Document) section(s Section, id string, used anchors) sectionContent {
	c := sectionContent{ID: id, Name: s.Name, Title: d.heading(s.Title), Caption: word.Plain(s.Caption), Folded: s.Folded, Blocks: d.htmlBlocks(s.Blocks, used)}
	if s.Name != "" {
		c.ID = "h-" + s.Name
	}
	for _, h := range s.verdicts() {
		c.Verdicts = append(c.Verdicts, h.mark())
	}
	return c
}
