package datasets

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

//go:generate go run ./internal/adult adult

// adultFS holds 5,000 lines of the training file and 1,000 of the test file of Adult,
// drawn by internal/adult, and their licence.
//
//go:embed adult
var adultFS embed.FS

// adultColumn is a column of Adult's files: a number in this unit, or a category.
type adultColumn struct {
	name string
	unit float64 // 0 = a category
}

// adultColumns are those of adult.data in their order, but for the last, which is the
// label. Numbers are in units of about their size, for networks that take values as they
// are; a network may also standardize the columns of a table.
var adultColumns = []adultColumn{
	{"age (10 years)", 10},
	{"workclass", 0},
	{"weight in the survey (100,000)", 1e5}, // fnlwgt, the weight of the row in the survey
	{"education", 0},
	{"education by number (10)", 10},
	{"marital status", 0},
	{"occupation", 0},
	{"relationship", 0},
	{"race", 0},
	{"sex", 0},
	{"capital gain (1,000 dollars)", 1000},
	{"capital loss (1,000 dollars)", 1000},
	{"hours per week (10)", 10},
	{"native country", 0},
}

// mostAdult bounds the bytes of Adult's files, of which the larger has 4 MB.
const mostAdult = 1 << 24

// loadAdultSample reads the embedded lines.
func loadAdultSample(i Info, _ Options) (train, test *Set, err error) {
	var parts [2][]byte
	for k, f := range i.Files {
		if parts[k], err = f.readEmbedded(adultFS, "adult", i.Name); err != nil {
			return nil, nil, err
		}
	}
	return i.adult(parts)
}

// loadAdult reads adult.data and adult.test from a folder that holds them.
func (i Info) loadAdult(_ context.Context, dir string) (train, test *Set, err error) {
	var parts [2][]byte
	for k, f := range i.Files {
		path := findFile(dir, f.Name)
		d, err := digested(path, func(r io.Reader, limit int64) (err error) {
			parts[k], err = io.ReadAll(io.LimitReader(r, min(limit, mostAdult)))
			return err
		})
		if err == nil {
			err = f.check(path, d, i.Name)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return i.adult(parts)
}

// adult makes the sets of the lines of both files.
func (i Info) adult(files [2][]byte) (train, test *Set, err error) {
	var rows []adultRow
	ends := [2]int{}
	for k, file := range files {
		more, err := i.adultRows(string(file))
		if err != nil {
			return nil, nil, fmt.Errorf("file %s of %s: %w; fetch it again", i.Files[k].Name, i.Name, err)
		}
		rows = append(rows, more...)
		ends[k] = len(rows)
	}
	columns, x, err := encodeColumns(rawAdult(rows), upTo(ends[0]))
	if err != nil {
		return nil, nil, fmt.Errorf("data set %s: %w", i.Name, err)
	}
	width := len(x) / len(rows)
	parts := [2]examples{}
	for k, rows := range [2][]adultRow{rows[:ends[0]], rows[ends[0]:]} {
		parts[k].shape = Shape{Height: 1, Width: 1, Channels: width}
		parts[k].x = x[(ends[k]-len(rows))*width : ends[k]*width : ends[k]*width]
		parts[k].labels = arrays.Labels{Ints: make([]int64, len(rows))}
		for r, row := range rows {
			parts[k].labels.Ints[r] = int64(row.label)
		}
	}
	if train, test, err = i.buildSets("data set "+i.Name, parts[0], parts[1]); err != nil {
		return nil, nil, err
	}
	train.Columns, test.Columns = columns, columns
	return train, test, cmp.Or(train.Check(), test.Check())
}

// adultRow is a line.
type adultRow struct {
	cells   []string
	numbers []float64 // by column, in its unit; 0 of categories
	label   int32
}

// adultRows are the lines of a file. The first of adult.test is a remark, which begins
// with a bar, and its labels end in a full stop.
func (i Info) adultRows(text string) (rows []adultRow, err error) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "|") {
			continue
		}
		cells := strings.Split(line, ", ")
		if len(cells) != len(adultColumns)+1 {
			return nil, fmt.Errorf("line %d holds %d cells and not %d", n, len(cells), len(adultColumns)+1)
		}
		row := adultRow{cells: cells, numbers: make([]float64, len(adultColumns))}
		if row.label, err = i.indexOf(strings.TrimSuffix(cells[len(adultColumns)], ".")); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		for j, c := range adultColumns {
			if c.unit == 0 {
				continue
			}
			v, err := strconv.ParseFloat(cells[j], 64)
			if err != nil || math.IsNaN(v) || math.Abs(v) > math.MaxFloat32 {
				return nil, fmt.Errorf("line %d, column %d: %q is no finite number", n, j+1, cells[j])
			}
			row.numbers[j] = v / c.unit
		}
		rows = append(rows, row)
	}
	if rows == nil {
		return nil, errors.New("it holds no examples")
	}
	return rows, nil
}

// rawAdult are the columns of the rows; a question mark stands for what is missing.
func rawAdult(rows []adultRow) []rawColumn {
	raw := make([]rawColumn, len(adultColumns))
	for j, c := range adultColumns {
		raw[j].name = c.name
		for _, row := range rows {
			switch cell := row.cells[j]; {
			case c.unit != 0:
				raw[j].numbers = append(raw[j].numbers, row.numbers[j])
			case cell == "?":
				raw[j].texts = append(raw[j].texts, "")
			default:
				raw[j].texts = append(raw[j].texts, cell)
			}
		}
	}
	return raw
}

// upTo are the numbers 0..n−1.
func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
