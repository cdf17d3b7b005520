package document

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// TextOptions says how Text writes.
type TextOptions struct {
	Color bool // ANSI colours, for a terminal: references dim, warnings yellow
	Width int  // nothing is wider than so many columns; 0 = sentences are wrapped at 100, and tables are as wide as they are

	// Elsewhere is a place that has what a table of this Width has no room for, such as
	// runs/mine/report.html; "" = a wider terminal.
	Elsewhere string
}

// widest is how wide sentences are at most: longer lines are hard to read.
const widest = 100

// Text writes the document for a terminal: aligned tables and wrapped sentences.
// Figures are tables of their numbers; images are left out.
func (d Document) Text(w io.Writer, o TextOptions) error {
	if err := d.check(); err != nil {
		return err
	}
	out := textWriter{document: d, TextOptions: o, line: widest}
	if o.Width > 0 {
		out.line = min(o.Width, widest)
	}
	if d.Title != "" {
		out.title(d.heading(d.Title))
	}
	if d.About != "" {
		out.sentence(word.Plain(d.About), "")
	}
	for _, s := range append(append([]string(nil), d.Remarks...), d.Lead...) {
		out.paragraph(out.words(s))
	}
	for _, s := range d.Sections {
		out.heading(d.heading(s.Title))
		if s.Caption != "" {
			out.paragraph(out.words(s.Caption))
		}
		for _, b := range s.Blocks {
			if err := out.block(b); err != nil {
				return err
			}
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// textWriter writes what stands in a document.
type textWriter struct {
	strings.Builder
	document Document
	TextOptions
	line    int    // columns of a sentence
	without string // what was said to be left out last
}

// words is a paragraph with the addresses of its links beside them.
func (w *textWriter) words(s string) string {
	var b strings.Builder
	for _, p := range w.document.words(s) {
		text := p.Text
		if p.Code {
			text = "`" + text + "`"
		}
		if p.Link != "" {
			text += " (" + p.Link + ")"
		}
		b.WriteString(text)
	}
	return b.String()
}

func (w *textWriter) heading(s string) {
	if s != "" {
		w.WriteString("\n")
		w.title(s)
	}
}

// title writes a line, or where the width is stated as many as it takes.
func (w *textWriter) title(s string) {
	if w.Width > 0 {
		s = Wrap(s, w.Width)
	}
	w.WriteString(paint(s, bold, w.Color) + "\n")
}

// sentence writes words in lines; those after the first begin with the indent.
func (w *textWriter) sentence(s, indent string) { w.WriteString(wrap(s, indent, w.line)) }

func (w *textWriter) paragraph(s string) {
	w.WriteString("\n")
	w.sentence(s, "")
}

// list writes sentences that hang, with a sign before each.
func (w *textWriter) list(words []string) {
	for i, s := range words {
		if i == 0 {
			w.WriteString("\n")
		}
		w.sentence("- "+s, "  ")
	}
}

func (w *textWriter) table(t Table) {
	w.heading(t.Title + t.Caption) // a table has one of them
	if w.Width <= 0 {
		w.WriteString(t.text(w.Color))
		return
	}
	parts, left := t.fit(w.Width)
	for i, part := range parts {
		if i > 0 {
			w.WriteString("\n")
		}
		w.WriteString(part.text(w.Color))
	}
	w.leftOut(left)
}

// leftOut says which columns a table has no room for, once for tables of the same.
func (w *textWriter) leftOut(columns []string) {
	if len(columns) == 0 {
		return
	}
	where := "a wider terminal shows them"
	if w.Elsewhere != "" {
		where = "they are in " + word.Plain(w.Elsewhere)
	}
	var names []string
	for _, c := range columns {
		if !slices.Contains(names, c) {
			names = append(names, c)
		}
	}
	without := fmt.Sprintf("%d columns have no room for %s; %s.", w.Width, word.List(names), where)
	if without != w.without {
		w.paragraph(without)
	}
	w.without = without
}

func (w *textWriter) block(b Block) error {
	switch {
	case b.Heading != "":
		w.heading(w.document.heading(b.Heading))
	case b.Text != "":
		w.paragraph(w.words(b.Text))
	case b.Quote != "":
		for _, s := range paragraphs(b.Quote) {
			w.paragraph("“" + s + "”")
		}
	case b.Verdict != nil:
		w.paragraph(b.Verdict.Holds.String() + ": " + w.words(b.Verdict.Text))
	case b.Finding != nil:
		w.finding(*b.Finding)
	case b.Beside != nil:
		return w.blocks(append(slices.Clone(b.Beside.Left), b.Beside.Right...))
	case b.Strip != nil:
		return w.plots(b.Strip.Figure)
	case b.Grid != nil:
		w.table(b.Grid.table())
	case b.Table != nil:
		w.table(b.Table.plain())
	case b.Curves != nil:
		w.table(b.Curves.table())
	case b.Code != "":
		w.WriteString("\n" + codeText(b.Code) + "\n")
	case b.File != nil:
		w.heading(word.Plain(b.File.Label))
		w.WriteString(b.File.text() + "\n")
	case b.Figure != nil:
		title, caption := figureWords(b.Figure.Title, b.Figure.Caption)
		w.heading(title)
		w.paragraph(caption)
		return w.plots(*b.Figure)
	case b.Plots != nil:
		return w.plots(*b.Plots)
	case b.Fold != nil:
		return w.fold(*b.Fold)
	default:
		w.lists(b)
	}
	return nil
}

// fold writes what a page folds below a heading.
func (w *textWriter) fold(f Fold) error {
	w.heading(word.Plain(f.Summary))
	return w.blocks(f.Blocks)
}

func (w *textWriter) blocks(blocks []Block) error {
	for _, b := range blocks {
		if err := w.block(b); err != nil {
			return err
		}
	}
	return nil
}

// finding writes what a document comes to.
func (w *textWriter) finding(f Finding) {
	if f.Title != "" {
		w.WriteString("\n" + paintLines(wrap(w.words(f.Title)+".", "", w.line), bold, w.Color))
	}
	for _, s := range f.Lead {
		w.sentence(w.words(s), "")
	}
	w.list(w.all(f.Points))
}

// plots writes the numbers of a figure.
func (w *textWriter) plots(f chart.Figure) error {
	all, err := f.Numbers()
	if err != nil {
		return err
	}
	for _, n := range all {
		w.table(numbers(n))
	}
	return nil
}

// lists writes the blocks of short lines. What is for pages only is left out.
func (w *textWriter) lists(b Block) {
	w.list(w.all(b.List))
	w.list(w.all(b.Limits))
	var lines []string
	for _, t := range b.Terms {
		lines = append(lines, word.Plain(t.Name+": "+t.Text))
	}
	for _, f := range b.Facts {
		lines = append(lines, word.Plain(f.Name+": "+f.Value))
	}
	for _, n := range b.Notes {
		s := n.Lead + " " + n.Text
		if n.Details != "" {
			s = fmt.Sprintf("%s (%s)", s, n.Details)
		}
		lines = append(lines, word.Plain(s))
	}
	w.list(lines)
}

func (w *textWriter) all(words []string) []string {
	var out []string
	for _, s := range words {
		out = append(out, w.words(s))
	}
	return out
}
