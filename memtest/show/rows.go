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

// page is the table of rows. Names are escaped by the template.
var page = template.Must(template.New("rows").Funcs(template.FuncMap{
	"share":  func(v float64) string { return fmt.Sprintf("%.3f", v) },
	"signed": func(v float64) string { return fmt.Sprintf("%+.3f", v) },
	"maybe":  maybe,
	"p":      pValue,
	"epoch":  epoch,
}).Parse(`<table>
<thead><tr><th>network</th><th>epoch</th><th>layer</th><th>probe</th><th>{{.Level}}</th><th>observed</th><th>null ± sd</th><th>chance</th><th>fresh</th><th>learning</th><th>memorization</th><th>p</th></tr></thead>
<tbody>
{{- range .Rows}}
<tr><td>{{.Network}}</td><td>{{epoch .Epoch}}</td><td>{{.Layer}}</td><td>{{.Probe}}</td><td>{{.Level}}</td><td>{{share .Observed}}</td><td>{{share .NullMean}} ± {{share .NullSD}}</td><td>{{share .Chance}}</td><td>{{maybe .Fresh}}</td><td><b>{{signed .Learning}}</b></td><td><b>{{signed .Memorization}}</b></td><td>{{p .}}</td></tr>
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
	fmt.Fprintln(w, "network\tepoch\tlayer\tprobe\tlevel\tobserved\tnull ± sd\tchance\tfresh\tlearning\tmemorization\tp")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s %g\t%.3f\t%.3f ± %.3f\t%.3f\t%s\t%+.3f\t%+.3f\t%s\n", r.Network, epoch(r.Epoch), r.Layer, r.Probe, r.Perturbation, r.Level,
			r.Observed, r.NullMean, r.NullSD, r.Chance, maybe(r.Fresh), r.Learning, r.Memorization, pValue(r))
	}
	_ = w.Flush() // into memory
	return b.String()
}

func table(rows []result.Row) (string, error) {
	level := "level"
	if same(rows, func(r result.Row) string { return r.Perturbation }) {
		level = rows[0].Perturbation
	}
	var b strings.Builder
	err := page.Execute(&b, struct {
		Level string
		Rows  []result.Row
	}{level, rows})
	return b.String(), err
}

func same(rows []result.Row, of func(result.Row) string) bool {
	for _, r := range rows {
		if of(r) != of(rows[0]) {
			return false
		}
	}
	return true
}

func maybe(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.3f", *v)
}

func epoch(e int) string {
	if e == result.EpochNone {
		return "–"
	}
	return fmt.Sprint(e)
}

func pValue(r result.Row) string {
	p := fmt.Sprintf("%.3f", r.LearningP)
	if !r.Exact {
		return "~" + p
	}
	return p
}

// Conclusions shows in words what each network learned and memorized, and what
// cannot be said.
func Conclusions(rows []result.Row) error {
	sentences, err := report.Conclusions(rows)
	if err != nil {
		return err
	}
	var html strings.Builder
	for _, s := range sentences {
		fmt.Fprintf(&html, "<p>%s</p>\n", template.HTMLEscapeString(s))
	}
	return send(protocol.MIMETextHTML, html.String(), strings.Join(sentences, "\n"))
}

// Where returns the rows for which keep is true, in their order.
func Where(rows []result.Row, keep func(result.Row) bool) []result.Row {
	var kept []result.Row
	for _, r := range rows {
		if keep(r) {
			kept = append(kept, r)
		}
	}
	return kept
}

// At returns the one row of a network at an epoch as one probe sees it at one
// level. It is an error where there is none, or where several layers or seeds
// have one: pick with Where first.
func At(rows []result.Row, network string, epoch int, probe string, level float64) (result.Row, error) {
	found := Where(rows, func(r result.Row) bool {
		return r.Network == network && r.Epoch == epoch && r.Probe == probe && r.Level == level
	})
	if len(found) != 1 {
		return result.Row{}, fmt.Errorf("%d rows are of %s, epoch %d, %s, level %g; one was asked for", len(found), network, epoch, probe, level)
	}
	return found[0], nil
}
