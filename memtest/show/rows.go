package show

import (
	"fmt"
	"html/template"
	"strings"
	"text/tabwriter"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// columns are those of the table of rows. Differences have a sign that takes one
// character, so that they stand in line.
var columns = []struct {
	name string
	cell func(result.Row) string
	bold bool
}{
	{"network", func(r result.Row) string { return r.Network }, false},
	{"epoch", func(r result.Row) string { return number.Epoch(r.Epoch) }, false},
	{"layer", func(r result.Row) string { return r.Layer }, false},
	{"probe", func(r result.Row) string { return r.Probe }, false},
	{levelColumn, func(r result.Row) string { return number.Exact(r.Level) }, false},
	{"observed", func(r result.Row) string { return number.Share(r.Observed) }, false},
	{"null ± sd", func(r result.Row) string { return number.Share(r.NullMean) + " ± " + number.Share(r.NullSD) }, false},
	{"chance", func(r result.Row) string { return number.Share(r.Chance) }, false},
	{"fresh", func(r result.Row) string { return number.OrNone(r.Fresh, number.Share) }, false},
	{"learning", func(r result.Row) string { return number.Plus(r.Learning, 3) }, true},
	{"memorization", func(r result.Row) string { return number.Plus(r.Memorization, 3) }, true},
	{"p", report.LearningP, false},
}

// levelColumn names the perturbation in its head, where all rows have the same, or
// in its cells.
const levelColumn = "level"

// page is the table of rows. Names are escaped by the template.
var page = template.Must(template.New("rows").Parse(`<table>
<thead><tr>{{range .Head}}<th>{{.}}</th>{{end}}</tr></thead>
<tbody>
{{- range .Rows}}
<tr>{{range .}}<td>{{if .Bold}}<b>{{.Text}}</b>{{else}}{{.Text}}{{end}}</td>{{end}}</tr>
{{- end}}
</tbody></table>
`))

// Rows shows rows as a table, in the order given. Accuracies are shares of the
// copies; ~ marks a descriptive p-value.
func Rows(rows []result.Row) error {
	if len(rows) == 0 {
		return report.ErrNoRows
	}
	html, err := table(rows)
	if err != nil {
		return err
	}
	return send(protocol.MIMETextHTML, html, plain(rows))
}

// plain is the same table as text.
func plain(rows []result.Row) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for i, c := range columns {
		fmt.Fprint(w, c.name, ending(i))
	}
	for _, r := range rows {
		for i, c := range columns {
			if c.name == levelColumn {
				fmt.Fprint(w, r.Perturbation, " ")
			}
			fmt.Fprint(w, c.cell(r), ending(i))
		}
	}
	_ = w.Flush() // into memory
	return b.String()
}

// ending is what follows column i.
func ending(i int) string {
	if i == len(columns)-1 {
		return "\n"
	}
	return "\t"
}

// shownCell is a cell of a table.
type shownCell struct {
	Text string
	Bold bool
}

// shownTable is what the template of a table shows.
type shownTable struct {
	Head []string
	Rows [][]shownCell
}

func (s shownTable) html() (string, error) {
	var b strings.Builder
	err := page.Execute(&b, s)
	return b.String(), err
}

func table(rows []result.Row) (string, error) {
	var shown shownTable
	for _, c := range columns {
		name := c.name
		if name == levelColumn && same(rows, func(r result.Row) string { return r.Perturbation }) {
			name = rows[0].Perturbation
		}
		shown.Head = append(shown.Head, name)
	}
	for _, r := range rows {
		var cells []shownCell
		for _, c := range columns {
			cells = append(cells, shownCell{c.cell(r), c.bold})
		}
		shown.Rows = append(shown.Rows, cells)
	}
	return shown.html()
}

func same(rows []result.Row, of func(result.Row) string) bool {
	for _, r := range rows {
		if of(r) != of(rows[0]) {
			return false
		}
	}
	return true
}
