package datasets

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/memory"
)

// rawColumn is a column of a table before it is encoded: numbers or categories, one for
// each row.
type rawColumn struct {
	name    string
	numbers []float64 // NaN = missing; nil = a column of categories
	texts   []string  // names of categories, "" = missing; nil = a column of numbers
}

const (
	// MissingCategory stands for a category that is not there, beside those that are.
	MissingCategory = "(missing)"

	// mostCategories keeps names and numbers of examples, of which each row has its own,
	// from being taken for categories.
	mostCategories = 1000
)

// encodeColumns makes values of the columns of a table, [rows, values], as Column says: a
// number stays as it is, a missing one becomes the mean of the training rows, and a value
// more says that it is missing where any is in training; a category becomes one value for
// each that occurs in training, in the order of their names. Missing ones are a category of
// their own. One that occurs in no training row has 0 in all of them. training are the rows
// that means and categories are taken from; nil = all.
func encodeColumns(raw []rawColumn, training []int) ([]Column, []float32, error) {
	if len(raw) == 0 || raw[0].rows() == 0 {
		return nil, nil, errors.New("it has no columns or no rows; give at least one of each")
	}
	rows := raw[0].rows()
	if training == nil {
		training = upTo(rows)
	}
	var columns []Column
	var means []float64 // of columns of numbers
	width := 0
	for _, r := range raw {
		c, mean, err := r.column(training)
		if err != nil {
			return nil, nil, err
		}
		c.First = width
		width += c.Values()
		columns, means = append(columns, c), append(means, mean)
	}
	if err := memory.Enough(4*float64(rows)*float64(width), fmt.Sprintf("a table of %d rows whose columns take %d values", rows, width)); err != nil {
		return nil, nil, fmt.Errorf("%w; leave out columns of many categories", err)
	}
	x := make([]float32, rows*width)
	for j, c := range columns {
		raw[j].encode(c, means[j], x[c.First:], width)
	}
	return columns, x, nil
}

// rows is the number of rows of the column.
func (r rawColumn) rows() int { return max(len(r.numbers), len(r.texts)) }

// column is what the column becomes, and the mean of its numbers in the training rows.
func (r rawColumn) column(training []int) (c Column, mean float64, err error) {
	c.Name = r.name
	if r.numbers == nil {
		c.Categories, err = r.categories(training)
		return c, 0, err
	}
	n := 0.0
	for _, i := range training {
		if v := r.numbers[i]; math.IsNaN(v) {
			c.Missing = true
		} else {
			n++
			mean += (v - mean) / n
		}
	}
	if n == 0 {
		return c, 0, fmt.Errorf("column %q has no value in any training row; leave it out", r.name)
	}
	return c, mean, nil
}

// categories are those that occur in the training rows, sorted by name.
func (r rawColumn) categories(training []int) ([]string, error) {
	seen := map[string]bool{}
	for _, i := range training {
		seen[categoryOf(r.texts[i])] = true
	}
	if len(seen) > mostCategories {
		return nil, fmt.Errorf("column %q has %d different categories, more than %d; leave it out, or name it where it holds the labels, as in --own y=%[1]s", r.name, len(seen), mostCategories)
	}
	names := make([]string, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

func categoryOf(text string) string {
	if text == "" {
		return MissingCategory
	}
	return text
}

// encode writes the column's values of each row, the first at x[0], those of the next
// row width values later.
func (r rawColumn) encode(c Column, mean float64, x []float32, width int) {
	place := map[string]int{}
	for k, name := range c.Categories {
		place[name] = k
	}
	for i := range r.rows() {
		at := x[i*width:]
		switch {
		case r.numbers == nil:
			if k, ok := place[categoryOf(r.texts[i])]; ok {
				at[k] = 1
			}
		case math.IsNaN(r.numbers[i]):
			at[0] = float32(mean)
			if c.Missing {
				at[1] = 1
			}
		default:
			at[0] = float32(r.numbers[i])
		}
	}
}
