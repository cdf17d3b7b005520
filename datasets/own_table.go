package datasets

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// readTables reads a CSV or TSV file and, where one is stated, that of the test part.
func readTables(_ context.Context, path string, o FileOptions) (train, test examples, err error) {
	if o.texts() {
		return o.readTexts(path)
	}
	if len(o.Categories) > 0 {
		return o.readMixed(path)
	}
	train, test, err = o.readNumbers(path)
	if errors.Is(err, arrays.ErrNoNumber) && cmp.Or(o.Layout, "table") == "table" {
		return o.readMixed(path)
	}
	return train, test, err
}

// readNumbers reads tables in which each cell is a number.
func (o FileOptions) readNumbers(path string) (train, test examples, err error) {
	train, columns, err := o.table(path)
	if err != nil || o.Test == "" {
		return train, test, err
	}
	test, testColumns, err := o.table(o.Test)
	train.notes = append(train.notes, test.notes...)
	if err == nil {
		err = o.sameColumns(path, columns, testColumns)
	}
	return train, test, err
}

// sameColumns refuses a test part of other columns.
func (o FileOptions) sameColumns(path string, columns, test []string) error {
	if slices.Equal(columns, test) {
		return nil
	}
	return fmt.Errorf("file %s has the columns %s, but %s has %s; give both the same, in the same order", path, list(columns), o.Test, list(test))
}

// labelColumns are the columns of labels and, where one is stated, of groups.
func (o FileOptions) labelColumns(s *arrays.Source) ([]string, error) {
	names, y := s.Names(), cmp.Or(o.Y, "label")
	if !s.Has(y) {
		return nil, fmt.Errorf("file %s: there is no label column %q; state which of its columns %s holds the labels, as in --own y=%s", s.Path(), y, list(names), names[len(names)-1])
	}
	if o.Groups == "" {
		return []string{y}, nil
	}
	if o.Groups == y || !s.Has(o.Groups) {
		return nil, fmt.Errorf("file %s: there is no group column %q beside the labels; state which of its columns %s holds the groups, as in --own groups=%s, or leave groups= out", s.Path(), o.Groups, list(names), names[0])
	}
	return []string{y, o.Groups}, nil
}

// labelled gives examples their labels and groups, by the columns that labelColumns names.
func (o FileOptions) labelled(e *examples, path string, read map[string]arrays.Labels) error {
	y := cmp.Or(o.Y, "label")
	e.labels, e.groups = read[y], read[o.Groups]
	if err := e.labels.CheckClasses(); err != nil {
		return fmt.Errorf("file %s, column %q: %w; or name another column of labels, as in --own y=COLUMN", path, y, err)
	}
	return nil
}

// orLabels adds to an error of a column that it may be that of the labels.
func orLabels(err error) error {
	return fmt.Errorf("%w, or name it where it holds the labels, as in --own y=COLUMN", err)
}

// table reads a table with a line of column names. The column o.Y holds the
// labels, o.Groups the groups; all others must be numbers. It returns the
// examples and the names of their columns.
func (o FileOptions) table(path string) (e examples, names []string, err error) {
	s, err := arrays.Open(path)
	if err != nil {
		return e, nil, err
	}
	defer s.Close()
	text, err := o.labelColumns(s)
	if err != nil {
		return e, nil, err
	}
	numbers, labels, err := s.Columns(text)
	if errors.Is(err, arrays.ErrNoNumber) {
		err = orLabels(err)
	}
	if err != nil {
		return e, nil, err
	}
	if err := o.labelled(&e, path, labels); err != nil {
		return e, nil, err
	}
	o.Layout = cmp.Or(o.Layout, "table")
	if _, origin := numbers.Centred(0); o.Layout == "table" || o.Layout == "series" {
		if err := lostIn(origin, numbers.Column); err != nil {
			return e, nil, fmt.Errorf("file %s: %w", path, err)
		}
	}
	m := numbers.Matrix(arrays.Origin{}, 0)
	read, err := o.axes([]int{m.Rows, m.Cols}, m.Data)
	if err != nil {
		return e, nil, fmt.Errorf("file %s: %w", path, err)
	}
	e.shape, e.x, e.notes = read.shape, read.x, s.Notes()
	names = slices.DeleteFunc(s.Names(), func(n string) bool { return slices.Contains(text, n) })
	if o.Layout == "table" {
		for j, name := range names {
			e.columns = append(e.columns, Column{Name: name, First: j})
		}
	}
	return e, names, nil
}

// lostIn refuses a table of which a column would be rounded to nothing but its mean:
// a network takes float32, and a model made elsewhere takes the values as they are,
// so that they cannot be centred here as features are. It is given the names of the
// columns.
func lostIn(o arrays.Origin, name func(column int) string) error {
	if j, found := o.Lost(); found {
		return lost(name(j))
	}
	return nil
}

func lost(column string) error {
	return fmt.Errorf("column %s lies so far from zero that float32, which networks compute in, holds nothing of its differences; save it less its mean", column)
}
