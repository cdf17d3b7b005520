package report

import (
	"strings"
	"unicode"
)

// longest is how many characters of a name are shown. Names of data sets,
// networks, layers and classes come from users and files.
const longest = 40

// clean makes a name fit to be shown on one line: control characters, line
// breaks, and marks that change the writing direction become a replacement
// character, so that a name can neither move a terminal's cursor nor reorder a
// line; a long name is cut.
func clean(name string) string { return cut(plain(name), longest) }

func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) || r == 0xfffe || r == 0xffff {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, string(unicode.ReplacementChar)))
}

// cut keeps the first characters of s, n in all with the ellipsis.
func cut(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			runes := []rune(s[:i])
			return string(runes[:len(runes)-1]) + "…"
		}
	}
	return s
}

// list joins words as a sentence does: "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
