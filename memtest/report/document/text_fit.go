package document

import (
	"slices"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// gap stands between two columns of a text.
const gap = "  "

// shortest is how far words are cut at most to make a table fit.
const shortest = 8

// fit is the table as a terminal of so many columns shows it: as it is where there
// is room, else with names of columns over several lines, and without spare columns,
// whose names are returned. What is still too wide becomes several tables, to stand
// under each other.
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
	return t.without(out).part(width), left
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
	first := 0
	for first < len(t.Columns)-1 && (t.Columns[first].Key || t.Columns[first].Words || t.Columns[first].Lead) {
		first++
	}
	t = t.cut(first, width)
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
			if t.Columns[i].Words && w > shortest && (widest < 0 || w > widths[widest]) {
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
	sum := len(gap) * (len(widths) - 1)
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
