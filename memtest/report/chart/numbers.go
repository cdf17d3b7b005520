package chart

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/memtest/report/number"
)

// Numbers are the values of a panel as a table.
type Numbers struct {
	Title   string
	Columns []Column
	Rows    []Row // each with as many cells as there are columns
}

// Column is the head of a column of Numbers.
type Column struct {
	Name, Unit string
	Words      bool // its cells are words, the others' numbers
}

// Row is a row of Numbers.
type Row struct {
	Cells     []string
	First     bool // of a line, where a panel lists line after line
	Reference bool // of a line that is a reference
}

func (l layout) numbers() Numbers {
	switch {
	case len(l.bins) > 0:
		return l.countsOfBins()
	case l.listed:
		return l.lineByLine()
	}
	return l.sideBySide()
}

func (l layout) countsOfBins() Numbers {
	t := Numbers{Title: l.title, Columns: []Column{{"from", "share", false}, {"to", "share", false}, {l.y.label, "", false}}}
	digits := 4
	if l.binWidth < 0.0005 {
		digits = 5
	}
	for _, x := range l.bins {
		t.Rows = append(t.Rows, Row{Cells: []string{number.Fixed(x.low, digits), number.Fixed(x.high, digits), number.Count(x.count)}})
	}
	for _, m := range append(slices.Clone(l.marks), l.beside...) {
		t.Rows = append(t.Rows, Row{Cells: []string{m.name, number.Share(m.value), ""}})
	}
	return t
}

// lineByLine lists the points of each line, because an X does not tell a point.
func (l layout) lineByLine() Numbers {
	t := Numbers{Title: l.title, Columns: []Column{{"", "", true}, {l.x.label, "", l.x.names != nil}, {l.y.label, "", false}}}
	for _, s := range l.lines {
		for i := range s.x {
			x := l.x.name(s.x[i])
			if s.across {
				x = number.None
			}
			t.Rows = append(t.Rows, Row{First: i == 0, Reference: s.reference, Cells: []string{s.name, x, l.cell(s, i)}})
		}
	}
	return t
}

// sideBySide has a row for each X and a column for each line.
func (l layout) sideBySide() Numbers {
	t := Numbers{Title: l.title, Columns: []Column{{l.x.label, "", l.x.names != nil}}}
	var xs []float64
	for _, s := range l.lines {
		t.Columns = append(t.Columns, Column{s.name, "", false})
		for _, x := range s.x {
			if !s.across && !slices.Contains(xs, x) {
				xs = append(xs, x)
			}
		}
	}
	slices.Sort(xs)
	for _, x := range xs {
		cells := []string{l.x.name(x)}
		for _, s := range l.lines {
			text := number.None
			if i := slices.Index(s.x, x); i >= 0 {
				text = l.cell(s, i)
			} else if s.across {
				text = l.cell(s, 0)
			}
			cells = append(cells, text)
		}
		t.Rows = append(t.Rows, Row{Cells: cells})
	}
	return t
}

// cell is point i of a line with its interval.
func (l layout) cell(s line, i int) string {
	print := func(v float64) string { return number.Typeset(l.write(v)) }
	if s.low == nil {
		return print(s.y[i])
	}
	return fmt.Sprintf("%s (%s to %s)", print(s.y[i]), print(s.low[i]), print(s.high[i]))
}

// Numbers are the values of all panels. It is an error where Check finds one.
func (f Figure) Numbers() ([]Numbers, error) {
	d, err := f.layout()
	if err != nil {
		return nil, err
	}
	var all []Numbers
	for _, l := range d.panels {
		all = append(all, l.numbers())
	}
	return all, nil
}
