package report

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// Figures replace figures, and nothing that is the user's.
func TestFiguresReplaceOnlyTheirOwn(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	read := func(name string) string {
		t.Helper()
		text, err := os.ReadFile(at(name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	first := []fileOf{{"a.svg", []byte("a1")}, {"b.png", []byte("b1")}}
	if err := writeOwned(folder, first); err != nil {
		t.Fatal(err)
	}
	// Another run's, with one figure less and one more.
	if err := writeOwned(folder, []fileOf{{"a.svg", []byte("a2")}, {"c.svg", []byte("c1")}}); err != nil {
		t.Fatal(err)
	}
	if err := writeOwned(folder, first); err != nil {
		t.Fatal(err)
	}
	if a, b, c := read("a.svg"), read("b.png"), read("c.svg"); a != "a1" || b != "b1" || c != "c1" {
		t.Errorf("%q, %q, %q", a, b, c)
	}
	for name, change := range map[string]func() error{
		"changed":  func() error { return os.WriteFile(at("b.png"), []byte("mine"), 0o644) },
		"a folder": func() error { return os.Mkdir(at("b.png"), 0o755) },
		"a link":   func() error { return os.Symlink(at("c.svg"), at("b.png")) },
	} {
		if err := errors.Join(os.RemoveAll(at("b.png")), change()); err != nil {
			t.Fatal(err)
		}
		err := writeOwned(folder, []fileOf{{"a.svg", []byte("a3")}, {"b.png", []byte("b3")}})
		if err == nil || !errors.Is(err, result.ErrInput) || err.Error() != at("b.png")+" is there and was not written by memtest, or was changed since: move it away, or give another folder with --figures" {
			t.Errorf("%s: %v", name, err)
		}
		if a := read("a.svg"); a != "a1" {
			t.Errorf("%s: another file was written: %q", name, a)
		}
	}
	// What is there as it would be written is nobody's loss: figures of an older memtest.
	if err := errors.Join(os.Remove(at("b.png")), os.Remove(at(ownedFile)), writeOwned(folder, first)); err != nil {
		t.Error(err)
	}
	if note := read(ownedFile); strings.Count(note, "\n") != 2 || !strings.Contains(note, "  b.png\n") {
		t.Errorf("%q", note)
	}
}
