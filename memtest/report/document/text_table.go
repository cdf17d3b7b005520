package document

import (
	"slices"
	"strings"

	"github.com/rivo/uniseg"
)

// text is the table with columns that stand in line, however wide their letters
// are, without its title.
func (t Table) text(color bool) string {
	lines := make([][]string, len(t.Rows))
	for i, r := range t.Rows {
		lines[i] = t.shown(r)
	}
	widths, units := t.widths(lines)
	names, kinds := make([]string, len(t.Columns)), make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i], kinds[i] = c.Name, c.Unit
	}
	var all strings.Builder
	all.WriteString(t.row(names, widths, bold, color))
	if units {
		all.WriteString(t.row(kinds, widths, dim, color))
	}
	for i, r := range t.Rows {
		style := ""
		if r.Reference {
			style = dim
		}
		all.WriteString(t.row(lines[i], widths, style, color))
	}
	return all.String()
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

// widths are those of the columns, and whether one has a unit.
func (t Table) widths(lines [][]string) (widths []int, units bool) {
	widths = make([]int, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = max(uniseg.StringWidth(c.Name), uniseg.StringWidth(c.Unit))
		units = units || c.Unit != ""
		for _, l := range lines {
			widths[i] = max(widths[i], uniseg.StringWidth(l[i]))
		}
	}
	return widths, units
}

// row is a line of cells in a style, "" for one whose warnings have a colour.
func (t Table) row(cells []string, widths []int, style string, color bool) string {
	var s strings.Builder
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
			s.WriteString("  ")
		}
	}
	return paint(strings.TrimRight(s.String(), " "), style, color && style != "") + "\n"
}
