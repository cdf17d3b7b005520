package arrays

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// table is a CSV or TSV file. Its first line names the columns.
type table struct {
	file  *os.File
	comma rune
	names []string
}

func openTable(f *os.File, _ int64) (*Source, error) {
	t := &table{file: f, comma: ','}
	if strings.ToLower(filepath.Ext(f.Name())) == ".tsv" {
		t.comma = '\t'
	}
	_, names, err := t.reader()
	if err != nil {
		return nil, err
	}
	t.names = slices.Clone(names)
	s := &Source{kind: "table", table: t}
	for _, n := range t.names {
		if s.Has(n) {
			return nil, fmt.Errorf("it has two columns named %q; rename one", n)
		}
		s.arrays = append(s.arrays, &Array{Name: n, Type: "column", elem: element{refusal: "it is a column of a table"}})
	}
	return s, nil
}

// reader starts at the beginning of the file and returns the column names.
func (t *table) reader() (*csv.Reader, []string, error) {
	if _, err := t.file.Seek(0, io.SeekStart); err != nil {
		return nil, nil, err
	}
	b := bufio.NewReaderSize(t.file, blockBytes)
	if mark, err := b.Peek(3); err == nil && string(mark) == "\ufeff" { // a byte order mark, as spreadsheets write
		_, _ = b.Discard(3)
	}
	r := csv.NewReader(b)
	r.Comma, r.ReuseRecord = t.comma, true
	names, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil, errors.New("it is empty; its first line must name the columns")
	}
	return r, names, err
}

// Columns reads a table in one pass: the first rows (0 = all) of the columns
// named in text as they are, and of all others as numbers.
func (s *Source) Columns(text []string, rows int) (Matrix, map[string][]string, error) {
	m, columns, err := s.table.read(text, rows)
	if err != nil {
		return m, nil, fmt.Errorf("file %s: %w", s.path, err)
	}
	return m, columns, nil
}

func (t *table) read(text []string, rows int) (Matrix, map[string][]string, error) {
	r, _, err := t.reader()
	if err != nil {
		return Matrix{}, nil, err
	}
	m := Matrix{}
	columns := map[string][]string{}
	for _, name := range t.names {
		if !slices.Contains(text, name) {
			m.Cols++
		}
	}
	if m.Cols == 0 {
		return m, nil, errors.New("it has no columns of features; give at least one of numbers")
	}
	for rows <= 0 || m.Rows < rows {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return m, nil, err
		}
		for j, cell := range record {
			cell = strings.TrimSpace(cell)
			if slices.Contains(text, t.names[j]) {
				columns[t.names[j]] = append(columns[t.names[j]], strings.Clone(cell))
				continue
			}
			v, err := strconv.ParseFloat(cell, 32)
			if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
				line, _ := r.FieldPos(j)
				return m, nil, fmt.Errorf("line %d, column %q: %q is not a finite number; fill or leave out such lines, or name the column with --labels if it holds the classes", line, t.names[j], cell)
			}
			m.Data = append(m.Data, float32(v))
		}
		m.Rows++
	}
	if m.Rows == 0 {
		return m, nil, errors.New("it holds column names and no examples")
	}
	return m, columns, nil
}
