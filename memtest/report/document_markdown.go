package report

import (
	"fmt"
	"io"
	"net/url"
	"strings"
)

// Markdown writes the document as GitHub-flavoured Markdown. figure writes a
// figure to a file and says its path, relative to the document and with slashes;
// where figure is nil, titles and captions stand without pictures.
func (d Document) Markdown(w io.Writer, figure func(Figure) (path string, err error)) error {
	if err := d.check(); err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", markdown(heading(d.Title)))
	for _, s := range d.Lead {
		fmt.Fprintf(&b, "\n%s\n", inlineMarkdown(s))
	}
	ids := anchors{}.sections(d.Sections)
	for i, s := range d.Sections {
		if i == 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "- [%s](#%s)", markdown(heading(s.Title)), url.PathEscape(ids[i]))
		for j, h := range s.verdicts() {
			fmt.Fprintf(&b, "%s %s", []string{":", ","}[min(j, 1)], h)
		}
		b.WriteString("\n")
	}
	for _, s := range d.Sections {
		fmt.Fprintf(&b, "\n## %s\n", markdown(heading(s.Title)))
		for _, block := range s.Blocks {
			if err := block.writeMarkdown(&b, figure); err != nil {
				return err
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (b Block) writeMarkdown(out *strings.Builder, figure func(Figure) (string, error)) error {
	switch {
	case b.Text != "":
		fmt.Fprintf(out, "\n%s\n", inlineMarkdown(b.Text))
	case len(b.List) > 0:
		out.WriteString("\n")
		for _, s := range b.List {
			fmt.Fprintf(out, "- %s\n", inlineMarkdown(s))
		}
	case b.Quote != "":
		for i, s := range paragraphs(b.Quote) {
			fmt.Fprintf(out, "%s> %s\n", []string{"\n", ">\n"}[min(i, 1)], paragraph(markdown(s)))
		}
	case b.Verdict != nil:
		fmt.Fprintf(out, "\n**%s:** %s\n", strings.ToUpper(b.Verdict.Holds.String()[:1])+b.Verdict.Holds.String()[1:], inlineMarkdown(b.Verdict.Text))
	case b.Table != nil:
		b.Table.table().writeMarkdown(out)
	case b.Code != "":
		text := codeText(b.Code)
		fence := "```"
		for strings.Contains(text, fence) {
			fence += "`"
		}
		fmt.Fprintf(out, "\n%s\n%s\n%s\n", fence, text, fence)
	case b.Figure != nil:
		f := *b.Figure
		fmt.Fprintf(out, "\n### %s\n", markdown(joined(f.Title)))
		if figure != nil {
			path, err := figure(f)
			if err != nil {
				return fmt.Errorf("figure %s: %w", f.Name, err)
			}
			fmt.Fprintf(out, "\n![%s](%s)\n", markdown(joined(f.Title)), (&url.URL{Path: path}).String())
		}
		if f.Caption != "" {
			fmt.Fprintf(out, "\n%s\n", paragraph(markdown(joined(f.Caption))))
		}
	}
	return nil
}
