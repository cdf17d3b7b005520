package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// holds checks that a folder holds this one file with this text.
func holds(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestWriteFileLeavesOldContentsOrNew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	for _, text := range []string{"one", "two"} {
		if err := WriteFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		holds(t, path, text)
	}
	half := errors.New("half of it")
	err := WriteFileFrom(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, "thr"); err != nil {
			t.Fatal(err)
		}
		return half
	})
	if !errors.Is(err, half) || !strings.Contains(err.Error(), path+" cannot be written, and is left as it was") {
		t.Errorf("a function that fails: %v", err)
	}
	holds(t, path, "two")
}

// Where the rename or the temporary file fails, nothing is left behind.
func TestWriteFileRefuses(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "d")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "x"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{folder, filepath.Join(dir, "none", "f")} {
		if err := WriteFile(path, []byte("three")); err == nil || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	holds(t, filepath.Join(folder, "x"), "x")
}
