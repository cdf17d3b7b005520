package document

import (
	"unicode/utf8"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// Table is a table as data: every format writes the same cells.
type Table struct {
	Title   string // belongs to the table, on one line
	Caption string // stands above the table, in place of a title; it may take several lines
	Columns []Column
	Rows    []Row
	Wraps   bool         // names of columns take several lines of a page
	long    map[int]bool // columns whose cells take several lines
	narrow  bool         // names of columns may take several lines of a text
	indent  string       // before each row of a text
}

// Column is the head of a column of a table.
type Column struct {
	Name, Unit string
	Words      bool   // its cells are words; numbers stand right
	Long       bool   // words that take several lines of a page
	Full       bool   // the name says too little without the unit, which Markdown leaves out elsewhere
	Key        bool   // text leaves its cells blank but for the first of a group
	Lead       bool   // says what a row is of, as keys do
	line       int    // width of the lines that its cells take in a text; 0 = one line
	Spare      int    // a terminal that is too narrow shows no column with the greatest, then the next; 0 = shows it always
	Warning    bool   // text writes its cells in another colour
	Help       string // HTML explains the name so, by hovering; "" = it needs none
}

// Row is a row of a table.
type Row struct {
	Cells     []string // as many as there are columns
	Reference bool     // is there to be compared with
	First     bool     // of a group
	group     string   // stands on a line before it in a text
}

// Class is that of the cells of column i on a page.
func (t Table) Class(i int) string {
	switch {
	case t.long[i] || t.Columns[i].Long:
		return "word long"
	case t.Columns[i].Words:
		return "word"
	}
	return ""
}

// Grid is a table of words and numbers that need no more said of them.
type Grid struct {
	Caption string
	Head    []string
	Rows    [][]string // each as long as Head
	Text    int        // so many first columns are words, the others numbers
}

// table is the grid as all formats write it.
func (g Grid) table() Table {
	t := Table{Caption: joined(g.Caption), long: map[int]bool{}}
	for i, name := range g.Head {
		t.Columns = append(t.Columns, Column{Name: joined(name), Words: i < g.Text})
	}
	for _, r := range g.Rows {
		l := Row{First: true}
		for _, cell := range r {
			l.Cells = append(l.Cells, joined(cell))
		}
		t.Rows = append(t.Rows, l)
	}
	for i := range g.Text {
		for _, l := range t.Rows {
			if utf8.RuneCountInString(l.Cells[i]) > longestLine {
				t.long[i] = true
			}
		}
	}
	return t
}

// longestLine is how many characters of a cell of words stand on one line.
const longestLine = 30

// plain is the table with plain words only.
func (t Table) plain() Table {
	out := t
	out.Title, out.Caption = word.Plain(t.Title), word.Plain(t.Caption)
	out.Columns, out.Rows = nil, nil
	for _, c := range t.Columns {
		c.Name, c.Unit, c.Help = word.Plain(c.Name), word.Plain(c.Unit), word.Plain(c.Help)
		out.Columns = append(out.Columns, c)
	}
	for _, r := range t.Rows {
		cells := r.Cells
		r.Cells = nil
		for _, cell := range cells {
			r.Cells = append(r.Cells, word.Plain(cell))
		}
		out.Rows = append(out.Rows, r)
	}
	return out
}

// numbers is the table of the values of a plot.
func numbers(n chart.Numbers) Table {
	t := Table{Title: n.Title}
	for _, c := range n.Columns {
		t.Columns = append(t.Columns, Column{Name: c.Name, Unit: c.Unit, Words: c.Words})
	}
	for _, r := range n.Rows {
		t.Rows = append(t.Rows, Row{Cells: r.Cells, First: r.First, Reference: r.Reference})
	}
	return t
}
