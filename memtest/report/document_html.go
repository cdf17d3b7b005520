package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"unicode"
)

//go:embed document.css
var documentCSS string

//go:embed document.html
var documentHTML string

// documentPage shares the tables, figures and head of the page of a run.
var documentPage = template.Must(template.Must(page.Clone()).New("document").Funcs(template.FuncMap{"inline": inlineHTML}).Parse(documentHTML))

// documentContent is what the template shows.
type documentContent struct {
	CSS      template.CSS
	Title    string
	Lead     []string
	Sections []sectionContent
}

type sectionContent struct {
	ID, Title string
	Verdicts  []verdictContent
	Blocks    []blockOfText
}

type verdictContent struct {
	Class, Label, Text string
}

// blockOfText is a block; one of its fields is set.
type blockOfText struct {
	Text    string
	List    []string
	Quote   []string
	Verdict *verdictContent
	Table   *table
	Figure  *figureContent
	Code    string
}

var holdingClass = map[Holding]string{HoldsYes: "yes", HoldsPart: "part", HoldsNot: "not"}

func (h Holding) content(text string) verdictContent {
	return verdictContent{Class: holdingClass[h], Label: h.String(), Text: text}
}

// HTML writes the document as one file that loads nothing and runs no script;
// only its links lead out of it. It is well-formed XML too. It is an error where
// a block is not just one of its fields, or a table's rows differ in length.
func (d Document) HTML(w io.Writer) error {
	if err := d.check(); err != nil {
		return err
	}
	c := documentContent{CSS: template.CSS(pageCSS + documentCSS), Title: heading(d.Title), Lead: d.Lead}
	used := anchors{}
	ids := used.sections(d.Sections)
	for i, s := range d.Sections {
		section := sectionContent{ID: ids[i], Title: heading(s.Title)}
		for _, h := range s.verdicts() {
			section.Verdicts = append(section.Verdicts, h.content(""))
		}
		for _, b := range s.Blocks {
			shown, err := b.content(used)
			if err != nil {
				return err
			}
			section.Blocks = append(section.Blocks, shown)
		}
		c.Sections = append(c.Sections, section)
	}
	var b strings.Builder
	if err := documentPage.Execute(&b, c); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (b Block) content(used anchors) (blockOfText, error) {
	out := blockOfText{Text: b.Text, List: b.List, Quote: paragraphs(b.Quote), Code: codeText(b.Code)}
	if b.Verdict != nil {
		v := b.Verdict.Holds.content(b.Verdict.Text)
		out.Verdict = &v
	}
	if b.Table != nil {
		t := b.Table.table()
		out.Table = &t
	}
	if b.Figure != nil {
		f, err := b.Figure.content()
		if err != nil {
			return out, fmt.Errorf("figure %s: %w", b.Figure.Name, err)
		}
		f.Name = used.take("figure-" + slug(f.Name))
		out.Figure = &f
	}
	return out, nil
}

func heading(title string) string { return cut(joined(title), longestTitle) }

// anchors are the names of places in a document that are taken.
type anchors map[string]bool

// take is a free name like this one, made as GitHub makes it.
func (a anchors) take(name string) string {
	free := name
	for i := 1; a[free]; i++ {
		free = fmt.Sprintf("%s-%d", name, i)
	}
	a[free] = true
	return free
}

// sections are the names of all sections.
func (a anchors) sections(all []Section) []string {
	var names []string
	for _, s := range all {
		name := slug(heading(s.Title))
		if name == "" {
			name = "section"
		}
		names = append(names, a.take(name))
	}
	return names
}

// slug is the name that GitHub gives to a heading.
func slug(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// paragraphs parts a text at empty lines.
func paragraphs(s string) []string {
	var all []string
	for _, p := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if p = joined(p); p != "" {
			all = append(all, p)
		}
	}
	return all
}

// codeText is code for people, its line breaks kept.
func codeText(code string) string {
	lines := strings.Split(strings.Trim(code, "\r\n"), "\n")
	for i := range lines {
		lines[i] = plain(strings.TrimRight(strings.ReplaceAll(lines[i], "\t", "    "), " \r"))
	}
	return strings.Join(lines, "\n")
}
