package perturb

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/seed-1a417598/memtest/datasets"
)

// columnsOf are the columns of a set, which must go with its values.
func columnsOf(set *datasets.Set) ([]datasets.Column, error) {
	size, all := set.Shape.Size(), set.FileColumns()
	for _, c := range all {
		if c.First < 0 || c.First+c.Values() > size {
			return nil, fmt.Errorf("column %q takes the values %d..%d of a row, but a row has %d; state columns that go with the values", c.Name, c.First, c.First+c.Values()-1, size)
		}
	}
	return all, nil
}

// number is the place of a number in a row, and that of its mark, 1 where it is missing; a
// mark at −1 is none.
type number struct{ at, mark int }

// missing says whether it is missing in a row.
func (n number) missing(row []float32) bool { return n.mark >= 0 && row[n.mark] != 0 }

// numberOf is where a column that is a number stands.
func numberOf(c datasets.Column) number {
	if c.Missing {
		return number{c.First, c.First + 1}
	}
	return number{c.First, -1}
}

// numbersOf are the columns that are numbers, and those of them that may be missing.
func numbersOf(columns []datasets.Column) (all, marked []number) {
	for _, c := range columns {
		if c.Categories != nil {
			continue
		}
		all = append(all, numberOf(c))
		if c.Missing {
			marked = append(marked, numberOf(c))
		}
	}
	return all, marked
}

// noNumber is the error of noise for columns that are all categories: each copy would be
// its parent, whatever the level, and what is memorized would pass for learned.
func noNumber(columns []datasets.Column) error {
	if all, _ := numbersOf(columns); len(all) > 0 {
		return nil
	}
	return errors.New("the table has categories alone and no number to add noise to; choose column-resample, corrupt or missing")
}

// keepMissing leaves numbers that are missing what they were.
func keepMissing(dst, src []float32, marked []number) {
	for _, n := range marked {
		if n.missing(src) {
			dst[n.at] = src[n.at]
		}
	}
}

// block are the values of a row that a column takes.
func block(row []float32, c datasets.Column) []float32 { return row[c.First : c.First+c.Values()] }

// onNumbers makes copies of the numbers of a row that are not missing, and of nothing else.
func onNumbers(at maker, columns []datasets.Column) maker {
	numbers, marked := numbersOf(columns)
	if len(numbers) == len(columns) && len(marked) == 0 {
		return at
	}
	return func(level float64, s datasets.Shape) Copy {
		inner := at(level, s)
		from, to := make([]float32, len(numbers)), make([]float32, len(numbers))
		return func(dst, src []float32, r *rand.Rand) {
			copy(dst, src)
			for i, n := range numbers {
				from[i] = src[n.at]
			}
			inner(to, from, r)
			for i, n := range numbers {
				dst[n.at] = to[i]
			}
			keepMissing(dst, src, marked)
		}
	}
}
