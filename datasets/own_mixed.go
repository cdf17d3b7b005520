package datasets

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// readMixed reads a table with categories or missing values and, where one is stated, that
// of the test part, whose columns are of the same kinds.
func (o FileOptions) readMixed(path string) (train, test examples, err error) {
	categories, stated, err := o.categories(path)
	if err != nil {
		return train, test, err
	}
	if train, err = o.mixed(path, categories); err != nil {
		return train, test, err
	}
	if found := slices.DeleteFunc(slices.Clone(categories), func(n string) bool { return slices.Contains(stated, n) }); len(found) > 0 {
		train.notes = append(train.notes, fmt.Sprintf("file %s: %s read as categories: %s", path, map[bool]string{true: "1 column holds text and is", false: plural(len(found), "column") + " hold text and are"}[len(found) == 1], strings.Join(found, ", ")))
	}
	if o.Test == "" {
		return train, test, nil
	}
	if test, err = o.mixed(o.Test, categories); err != nil {
		return train, test, err
	}
	train.notes = append(train.notes, test.notes...)
	return train, test, o.sameColumns(path, names(train.raw.columns), names(test.raw.columns))
}

// categories are the columns of a table that hold categories: those that are stated to, and
// those that hold text.
func (o FileOptions) categories(path string) (all, stated []string, err error) {
	s, err := arrays.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer s.Close()
	labels, err := o.labelColumns(s)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range o.Categories {
		if !s.Has(name) || slices.Contains(labels, name) {
			return nil, nil, fmt.Errorf("file %s: there is no column %q of categories beside the labels; state which of its columns %s hold categories, as in --own categories=%s, or leave categories= out", path, name, list(s.Names()), s.Names()[0])
		}
	}
	texts, err := s.TextColumns(slices.Concat(labels, o.Categories))
	if err != nil {
		return nil, nil, orLabels(err)
	}
	return slices.Concat(o.Categories, texts), o.Categories, nil
}

// mixed reads one table, whose categories are in these columns.
func (o FileOptions) mixed(path string, categories []string) (e examples, err error) {
	s, err := arrays.Open(path)
	if err != nil {
		return e, err
	}
	defer s.Close()
	labels, err := o.labelColumns(s)
	if err != nil {
		return e, err
	}
	columns, read, err := s.Mixed(labels, categories)
	if err != nil {
		return e, orLabels(err)
	}
	if err := o.labelled(&e, path, read); err != nil {
		return e, err
	}
	e.raw = &raw{path: path}
	for _, c := range columns {
		if c.Lost() {
			return e, fmt.Errorf("file %s: %w", path, lost(strconv.Quote(c.Name)))
		}
		e.raw.columns = append(e.raw.columns, rawColumn{name: c.Name, numbers: c.Numbers, texts: c.Texts})
	}
	e.notes = append(e.notes, s.Notes()...)
	return e, nil
}

func names(columns []rawColumn) (names []string) {
	for _, c := range columns {
		names = append(names, c.name)
	}
	return names
}

// encodeTable encodes the columns of a table, and notes what was missing or not known.
func encodeTable(r *raw, training []int) (c encoded, err error) {
	if c.columns, c.x, err = encodeColumns(r.columns, training); err != nil {
		return c, fmt.Errorf("file %s: %w", r.path, err)
	}
	last := c.columns[len(c.columns)-1]
	c.shape = Shape{Height: 1, Width: 1, Channels: last.First + last.Values()}
	var missing, filled, unknown []string
	for j, column := range c.columns {
		absent, others := r.columns[j].missing(column)
		switch counted := fmt.Sprintf("%s (%d)", column.Name, absent); {
		case absent > 0 && column.Categories == nil && !column.Missing:
			filled = append(filled, counted)
		case absent > 0:
			missing = append(missing, counted)
		}
		if others > 0 {
			unknown = append(unknown, fmt.Sprintf("%s (%d)", column.Name, others))
		}
	}
	for _, note := range []struct {
		of   []string
		says string
	}{
		{missing, "values are missing in %s: a number takes the mean of the training examples and is marked as missing, a category is one of its own, " + MissingCategory},
		{filled, "values are missing in %s, where none is in training: they take the mean of the training examples"},
		{unknown, "categories that occur in no training example stand in %s, and are read as none"},
	} {
		if len(note.of) > 0 {
			c.notes = append(c.notes, fmt.Sprintf("file %s: "+note.says, r.path, strings.Join(note.of, ", ")))
		}
	}
	return c, nil
}

// missing counts the values that are missing, and the categories that are none of the
// column's.
func (r rawColumn) missing(c Column) (absent, unknown int) {
	for _, v := range r.numbers {
		if math.IsNaN(v) {
			absent++
		}
	}
	known := map[string]bool{}
	for _, name := range c.Categories {
		known[name] = true
	}
	for _, text := range r.texts {
		if text == "" {
			absent++
		}
		if !known[categoryOf(text)] {
			unknown++
		}
	}
	return absent, unknown
}
