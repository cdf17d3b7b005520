package result

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	config  = []byte("data: toy\nepochs: [0, 1]\nlevels: [0, 0.3]\n")
	other   = []byte("data: toy\nepochs: [0, 5]\nlevels: [0, 0.3]\n")
	started = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
)

func create(t *testing.T) (string, *Dir) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "runs", "a")
	d, err := Create(path, config, NewManifest([]string{"memtest", "run"}, started))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return path, d
}

// files is the folder's contents by name.
func files(t *testing.T, path string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(path, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(b)
	}
	return all
}

func TestRunFromCreateToFinish(t *testing.T) {
	path, d := create(t)
	for _, level := range []float64{0, 0.3} {
		if err := d.Append(sample(level)); err != nil {
			t.Fatal(err)
		}
	}
	m, err := d.Manifest()
	if err != nil || !m.Unfinished || m.Finished != nil || m.Config != hash(config) || m.Host.Cores < 1 || m.Versions["go"] == "" {
		t.Fatalf("manifest %+v, error %v", m, err)
	}
	rows, _, err := d.Rows()
	if err != nil || len(rows) != 2 || rows[0].Config != ConfigID(config) {
		t.Fatalf("rows %+v, error %v", rows, err)
	}
	rows[1].LearningPAdjusted = share(0.5)
	if err := d.ReplaceRows(rows); err != nil {
		t.Fatal(err)
	}
	if err := d.Append(sample(0.5)); err != nil {
		t.Fatal(err)
	}
	if err := d.Finish(started.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.Close(), d.Close()); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := r.Rows()
	if err != nil || len(got) != 3 || *got[1].LearningPAdjusted != 0.5 || got[2].Level != 0.5 {
		t.Errorf("rows %+v, error %v", got, err)
	}
	if m, err := r.Manifest(); err != nil || m.Unfinished || !m.Finished.Equal(started.Add(time.Minute)) {
		t.Errorf("manifest %+v, error %v", m, err)
	}
	if err := r.Append(sample(1)); err == nil || !strings.Contains(err.Error(), "open for reading only") {
		t.Errorf("appending to a folder open for reading: %v", err)
	}
	if string(r.Config()) != string(config) {
		t.Errorf("config %q", r.Config())
	}
}

func TestCreateOverwritesNothing(t *testing.T) {
	path, d := create(t)
	if err := d.Append(sample(0)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		open   bool
		config []byte
		want   string
	}{
		"same, running":  {true, config, "already holds this run"},
		"other, running": {true, other, `which differs from what was asked in line 2: "epochs: [0, 1]" there, "epochs: [0, 5]" here): give another folder with --out`},
		"same, ended":    {false, config, "add --resume to go on with it, or give another folder with --out"},
		"longer":         {false, append(append([]byte{}, config...), "seed: 2\n"...), `in line 4: "" there, "seed: 2" here`},
	} {
		if !c.open {
			d.Close()
		}
		before := files(t, path)
		_, err := Create(path, c.config, Manifest{})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) || !errors.Is(err, ErrInput) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
		if !reflect.DeepEqual(files(t, path), before) {
			t.Errorf("%s: the folder was changed", name)
		}
	}
	for _, name := range []string{ReportFile, CSVFile, SnapshotsDir} {
		path := t.TempDir()
		if err := os.WriteFile(filepath.Join(path, name), []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Create(path, config, Manifest{})
		if err == nil || !strings.Contains(err.Error(), filepath.Join(path, name)) {
			t.Errorf("folder with a %s: error %v", name, err)
		}
		if f := files(t, path); len(f) != 1 || f[name] != "mine" {
			t.Errorf("folder with a %s now holds %v", name, f)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(file, config, Manifest{}); err == nil || !strings.Contains(err.Error(), "is a file, but a run needs a folder") {
		t.Errorf("a file in place of the folder: %v", err)
	}
	// Files that are no run's are left alone and are no hindrance.
	notes := t.TempDir()
	if err := os.WriteFile(filepath.Join(notes, "notes.txt"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if d, err := Create(notes, config, Manifest{}); err != nil {
		t.Error(err)
	} else {
		d.Close()
	}
}

func TestResume(t *testing.T) {
	path, d := create(t)
	if err := d.Append(sample(0)); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := Resume(path, config); err == nil || !strings.Contains(err.Error(), "is in use by another memtest") {
		t.Errorf("resuming a run that is being measured: %v", err)
	}
	if err := errors.Join(d.Finish(started), d.Close()); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := Resume(path, other); err == nil || !strings.Contains(err.Error(), `was made with another configuration, which differs from what was asked in line 2`) {
		t.Errorf("resuming with another configuration: %v", err)
	}
	whole := files(t, path)[RowsFile]
	for name, tail := range map[string]string{"half a line": `{"format":1,"netw`, "a lost newline": ""} {
		if tail == "" {
			whole = strings.TrimSuffix(whole, "\n")
		}
		if err := os.WriteFile(filepath.Join(path, RowsFile), []byte(whole+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		d, rows, notes, err := Resume(path, config)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) < 1 || (notes.Partial > 0) != (tail != "") {
			t.Errorf("%s: rows %+v, notes %+v", name, rows, notes)
		}
		if m, err := d.Manifest(); err != nil || !m.Unfinished {
			t.Errorf("%s: manifest %+v, error %v", name, m, err)
		}
		if err := errors.Join(d.Append(sample(0.3)), d.Close()); err != nil {
			t.Fatal(err)
		}
		r, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		got, notes, err := r.Rows()
		if err != nil || len(got) != 2 || notes.Partial != 0 || got[1].Level != 0.3 {
			t.Errorf("%s: after resuming rows %+v, notes %+v, error %v", name, got, notes, err)
		}
		whole = files(t, path)[RowsFile]
		whole = whole[:strings.Index(whole, "\n")+1]
	}
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "holds no run") {
		t.Errorf("opening an empty folder: %v", err)
	}
	if _, err := Open(filepath.Join(path, "nowhere")); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("opening no folder: %v", err)
	}
}

func TestAppendFromManyGoroutines(t *testing.T) {
	_, d := create(t)
	const writers, each = 8, 20
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if err := d.Append(sample(float64(w*each + i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	rows, notes, err := d.Rows()
	if err != nil || len(rows) != writers*each || len(notes.Sentences()) != 0 {
		t.Errorf("%d rows, notes %+v, error %v", len(rows), notes, err)
	}
}

func TestManifest(t *testing.T) {
	m := NewManifest([]string{"memtest", "run", "--out", "my runs/it's", ""}, started)
	if got, want := m.CommandLine(), `memtest run --out 'my runs/it'\''s' ''`; got != want {
		t.Errorf("command %s, want %s", got, want)
	}
	for in, want := range map[string]string{
		"":                       "is not a manifest",
		`{"format":9}`:           "has format 9, but this program knows formats up to 1",
		`{"seeds":"one"}`:        `field "seeds" holds a string`,
		`{"unfinished":true} xx`: "is not a manifest",
	} {
		if _, err := ParseManifest([]byte(in), "manifest.json"); err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, ErrInput) {
			t.Errorf("manifest %q: error %v, want %q", in, err, want)
		}
	}
}
