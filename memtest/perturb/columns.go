package perturb

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
)

// columnsOf are the columns of a set; where none are stated each value of a row is a number.
func columnsOf(set *datasets.Set) ([]datasets.Column, error) {
	size := set.Shape.Size()
	if set.Columns == nil {
		plain := make([]datasets.Column, size)
		for j := range plain {
			plain[j].First = j
		}
		return plain, nil
	}
	for _, c := range set.Columns {
		if c.First < 0 || c.First+c.Values() > size {
			return nil, fmt.Errorf("column %q takes the values %d..%d of a row, but a row has %d; state columns that go with the values", c.Name, c.First, c.First+c.Values()-1, size)
		}
	}
	return set.Columns, nil
}

// isMissing says whether a number is missing in a row, where the table says so.
func isMissing(row []float32, c datasets.Column) bool {
	return c.Categories == nil && c.Missing && row[c.First+1] != 0
}

// keepMissing leaves numbers that are missing what they were.
func keepMissing(dst, src []float32, columns []datasets.Column) {
	for _, c := range columns {
		if isMissing(src, c) {
			dst[c.First] = src[c.First]
		}
	}
}

// block are the values of a row that a column takes.
func block(row []float32, c datasets.Column) []float32 { return row[c.First : c.First+c.Values()] }

// onNumbers makes copies of the numbers of a row that are not missing, and of nothing else.
func onNumbers(at maker, columns []datasets.Column) maker {
	var places []int
	for _, c := range columns {
		if c.Categories == nil {
			places = append(places, c.First)
		}
	}
	if !slices.ContainsFunc(columns, func(c datasets.Column) bool { return c.Categories != nil || c.Missing }) {
		return at
	}
	return func(level float64, s datasets.Shape) Copy {
		inner := at(level, s)
		from, to := make([]float32, len(places)), make([]float32, len(places))
		return func(dst, src []float32, r *rand.Rand) {
			copy(dst, src)
			for i, j := range places {
				from[i] = src[j]
			}
			inner(to, from, r)
			for i, j := range places {
				dst[j] = to[i]
			}
			keepMissing(dst, src, columns)
		}
	}
}
