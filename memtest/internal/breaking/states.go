//go:build linux

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// disturbance does something to a file of a folder.
type disturbance struct {
	name string
	do   func(path string) error
}

func replaced(put func(path string) error) func(path string) error {
	return func(path string) error {
		if err := os.Remove(path); err != nil {
			return err
		}
		return put(path)
	}
}

var disturbances = []disturbance{
	{"missing", os.Remove},
	{"empty", func(path string) error { return os.Truncate(path, 0) }},
	{"cut in half", func(path string) error {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		return os.Truncate(path, info.Size()/2)
	}},
	{"a folder", replaced(func(path string) error { return os.Mkdir(path, 0o755) })},
	{"a link to nothing", replaced(func(path string) error { return os.Symlink("/nonexistent/file", path) })},
	{"a link to itself", replaced(func(path string) error { return os.Symlink(filepath.Base(path), path) })},
	{"a pipe", replaced(func(path string) error { return syscall.Mkfifo(path, 0o644) })},
}

// folderStates are the runs whose files are disturbed.
var folderStates = []string{"finished", "unfinished", "growing"}

// disturb does something to one file of a folder; then --resume, or report and
// --resume: the same rows, or a refusal that names a way on which works.
func disturb(t *trial) error {
	d := disturbances[t.number%len(disturbances)]
	at := t.number / len(disturbances)
	state := folderStates[at%len(folderStates)]
	want, err := t.begin(taskRun, state == "growing")
	if err != nil {
		return err
	}
	if err := t.stateOf(taskRun, state); err != nil {
		return err
	}
	folder, err := readTree(t.out())
	if err != nil {
		return err
	}
	names := slices.DeleteFunc(folder.names(), func(n string) bool { return strings.HasPrefix(filepath.Base(n), ".") })
	name := names[at/len(folderStates)%len(names)]
	if err := d.do(filepath.Join(t.out(), name)); err != nil {
		return err
	}
	args := taskRun.args
	if state == "growing" {
		args = more(args)
	}
	if err := t.wayOn(want, args); err != nil {
		return fmt.Errorf("%s is %s, %s: %w", name, d.name, state, err)
	}
	return nil
}

// wayOn reports and goes on; where that is refused, it does what the refusal
// says.
func (t *trial) wayOn(want *reference, args []string) error {
	if t.rand.IntN(2) == 0 {
		o, err := t.start(call{args: []string{"report", "out"}, in: t.dir, timeout: 3 * patience})
		if err != nil {
			return err
		}
		if err := civil(o, room+256<<20); err != nil {
			return err
		}
	}
	resume := append(slices.Clone(args), "--resume")
	said := ""
	for range 4 { // a way on may have as many steps
		o, err := t.start(call{args: resume, in: t.dir, timeout: 3 * patience})
		if err != nil {
			return err
		}
		if o.code == 0 {
			if said == "" {
				t.note("gone on with")
			} else {
				t.note("gone on with as the refusal said")
			}
			got, err := readTree(t.folderOf(resume))
			if err != nil {
				return err
			}
			if err := sameResults(want.out, got); err != nil {
				return fmt.Errorf("after %q: %w", said, err)
			}
			return nil
		}
		if err := refused(o); err != nil {
			return err
		}
		said = o.stderr
		if resume, err = t.follow(said, args, resume); err != nil {
			return err
		}
	}
	return fmt.Errorf("a dead end: %.300q", said)
}

// follow does what a refusal says, and returns the command to type next: removes a
// path that it says to remove, or takes another folder.
func (t *trial) follow(said string, args, resume []string) ([]string, error) {
	for word := range strings.FieldsSeq(said) {
		path := strings.Trim(word, "`'\"(),;:.")
		if !strings.HasPrefix(path, "out") || !strings.Contains(said, "remove") && !strings.Contains(said, "delete") {
			continue
		}
		if _, err := os.Lstat(filepath.Join(t.dir, path)); path != "out" && err == nil {
			return resume, os.RemoveAll(filepath.Join(t.dir, path))
		}
	}
	switch {
	case strings.Contains(said, "without --resume"), strings.Contains(said, "leave --resume out"):
		return slices.Clone(args), nil
	case strings.Contains(said, "--out"), strings.Contains(said, "another folder"):
		other := slices.Clone(args)
		other[slices.Index(other, "--out")+1] = "other"
		if _, err := os.Stat(filepath.Join(t.dir, "other")); !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("another folder does not help: %.300q", said)
		}
		return other, nil
	}
	return nil, fmt.Errorf("no way on is named: %.300q", said)
}
