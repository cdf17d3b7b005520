package atomicfile

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// What killed processes left is swept; what may be a living one's, and all files of
// others, stay.
func TestSweep(t *testing.T) {
	folder := t.TempDir()
	left := func(name string, age time.Duration) string {
		t.Helper()
		f, err := create(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(f.Name(), at, at); err != nil {
			t.Fatal(err)
		}
		return filepath.Base(f.Name())
	}
	left("rows.jsonl", time.Minute)
	left("report.html", 25*time.Hour)
	keep := []string{left("report.html", time.Hour), left(strings.Repeat("long ", 50)+".npz", 0), "notes.txt", ".hidden", "x.memtest-tmp-1"}
	for _, name := range keep[2:] {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		old := time.Now().Add(-1000 * time.Hour)
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	Sweep(folder, func(name string) bool { return name == "rows.jsonl" })
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, e := range entries {
		have = append(have, e.Name())
	}
	slices.Sort(keep)
	if !slices.Equal(have, keep) {
		t.Errorf("left: %q, want %q", have, keep)
	}
}
