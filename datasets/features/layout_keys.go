package features

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// content is a matrix that can be read.
type content interface {
	String() string // with its shape, for errors
	Rows() int
	Cols() int
	Centred(rows int) (arrays.Matrix, arrays.Origin, error)
	MatrixLess(o arrays.Origin, rows int) (arrays.Matrix, error)
}

// tableContent is a table that has been read.
type tableContent struct {
	path    string
	numbers arrays.Numbers
	columns map[string]arrays.Labels
}

func (t tableContent) String() string { return fmt.Sprintf("%s [%d %d]", t.path, t.Rows(), t.Cols()) }
func (t tableContent) Rows() int      { return t.numbers.Rows }
func (t tableContent) Cols() int      { return t.numbers.Cols }
func (t tableContent) Centred(rows int) (arrays.Matrix, arrays.Origin, error) {
	m, o := t.numbers.Centred(rows)
	return m, o, nil
}
func (t tableContent) MatrixLess(o arrays.Origin, rows int) (arrays.Matrix, error) {
	return t.numbers.Matrix(o, rows), nil
}

// sameColumns refuses a table whose columns are not those of the training table, in
// the same order: matrices are matched column by column. Arrays have no names.
func sameColumns(train, other content) error {
	a, ok := train.(tableContent)
	b, too := other.(tableContent)
	if !ok || !too {
		return nil
	}
	have, want := b.numbers.Columns(), a.numbers.Columns()
	for j := range min(len(have), len(want)) {
		if have[j] != want[j] {
			return fmt.Errorf("column %d of %s is %s, but that of %s is %s; give both the same columns, in the same order", j+1, b.path, have[j], a.path, want[j])
		}
	}
	return nil
}

// open opens a file once.
func (l *Layout) open(path string) (*arrays.Source, error) {
	if s, ok := l.sources[path]; ok {
		return s, nil
	}
	s, err := arrays.Open(path)
	if err == nil {
		l.sources[path], l.files = s, append(l.files, path)
	}
	return s, err
}

// find turns a key into a file and a name in it; "" as the name is a table.
func (l *Layout) find(path, key string) (*arrays.Source, string, error) {
	file, name := path, key
	if before, after, found := cutLast(key, ":"); found && readable(before) {
		file, name = before, after
	} else if readable(key) {
		file, name = key, ""
	} else if what := arrays.ForeignFile(key); what != "" {
		return nil, "", fmt.Errorf("file %s: %s", key, what)
	}
	if file == "" {
		return nil, "", fmt.Errorf("there is no file for %q; give FILE.npz, or a path that ends in %s", key, strings.Join(arrays.Formats(), ", "))
	}
	s, err := l.open(file)
	if err != nil {
		return nil, "", err
	}
	if name == "" && !s.Table() {
		if len(s.Names()) != 1 {
			return nil, "", fmt.Errorf("file %s has several arrays, %s; type %s:NAME", file, s.List(), file)
		}
		name = s.Names()[0]
	}
	return s, name, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// readable says whether a key is the path of a file: it has one of the known
// endings and is there.
func readable(path string) bool {
	if !slices.Contains(arrays.Formats(), strings.ToLower(filepath.Ext(path))) {
		return false
	}
	_, err := os.Stat(path)
	return err == nil
}

// array is the array of this name, which is noted as used.
func (l *Layout) array(s *arrays.Source, name string) (*arrays.Array, error) {
	a, err := s.Array(name)
	if err == nil {
		l.used[a] = true
	}
	return a, err
}

// content is the matrix of this name, or the whole table.
func (l *Layout) content(s *arrays.Source, name string, keys Keys) (content, error) {
	if !s.Table() {
		a, err := l.array(s, name)
		if err != nil {
			return nil, err
		}
		if err := a.Numbers(); err != nil {
			return nil, err
		}
		return a, nil
	}
	if name != "" {
		return nil, fmt.Errorf("file %s is a table, whose features are all columns that are not named otherwise; give its path alone", s.Path())
	}
	return l.table(s, keys)
}

// table reads a table once, all of it: as of an array, who takes its first rows
// cuts it. Its columns of labels and groups are no features.
func (l *Layout) table(s *arrays.Source, keys Keys) (tableContent, error) {
	if t, ok := l.tables[s.Path()]; ok {
		return t, nil
	}
	t := tableContent{path: s.Path()}
	var labels []string
	for _, key := range []struct{ stated, usual string }{{keys.Labels, KeyLabels}, {keys.Groups, KeyGroups}, {keys.FreshLabels, KeyFreshLabels}} {
		if name := columnOf(s.Path(), key.stated, key.usual); s.Has(name) {
			labels = append(labels, name)
		}
	}
	var err error
	t.numbers, t.columns, err = s.Columns(labels)
	if errors.Is(err, arrays.ErrNoNumber) {
		err = fmt.Errorf("%w, or name it where it holds the labels, as with --labels COLUMN", err)
	}
	if err == nil {
		l.tables[s.Path()] = t
		l.notes = append(l.notes, s.Notes()...)
	}
	return t, err
}

// columnOf is the column of a table that a key names: NAME, PATH:NAME or, by its usual
// name, PATH.
func columnOf(table, stated, usual string) string {
	if stated == "" || stated == table {
		return usual
	}
	if before, after, found := cutLast(stated, ":"); found && before == table {
		return after
	}
	return stated
}
