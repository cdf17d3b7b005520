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
	train, columns, err := o.table(path)
	if err != nil || o.Test == "" {
		return train, test, err
	}
	test, testColumns, err := o.table(o.Test)
	train.notes = append(train.notes, test.notes...)
	if err == nil && !slices.Equal(columns, testColumns) {
		err = fmt.Errorf("file %s has the columns %s, but %s has %s; give both the same, in the same order", path, list(columns), o.Test, list(testColumns))
	}
	return train, test, err
}

// table reads a table with a line of column names. The column o.Y holds the
// labels, o.Groups the groups; all others must be numbers. It returns the
// examples and the names of their columns.
func (o FileOptions) table(path string) (examples, []string, error) {
	s, err := arrays.Open(path)
	if err != nil {
		return examples{}, nil, err
	}
	defer s.Close()
	names, y := s.Names(), cmp.Or(o.Y, "label")
	if !s.Has(y) {
		return examples{}, nil, fmt.Errorf("file %s: there is no label column %q; state which of its columns %s holds the labels, as in --own y=%s", path, y, list(names), names[len(names)-1])
	}
	text := []string{y}
	if o.Groups != "" {
		if o.Groups == y || !s.Has(o.Groups) {
			return examples{}, nil, fmt.Errorf("file %s: there is no group column %q beside the labels; state which of its columns %s holds the groups, as in --own groups=%s, or leave groups= out", path, o.Groups, list(names), names[0])
		}
		text = append(text, o.Groups)
	}
	numbers, labels, err := s.Columns(text)
	if errors.Is(err, arrays.ErrNoNumber) {
		err = fmt.Errorf("%w, or name it where it holds the labels, as in --own y=COLUMN", err)
	}
	if err != nil {
		return examples{}, nil, err
	}
	if err := labels[y].CheckClasses(); err != nil {
		return examples{}, nil, fmt.Errorf("file %s, column %q: %w; or name another column of labels, as in --own y=COLUMN", path, y, err)
	}
	if _, origin := numbers.Centred(0); cmp.Or(o.Layout, "table") == "table" {
		if err := lostIn(origin, numbers.Column); err != nil {
			return examples{}, nil, fmt.Errorf("file %s: %w", path, err)
		}
	}
	m := numbers.Matrix(arrays.Origin{}, 0)
	o.Layout = cmp.Or(o.Layout, "table")
	e, err := o.axes([]int{m.Rows, m.Cols}, m.Data)
	if err != nil {
		return e, nil, fmt.Errorf("file %s: %w", path, err)
	}
	e.labels, e.notes = labels[y], s.Notes()
	if o.Groups != "" {
		e.groups = labels[o.Groups]
	}
	return e, slices.DeleteFunc(names, func(n string) bool { return slices.Contains(text, n) }), nil
}

// lostIn refuses a table of which a column would be rounded to nothing but its mean:
// a network takes float32, and a model made elsewhere takes the values as they are,
// so that they cannot be centred here as features are. It is given the names of the
// columns.
func lostIn(o arrays.Origin, name func(column int) string) error {
	if j, found := o.Lost(); found {
		return fmt.Errorf("column %s lies so far from zero that float32, which networks compute in, holds nothing of its differences; save it less its mean", name(j))
	}
	return nil
}
