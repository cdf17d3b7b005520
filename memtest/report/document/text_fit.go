package document

import (
	"slices"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// gap stands between two columns of a text.
const gap = "  "

// How narrow words are made at most to have a table fit.
const (
	leastLine = 16 // of cells over several lines
	leastWord = 8  // of cells that are cut
)

// fit is the table as a terminal of so many columns shows it: as it is where there
// is room, else with names of columns over several lines, and without spare columns,
// whose names are returned. Where that is not enough, keys stand on lines of their own,
// then words take several lines, and what is still too wide becomes several tables, to
// stand under each other.
func (t Table) fit(width int) (parts []Table, left []string) {
	if t.width() <= width {
		return []Table{t}, nil
	}
	t.narrow = true
	out := map[int]bool{}
	for t.without(out).width() > width {
		i := t.spare(out)
		if i < 0 {
			break
		}
		out[i] = true
	}
	for i, c := range t.Columns {
		if out[i] {
			left = append(left, c.called())
		}
	}
	t = t.without(out)
	if t.width() > width {
		t = t.grouped(width)
	}
	if narrower := t.inLines(width); narrower.width() <= width {
		t = narrower
	}
	return t.part(width), left
}

// grouped is the table with its keys on a line before each group of rows.
func (t Table) grouped(width int) Table {
	out := map[int]bool{}
	for i, c := range t.Columns {
		out[i] = c.Key
	}
	some := t.without(out)
	if len(some.Columns) == len(t.Columns) || len(some.Columns) == 0 {
		return t
	}
	some.indent = gap
	for r, row := range t.Rows {
		var keys []string
		for i, c := range t.Columns {
			if c.Key && row.First {
				keys = append(keys, strings.TrimSpace(c.Name+" "+row.Cells[i]))
			}
		}
		some.Rows[r].group = Wrap(strings.Join(keys, ", "), width)
	}
	return some
}

// inLines is the table with the widest of its words that say nothing of what a row is
// of in several lines, as far as that makes it fit.
func (t Table) inLines(width int) Table {
	widths, _ := t.widths()
	widest := -1
	for i := t.lead(); i < len(t.Columns); i++ {
		if t.Columns[i].Words && (widest < 0 || widths[i] > widths[widest]) {
			widest = i
		}
	}
	if widest < 0 {
		return t
	}
	t.Columns = slices.Clone(t.Columns)
	t.Columns[widest].line = max(leastLine, widths[widest]-(t.width()-width))
	return t
}

// spare is the column that is left out next, or −1.
func (t Table) spare(out map[int]bool) int {
	next := -1
	for i, c := range t.Columns {
		if !out[i] && c.Spare > 0 && (next < 0 || c.Spare >= t.Columns[next].Spare) {
			next = i
		}
	}
	return next
}

// called is the name of a column in a sentence.
func (c Column) called() string {
	if c.Full && c.Unit != "" {
		return c.Name + " (" + c.Unit + ")"
	}
	return c.Name
}

// without is the table without some columns.
func (t Table) without(out map[int]bool) Table {
	var keep []int
	for i := range t.Columns {
		if !out[i] {
			keep = append(keep, i)
		}
	}
	return t.only(keep)
}

// only is the table with some of its columns.
func (t Table) only(keep []int) Table {
	some := t
	some.Columns, some.Rows, some.long = nil, nil, nil
	for _, i := range keep {
		some.Columns = append(some.Columns, t.Columns[i])
	}
	for _, r := range t.Rows {
		cells := r.Cells
		r.Cells = nil
		for _, i := range keep {
			r.Cells = append(r.Cells, cells[i])
		}
		some.Rows = append(some.Rows, r)
	}
	return some
}

// part shares the columns of a table that is too wide among several, each of which
// begins with those that say what a row is of.
func (t Table) part(width int) []Table {
	if t.width() <= width {
		return []Table{t}
	}
	first := t.lead()
	t = t.inLines(width).cut(first, width-len(t.indent))
	var lead []int
	for i := range first {
		lead = append(lead, i)
	}
	var parts []Table
	for from := first; from < len(t.Columns); {
		keep := append(slices.Clone(lead), from)
		for from++; from < len(t.Columns) && t.only(append(slices.Clone(keep), from)).width() <= width; from++ {
			keep = append(keep, from)
		}
		parts = append(parts, t.only(keep))
	}
	return parts
}

// lead is how many first columns say what a row is of: keys and those that are marked
// so or, without any, words. One column at least is left.
func (t Table) lead() int {
	marked := slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Key || c.Lead })
	for i, c := range t.Columns {
		if i == len(t.Columns)-1 || marked && !c.Key && !c.Lead || !marked && !c.Words {
			return i
		}
	}
	return 0
}

// cut shortens the words of a table so far that its first columns, and any other one
// beside them, have room.
func (t Table) cut(first, width int) Table {
	t = t.only(indices(len(t.Columns))) // cells of its own
	for {
		widths, _ := t.widths()
		room := width - slices.Max(widths[first:])
		widest := -1
		for i, w := range widths[:first] {
			room -= w + len(gap)
			if t.Columns[i].Words && w > leastWord && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if room >= 0 || widest < 0 || uniseg.StringWidth(t.Columns[widest].Name) >= widths[widest] {
			return t
		}
		for _, r := range t.Rows {
			r.Cells[widest] = cutTo(r.Cells[widest], widths[widest]-1)
		}
	}
}

// cutTo is a text that is no wider than so many columns.
func cutTo(s string, width int) string {
	for n := width; uniseg.StringWidth(s) > width; n-- {
		s = word.Cut(s, n)
	}
	return s
}

func indices(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// width is how wide the text of the table is.
func (t Table) width() int {
	widths, _ := t.widths()
	sum := len(t.indent) + len(gap)*(len(widths)-1)
	for _, w := range widths {
		sum += w
	}
	return sum
}

// heads are the lines of a column's name: one, or in a narrow table as many as it
// takes to be no wider than its longest word, or than its cells.
func (t Table) heads(i, cells int) []string {
	name := t.Columns[i].Name
	if !t.narrow || name == "" {
		return []string{name}
	}
	const stay = "\ue000" // a sign and its number stay together
	name = strings.ReplaceAll(name, "± ", "±"+stay)
	for _, w := range strings.Fields(name) {
		cells = max(cells, uniseg.StringWidth(w))
	}
	lines := strings.Split(Wrap(name, cells), "\n")
	for i, l := range lines {
		lines[i] = strings.ReplaceAll(l, stay, " ")
	}
	return lines
}
