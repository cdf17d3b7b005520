package report

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
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
			f.Names, f.Digits = append(f.Names, word.Cut(word.Plain(c.Name), longestCell)), append(f.Digits, digitsOf(set, c))
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

// Show is example i of a set of this form.
func (f Form) Show(set *datasets.Set, i int) (s Shown) {
	switch f.Kind {
	case datasets.Tokens:
		s.Words = set.Words(i)
	case datasets.Table:
		for j, c := range set.FileColumns()[:len(f.Names)] {
			s.Cells = append(s.Cells, cellOf(c, set.Row(i), f.Digits[j]))
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
// column; manyDigits where those would be too many.
func digitsOf(set *datasets.Set, c datasets.Column) int {
	most := 0.0
	for i := range set.Len() {
		if v, _, missing := c.Read(set.Row(i)); !missing {
			most = math.Max(most, math.Abs(float64(v)))
		}
	}
	switch {
	case most == 0:
		return 0
	case most < 1e-4 || most >= 1e9:
		return manyDigits
	}
	return max(2-int(math.Floor(math.Log10(most))), 0)
}

// manyDigits says that numbers are written with an exponent.
const manyDigits = -1

// cellOf is what a row holds of a column: a number with so many digits after the point,
// which a whole one does not need, or a category.
func cellOf(c datasets.Column, row []float32, digits int) string {
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
	if v == math.Trunc(v) {
		fixed = number.Fixed(v, 0)
	}
	if strings.Trim(fixed, "-0.") == "" {
		return strings.TrimPrefix(fixed, "-")
	}
	return number.Typeset(fixed)
}

// shownLine is an example with its copies, or other things of its form, beside it.
type shownLine struct {
	words []string // that say which it is
	shown []Shown
}

// blocks show lines of a form: which they are below the names of which, and what
// stands beside each other below the names of heads, which are of something, as levels of
// a perturbation; "" = of nothing.
func (f Form) blocks(title string, which []string, of string, heads []string, lines []shownLine) ([]document.Block, error) {
	if err := f.check(heads, lines); err != nil {
		return nil, err
	}
	if of != "" && f.Kind != datasets.Table && len(heads) > 0 {
		heads = slices.Clone(heads)
		heads[0] = of + " " + heads[0]
	}
	switch f.Kind {
	case datasets.Tokens:
		t := f.texts(title, which, heads, lines)
		return []document.Block{{Table: &t}}, nil
	case datasets.Series:
		c := f.curves(title, which, heads, lines)
		return []document.Block{{Curves: &c}}, nil
	}
	t := f.rows(title, which, of, heads, lines)
	return []document.Block{{Table: &t}}, nil
}

// sentence says what is to be known of the blocks.
func (f Form) sentence() string {
	var all []string
	switch f.Kind {
	case datasets.Tokens:
		all = append(all, "What is not in the training example stands between ‹ and ›, which are empty where something was left out.")
	case datasets.Table:
		if f.Left > 0 {
			all = append(all, "Of "+number.Count(len(f.Names)+f.Left)+" columns the first "+number.Count(len(f.Names))+" are shown.")
		}
	case datasets.Series:
		all = append(all, "Time runs from left to right; an example and its copies share the vertical scale of each channel, which ends at the smallest and the largest of their values.")
		if f.Left > 0 {
			all = append(all, "Of "+number.Count(len(f.Names)+f.Left)+" channels the first "+number.Count(len(f.Names))+" are drawn.")
		}
		if f.Every > 1 {
			all = append(all, "Of every "+number.Count(f.Every)+" steps the first is drawn.")
		}
	}
	return strings.Join(all, " ")
}

// texts is a line for each example, with a text for each of the heads; what differs
// from the first of a line is marked in the others.
func (f Form) texts(title string, which, heads []string, lines []shownLine) document.Table {
	t := document.Table{Title: title}
	for i, name := range which {
		t.Columns = append(t.Columns, document.Column{Name: name, Words: i > 0, Lead: true}) // the first is a number
	}
	for _, name := range heads {
		t.Columns = append(t.Columns, document.Column{Name: name, Words: true, Long: true})
	}
	for _, l := range lines {
		cells := slices.Clone(l.words)
		for i, s := range l.shown {
			words := s.Words
			if i > 0 {
				words = changed(l.shown[0].Words, s.Words)
			}
			cells = append(cells, word.Cut(word.Plain(strings.Join(words, f.Between)), longestText))
		}
		t.Rows = append(t.Rows, document.Row{Cells: cells, First: true})
	}
	return t
}

// rows is a group of lines for each example, one for each of the heads.
func (f Form) rows(title string, which []string, of string, heads []string, lines []shownLine) document.Table {
	t := document.Table{Title: title}
	for i, name := range which {
		t.Columns = append(t.Columns, document.Column{Name: name, Words: i > 0, Key: true})
	}
	t.Columns = append(t.Columns, document.Column{Name: of, Words: true, Lead: true})
	for j, name := range f.Names {
		numbers := true
		for _, l := range lines {
			for _, s := range l.shown {
				numbers = numbers && isNumber(s.Cells[j])
			}
		}
		t.Columns = append(t.Columns, document.Column{Name: name, Words: !numbers})
	}
	for _, l := range lines {
		for i, s := range l.shown {
			cells := slices.Clone(l.words)
			if i > 0 {
				cells = make([]string, len(l.words))
			}
			t.Rows = append(t.Rows, document.Row{First: i == 0, Cells: slices.Concat(cells, []string{heads[i]}, s.Cells)})
		}
	}
	return t
}

func isNumber(cell string) bool {
	_, err := strconv.ParseFloat(strings.Replace(cell, "−", "-", 1), 64)
	return err == nil || cell == "missing"
}

// curves is a line for each example, with a sketch for each of the heads.
func (f Form) curves(title string, which, heads []string, lines []shownLine) document.Curves {
	c := document.Curves{Title: title, Head: slices.Concat(which, heads), Names: f.Names}
	for _, l := range lines {
		row := document.CurvesRow{Words: l.words}
		low, high := ends(l.shown, len(f.Names))
		for i, s := range l.shown {
			row.Sketches = append(row.Sketches, chart.Sketch{Curves: s.Curves, Steps: f.Steps, Low: low, High: high,
				About: strings.Join(l.words, ", ") + ", " + heads[i]})
		}
		c.Rows = append(c.Rows, row)
	}
	return c
}

// ends are the smallest and the largest value of each curve.
func ends(all []Shown, curves int) (low, high []float64) {
	low, high = make([]float64, curves), make([]float64, curves)
	for c := range curves {
		low[c], high[c] = math.Inf(1), math.Inf(-1)
		for _, s := range all {
			for _, v := range s.Curves[c] {
				low[c], high[c] = math.Min(low[c], float64(v)), math.Max(high[c], float64(v))
			}
		}
	}
	return low, high
}

// mostCompared is up to how many words two texts are compared.
const mostCompared = 512

// changed are the words of a copy, of which those that are not in a longest common
// subsequence with its parent stand between ‹ and ›; an empty pair stands where words of
// the parent were left out and none came in.
func changed(parent, copied []string) []string {
	if max(len(parent), len(copied)) > mostCompared || slices.Equal(parent, copied) {
		return copied
	}
	common := make([][]int, len(parent)+1) // length of the longest one of what follows
	for i := range common {
		common[i] = make([]int, len(copied)+1)
	}
	for i := len(parent) - 1; i >= 0; i-- {
		for j := len(copied) - 1; j >= 0; j-- {
			if common[i][j] = max(common[i+1][j], common[i][j+1]); parent[i] == copied[j] {
				common[i][j] = 1 + common[i+1][j+1]
			}
		}
	}
	return marked(parent, copied, common)
}

// marked walks along both texts: runs of what differs become one mark each.
func marked(parent, copied []string, common [][]int) []string {
	var all, new []string
	gone := false
	flush := func() {
		if gone || len(new) > 0 {
			// Marks hug their words: what stands between words stands within a run too.
			open, last := "‹", "›"
			if len(new) == 0 {
				all = append(all, open+last)
			} else {
				new[0] = open + new[0]
				new[len(new)-1] += last
				all = append(all, new...)
			}
		}
		new, gone = nil, false
	}
	i, j := 0, 0
	for i < len(parent) || j < len(copied) {
		switch {
		case i < len(parent) && j < len(copied) && parent[i] == copied[j] && common[i][j] == 1+common[i+1][j+1]:
			flush()
			all = append(all, copied[j])
			i, j = i+1, j+1
		case j < len(copied) && (i == len(parent) || common[i][j+1] >= common[i+1][j]):
			new = append(new, copied[j])
			j++
		default:
			gone = true
			i++
		}
	}
	flush()
	return all
}

// whichOf names an example: its number and its class.
func whichOf(index int, class string) []string {
	return []string{number.Count(index), cmp.Or(word.Name(class), number.None)}
}
