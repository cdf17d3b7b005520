package word

import (
	"strings"
	"unicode"
)

// Lengths of what is shown, in characters.
const (
	longestName  = 40
	longestTitle = 160
)

// Name makes a name fit to be shown on one line: it is plain, and cut after 40
// characters.
func Name(name string) string { return Cut(Plain(name), longestName) }

// Title makes the title of a figure, a section or a document fit to be shown: it
// is plain, and cut after 160 characters.
func Title(title string) string { return Cut(Plain(title), longestTitle) }

// Plain replaces control characters, line breaks, and marks that change the
// writing direction by a replacement character, so that a name can neither move a
// terminal's cursor nor reorder a line.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) || r == 0xfffe || r == 0xffff {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, string(unicode.ReplacementChar)))
}

// Cut keeps the first characters of s, n in all with the ellipsis. Of less than
// one character nothing is left.
func Cut(s string, n int) string {
	if n < 1 {
		return ""
	}
	for i := range s {
		if n--; n < 0 {
			runes := []rune(s[:i])
			return string(runes[:len(runes)-1]) + "…"
		}
	}
	return s
}
