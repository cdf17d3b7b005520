package document

import (
	"slices"
	"strings"

	"github.com/rivo/uniseg"
)

// text is the table with columns that stand in line, however wide their letters
// are, without its title.
func (t Table) text(color bool) string {
	widths, heads := t.widths()
	var all strings.Builder
	for _, names := range heads {
		all.WriteString(t.row(names, widths, bold, color))
	}
	if t.units() {
		kinds := make([]string, len(t.Columns))
		for i, c := range t.Columns {
			kinds[i] = c.Unit
		}
		all.WriteString(t.row(kinds, widths, dim, color))
	}
	for _, r := range t.Rows {
		style := ""
		if r.Reference {
			style = dim
		}
		if r.group != "" {
			all.WriteString(paint(r.group, style, color && style != "") + "\n")
		}
		for _, line := range t.lines(t.shown(r)) {
			all.WriteString(t.row(line, widths, style, color))
		}
	}
	return all.String()
}

// units says whether a column has one.
func (t Table) units() bool {
	return slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Unit != "" })
}

// shown are the cells of a row; a repeated key is left blank.
func (t Table) shown(r Row) []string {
	if r.First {
		return r.Cells
	}
	cells := slices.Clone(r.Cells)
	for i, c := range t.Columns {
		if c.Key {
			cells[i] = ""
		}
	}
	return cells
}

// widths are those of the columns; heads are the lines of their names, which end on
// the same line.
func (t Table) widths() (widths []int, heads [][]string) {
	widths = make([]int, len(t.Columns))
	lines := make([][]string, len(t.Rows))
	for i, r := range t.Rows {
		lines[i] = t.shown(r)
	}
	names, most := make([][]string, len(t.Columns)), 0
	for i, c := range t.Columns {
		widths[i] = uniseg.StringWidth(c.Unit)
		for _, l := range lines {
			for _, line := range c.lines(l[i]) {
				widths[i] = max(widths[i], uniseg.StringWidth(line))
			}
		}
		names[i] = t.heads(i, widths[i])
		for _, line := range names[i] {
			widths[i] = max(widths[i], uniseg.StringWidth(line))
		}
		most = max(most, len(names[i]))
	}
	return widths, endOnOneLine(names, most)
}

// lines are the lines of a row: more than one where a cell takes several.
func (t Table) lines(cells []string) [][]string {
	all := make([][]string, 1)
	for i, cell := range cells {
		for l, line := range t.Columns[i].lines(cell) {
			if l == len(all) {
				all = append(all, nil)
			}
			if all[l] == nil {
				all[l] = make([]string, len(cells))
			}
			all[l][i] = line
		}
	}
	return all
}

// lines are those of a cell.
func (c Column) lines(cell string) []string {
	if c.line == 0 {
		return []string{cell}
	}
	return strings.Split(Wrap(cell, c.line), "\n")
}

// endOnOneLine are the lines of names that have so many at most; shorter ones begin
// further down.
func endOnOneLine(names [][]string, most int) [][]string {
	lines := make([][]string, most)
	for l := range lines {
		lines[l] = make([]string, len(names))
		for i, name := range names {
			if at := l - (most - len(name)); at >= 0 {
				lines[l][i] = name[at]
			}
		}
	}
	return lines
}

// row is a line of cells in a style, "" for one whose warnings have a colour.
func (t Table) row(cells []string, widths []int, style string, color bool) string {
	var s strings.Builder
	s.WriteString(t.indent)
	for j, cell := range cells {
		pad := strings.Repeat(" ", widths[j]-uniseg.StringWidth(cell))
		if t.Columns[j].Warning {
			cell = paint(cell, yellow, color && style == "")
		}
		if t.Columns[j].Words {
			s.WriteString(cell + pad)
		} else {
			s.WriteString(pad + cell)
		}
		if j < len(cells)-1 {
			s.WriteString(gap)
		}
	}
	return paint(strings.TrimRight(s.String(), " "), style, color && style != "") + "\n"
}
