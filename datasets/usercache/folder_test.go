//go:build unix

package usercache

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMadeForTheUserAlone(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir()) // of Linux; elsewhere HOME says it
	t.Setenv("HOME", t.TempDir())
	folder, err := Folder("data", "mnist")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(Private(folder), Make(folder), Make(folder)); err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{folder, filepath.Dir(folder), filepath.Dir(filepath.Dir(folder))} {
		if info, err := os.Stat(at); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: mode %v, %v", at, info.Mode(), err)
		}
	}
}

// A cache that somebody else made, or can write into, is not used.
func TestOthersFolders(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "memtest", "pjrt")
	if err := Make(folder); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(folder)
	if err != nil {
		t.Fatal(err)
	}
	own := os.Getuid()
	if own == 0 { // the files are root's: everybody may trust those
		own = 12345
		if err := os.Chown(folder, own, -1); err != nil {
			t.Skip(err)
		}
		if info, err = os.Lstat(folder); err != nil {
			t.Fatal(err)
		}
	}
	for user, want := range map[int]string{own: "", own + 1: "belongs to another user", 0: ""} {
		if got := open(info, user); got != want {
			t.Errorf("user %d: %q, want %q", user, got, want)
		}
	}
	for _, at := range []string{folder, filepath.Dir(folder)} {
		if err := os.Chmod(at, 0o777); err != nil {
			t.Fatal(err)
		}
		for name, err := range map[string]error{"private": Private(folder), "make": Make(folder)} {
			if err == nil || !strings.HasPrefix(err.Error(), at+" can be written by everybody, so what lies there is not trusted: set XDG_CACHE_HOME") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := os.Chmod(at, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := Private(folder); err != nil {
		t.Error(err)
	}
}
