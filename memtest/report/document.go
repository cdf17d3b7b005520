package report

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// Document is a long text with tables and figures, written by HTML and Markdown.
// All of it is plain text, which both escape. In paragraphs, lists and verdicts
// the author has two signs: `code` in backticks, and links [text](address) whose
// address is relative or begins with https:. Everywhere else, as in quotes and
// tables, they mean nothing.
type Document struct {
	Title    string
	Lead     []string // paragraphs under the title
	Sections []Section
}

// Section is a part of a document. HTML and GitHub name it for links by its
// title: [see](#what-was-done).
type Section struct {
	Title  string
	Blocks []Block
}

// Block is one of its fields; the others are left at zero.
type Block struct {
	Text    string // a paragraph
	List    []string
	Quote   string // words of others; an empty line parts paragraphs
	Verdict *Verdict
	Table   *Grid
	Figure  *Figure
	Code    string // lines as they are
}

// Verdict says whether a claim holds.
type Verdict struct {
	Holds Holding
	Text  string
}

// Holding is how far a claim holds. Its zero value is none of the three, so
// that a verdict which nobody gave is an error.
type Holding int

// What a verdict can say.
const (
	HoldsYes Holding = iota + 1
	HoldsPart
	HoldsNot
)

var holdings = map[Holding]string{HoldsYes: "holds", HoldsPart: "holds in part", HoldsNot: "does not hold here"}

// String is the label that a reader sees.
func (h Holding) String() string {
	if s, ok := holdings[h]; ok {
		return s
	}
	return fmt.Sprintf("Holding(%d)", int(h))
}

// Grid is a table of text.
type Grid struct {
	Caption string
	Head    []string
	Rows    [][]string // each as long as Head
	Text    int        // so many first columns are words, the others numbers
}

// check says what is wrong with a document, or nil.
func (d Document) check() error {
	for _, s := range d.Sections {
		for i, b := range s.Blocks {
			if err := b.check(); err != nil {
				return fmt.Errorf("section %q, block %d: %w", clean(s.Title), i+1, err)
			}
		}
	}
	return nil
}

func (b Block) check() error {
	fields := 0
	for _, set := range []bool{b.Text != "", len(b.List) > 0, b.Quote != "", b.Verdict != nil, b.Table != nil, b.Figure != nil, b.Code != ""} {
		if set {
			fields++
		}
	}
	switch {
	case fields != 1:
		return fmt.Errorf("%d of its fields are set; a block is one of them", fields)
	case b.Verdict != nil && holdings[b.Verdict.Holds] == "":
		return errors.New("the verdict says neither that the claim holds nor that it does not")
	case b.Figure != nil && len(b.Figure.panels) == 0:
		return fmt.Errorf("the figure %q has no panels; Plot.Figure or Figures make one", clean(b.Figure.Name))
	case b.Table != nil:
		return b.Table.check()
	}
	return nil
}

func (g Grid) check() error {
	if len(g.Head) == 0 {
		return errors.New("the table has no columns")
	}
	for i, r := range g.Rows {
		if len(r) != len(g.Head) {
			return fmt.Errorf("row %d of the table has %d cells, its head %d", i+1, len(r), len(g.Head))
		}
	}
	if g.Text < 0 || g.Text > len(g.Head) {
		return fmt.Errorf("%d columns of words in a table of %d", g.Text, len(g.Head))
	}
	return nil
}

// table is the grid as all formats write it.
func (g Grid) table() table {
	t := table{Above: joined(g.Caption), Long: map[int]bool{}}
	for i, name := range g.Head {
		t.Columns = append(t.Columns, column{Name: joined(name), Left: i < g.Text})
	}
	for _, r := range g.Rows {
		l := line{First: true}
		for _, cell := range r {
			l.Cells = append(l.Cells, joined(cell))
		}
		t.Lines = append(t.Lines, l)
	}
	for i := range g.Text {
		for _, l := range t.Lines {
			if utf8.RuneCountInString(l.Cells[i]) > longestLine {
				t.Long[i] = true
			}
		}
	}
	return t
}

// longestLine is how many characters of a cell of words stand on one line.
const longestLine = 30

// verdicts are the different ones of a section, in its order.
func (s Section) verdicts() []Holding {
	var all []Holding
	for _, b := range s.Blocks {
		if b.Verdict != nil {
			all = once(all, b.Verdict.Holds)
		}
	}
	return all
}
