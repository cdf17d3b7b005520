package arrays

import (
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/memory"
)

// maxCells bounds the numbers of a table: 2^30 float64 are 8 GiB. How many there
// are is not known before a table is read.
const maxCells = 1 << 30

// table is a CSV or TSV file. Its first line names the columns.
type table struct {
	file
	comma rune
	notes []string // of what is left out, once it is read
}

// readTable reads the names of the columns. Commas part the cells of a .csv file,
// tabs those of all others. A column without a name is none that can be asked for:
// it is left out where it counts the lines, and refused where it does not.
func readTable(f file) (*Source, error) {
	t := &table{file: f, comma: ','}
	if strings.ToLower(filepath.Ext(f.path)) != ".csv" {
		t.comma = '\t'
	}
	l, err := t.lines()
	if err != nil {
		return nil, err
	}
	if err := t.checkNames(l.names); err != nil {
		return nil, err
	}
	s := &Source{kind: "table", table: t}
	for _, n := range l.names {
		if nameless(n) {
			continue
		}
		if !s.add(&Array{Name: n, Type: "column", elem: element{size: 1, refusal: "it is a column of a table"}}) {
			return nil, fmt.Errorf("it has two columns named %q; rename one", n)
		}
	}
	return s, nil
}

// unnamed is what pandas calls a column without a name when it reads a table.
var unnamed = regexp.MustCompile(`^Unnamed: [0-9]+(\.[0-9]+)*$`)

// nameless says whether a column has no name of its own.
func nameless(name string) bool { return strings.TrimSpace(name) == "" || unnamed.MatchString(name) }

// checkNames refuses a first line that names no columns: cells that are parted by
// something else, or the first example's numbers. Columns that are called 0, 1, 2…
// have names, as pandas gives them.
func (t *table) checkNames(names []string) error {
	if len(names) == 1 && strings.ContainsAny(names[0], ";\t,") {
		return fmt.Errorf("line 1 is a single cell, %.40q; part the cells of a .csv file with commas and those of a .tsv file with tabs", names[0])
	}
	numbers, counting := 0, true
	for _, n := range names {
		if _, err := strconv.ParseFloat(strings.TrimSpace(n), 64); err == nil {
			counting = counting && n == strconv.Itoa(numbers)
			numbers++
		} else if !nameless(n) {
			return nil
		}
	}
	if numbers > 0 && !counting {
		return fmt.Errorf("line 1 holds numbers (%.40q), and must name the columns; put a line of names before it", names[0])
	}
	return nil
}

// Columns reads a table in one pass: the columns named as labels, and all others
// as numbers, [rows, others]. Labels are whole numbers where every
// cell of their column is one, written in one and the same way, such as 3 or 3.0;
// else they are text. What is left out is then among the Notes.
func (s *Source) Columns(labels []string) (Numbers, map[string]Labels, error) {
	if s.table == nil {
		return Numbers{}, nil, fmt.Errorf("%s is no table; read its arrays", s.path)
	}
	c, read, err := s.read(func(name string) cellKind {
		switch {
		case nameless(name):
			return cellIndex
		case slices.Contains(labels, name):
			return cellLabel
		}
		return cellNumber
	})
	if err != nil {
		return Numbers{}, nil, err
	}
	return c.numbers, read, nil
}

// read reads a table whose columns hold cells of these kinds, by their names, and the
// labels among them. What is left out is then among the Notes.
func (s *Source) read(kind func(name string) cellKind) (*columns, map[string]Labels, error) {
	c, err := s.table.columns(kind)
	if err != nil {
		return nil, nil, fmt.Errorf("file %s: %w", s.path, err)
	}
	read := map[string]Labels{}
	s.table.notes = nil
	for j, name := range c.names {
		switch c.kinds[j] {
		case cellLabel:
			read[name] = columnLabels(c.texts[j])
		case cellIndex:
			s.table.notes = append(s.table.notes, fmt.Sprintf("file %s: column %d has no name and counts the lines from 0, so it was left out (pandas writes none with to_csv(index=False))", s.path, j+1))
		}
	}
	return c, read, nil
}

// Notes say, a sentence each, what was left out of what has been read.
func (s *Source) Notes() []string {
	if s.table == nil {
		return nil
	}
	return s.table.notes
}

// cellKind is what the cells of a column are.
type cellKind int

const (
	cellNumber cellKind = iota
	cellLabel
	cellIndex    // the number of the line's example, in a column without a name
	cellPerhaps  // a number, or what stands for a missing one, which becomes NaN
	cellCategory // a text, "" where it is missing
	cellText     // a text that is not empty
	cellLeftOut  // not looked at
)

// number says whether cells of the kind become numbers.
func (k cellKind) number() bool { return k == cellNumber || k == cellPerhaps }

// columns is what a table holds, as far as it is read.
type columns struct {
	names   []string
	kinds   []cellKind
	texts   [][]string          // by column, nil where it holds numbers or is left out
	known   []map[string]string // categories by column, so that each is held once
	numbers Numbers
	room    int // how many lines there is room for
}

