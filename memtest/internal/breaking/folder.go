//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// tree is the regular files of a folder by their path in it.
type tree map[string][]byte

// readTree reads a folder; one that does not exist has no files.
func readTree(dir string) (tree, error) {
	t := tree{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		t[name], err = os.ReadFile(path)
		return err
	})
	return t, err
}

// names are those of the files, sorted.
func (t tree) names() []string {
	var names []string
	for n := range t {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// write writes the files below a folder.
func (t tree) write(dir string) error {
	for name, b := range t {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// results are the files whose contents follow from the rows.
var results = []string{"rows.jsonl", "rows.csv", "examples.csv", "labels.npz", "pictures.json", "report.md"}

// times are lines of report.md that differ between two runs of the same, and a
// command that has --resume.
var times = regexp.MustCompile(`(?m)^\| (Started|Finished|Took|Command) \|.*\n`)

// sameResults is an error where a folder holds other results than that of an
// undisturbed run; times do not count.
func sameResults(want, got tree) error { return sameFiles(results, want, got) }

// sameFiles compares these files of two folders.
func sameFiles(names []string, want, got tree) error {
	for _, name := range names {
		a, wanted := want[name]
		b, there := got[name]
		if wanted != there {
			return fmt.Errorf("%s is there: %v, of an undisturbed run: %v", name, there, wanted)
		}
		if name == "report.md" {
			a, b = times.ReplaceAll(a, nil), times.ReplaceAll(b, nil)
		}
		if !bytes.Equal(a, b) {
			return fmt.Errorf("%s differs from that of an undisturbed run %s", name, differs(a, b))
		}
	}
	return nil
}

// differs says where two files first differ.
func differs(a, b []byte) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	line := 1 + bytes.Count(a[:i], []byte("\n"))
	near := func(b []byte) []byte { return b[max(0, min(i-30, len(b))):min(i+30, len(b))] }
	return fmt.Sprintf("in line %d: %q, not %q", line, near(b), near(a))
}

// untouched is an error where files of a folder changed, came or went; the lock
// and its like, of hidden names, do not count.
func untouched(before, after tree) error {
	for _, name := range append(before.names(), after.names()...) {
		a, was := before[name]
		b, is := after[name]
		if (was != is || !bytes.Equal(a, b)) && !strings.HasPrefix(filepath.Base(name), ".") {
			return fmt.Errorf("a refusal has changed %s (%d bytes, now %d)", name, len(a), len(b))
		}
	}
	return nil
}

// temporary is the name of a file that is not put in place yet. A lease that was let
// go stays, since its numbers only rise, and pages of a killed report stay for a
// day, since another one may be writing them.
var temporary = regexp.MustCompile(`^\..*-[0-9]+$|\.memtest-tmp-`)

var stays = regexp.MustCompile(`^\.lock\.lease-[0-9]+$|^\.(report|rows)\.(html|md|csv)\.memtest-tmp-`)

// swept is an error where temporary files were left in a folder.
func swept(t tree) error {
	for _, name := range t.names() {
		if base := filepath.Base(name); temporary.MatchString(base) && !stays.MatchString(base) {
			return fmt.Errorf("%s is left behind", name)
		}
	}
	return nil
}

// rowsIn counts the whole lines of rows.jsonl.
func rowsIn(dir string) int {
	b, err := os.ReadFile(filepath.Join(dir, "rows.jsonl"))
	if err != nil {
		return 0
	}
	return bytes.Count(b, []byte("\n"))
}
