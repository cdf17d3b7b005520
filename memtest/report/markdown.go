package report

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes the page as GitHub-flavoured Markdown, without its plots and
// pictures.
func Markdown(w io.Writer, p Page) error {
	v, err := newView(p.Rows)
	if err != nil {
		return err
	}
	if len(p.Rows) == 0 {
		return ErrNoRows
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s.\n", markdown(v.heading(p)), markdown(v.about()))
	for _, s := range p.remarks() {
		fmt.Fprintf(&b, "\n**%s**\n", markdown(s))
	}
	b.WriteString("\n## Conclusions\n")
	for _, c := range v.conclude() {
		for _, s := range c.Lead {
			fmt.Fprintf(&b, "\n**%s**\n", markdown(s))
		}
		for i, s := range c.Points {
			if i == 0 {
				b.WriteString("\n")
			}
			fmt.Fprintf(&b, "- %s\n", markdown(s))
		}
	}
	for _, t := range v.summary() {
		t.writeMarkdown(&b)
	}
	b.WriteString("\n## What cannot be said\n\n")
	for _, s := range v.limits() {
		fmt.Fprintf(&b, "- %s\n", markdown(s))
	}
	b.WriteString("\n## How to read it\n\n")
	for _, k := range key {
		fmt.Fprintf(&b, "- **%s**: %s\n", k.Term, markdown(k.Text))
	}
	if p.Copies != nil {
		b.WriteString("\n## The copies\n")
		p.Copies.table().writeMarkdown(&b)
	}
	b.WriteString("\n## All cells\n")
	for _, t := range v.cellTables() {
		t.writeMarkdown(&b)
	}
	if warnings := v.warnings(); len(warnings) > 0 {
		b.WriteString("\n## Warnings\n\n")
		for _, g := range warnings {
			fmt.Fprintf(&b, "- %s %s %s: %s.", markdown(g.Meaning), count(g.Rows), plural(g.Rows, "row", "rows"), markdown(g.Where))
			if len(g.Details) > 0 {
				fmt.Fprintf(&b, " (%s)", markdown(strings.Join(g.Details, "; ")))
			}
			b.WriteString("\n")
		}
	}
	if facts := p.made(); len(facts) > 0 {
		b.WriteString("\n## How it was made\n\n| | |\n|:--|:--|\n")
		for _, f := range facts {
			fmt.Fprintf(&b, "| %s | %s |\n", markdown(f.Name), markdown(f.Value))
		}
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func (t table) writeMarkdown(b *strings.Builder) {
	if title := t.Title + t.Above; title != "" { // a table has one of them
		fmt.Fprintf(b, "\n%s\n", paragraph(markdown(title)))
	}
	b.WriteString("\n|")
	for _, c := range t.Columns {
		name := c.Name
		if c.Name == "p" || c.Unit == "network" {
			name += " (" + c.Unit + ")"
		}
		b.WriteString(" " + markdown(name) + " |")
	}
	b.WriteString("\n|")
	for _, c := range t.Columns {
		if c.Left {
			b.WriteString(":--|")
		} else {
			b.WriteString("--:|")
		}
	}
	b.WriteString("\n")
	for _, l := range t.Lines {
		b.WriteString("|")
		for _, s := range l.Cells {
			b.WriteString(" " + markdown(s) + " |")
		}
		b.WriteString("\n")
	}
}

// markdown escapes what Markdown, or HTML inside it, would read as markup.
func markdown(s string) string {
	var b strings.Builder
	for _, r := range plain(s) {
		switch r {
		case '&':
			b.WriteString("&amp;")
			continue
		case '<':
			b.WriteString("&lt;")
			continue
		case '\\', '`', '*', '_', '[', ']', '>', '|', '#', '~', '!', '$', '@':
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
