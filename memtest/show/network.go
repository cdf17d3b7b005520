package show

import (
	"fmt"
	"html/template"
	"strings"
	"text/tabwriter"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Networks shows what each network itself gives for training examples, their copies
// and fresh ones: accuracy, mean cross-entropy in nats, the gaps, and how well its
// loss tells training examples from fresh ones. It is an error where no row says it.
func Networks(rows []result.Row) error {
	html, plain, err := networkTables(rows)
	if err != nil {
		return err
	}
	return send(protocol.MIMETextHTML, html, plain)
}

// networkTables are those tables, as HTML and as text.
func networkTables(rows []result.Row) (html, plain string, err error) {
	tables, err := report.Networks(rows)
	if err != nil {
		return "", "", err
	}
	if len(tables) == 0 {
		return "", "", fmt.Errorf("none of %d rows says what its network itself gives: they are of raw inputs, of features alone, or of an older version; measure them again", len(rows))
	}
	var page, text strings.Builder
	for _, t := range tables {
		var shown shownTable
		for _, c := range t.Columns {
			shown.Head = append(shown.Head, strings.TrimSpace(c.Unit+" "+c.Name))
		}
		w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
		fmt.Fprintf(&text, "%s\n", t.Title)
		fmt.Fprintln(w, strings.Join(shown.Head, "\t"))
		for _, r := range t.Rows {
			var cells []shownCell
			for _, c := range r.Cells {
				cells = append(cells, shownCell{Text: c})
			}
			shown.Rows = append(shown.Rows, cells)
			fmt.Fprintln(w, strings.Join(r.Cells, "\t"))
		}
		_ = w.Flush() // into memory
		table, err := shown.html()
		if err != nil {
			return "", "", err
		}
		fmt.Fprintf(&page, "<p>%s</p>\n%s", template.HTMLEscapeString(t.Title), table)
	}
	return page.String(), text.String(), nil
}
