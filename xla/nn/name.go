package nn

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestName is in bytes: a network's name, with the seed after it, becomes that of
// a folder, for which file systems allow 255.
const longestName = 100

// checkName says what is wrong with the name of a network or a layer, or nil. Names
// become parts of paths, keys of arrays and words on a terminal, so one may not lead
// to another folder nor hold what cannot be seen. No name at all is none to check.
func checkName(name string) error {
	switch {
	case len(name) > longestName:
		return fmt.Errorf("%.20q… has %d bytes; choose a name of at most %d", name, len(name), longestName)
	case name == "." || name == ".." || strings.ContainsAny(name, `/\`):
		return fmt.Errorf("%q would lead to another folder; choose a name without slashes", name)
	case !utf8.ValidString(name):
		return fmt.Errorf("%q is not UTF-8; choose another name", name)
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) }):
		return fmt.Errorf("%q holds a character that cannot be seen; choose another name", name)
	case name != strings.TrimSpace(name):
		return errors.New("it begins or ends with a space; choose a name without")
	}
	return nil
}
