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
		scale := "one vertical scale"
		if len(f.Names)+f.Left > 1 {
			scale = "the vertical scale of each channel"
		}
		all = append(all, "Time runs from left to right; an example and its copies share "+scale+", which ends at the smallest and the largest of their values.")
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
	t := document.Table{Title: title, Wraps: true}
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

// whichOf names an example: its number and its class.
func whichOf(index int, class string) []string {
	return []string{number.Count(index), cmp.Or(word.Name(class), number.None)}
}
