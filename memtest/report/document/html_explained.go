package document

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// Explained is a paragraph of a finding, in which the first place of each of its words
// has the explanation for who hovers there.
func (b htmlBlock) Explained(s string) any {
	if !b.document.Verbatim {
		return b.Words(s) // an author explains words himself
	}
	s = word.Plain(s)
	type place struct {
		from, to int
		help     string
	}
	var places []place
	for _, t := range b.Finding.Words {
		name := word.Plain(t.Name)
		if at := strings.Index(s, name); at >= 0 && name != "" {
			places = append(places, place{at, at + len(name), word.Plain(t.Text)})
		}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.from, b.from) })
	var out strings.Builder
	at := 0
	for _, p := range places {
		if p.from < at {
			continue
		}
		out.WriteString(template.HTMLEscapeString(s[at:p.from]))
		out.WriteString(`<abbr title="` + template.HTMLEscapeString(p.help) + `">` + template.HTMLEscapeString(s[p.from:p.to]) + `</abbr>`)
		at = p.to
	}
	out.WriteString(template.HTMLEscapeString(s[at:]))
	return template.HTML(out.String())
}
