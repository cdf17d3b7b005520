package report

import (
	"errors"
	"io"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// ErrNoRows is the error of Text, Markdown, CSV and Figures where there is
// nothing to show.
var ErrNoRows = errors.New("there are no rows to report: run `memtest run` again with --resume and the same --out")

// TextOptions says how Text writes.
type TextOptions struct {
	Color bool // ANSI colours, for a terminal: references dim, flags yellow
	Width int  // sentences are wrapped at this many columns; 0 = 100
}

const (
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	yellow = "\x1b[33m"
	reset  = "\x1b[0m"
)

// Text writes the rows as aligned tables with units, then the conclusions, which
// so stay in sight at the end of a terminal.
func Text(w io.Writer, rows []result.Row, o TextOptions) error {
	v, err := newView(rows)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return ErrNoRows
	}
	if o.Width <= 0 {
		o.Width = 100
	}
	var b strings.Builder
	b.WriteString(wrap(v.about(), "", o.Width))
	for _, t := range v.cellTables() {
		b.WriteString("\n" + paint(t.Title, bold, o.Color) + "\n")
		t.writeText(&b, o.Color)
	}
	b.WriteString("\n" + wrap("Accuracies are shares of the copies. null: labels shuffled. learning = observed − null, memorization = null − chance. ~p is descriptive: the features have seen the labels.", "", o.Width) + "\n")
	for _, s := range v.sentences() {
		b.WriteString(wrap(s, "  ", o.Width))
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func paint(s, color string, on bool) string {
	if !on || s == "" {
		return s
	}
	return color + s + reset
}

func (t table) writeText(b *strings.Builder, color bool) {
	widths := make([]int, len(t.Columns))
	units := false
	for i, c := range t.Columns {
		widths[i] = max(uniseg.StringWidth(c.Name), uniseg.StringWidth(c.Unit))
		units = units || c.Unit != ""
	}
	lines := make([][]string, len(t.Lines))
	for i, l := range t.Lines {
		lines[i] = l.Cells
		if !l.First { // a repeated network, epoch or layer is left blank
			lines[i] = append([]string(nil), l.Cells...)
			for j, c := range t.Columns {
				if c.Name == "level" {
					break
				}
				lines[i][j] = ""
			}
		}
		for j, s := range lines[i] {
			widths[j] = max(widths[j], uniseg.StringWidth(s))
		}
	}
	row := func(cells []string, style string) {
		var s strings.Builder
		for j, cell := range cells {
			pad := strings.Repeat(" ", widths[j]-uniseg.StringWidth(cell))
			if t.Columns[j].Name == "flags" {
				cell = paint(cell, yellow, color && style == "")
			}
			if t.Columns[j].Left {
				s.WriteString(cell + pad)
			} else {
				s.WriteString(pad + cell)
			}
			if j < len(cells)-1 {
				s.WriteString("  ")
			}
		}
		b.WriteString(paint(strings.TrimRight(s.String(), " "), style, color && style != "") + "\n")
	}
	names, kinds := make([]string, len(t.Columns)), make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i], kinds[i] = c.Name, c.Unit
	}
	row(names, bold)
	if units {
		row(kinds, dim)
	}
	for i, l := range t.Lines {
		style := ""
		if l.Reference {
			style = dim
		}
		row(lines[i], style)
	}
}

// wrap breaks a sentence at spaces into lines of at most width columns; lines
// after the first begin with the indent.
func wrap(s, indent string, width int) string {
	var b strings.Builder
	at := 0
	for i, word := range strings.Fields(s) {
		n := uniseg.StringWidth(word)
		switch {
		case i == 0:
		case at+1+n > width:
			b.WriteString("\n" + indent)
			at = uniseg.StringWidth(indent)
		default:
			b.WriteString(" ")
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String() + "\n"
}
