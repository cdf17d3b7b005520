package document

import (
	"strings"

	"github.com/rivo/uniseg"
)

// Colours of a terminal.
const (
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	yellow = "\x1b[33m"
	reset  = "\x1b[0m"
)

func paint(s, color string, on bool) string {
	if !on || s == "" {
		return s
	}
	return color + s + reset
}

// paintLines paints each line of a text that ends with a line break.
func paintLines(s, color string, on bool) string {
	lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	for i := range lines {
		lines[i] = paint(lines[i], color, on)
	}
	return strings.Join(lines, "\n") + "\n"
}

// Wrap breaks a sentence at spaces into lines of at most width columns, without a line
// break at the end.
func Wrap(s string, width int) string { return strings.TrimSuffix(wrap(s, "", width), "\n") }

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
