package document

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
)

// Markdown writes the document as GitHub-flavoured Markdown, without images.
// figure writes a figure to a file and says its path, relative to the document
// and with slashes; where figure is nil, titles and captions stand without
// pictures.
func (d Document) Markdown(w io.Writer, figure func(chart.Figure) (path string, err error)) error {
	if err := d.check(); err != nil {
		return err
	}
	out := markdownWriter{document: d, figure: figure}
	out.line("# %s", escapeMarkdown(d.heading(d.Title)))
	if d.About != "" {
		out.paragraph(escapeMarkdown(d.About))
	}
	for _, s := range d.Remarks {
		out.paragraph("**" + escapeMarkdown(s) + "**")
	}
	for _, s := range d.Lead {
		out.paragraph(out.words(s))
	}
	if d.Contents {
		out.contents()
	}
	for _, s := range d.Sections {
		if s.Title != "" {
			out.paragraph("## " + escapeMarkdown(d.heading(s.Title)))
		}
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

// markdownWriter writes what stands in a document.
type markdownWriter struct {
	strings.Builder
	document Document
	figure   func(chart.Figure) (string, error)
}

func (w *markdownWriter) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *markdownWriter) paragraph(s string) { w.line("\n%s", s) }

// words writes a paragraph.
func (w *markdownWriter) words(s string) string { return inlineMarkdown(w.document.words(s)) }

// contents lists the sections with their verdicts.
func (w *markdownWriter) contents() {
	ids := anchors{}.sections(w.document)
	for i, s := range w.document.Sections {
		if i == 0 {
			w.line("")
		}
		fmt.Fprintf(w, "- [%s](#%s)", escapeMarkdown(w.document.heading(s.Title)), url.PathEscape(ids[i]))
		for j, h := range s.verdicts() {
			fmt.Fprintf(w, "%s %s", []string{":", ","}[min(j, 1)], h)
		}
		w.line("")
	}
}

func (w *markdownWriter) block(b Block) error {
	switch {
	case b.Heading != "":
		w.paragraph("### " + escapeMarkdown(w.document.heading(b.Heading)))
	case b.Text != "":
		w.paragraph(w.words(b.Text))
	case b.Quote != "":
		for i, s := range paragraphs(b.Quote) {
			w.line("%s> %s", []string{"\n", ">\n"}[min(i, 1)], paragraph(escapeMarkdown(s)))
		}
	case b.Verdict != nil:
		label := b.Verdict.Holds.String()
		w.paragraph(fmt.Sprintf("**%s:** %s", strings.ToUpper(label[:1])+label[1:], w.words(b.Verdict.Text)))
	case b.Finding != nil:
		w.finding(*b.Finding)
	case b.Beside != nil:
		return w.blocks(append(slices.Clone(b.Beside.Left), b.Beside.Right...))
	case b.Strip != nil:
		return w.picture(b.Strip.Figure)
	case b.Grid != nil:
		w.WriteString(b.Grid.table().markdown())
	case b.Table != nil:
		w.WriteString(b.Table.markdown())
	case b.Curves != nil:
		w.WriteString(b.Curves.table().markdown())
	case b.Code != "":
		w.code(codeText(b.Code))
	case b.File != nil:
		w.code(b.File.text())
	case b.Figure != nil:
		return w.drawn(*b.Figure)
	case b.Plots != nil:
		return w.picture(*b.Plots)
	case b.Fold != nil:
		return w.fold(*b.Fold)
	default:
		w.lists(b)
	}
	return nil
}

// fold writes what a page folds below a heading.
func (w *markdownWriter) fold(f Fold) error {
	w.paragraph("### " + escapeMarkdown(f.Summary))
	return w.blocks(f.Blocks)
}

func (w *markdownWriter) blocks(blocks []Block) error {
	for _, b := range blocks {
		if err := w.block(b); err != nil {
			return err
		}
	}
	return nil
}

// finding writes what a document comes to.
func (w *markdownWriter) finding(f Finding) {
	if f.Title != "" {
		w.paragraph("**" + w.words(f.Title) + ".**")
	}
	for _, s := range f.Lead {
		w.paragraph(w.words(s))
	}
	w.list(f.Points)
}

// lists writes the blocks that Markdown has as lists or tables of two columns.
// What is for pages only is left out.
func (w *markdownWriter) lists(b Block) {
	w.list(b.List)
	w.list(b.Limits)
	var items []string
	for _, t := range b.Terms {
		items = append(items, fmt.Sprintf("**%s**: %s", escapeMarkdown(t.Name), escapeMarkdown(t.Text)))
	}
	for _, n := range b.Notes {
		s := escapeMarkdown(n.Lead + " " + n.Text)
		if n.Details != "" {
			s += " (" + escapeMarkdown(n.Details) + ")"
		}
		items = append(items, s)
	}
	w.items(items)
	if len(b.Facts) > 0 {
		w.paragraph("| | |\n|:--|:--|")
		for _, f := range b.Facts {
			w.line("| %s | %s |", escapeMarkdown(f.Name), escapeMarkdown(f.Value))
		}
	}
}

func (w *markdownWriter) list(words []string) {
	var items []string
	for _, s := range words {
		items = append(items, w.words(s))
	}
	w.items(items)
}

// items writes a list of what is escaped already.
func (w *markdownWriter) items(all []string) {
	for i, s := range all {
		if i == 0 {
			w.line("")
		}
		w.line("- %s", s)
	}
}

// code writes lines between fences that are longer than any in them.
func (w *markdownWriter) code(text string) {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	w.line("\n%s\n%s\n%s", fence, text, fence)
}

// drawn writes a figure with its title and its caption.
func (w *markdownWriter) drawn(f chart.Figure) error {
	title, caption := figureWords(f.Title, f.Caption)
	w.paragraph("### " + escapeMarkdown(joined(title)))
	if err := w.picture(f); err != nil {
		return err
	}
	if caption != "" {
		w.paragraph(paragraph(escapeMarkdown(joined(caption))))
	}
	return nil
}

// picture writes where the picture of a figure lies.
func (w *markdownWriter) picture(f chart.Figure) error {
	if w.figure == nil {
		return nil
	}
	path, err := w.figure(f)
	if err != nil {
		return fmt.Errorf("figure %s: %w", f.Name, err)
	}
	title, _ := figureWords(f.Title, f.Caption)
	w.paragraph(fmt.Sprintf("![%s](%s)", escapeMarkdown(joined(title)), (&url.URL{Path: path}).String()))
	return nil
}
