package report

import (
	"math"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// Limits of what is shown of one example that is no picture.
const (
	mostColumns  = 12  // of a table's file
	mostChannels = 3   // of a series
	mostSteps    = 200 // that are drawn of a series
	longestCell  = 24  // characters of a category
	longestText  = 240 // characters of a text
)

// Shown is an example as people read it; of an image there is none, since it is a
// picture.
type Shown struct {
	Words  []string    `json:"words,omitempty"`  // of tokens, from the first place on
	Cells  []string    `json:"cells,omitempty"`  // of a row of a table, a cell for each of Form.Names
	Curves [][]float32 `json:"curves,omitempty"` // of a series, a curve for each of Form.Names
}

// Form is what the examples of a set have in common for a reader.
type Form struct {
	Kind    datasets.Kind `json:"kind"`
	Names   []string      `json:"names,omitempty"`   // of the columns, or the channels, that are shown
	Digits  []int         `json:"digits,omitempty"`  // after the point, of the numbers of each column
	Whole   []bool        `json:"whole,omitempty"`   // columns of whole numbers, which are written so where they are
	Left    int           `json:"left,omitempty"`    // columns or channels that are not
	Every   int           `json:"every,omitempty"`   // of a series' steps, each so many is drawn; 0 = all
	Steps   int           `json:"steps,omitempty"`   // drawn of the longest series
	Between string        `json:"between,omitempty"` // words of tokens
}

// FormOf is the form of a set's examples; ok is false for images, which are pictures.
func FormOf(set *datasets.Set) (f Form, ok bool) {
	s := set.Shape
	f.Kind = s.KindOf()
	switch f.Kind {
	case datasets.Tokens:
		f.Between = set.Between()
	case datasets.Table:
		columns := set.FileColumns()
		f.Left = max(0, len(columns)-mostColumns)
		for _, c := range columns[:len(columns)-f.Left] {
			digits, whole := digitsOf(set, c)
			f.Names, f.Digits, f.Whole = append(f.Names, word.Name(c.Name)), append(f.Digits, digits), append(f.Whole, whole)
		}
	case datasets.Series:
		f.Left = max(0, s.Channels-mostChannels)
		for c := range s.Channels - f.Left {
			f.Names = append(f.Names, "channel "+strconv.Itoa(c+1))
		}
		if every := (s.Height + mostSteps - 1) / mostSteps; every > 1 {
			f.Every = every
		}
		f.Steps = (s.Height + max(1, f.Every) - 1) / max(1, f.Every)
	default:
		return f, false
	}
	return f, true
}

// show is example i of a set of this form.
func (f Form) show(set *datasets.Set, i int) (s Shown) {
	switch f.Kind {
	case datasets.Tokens:
		s.Words = set.Words(i)
	case datasets.Table:
		for j, c := range set.FileColumns()[:len(f.Names)] {
			s.Cells = append(s.Cells, cellOf(c, set.Row(i), f.Digits[j], f.Whole[j]))
		}
	case datasets.Series:
		for c := range f.Names {
			curve := set.Curve(i, c)
			var drawn []float32
			for t := 0; t < len(curve); t += max(1, f.Every) {
				drawn = append(drawn, curve[t])
			}
			s.Curves = append(s.Curves, drawn)
		}
	}
	return s
}

// digitsOf is how many digits after the point show three of the largest number of a
// column, manyDigits where those would be too many, and whether all numbers are whole.
func digitsOf(set *datasets.Set, c datasets.Column) (digits int, whole bool) {
	most, whole := 0.0, true
	for i := range set.Len() {
		if v, _, missing := c.Read(set.Row(i)); !missing {
			most, whole = math.Max(most, math.Abs(float64(v))), whole && float64(v) == math.Trunc(float64(v))
		}
	}
	switch {
	case most == 0:
		return 0, true
	case most < 1e-4 || most >= 1e9:
		return manyDigits, whole
	}
	return max(2-int(math.Floor(math.Log10(most))), 0), whole
}

// manyDigits says that numbers are written with an exponent.
const manyDigits = -1

// cellOf is what a row holds of a column: a number with so many digits after the point,
// which a whole one of a column of whole numbers does not need, or a category.
func cellOf(c datasets.Column, row []float32, digits int, whole bool) string {
	value, category, missing := c.Read(row)
	switch {
	case missing:
		return "missing"
	case c.Categories != nil:
		return word.Cut(word.Plain(category), longestCell)
	}
	v := float64(value)
	if digits == manyDigits {
		return number.Digits(v, 3)
	}
	fixed := number.Fixed(v, digits)
	if whole && v == math.Trunc(v) {
		fixed = number.Fixed(v, 0)
	}
	if strings.Trim(fixed, "-0.") == "" {
		return strings.TrimPrefix(fixed, "-")
	}
	return number.Typeset(fixed)
}
