package document

import (
	"slices"

	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// Document is a text with tables and figures. All of its words are plain text,
// which the writers escape. In paragraphs, lists and verdicts the author has two
// signs: `code` in backticks, and links [text](address) whose address is relative
// or begins with https:. Everywhere else, as in quotes and tables, they mean
// nothing.
type Document struct {
	Title    string
	About    string   // a line under the title: what it is of
	Lead     []string // paragraphs under the title
	Remarks  []string // about the whole, before the sections
	Contents bool     // a list of the sections, with their verdicts, stands before them
	Sections []Section

	// Reload is after how many seconds a browser loads the page again, since another one
	// may have taken its place; 0 = it does not.
	Reload int

	// Verbatim documents hold names that users gave: no sign in them means
	// anything, and spaces stay as they are. Titles are not cut.
	Verbatim bool
}

// Section is a part of a document. HTML and GitHub name it for links by its
// title: [see](#what-was-done).
type Section struct {
	Name    string // of its place in HTML, in place of the title
	Title   string // "" = its blocks follow those of the section before
	Caption string // a paragraph under the title, in muted letters
	Folded  bool   // HTML shows the title alone until a reader opens it
	Blocks  []Block
}

// verdicts are the different ones of a section, in its order.
func (s Section) verdicts() []Holding {
	var all []Holding
	for _, b := range s.Blocks {
		if b.Verdict != nil && !slices.Contains(all, b.Verdict.Holds) {
			all = append(all, b.Verdict.Holds)
		}
	}
	return all
}

// heading is the title of a document or a section.
func (d Document) heading(title string) string {
	if d.Verbatim {
		return word.Plain(title)
	}
	return word.Title(joined(title))
}

// words takes a paragraph apart at its signs; one of a verbatim document has none.
func (d Document) words(s string) []span {
	if d.Verbatim {
		return []span{{Text: word.Plain(s)}}
	}
	return spans(s)
}
