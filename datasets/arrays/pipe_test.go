package arrays

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Opening a pipe would wait until somebody writes into it.
func TestPipesAreRefused(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.csv", "a.npz", "X.npy"} {
		path := filepath.Join(dir, name)
		if err := exec.Command("mkfifo", path).Run(); err != nil {
			t.Skip(err)
		}
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), name+": it is not a regular file") {
			t.Errorf("%s: %v", name, err)
		}
	}
	s, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Array("X")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Numbers(); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("X.npy: %v", err)
	}
}
