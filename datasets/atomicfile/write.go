// Package atomicfile writes files that are whole or not there.
package atomicfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// WriteFile writes data as a file, whole or not at all, see WriteFileFrom.
func WriteFile(path string, data []byte) error {
	return WriteFileFrom(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// WriteFileFrom writes what a function writes as a file, whole or not at all: into
// a temporary file beside it, synced, then renamed over it. Whatever goes wrong,
// such as a full disk or an error of the function, what had the name before stays
// as it was and nothing is left beside it; a reader sees the old contents or the
// new. What a killed process leaves is for Sweep. The folder must exist.
//
// A new file has the mode that the umask of the process gives it, a replaced one
// keeps its own. Where the path is a link, the file that it leads to is replaced and
// the link stays; a link to nothing, and what is no ordinary file, is refused.
func WriteFileFrom(path string, write func(io.Writer) error) error {
	if err := replace(path, write); err != nil {
		return fmt.Errorf("%s cannot be written, and is left as it was: %w", path, err)
	}
	return nil
}

func replace(path string, write func(io.Writer) error) (err error) {
	path, mode, err := target(path)
	if err != nil {
		return err
	}
	f, err := create(path)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	err = write(f)
	if err == nil && mode != 0 {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync() // or a crash could leave the name without the contents
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// target follows links to the file that is to be replaced, and is its mode; 0
// where there is none yet.
func target(path string) (string, fs.FileMode, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, 0, nil
	}
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		to, _ := os.Readlink(path)
		if path, err = filepath.EvalSymlinks(path); errors.Is(err, fs.ErrNotExist) {
			return "", 0, fmt.Errorf("it is a link to %s, which is not there: remove it first", to)
		} else if err != nil {
			return "", 0, fmt.Errorf("it is a link to %s, which leads nowhere: remove it first", to)
		}
		info, err = os.Lstat(path)
	}
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no ordinary file: remove it first")
	}
	if err != nil {
		return "", 0, err
	}
	return path, info.Mode().Perm(), nil
}

// Temporary stands in the name of a file that is to become another by renaming.
const Temporary = ".memtest-tmp-"

// create makes the temporary file of a path. os.CreateTemp would make one that is
// its owner's alone, whatever the umask allows.
func create(path string) (*os.File, error) {
	base := filepath.Base(path)
	for len(base) > 100 { // names have limits
		_, n := utf8.DecodeLastRuneInString(base)
		base = base[:len(base)-n]
	}
	name := "." + strings.TrimPrefix(base, ".") + Temporary + rand.Text()
	return os.OpenFile(filepath.Join(filepath.Dir(path), name), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o666)
}
