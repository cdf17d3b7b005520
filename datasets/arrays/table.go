package arrays

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// maxCells bounds the numbers of a table: 2^30 float32 are 4 GiB. How many there
// are is not known before a table is read.
const maxCells = 1 << 30

// table is a CSV or TSV file. Its first line names the columns.
type table struct {
	file
	comma rune
}

// readTable reads the names of the columns. Commas part the cells of a .csv file,
// tabs those of all others.
func readTable(f file) (*Source, error) {
	t := &table{f, ','}
	if strings.ToLower(filepath.Ext(f.path)) != ".csv" {
		t.comma = '\t'
	}
	_, names, err := t.lines()
	if err != nil {
		return nil, err
	}
	s := &Source{kind: "table", table: t}
	for _, n := range names {
		if !s.add(&Array{Name: n, Type: "column", elem: element{size: 1, refusal: "it is a column of a table"}}) {
			return nil, fmt.Errorf("it has two columns named %q; rename one", n)
		}
	}
	return s, nil
}

// lines starts at the beginning of the file and returns the names of the columns.
func (t *table) lines() (*csv.Reader, []string, error) {
	b := bufio.NewReaderSize(t.from(0), 1<<16)
	if mark, err := b.Peek(3); err == nil && string(mark) == "\ufeff" { // a byte order mark, as spreadsheets write
		_, _ = b.Discard(3)
	}
	r := csv.NewReader(b)
	r.Comma = t.comma
	names, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil, errors.New("it is empty; its first line must name the columns")
	}
	r.ReuseRecord = true
	return r, names, err
}

// Columns reads a table in one pass: the columns named as labels, and all others
// as numbers, [rows, others]. Labels are whole numbers where every
// cell of their column is one, written in one and the same way, such as 3 or 3.0;
// else they are text.
func (s *Source) Columns(labels []string) (Matrix, map[string]Labels, error) {
	if s.table == nil {
		return Matrix{}, nil, fmt.Errorf("%s is no table; read its arrays", s.path)
	}
	c, err := s.table.columns(labels)
	if err != nil {
		return Matrix{}, nil, fmt.Errorf("file %s: %w", s.path, err)
	}
	read := map[string]Labels{}
	for j, name := range c.names {
		if c.isLabel[j] {
			read[name] = columnLabels(c.labels[j])
		}
	}
	return c.numbers, read, nil
}

// columns is what a table holds, as far as it is read.
type columns struct {
	names   []string
	isLabel []bool
	labels  [][]string // by column, nil where it holds numbers
	numbers Matrix
}

func (t *table) columns(labels []string) (*columns, error) {
	lines, names, err := t.lines()
	if err != nil {
		return nil, err
	}
	c := &columns{names: names, isLabel: make([]bool, len(names)), labels: make([][]string, len(names))}
	for j, name := range names {
		if c.isLabel[j] = slices.Contains(labels, name); !c.isLabel[j] {
			c.numbers.Cols++
		}
	}
	if c.numbers.Cols == 0 {
		return nil, errors.New("it has no columns beside labels and groups; give at least one of numbers")
	}
	for {
		record, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if j, err := c.add(record); err != nil {
			line, _ := lines.FieldPos(j)
			return nil, fmt.Errorf("line %d, column %q%w", line, names[j], err)
		}
		if len(c.numbers.Data) > maxCells {
			return nil, fmt.Errorf("it holds more than %d numbers; save them as .npz", maxCells)
		}
	}
	if c.numbers.Rows == 0 {
		return nil, errors.New("it holds column names and no examples")
	}
	return c, nil
}

// add reads a line. An error is of the cell in column j, and goes on after its
// name.
func (c *columns) add(record []string) (j int, err error) {
	for j, cell := range record {
		cell = strings.TrimSpace(cell)
		if c.isLabel[j] {
			if cell == "" {
				return j, errors.New(" is empty; give every example a label and a group")
			}
			c.labels[j] = append(c.labels[j], strings.Clone(cell))
			continue
		}
		v, err := strconv.ParseFloat(cell, 32)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return j, fmt.Errorf(": %q is not a finite number; fill or leave out such lines, or name the column where it holds the labels", cell)
		}
		c.numbers.Data = append(c.numbers.Data, float32(v))
	}
	c.numbers.Rows++
	return 0, nil
}
