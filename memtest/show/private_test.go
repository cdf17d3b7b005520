//go:build unix

package show

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What others could have put there is not believed.
func TestKeptInAPrivateFolder(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	path, err := folder("key")
	if err != nil {
		t.Fatal(err)
	}
	parent := filepath.Dir(path)
	if info, err := os.Stat(parent); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("made as %v, %v", info.Mode(), err)
	}
	if err := os.Chmod(parent, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := folder("key"); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(parent); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("left open to others: %v, %v", info.Mode(), err)
	}

	refused := func(what string) {
		t.Helper()
		if _, err := folder("key"); err == nil || !strings.Contains(err.Error(), "XDG_CACHE_HOME") {
			t.Errorf("%s: %v", what, err)
		}
	}
	user = func() int { return os.Geteuid() + 1 }
	refused("a folder of another user")
	user = os.Geteuid
	if err := os.Remove(parent); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(t.TempDir(), parent); err != nil {
		t.Fatal(err)
	}
	refused("a link")

	if err := os.Remove(parent); err != nil {
		t.Fatal(err)
	}
	if path, err = folder("key"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(t.TempDir(), path); err != nil {
		t.Fatal(err)
	}
	refused("a run that is a link")
}
