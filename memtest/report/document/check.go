package document

import (
	"errors"
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// check says what is wrong with a document, or nil.
func (d Document) check() error {
	for _, s := range d.Sections {
		for i, b := range s.Blocks {
			if err := b.check(); err != nil {
				return fmt.Errorf("section %q, block %d: %w", word.Name(s.Title), i+1, err)
			}
		}
	}
	return nil
}

func (b Block) check() error {
	if n := b.fields(); n != 1 {
		return fmt.Errorf("%d of its fields are set; a block is one of them", n)
	}
	switch {
	case b.Verdict != nil && holdings[b.Verdict.Holds] == "":
		return errors.New("the verdict says neither that the claim holds nor that it does not")
	case b.Figure != nil:
		return b.Figure.Check()
	case b.Plots != nil:
		return b.Plots.Check()
	case b.Grid != nil:
		return b.Grid.check()
	case b.Table != nil:
		return b.Table.check()
	case b.Curves != nil:
		return b.Curves.check()
	case b.Strip != nil:
		return b.Strip.Figure.Check()
	case b.Fold != nil:
		return checkAll("folded block", b.Fold.Blocks)
	case b.Beside != nil:
		return checkAll("block of two columns", append(slices.Clone(b.Beside.Left), b.Beside.Right...))
	}
	return nil
}

func checkAll(what string, blocks []Block) error {
	for i, b := range blocks {
		if err := b.check(); err != nil {
			return fmt.Errorf("%s %d: %w", what, i+1, err)
		}
	}
	return nil
}

// fields is how many of the fields are set.
func (b Block) fields() int {
	n := 0
	for _, set := range []bool{
		b.Heading != "", b.Text != "", len(b.List) > 0, len(b.Limits) > 0, b.Quote != "", b.Code != "", b.File != nil, b.Verdict != nil, b.Finding != nil,
		len(b.Terms) > 0, len(b.Facts) > 0, len(b.Notes) > 0, b.Grid != nil, b.Table != nil, b.Figure != nil, b.Plots != nil, b.Image != nil, b.Gallery != nil, b.Curves != nil, b.Fold != nil, b.Beside != nil, b.Strip != nil,
	} {
		if set {
			n++
		}
	}
	return n
}

func (g Grid) check() error {
	var rows []Row
	for _, r := range g.Rows {
		rows = append(rows, Row{Cells: r})
	}
	if err := (Table{Columns: make([]Column, len(g.Head)), Rows: rows}).check(); err != nil {
		return err
	}
	if g.Text < 0 || g.Text > len(g.Head) {
		return fmt.Errorf("%d columns of words in a table of %d", g.Text, len(g.Head))
	}
	return nil
}

func (t Table) check() error {
	if len(t.Columns) == 0 {
		return errors.New("the table has no columns")
	}
	for i, r := range t.Rows {
		if len(r.Cells) != len(t.Columns) {
			return fmt.Errorf("row %d of the table has %d cells, its head %d", i+1, len(r.Cells), len(t.Columns))
		}
	}
	return nil
}
