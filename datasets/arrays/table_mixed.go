package arrays

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// Column is a column of a table whose cells may be missing: numbers or texts, one for each
// line; the other one is nil.
type Column struct {
	Name    string
	Numbers []float64 // NaN = missing
	Texts   []string  // "" = missing
}

// Lost says whether float32 would hold hardly anything of the numbers but their mean.
func (c Column) Lost() bool {
	s := newSpread(1)
	for _, v := range c.Numbers {
		if !math.IsNaN(v) {
			s.add(0, v)
		}
	}
	_, lost := s.origin().Lost()
	return lost
}

// absent says whether a cell that is no label stands for a missing value.
func absent(cell string) bool { return cell == "?" || missing(cell) }

// category is the text of a cell, held once for the column; "" where it is missing.
func (c *columns) category(j int, cell string) string {
	if absent(cell) {
		return ""
	}
	if c.known[j] == nil {
		c.known[j] = map[string]string{}
	}
	text, found := c.known[j][cell]
	if !found {
		text = strings.Clone(cell)
		c.known[j][text] = text
	}
	return text
}

// TextColumns are the names of the columns beside these whose cells are no numbers, in the
// order of the file. A column that holds both, or nothing, is refused.
func (s *Source) TextColumns(beside []string) ([]string, error) {
	if s.table == nil {
		return nil, fmt.Errorf("%s is no table; read its arrays", s.path)
	}
	names, err := s.table.textColumns(beside)
	if err != nil {
		return nil, fmt.Errorf("file %s: %w", s.path, err)
	}
	return names, nil
}

// cellAt is a cell as a sentence names it.
type cellAt struct {
	line int // 0 = none was found
	text string
}

func (t *table) textColumns(beside []string) (names []string, err error) {
	l, err := t.lines()
	if err != nil {
		return nil, err
	}
	numbers, texts := make([]cellAt, len(l.names)), make([]cellAt, len(l.names))
	for {
		record, err := l.next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		for j, cell := range record {
			cell = strings.TrimSpace(cell)
			if absent(cell) || numbers[j].line > 0 && texts[j].line > 0 {
				continue
			}
			of := texts
			if v, err := number(cell); err == nil || v != 0 { // of one that is too large, an infinity comes with the error
				of = numbers
			}
			if of[j].line == 0 {
				of[j] = cellAt{l.line, strings.Clone(cell)}
			}
		}
	}
	for j, name := range l.names {
		number, text := numbers[j], texts[j]
		switch {
		case nameless(name) || slices.Contains(beside, name):
		case number.line > 0 && text.line > 0:
			return nil, fmt.Errorf("column %q holds %q in line %d, which is a number, and %q in line %d, which is none; leave out or mend such lines, or state that it holds categories, as in --own categories=%[1]s", name, number.text, number.line, text.text, text.line)
		case number.line == 0 && text.line == 0:
			return nil, fmt.Errorf("column %q holds no value in any line; leave it out", name)
		case text.line > 0:
			names = append(names, name)
		}
	}
	return names, nil
}

// Mixed reads a table in one pass: the columns named as labels as Columns does, those
// named as categories as text, and all others as numbers. Cells of both may be missing:
// empty, or what programs write for that, such as NA, NaN, null and ?.
func (s *Source) Mixed(labels, categories []string) ([]Column, map[string]Labels, error) {
	if s.table == nil {
		return nil, nil, fmt.Errorf("%s is no table; read its arrays", s.path)
	}
	c, read, err := s.read(func(name string) cellKind {
		switch {
		case nameless(name):
			return cellIndex
		case slices.Contains(labels, name):
			return cellLabel
		case slices.Contains(categories, name):
			return cellCategory
		}
		return cellPerhaps
	})
	if err != nil {
		return nil, nil, err
	}
	var all []Column
	at := 0 // among the numbers of a line
	for j, name := range c.names {
		switch c.kinds[j] {
		case cellCategory:
			all = append(all, Column{Name: name, Texts: c.texts[j]})
		case cellPerhaps:
			column := Column{Name: name, Numbers: make([]float64, c.numbers.Rows)}
			for i := range column.Numbers {
				column.Numbers[i] = c.numbers.data[i*c.numbers.Cols+at]
			}
			at++
			all = append(all, column)
		}
	}
	return all, read, nil
}

// Texts reads a column of a table as texts, without the white space around them, and
// others as labels; the columns beside them are left out, whatever they hold. An empty text
// is refused.
func (s *Source) Texts(column string, labels []string) ([]string, map[string]Labels, error) {
	if s.table == nil {
		return nil, nil, fmt.Errorf("%s is no table; read its arrays", s.path)
	}
	c, read, err := s.read(func(name string) cellKind {
		switch {
		case name == column:
			return cellText
		case slices.Contains(labels, name):
			return cellLabel
		}
		return cellLeftOut
	})
	if err != nil {
		return nil, nil, err
	}
	return c.texts[slices.Index(c.names, column)], read, nil
}
