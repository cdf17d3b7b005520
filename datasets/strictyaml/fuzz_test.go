package strictyaml

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// Whatever the text is, it is read or refused in one sentence; nothing panics.
func FuzzDecode(f *testing.F) {
	f.Add("n: 3\nlayers:\n- {units: 3, more: [{rate: 1}]}\r\n")
	f.Add("a: &a [*a]\n---\n")
	f.Add("n: !!binary abc\nseed: 0x10\nown: [1]\n<<: {}\n")
	f.Fuzz(func(t *testing.T, text string) {
		var to outer
		err := Decode([]byte(text), &to)
		if err != nil && !errors.Is(err, io.EOF) && strings.Contains(err.Error(), "\n") {
			t.Errorf("more than one line: %q", err)
		}
	})
}
