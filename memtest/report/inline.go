package report

import (
	"html/template"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// span is a piece of a paragraph.
type span struct {
	Text string
	Code bool
	Link string // "" = none
}

// inlineSigns are `code` and [text](address), where the text of a link may
// itself be code.
var inlineSigns = regexp.MustCompile("`([^`]*[^`\\s][^`]*)`|\\[([^\\[\\]`]+|`[^`\\[\\]]*[^`\\s\\[\\]][^`\\[\\]]*`)\\]\\(([^\\s()<>\"'\\\\`]+)\\)")

// spans takes a paragraph apart at its signs. What looks like a link and leads
// to another scheme stays the text that it is.
func spans(s string) []span {
	s = joined(s)
	var all []span
	add := func(p span) {
		if p.Text == "" {
			return
		}
		if n := len(all); n > 0 && !p.Code && p.Link == "" && !all[n-1].Code && all[n-1].Link == "" {
			all[n-1].Text += p.Text
			return
		}
		all = append(all, p)
	}
	from := 0
	for _, m := range inlineSigns.FindAllStringSubmatchIndex(s, -1) {
		add(span{Text: s[from:m[0]]})
		from = m[1]
		switch {
		case m[2] >= 0:
			add(span{Text: s[m[2]:m[3]], Code: true})
		case !linkable(s[m[6]:m[7]]):
			add(span{Text: s[m[0]:m[1]]})
		default:
			text := s[m[4]:m[5]]
			code := strings.HasPrefix(text, "`")
			add(span{Text: strings.Trim(text, "`"), Code: code, Link: s[m[6]:m[7]]})
		}
	}
	add(span{Text: s[from:]})
	return all
}

// linkable reports whether a link may lead to the address.
func linkable(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	return u.Scheme == "https" && u.Host != "" || u.Scheme == "" && u.Host == "" && u.Opaque == "" && !strings.HasPrefix(address, "//")
}

// joined is a text on one line: the author's line breaks and indents are
// spaces, whatever else a page must not hold is replaced.
func joined(s string) string {
	return plain(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\r\n", r) }), " "))
}

// shortCode is how many characters of code a phone shows on one line, where a
// break after a hyphen would hurt.
const shortCode = 28

// inlineHTML writes a paragraph's spans.
func inlineHTML(s string) template.HTML {
	var b strings.Builder
	for _, p := range spans(s) {
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

// inlineMarkdown writes a paragraph's spans so that it stays a paragraph.
func inlineMarkdown(s string) string {
	var b strings.Builder
	for _, p := range spans(s) {
		text := markdown(p.Text)
		if p.Code {
			text = "`" + p.Text + "`"
		}
		if p.Link != "" {
			text = "[" + text + "](" + strings.ReplaceAll(p.Link, "&", "&amp;") + ")"
		}
		b.WriteString(text)
	}
	return paragraph(b.String())
}

// blockSigns begin a list or a rule where they begin a line.
var blockSigns = regexp.MustCompile(`^(?:([-+=])|(\d{1,9})([.)](?:\s|$)))`)

// paragraph keeps escaped Markdown from beginning anything but a paragraph.
func paragraph(s string) string { return blockSigns.ReplaceAllString(s, `$2\$1$3`) }
