//go:build unix

package atomicfile

import (
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// New files obey the umask, which holds for the whole process: this test does not
// run beside others. Replaced ones keep their mode.
func TestModes(t *testing.T) {
	for _, umask := range []int{0o022, 0o077, 0o002, 0o000} {
		path := filepath.Join(t.TempDir(), "f")
		old := syscall.Umask(umask)
		err := WriteFile(path, []byte("one"))
		syscall.Umask(old)
		info, e := os.Stat(path)
		if err := errors.Join(err, e); err != nil {
			t.Fatal(err)
		}
		if want := os.FileMode(0o666 &^ umask); info.Mode().Perm() != want {
			t.Errorf("umask %#o: mode %v, want %v", umask, info.Mode(), want)
		}
		if err := errors.Join(os.Chmod(path, 0o640), WriteFile(path, []byte("two"))); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("replaced: mode %v, %v", info.Mode(), err)
		}
		holds(t, path, "two")
	}
}

// A link stays, and the file that it leads to is replaced.
func TestLinks(t *testing.T) {
	real, link := filepath.Join(t.TempDir(), "real"), filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(link, []byte("one")); err == nil || !strings.Contains(err.Error(), "it is a link to "+real+", which is not there") {
		t.Errorf("a link to nothing: %v", err)
	}
	if err := errors.Join(os.WriteFile(real, []byte("one"), 0o644), WriteFile(link, []byte("two"))); err != nil {
		t.Fatal(err)
	}
	holds(t, real, "two")
	holds(t, link, "two")
	if to, err := os.Readlink(link); err != nil || to != real {
		t.Errorf("the link leads to %q, %v", to, err)
	}
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(pipe, nil); err == nil || !strings.Contains(err.Error(), "it is no ordinary file") {
		t.Errorf("a pipe: %v", err)
	}
}

// A disk that is full leaves the old file, and nothing beside it. A limit on the
// size of files stands for it: the write fails half way all the same.
func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := WriteFile(path, []byte("one")); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	little := before
	little.Cur = 1 << 12
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &little); err != nil {
		t.Skip(err)
	}
	err := WriteFile(path, make([]byte, 1<<16))
	if e := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); e != nil {
		t.Fatal(e)
	}
	if !errors.Is(err, syscall.EFBIG) {
		t.Errorf("a file larger than allowed: %v", err)
	}
	holds(t, path, "one")
}
