// Package golden compares what a test wrote with a file that a person has looked
// through.
package golden

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files of this package anew")

// Check compares with a file of testdata, which `go test -update` writes.
func Check(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	a, b := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("%s line %d is\n%s\nwant\n%s\n(go test -update in that package writes the file anew)", path, i+1, a[i], b[i])
		}
	}
	t.Fatalf("%s has %d lines, want %d", path, len(a), len(b))
}
