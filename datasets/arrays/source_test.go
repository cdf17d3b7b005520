package arrays

import (
	"strings"
	"testing"
)

// What a file is decides its beginning, not its name; that of a safetensors file is a
// length, which can be what a pickle begins with.
func TestOpenTellsForeignFiles(t *testing.T) {
	for name, text := range map[string]string{"x.npz": "version https://git-lfs.github.com/spec/v1\n", "x.csv": "version https://git-lfs.github.com/spec/v1\n", "x.safetensors": "version https://git-lfs.github.com/spec/v1\n"} {
		if _, err := Open(writeFile(t, name, []byte(text))); err == nil || !strings.Contains(err.Error(), name+": it is a Git LFS pointer") {
			t.Errorf("%s: %v", name, err)
		}
	}
	header := `{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`
	path := writeFile(t, "x.safetensors", tensorFile(header+strings.Repeat(" ", 0x280-len(header)), 4))
	if Foreign(path, []byte("\x80\x02\x00\x00")) == "" {
		t.Fatal("the length is no longer taken for a pickle, and the test shows nothing")
	}
	if m, err := array(t, openFile(t, path), "x").Matrix(0); err != nil || len(m.Data) != 1 {
		t.Errorf("%v, %v", m, err)
	}
}
