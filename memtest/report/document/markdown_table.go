package document

import "strings"

// markdown is the table with its title.
func (t Table) markdown() string {
	var w strings.Builder
	if title := t.Title + t.Caption; title != "" { // a table has one of them
		w.WriteString("\n" + paragraph(escapeMarkdown(title)) + "\n")
	}
	w.WriteString("\n|")
	for _, c := range t.Columns {
		name := c.Name
		if c.Full {
			name += " (" + c.Unit + ")"
		}
		w.WriteString(" " + escapeMarkdown(name) + " |")
	}
	w.WriteString("\n|")
	for _, c := range t.Columns {
		if c.Words {
			w.WriteString(":--|")
		} else {
			w.WriteString("--:|")
		}
	}
	w.WriteString("\n")
	for _, r := range t.Rows {
		w.WriteString("|")
		for _, s := range r.Cells {
			w.WriteString(" " + escapeMarkdown(s) + " |")
		}
		w.WriteString("\n")
	}
	return w.String()
}
