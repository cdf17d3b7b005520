package word

import (
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Cut("abcdef", 6), "abcdef"}, {Cut("abcdefg", 6), "abcde…"}, {Cut("äöüäöüä", 3), "äö…"}, {Cut("ab", 1), "…"}, {Cut("ab", 0), ""},
		{Name("a\x1b[31m\nb\u202ec\xff"), "a\ufffd[31m\ufffdb\ufffdc\ufffd"},
		{Name(strings.Repeat("x", 41)), strings.Repeat("x", 39) + "…"},
		{Title(strings.Repeat("x", 161)), strings.Repeat("x", 159) + "…"},
		{List(nil), ""}, {List([]string{"a"}), "a"}, {List([]string{"a", "b", "c"}), "a, b and c"},
		{Plural(1, "row", "rows"), "row"}, {Plural(0, "row", "rows"), "rows"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