// columns reads the table, whose columns hold cells of these kinds, by their names.
func (t *table) columns(kind func(name string) cellKind) (*columns, error) {
	l, err := t.lines()
	if err != nil {
		return nil, err
	}
	c := &columns{names: l.names, kinds: make([]cellKind, len(l.names)), texts: make([][]string, len(l.names)), known: make([]map[string]string, len(l.names))}
	values := 0
	for j, name := range c.names {
		c.kinds[j] = kind(name)
		if c.kinds[j].number() {
			c.numbers.names = append(c.numbers.names, fmt.Sprintf("%q", name))
		}
		if k := c.kinds[j]; k.number() || k == cellCategory || k == cellText {
			values++
		}
	}
	if c.numbers.Cols = len(c.numbers.names); values == 0 {
		return nil, errors.New("it has no columns beside labels and groups; give at least one of numbers")
	}
	for {
		record, err := l.next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if err := c.makeRoom(); err != nil {
			return nil, err
		}
		if j, err := c.add(record); err != nil {
			line, _ := l.csv.FieldPos(j)
			return nil, fmt.Errorf("line %d, column %s%w", line, c.called(j), err)
		}
	}
	if c.numbers.Rows == 0 {
		return nil, errors.New("it holds column names and no examples")
	}
	return c, nil
}

// called is the name of a column in a sentence.
func (c *columns) called(j int) string {
	if c.kinds[j] == cellIndex {
		return strconv.Itoa(j + 1)
	}
	return strconv.Quote(c.names[j])
}

// makeRoom sees to it that one more line has room, and that there is memory for it.
func (c *columns) makeRoom() error {
	if len(c.numbers.data)+c.numbers.Cols > maxCells {
		return fmt.Errorf("it holds more than %d numbers; save them as .npz", maxCells)
	}
	if c.numbers.Rows < c.room {
		return nil
	}
	more := max(2*c.room, 1024/len(c.names), 1)
	numbers, texts := more*c.numbers.Cols, more*(len(c.names)-c.numbers.Cols)
	if err := memory.Enough(8*float64(numbers)+32*float64(texts), fmt.Sprintf("reading the first %d lines", more)); err != nil {
		return fmt.Errorf("%w; give fewer examples, or save them as .npz", err)
	}
	c.numbers.data = slices.Grow(c.numbers.data, numbers-len(c.numbers.data))
	c.room = more
	return nil
}

// add reads a line. An error is of the cell in column j, and goes on after its
// name.
func (c *columns) add(record []string) (j int, err error) {
	for j, cell := range record {
		cell = strings.TrimSpace(cell)
		switch c.kinds[j] {
		case cellLeftOut:
		case cellText:
			if cell == "" {
				return j, errors.New(" is empty, and must hold the text of an example; leave out such lines")
			}
			c.texts[j] = append(c.texts[j], strings.Clone(cell))
		case cellCategory:
			c.texts[j] = append(c.texts[j], c.category(j, cell))
		case cellLabel:
			if cell == "" {
				return j, errors.New(" is empty; give every example a label and a group, or leave out such lines")
			} else if missing(cell) {
				return j, fmt.Errorf(" is %q, which stands for a missing value; leave out such lines, or give the class another name", cell)
			}
			c.texts[j] = append(c.texts[j], strings.Clone(cell))
		case cellIndex:
			if cell != strconv.Itoa(c.numbers.Rows) {
				return j, fmt.Errorf(" has no name and is %q, which does not count the lines from 0; give the column a name, or leave it out (in pandas with to_csv(index=False))", cell)
			}
		default:
			if c.kinds[j] == cellPerhaps && absent(cell) {
				c.numbers.data = append(c.numbers.data, math.NaN())
				continue
			}
			v, err := number(cell)
			if err != nil || math.IsNaN(v) || math.Abs(v) > math.MaxFloat32 {
				return j, fmt.Errorf(": %q is %w; leave out or fill such lines, leave out or encode the column", cell, ErrNoNumber)
			}
			c.numbers.data = append(c.numbers.data, v)
		}
	}
	c.numbers.Rows++
	return 0, nil
}

// ErrNoNumber is the error of a cell in a column of numbers that holds something else,
// as a column of labels does that nobody named.
var ErrNoNumber = errors.New("not a finite number that float32 holds")

// number reads a cell; true and false, as pandas writes what get_dummies gives, are 1
// and 0.
func number(cell string) (float64, error) {
	switch cell {
	case "True", "TRUE", "true":
		return 1, nil
	case "False", "FALSE", "false":
		return 0, nil
	}
	return strconv.ParseFloat(cell, 64)
}

// LabelColumn reads one column of a table as labels, as Columns does, whatever its
// others hold.
func (s *Source) LabelColumn(name string) (Labels, error) {
	if s.table == nil {
		return Labels{}, fmt.Errorf("%s is no table; read its arrays", s.path)
	}
	cells, err := s.table.cells(name)
	if err != nil {
		return Labels{}, fmt.Errorf("file %s: %w", s.path, err)
	}
	return columnLabels(cells), nil
}

func (t *table) cells(name string) ([]string, error) {
	l, err := t.lines()
	if err != nil {
		return nil, err
	}
	place := slices.Index(l.names, name)
	if place < 0 {
		return nil, fmt.Errorf("it has no column %q", name)
	}
	c := columns{names: l.names[place : place+1], kinds: []cellKind{cellLabel}, texts: make([][]string, 1)}
	for {
		record, err := l.next()
		if errors.Is(err, io.EOF) {
			return c.texts[0], nil
		} else if err != nil {
			return nil, err
		}
		if _, err := c.add(record[place : place+1]); err != nil {
			line, _ := l.csv.FieldPos(place)
			return nil, fmt.Errorf("line %d, column %q%w", line, name, err)
		}
	}
}
