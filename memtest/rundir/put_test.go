package rundir

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// lay makes a lease as a process on another host writes it, renewed so long ago.
func lay(t *testing.T, folder, number string, age time.Duration) {
	t.Helper()
	path := filepath.Join(folder, lockFile+".lease-"+number)
	text, err := json.Marshal(map[string]any{"id": number, "host": "elsewhere", "process": 12})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-age)
	if err := errors.Join(os.WriteFile(path, text, 0o644), os.Chtimes(path, at, at)); err != nil {
		t.Fatal(err)
	}
}

// A process whose folder was taken over puts no file in place, nor a row, and takes
// nothing away.
func TestTakenOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	lay(t, path, "1", 10*time.Second)
	if _, err := Create(path, config, result.Manifest{}); err == nil || !strings.Contains(err.Error(), "is in use by another memtest (process 12 on host elsewhere, heard of 1") || !errors.Is(err, result.ErrInput) {
		t.Errorf("beside a living holder: %v", err)
	}
	lay(t, path, "1", 3*time.Minute)
	d, err := Create(path, config, result.NewManifest(nil, started))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if err := errors.Join(d.Held(), d.Put(ExamplesFile, []byte("mine"))); err != nil {
		t.Fatal(err)
	}
	lay(t, path, "3", 0)
	before := files(t, path)
	for name, write := range map[string]func() error{
		"held":     d.Held,
		"put":      func() error { return d.Put(ExamplesFile, []byte("theirs")) },
		"append":   func() error { return d.Append(sample(0)) },
		"replace":  func() error { return d.ReplaceRows([]result.Row{sample(0)}) },
		"evidence": func() error { return d.put(d.Path("proof"), bytesOf(nil)) },
		"labels":   func() error { return d.KeepLabels([]int32{0, 1}) },
		"grow":     func() error { return d.Grow(other) },
		"finish":   func() error { return d.Finish(started, result.Compiled{}) },
	} {
		if err := write(); err == nil || !strings.Contains(err.Error(), path+" is not this process's any more: process 12 on host elsewhere has taken it over") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := d.Abandon(); err != nil {
		t.Error(err)
	}
	if after := files(t, path); !reflect.DeepEqual(after, before) {
		t.Errorf("%v, before %v", after, before)
	}
}

// What a killed process left half-written is swept when the folder is opened for
// writing; the pages that another may be writing are not.
func TestSwept(t *testing.T) {
	path, d := create(t)
	if err := errors.Join(d.saveEvidence("cell", "", result.Evidence{}), os.MkdirAll(d.Path(SnapshotsDir+"/mlp-1"), 0o755), d.Close()); err != nil {
		t.Fatal(err)
	}
	gone := []string{".rows.jsonl.memtest-tmp-A", "cells/.x.gob.gz.memtest-tmp-A", "snapshots/mlp-1/.resume.memtest-tmp-A"}
	stays := []string{".report.html.memtest-tmp-A", "cells/x.memtest-tmp-A", "notes.txt"}
	for _, name := range append(gone, stays...) {
		if err := os.WriteFile(filepath.Join(path, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	d, _, err := Resume(path, config, result.Manifest{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, name := range gone {
		if _, err := os.Lstat(filepath.Join(path, name)); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
	for _, name := range stays {
		if _, err := os.Lstat(filepath.Join(path, name)); err != nil {
			t.Error(err)
		}
	}
}

// A folder that cannot be a run's is refused with what is the matter, and nothing
// is made there.
func TestCreateRefuses(t *testing.T) {
	folder := t.TempDir()
	link := filepath.Join(folder, "link")
	if err := errors.Join(os.Symlink(filepath.Join(folder, "none"), link), os.WriteFile(filepath.Join(folder, "file"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		link:                                 link + " is a link to " + filepath.Join(folder, "none") + ", which is not there: make that folder, or give another one with --out",
		filepath.Join(folder, "file"):        "is a file, but a run needs a folder",
		filepath.Join(folder, "file", "run"): "cannot be made (not a directory): give another one with --out",
	} {
		if _, err := Create(path, config, result.Manifest{}); err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, result.ErrInput) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	if all, err := os.ReadDir(folder); err != nil || len(all) != 2 {
		t.Errorf("%v, %v", all, err)
	}
	for name, make := range map[string]func(string) error{
		"a file": func(path string) error { return os.WriteFile(path, []byte("mine"), 0o644) },
		"a folder": func(path string) error {
			return errors.Join(os.Mkdir(path, 0o755), os.WriteFile(filepath.Join(path, "x"), nil, 0o644))
		},
	} {
		for _, own := range []string{evidenceDir, SnapshotsDir, labelsFile, PicturesFile, MarkdownFile, lockFile} {
			path := t.TempDir()
			if err := make(filepath.Join(path, own)); err != nil {
				t.Fatal(err)
			}
			_, err := Create(path, config, result.Manifest{})
			if want := " (" + filepath.Join(path, own) + "): give another folder with --out"; err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, result.ErrInput) {
				t.Errorf("%s %s: %v, want %q", name, own, err, want)
			}
			if all, err := os.ReadDir(path); err != nil || len(all) != 1 {
				t.Errorf("%s %s: the folder holds %v, %v", name, own, all, err)
			}
		}
	}
}

// A pipe in the place of a file is refused rather than waited for.
func TestPipes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs pipes")
	}
	for _, name := range []string{ConfigFile, ManifestFile, RowsFile, labelsFile} {
		path, d := create(t)
		if err := errors.Join(d.Append(sample(0)), d.Close(), os.RemoveAll(d.Path(name)), exec.Command("mkfifo", d.Path(name)).Run()); err != nil {
			t.Fatal(err)
		}
		read := func() error {
			d, _, err := Resume(path, config, result.Manifest{})
			if err == nil {
				_, err = d.Labels()
				err = errors.Join(err, d.Close())
			}
			return err
		}
		if err := read(); err == nil || !strings.Contains(err.Error(), filepath.Join(path, name)+" is a pipe, where the folder of a run has a file: move it away") || !errors.Is(err, result.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A configuration that an editor of Windows saved is the same.
func TestConfigOfWindows(t *testing.T) {
	path, d := create(t)
	if err := errors.Join(d.Append(sample(0)), d.Close()); err != nil {
		t.Fatal(err)
	}
	text := "\ufeff" + strings.ReplaceAll(string(config), "\n", "\r\n")
	if err := os.WriteFile(filepath.Join(path, ConfigFile), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	d, _, err := Resume(path, config, result.Manifest{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if string(d.Config()) != string(config) {
		t.Errorf("%q", d.Config())
	}
}
