package document

import (
	"html/template"
	"strings"
	"unicode/utf8"

	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// shortCode is how many characters of code a phone shows on one line, where a
// break after a hyphen would hurt.
const shortCode = 28

// html is a paragraph for the template: the words of a verbatim document, which
// it escapes, or an author's spans, which are escaped here.
func (d Document) html(s string) any {
	if d.Verbatim {
		return word.Plain(s)
	}
	var b strings.Builder
	for _, p := range d.words(s) {
		text := template.HTMLEscapeString(p.Text)
		if p.Code {
			if utf8.RuneCountInString(p.Text) <= shortCode {
				text = `<code class="short">` + text + "</code>"
			} else {
				text = "<code>" + text + "</code>"
			}
		}
		if p.Link != "" {
			text = `<a href="` + template.HTMLEscapeString(p.Link) + `">` + text + "</a>"
		}
		b.WriteString(text)
	}
	return template.HTML(b.String())
}

func (d Document) htmlAll(words []string) []any {
	var all []any
	for _, s := range words {
		all = append(all, d.html(s))
	}
	return all
}
