package datasets

import (
	"bufio"
	"context"
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

// readTables reads a CSV or TSV file and, where one is stated, that of the test part.
func readTables(_ context.Context, path string, o Own) (train, test examples, err error) {
	train, columns, err := readTableFile(path, o)
	if err != nil || o.Test == "" {
		return train, test, err
	}
	test, testColumns, err := readTableFile(o.Test, o)
	if err == nil && !slices.Equal(columns, testColumns) {
		err = fmt.Errorf("file %s has the columns %s, but %s has %s; give both the same, in the same order", path, list(columns), o.Test, list(testColumns))
	}
	return train, test, err
}

func readTableFile(path string, o Own) (examples, []string, error) {
	f, err := os.Open(path)
	if err != nil {
		return examples{}, nil, err
	}
	defer f.Close()
	comma := ','
	if strings.ToLower(filepath.Ext(path)) != ".csv" {
		comma = '\t'
	}
	e, columns, err := readTable(f, comma, o)
	if err != nil {
		return e, nil, fmt.Errorf("file %s: %w", path, err)
	}
	return e, columns, nil
}

// readTable reads a table with a line of column names. The column o.Y holds the
// labels, o.Groups the groups; all others must be numbers. It returns the
// examples and the names of their columns.
func readTable(r io.Reader, comma rune, o Own) (examples, []string, error) {
	var e examples
	b := bufio.NewReader(r)
	if mark, err := b.Peek(3); err == nil && string(mark) == "\ufeff" { // a byte order mark, as spreadsheets write
		_, _ = b.Discard(3)
	}
	table := csv.NewReader(b)
	table.Comma, table.ReuseRecord = comma, true
	head, err := table.Read()
	if errors.Is(err, io.EOF) {
		return e, nil, errors.New("it is empty; its first line must name the columns")
	} else if err != nil {
		return e, nil, err
	}
	names := slices.Clone(head)
	if d := duplicate(names); d != "" {
		return e, nil, fmt.Errorf("it has two columns named %q; rename one", d)
	}
	label, group := slices.Index(names, or(o.Y, "label")), -1
	if label < 0 {
		return e, nil, fmt.Errorf("there is no label column %q; state which of its columns %s holds the labels", or(o.Y, "label"), list(names))
	}
	if o.Groups != "" {
		if group = slices.Index(names, o.Groups); group < 0 || group == label {
			return e, nil, fmt.Errorf("there is no group column %q beside the labels; its columns are %s", o.Groups, list(names))
		}
	}
	var columns []string
	for j, n := range names {
		if j != label && j != group {
			columns = append(columns, n)
		}
	}
	if len(columns) == 0 {
		return e, nil, errors.New("it has no columns beside labels and groups; give at least one of numbers")
	}
	for {
		record, err := table.Read()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return e, nil, err
		}
		line, _ := table.FieldPos(0)
		for j, cell := range record {
			switch cell = strings.TrimSpace(cell); {
			case (j == label || j == group) && cell == "":
				return e, nil, fmt.Errorf("line %d, column %q is empty; give every example a label and a group", line, names[j])
			case j == label:
				e.labels.names = append(e.labels.names, strings.Clone(cell))
			case j == group:
				e.groups.names = append(e.groups.names, strings.Clone(cell))
			default:
				v, err := strconv.ParseFloat(cell, 32)
				if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
					return e, nil, fmt.Errorf("line %d, column %q: %q is not a finite number; fill or leave out such lines", line, names[j], cell)
				}
				e.x = append(e.x, float32(v))
			}
		}
		if len(e.x) > maxValues {
			return e, nil, fmt.Errorf("it holds more than %d values", maxValues)
		}
	}
	if len(e.labels.names) == 0 {
		return e, nil, errors.New("it holds column names and no examples")
	}
	l, g := e.labels.numeric(), e.groups.numeric()
	if o.Layout == "" {
		o.Layout = "table"
	}
	if e, err = o.axes([]int{l.len(), len(columns)}, e.x); err != nil {
		return e, nil, err
	}
	e.labels, e.groups = l, g
	return e, columns, nil
}

// duplicate is the first name that occurs twice, or "".
func duplicate(names []string) string {
	seen := map[string]bool{}
	for _, n := range names {
		if seen[n] {
			return n
		}
		seen[n] = true
	}
	return ""
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}
