package show

import (
	"html/template"
	"strings"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Verdict shows what the rows come to, as the page of a run does: a verdict for each
// network in plain words, what it rests on, what cannot be said, and the picture over
// levels.
func Verdict(rows []result.Row) error {
	verdicts, limits, err := report.Verdicts(rows)
	if err != nil {
		return err
	}
	var html, plain strings.Builder
	for _, v := range verdicts {
		one := shownVerdict{v.Title, strings.Join(v.Lead, " "), v.Points}
		if err := verdictPage.Execute(&html, one); err != nil {
			return err
		}
		plain.WriteString(one.Title + ".\n" + one.Sentence + "\n- " + strings.Join(one.Points, "\n- ") + "\n")
	}
	if err := limitsPage.Execute(&html, limits); err != nil {
		return err
	}
	if err := send(protocol.MIMETextHTML, html.String(), plain.String()); err != nil {
		return err
	}
	return figures(rows, report.FigureFirst)
}

// shownVerdict is one of them for the templates.
type shownVerdict struct {
	Title, Sentence string
	Points          []string
}

var (
	verdictPage = template.Must(template.New("verdict").Parse(`<h3>{{.Title}}.</h3>
<p>{{.Sentence}}</p>
<ul>{{range .Points}}<li>{{.}}</li>{{end}}</ul>
`))
	limitsPage = template.Must(template.New("limits").Parse(`<details><summary>What cannot be said</summary>
<ul>{{range .}}<li>{{.}}</li>{{end}}</ul>
</details>
`))
)
