package arrays

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// maxLine bounds a line of a table, in bytes: two million numbers of eight
// characters. A file whose lines are longer, or that opens a quote and never closes
// it, would else be held in memory whole.
const maxLine = 16 << 20

var errLongLine = errors.New("long line")

// bounded passes on what it reads until left bytes are gone.
type bounded struct {
	from io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLongLine
	}
	n, err := b.from.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// lines reads the lines of a table.
type lines struct {
	csv   *csv.Reader
	bound *bounded
	names []string // cells of line 1
	line  int      // number of the last line read, from 1
}

// lines starts at the beginning of the file, whose first line it reads.
func (t *table) lines() (*lines, error) {
	bound := &bounded{t.from(0), maxLine}
	b := bufio.NewReaderSize(bound, 1<<16)
	start, err := b.Peek(3)
	if errors.Is(err, io.EOF) && len(start) == 0 {
		return nil, errors.New("it is empty; its first line must name the columns")
	}
	switch {
	case string(start) == "\ufeff": // a byte order mark, as spreadsheets write
		_, _ = b.Discard(3)
	case strings.HasPrefix(string(start), "\xff\xfe"), strings.HasPrefix(string(start), "\xfe\xff"):
		return nil, errors.New("it is UTF-16 text; save it as UTF-8")
	}
	l := &lines{csv: csv.NewReader(b), bound: bound}
	l.csv.Comma, l.csv.ReuseRecord, l.csv.FieldsPerRecord = t.comma, true, -1
	names, err := l.next()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("it is empty; its first line must name the columns")
	} else if err != nil {
		return nil, err
	}
	l.names = append(l.names, names...)
	return l, nil
}

// next reads a line, whose cells are used again; io.EOF after the last one. Any
// other error is a sentence.
func (l *lines) next() ([]string, error) {
	l.bound.left = maxLine
	record, err := l.csv.Read()
	var quote *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case errors.Is(err, errLongLine):
		return nil, fmt.Errorf("line %d is longer than %d MiB; end each example with a line break and close each quote, or save the numbers as .npz", l.line+1, maxLine>>20)
	case errors.As(err, &quote):
		return nil, fmt.Errorf(`line %d, near character %d: a quote stands where none may, or is never closed; write a cell with quotes as "a ""b"""`, quote.StartLine, quote.Column)
	case err != nil:
		return nil, err
	}
	l.line, _ = l.csv.FieldPos(0)
	for j, cell := range record {
		if !utf8.ValidString(cell) {
			return nil, fmt.Errorf("line %d, column %d: %.40q is not UTF-8 text; save the file as UTF-8, in pandas with to_csv(encoding='utf-8')", l.line, j+1, cell)
		}
	}
	if l.names != nil && len(record) != len(l.names) {
		return nil, fmt.Errorf("line %d has %d cells, but line 1 names %d columns; give every line as many", l.line, len(record), len(l.names))
	}
	return record, nil
}
