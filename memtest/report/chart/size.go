package chart

import (
	"unicode/utf8"

	"golang.org/x/image/font"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"

	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// Widths of figures in journals, in inches: one column and two.
const (
	ColumnWidth = 3.5
	PageWidth   = 7.0
)

// Sizes in points of a panel inside a page. It is drawn as wide as a phone shows
// it, so that its text is never scaled down.
const (
	inlineWidth  = 340
	inlineHeight = 250
	inlineRoom   = 6 // at the right edge, for a reader whose letters are wider than ours
)

// typeSizes are the font sizes of a drawing, in points.
type typeSizes struct{ title, label, tick vg.Length }

var (
	inlineType = typeSizes{11.5, 11, 10.5}
	printType  = typeSizes{8.5, 8, 7.5}
)

// fontFamily is that of all text.
const fontFamily = "Liberation"

func face(size vg.Length, heavy bool) plotfont.Font {
	f := plotfont.Font{Typeface: fontFamily, Variant: "Sans", Size: size}
	if heavy {
		f.Weight = font.WeightBold
	}
	return f
}

func style(s *text.Style, h hue, f plotfont.Font) { s.Color, s.Font = h.light, f }

// fit cuts a text to a length on paper.
func fit(s string, sty text.Style, length vg.Length) string {
	for n := utf8.RuneCountInString(s); n > 1 && sty.Width(s) > length; n-- {
		s = word.Cut(s, n-1)
	}
	return s
}
