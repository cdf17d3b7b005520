package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// ownedFile notes, in a folder that may hold files of the user's too, what was
// written there: a line for each, as sha256sum writes them.
const ownedFile = ".memtest-figures"

// fileOf is a file to be written into such a folder.
type fileOf struct {
	name string
	text []byte
}

func (f fileOf) line() string {
	sum := sha256.Sum256(f.text)
	return hex.EncodeToString(sum[:]) + "  " + f.name
}

// writeOwned writes files into a folder. It replaces none but those that it wrote
// itself, as they were then; where there is another, nothing is written at all.
func writeOwned(folder string, files []fileOf) error {
	atomicfile.Sweep(folder, nil)
	text, err := os.ReadFile(filepath.Join(folder, ownedFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	lines := slices.DeleteFunc(strings.Split(string(text), "\n"), func(l string) bool { return l == "" })
	for _, f := range files {
		if err := f.mayReplace(folder, lines); err != nil {
			return err
		}
	}
	// Old and new until all are written: a process killed in between has no figure
	// that is not noted.
	note := func() error {
		return atomicfile.WriteFile(filepath.Join(folder, ownedFile), []byte(strings.Join(lines, "\n")+"\n"))
	}
	for _, f := range files {
		lines = append(lines, f.line())
	}
	if err := note(); err != nil {
		return err
	}
	for _, f := range files {
		if err := atomicfile.WriteFile(filepath.Join(folder, f.name), f.text); err != nil {
			return err
		}
	}
	for _, f := range files {
		lines = slices.DeleteFunc(lines, func(l string) bool { return strings.HasSuffix(l, "  "+f.name) && l != f.line() })
	}
	slices.Sort(lines)
	lines = slices.Compact(lines)
	return note()
}

// mayReplace is an error where a file of its name is there that was not written by
// us, or was changed since.
func (f fileOf) mayReplace(folder string, lines []string) error {
	path := filepath.Join(folder, f.name)
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().IsRegular() {
		there, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if bytes.Equal(there, f.text) || slices.Contains(lines, fileOf{f.name, there}.line()) {
			return nil
		}
	}
	return result.Inputf("%s is there and was not written by memtest, or was changed since: move it away, or give another folder with --figures", path)
}
