package document

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report/word"
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
	return word.Plain(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\r\n", r) }), " "))
}

// paragraphs parts a text at empty lines.
func paragraphs(s string) []string {
	var all []string
	for _, p := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if p = joined(p); p != "" {
			all = append(all, p)
		}
	}
	return all
}

// codeText is code for people, its line breaks kept.
func codeText(code string) string {
	lines := strings.Split(strings.Trim(code, "\r\n"), "\n")
	for i := range lines {
		lines[i] = word.Plain(strings.TrimRight(strings.ReplaceAll(lines[i], "\t", "    "), " \r"))
	}
	return strings.Join(lines, "\n")
}

// figureWords are title and caption of a figure.
func figureWords(title, caption string) (string, string) {
	return word.Title(title), word.Plain(caption)
}
