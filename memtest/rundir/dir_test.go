package rundir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-1a417598/memtest/memtest/result"
)

var (
	config  = []byte("data: toy\nepochs: [0, 1]\nlevels: [0, 0.3]\n")
	other   = []byte("data: toy\nepochs: [0, 5]\nlevels: [0, 0.3]\n")
	started = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
)

func share(v float64) *float64 { return &v }

// sample is a row that Check accepts; its numbers mean nothing.
func sample(level float64) result.Row {
	return result.Row{
		Format: result.Format, Data: "toy", Network: "mlp", Seed: 1, Epoch: 5, Layer: "hidden2", Probe: "ridge", Perturbation: "gaussian", Level: level,
		N: 100, Features: 8, Classes: 10, Permutations: 3,
		Observed: 0.75, NullMean: 0.25, NullSD: 0.01, Null: []float64{0.24, 0.25, 0.26}, Chance: 0.1, Fresh: share(0.7),
		Learning: 0.5, Memorization: 0.15, Z: share(50), LearningP: 0.25, LearningPLow: 0.01, LearningPHigh: 0.7, MemorizationP: 0.005,
	}
}

func create(t *testing.T) (string, *Dir) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "runs", "a")
	d, err := Create(path, config, result.NewManifest([]string{"memtest", "run"}, started))
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
	if err != nil || !m.Unfinished || m.Finished != nil || m.Config != result.Hash(config) || m.Host.Cores < 1 || m.Versions["go"] == "" {
		t.Fatalf("manifest %+v, error %v", m, err)
	}
	rows, _, err := d.Rows()
	if err != nil || len(rows) != 2 || rows[0].Config != result.ConfigID(config) {
		t.Fatalf("rows %+v, error %v", rows, err)
	}
	rows[1].LearningPAdjusted = share(0.5)
	if err := d.ReplaceRows(rows); err != nil {
		t.Fatal(err)
	}
	if err := d.Append(sample(0.5)); err != nil {
		t.Fatal(err)
	}
	if err := d.Finish(started.Add(time.Minute), result.Compiled{Programs: 7, Seconds: 1.5}); err != nil {
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
	if m, err := r.Manifest(); err != nil || m.Unfinished || !m.Finished.Equal(started.Add(time.Minute)) || m.Compiled != (result.Compiled{Programs: 7, Seconds: 1.5}) {
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
		_, err := Create(path, c.config, result.Manifest{})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) || !errors.Is(err, result.ErrInput) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
		if !reflect.DeepEqual(files(t, path), before) {
			t.Errorf("%s: the folder was changed", name)
		}
	}
	for _, name := range []string{ReportFile, CSVFile, SnapshotsDir, evidenceDir} {
		path := t.TempDir()
		if err := os.WriteFile(filepath.Join(path, name), []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Create(path, config, result.Manifest{})
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
	if _, err := Create(file, config, result.Manifest{}); err == nil || !strings.Contains(err.Error(), "is a file, but a run needs a folder") {
		t.Errorf("a file in place of the folder: %v", err)
	}
	// Files that are no run's are left alone and are no hindrance.
	notes := t.TempDir()
	if err := os.WriteFile(filepath.Join(notes, "notes.txt"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if d, err := Create(notes, config, result.Manifest{}); err != nil {
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
	if _, _, err := Resume(path, config, result.Manifest{}); err == nil || !strings.Contains(err.Error(), "is in use by another memtest") {
		t.Errorf("resuming a run that is being measured: %v", err)
	}
	if err := errors.Join(d.Finish(started, result.Compiled{Programs: 7, Seconds: 1.5}), d.Close()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Resume(path, other, result.Manifest{}); err == nil || !strings.Contains(err.Error(), `was made with another configuration, which differs from what was asked in line 2`) {
		t.Errorf("resuming with another configuration: %v", err)
	}
	whole, manifest := files(t, path)[RowsFile], files(t, path)[ManifestFile]
	older := regexp.MustCompile(`,\s*"sum": "[0-9a-f]*"`).ReplaceAllString(manifest, "") // what an older program wrote has none
	older = strings.Replace(older, fmt.Sprintf(`"format": %d`, result.Format), `"format": 1`, 1)
	if err := os.WriteFile(filepath.Join(path, ManifestFile), []byte(older), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Resume(path, config, result.Manifest{}); err == nil || !strings.Contains(err.Error(), "was measured by an older memtest (rows of format 1, now 3)") {
		t.Errorf("resuming a run of another row format: %v", err)
	}
	if err := os.WriteFile(filepath.Join(path, ManifestFile), []byte(manifest), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, tail := range map[string]string{"half a line": `{"format":1,"netw`, "a lost newline": ""} {
		if tail == "" {
			whole = strings.TrimSuffix(whole, "\n")
		}
		if err := os.WriteFile(filepath.Join(path, RowsFile), []byte(whole+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		d, notes, err := Resume(path, config, result.Manifest{})
		if err != nil {
			t.Fatal(err)
		}
		rows, _, err := d.Rows()
		if _, known := d.Row(sample(0).Cell()); err != nil || !known || len(rows) < 1 || (notes.Partial > 0) != (tail != "") {
			t.Errorf("%s: rows %+v, notes %+v", name, rows, notes)
		}
		if m, err := d.Manifest(); err != nil || !m.Unfinished || m.Compiled != (result.Compiled{}) {
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

// A run that came to no row leaves nothing behind, and takes away nothing that it
// did not make.
func TestAbandon(t *testing.T) {
	leave := func(d *Dir) {
		t.Helper()
		if err := errors.Join(d.KeepLabels([]int32{0, 1}), d.Put(ReportFile, nil), d.saveEvidence("cell", "", result.Evidence{})); err != nil {
			t.Fatal(err)
		}
	}
	path, d := create(t)
	leave(d)
	if err := d.Abandon(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}

	path, d = create(t)
	leave(d)
	if err := os.WriteFile(filepath.Join(path, "notes.txt"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := d.Abandon(); err != nil {
		t.Fatal(err)
	}
	if f := files(t, path); len(f) != 1 || f["notes.txt"] != "mine" {
		t.Errorf("beside my notes there is %v", f)
	}

	path, d = create(t)
	if err := errors.Join(d.Append(sample(0)), d.Abandon()); err != nil {
		t.Fatal(err)
	}
	if files(t, path)[RowsFile] == "" {
		t.Error("a row is gone")
	}

	path, d = create(t)
	network := filepath.Join(path, SnapshotsDir, "mlp-1.safetensors")
	if err := errors.Join(os.Mkdir(filepath.Dir(network), 0o755), os.WriteFile(network, nil, 0o644), d.Abandon()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(network); err != nil {
		t.Errorf("a trained network is gone: %v", err)
	}

	path, d = create(t)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d, _, err := Resume(path, config, result.Manifest{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Abandon(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err != nil {
		t.Errorf("what an earlier process made is gone: %v", err)
	}
}

// A run is gone on with on the basis that it was begun with, and with no other.
func TestResumeDemandsTheSameBasis(t *testing.T) {
	begun := result.NewManifest(nil, started)
	begun.Backend, begun.PluginSHA256, begun.Arithmetic, begun.NetworkSHA256, begun.ONNXRuntime, begun.Host.CPU = "xla:cpu", "pppp", "ffff", "nnnn", "1.32.0 CPU", "a processor"
	begun.Versions["github.com/gomlx/gomlx"] = "v1"
	begun.Data = result.Data{Name: "net.npz", SHA256: "aaaa", TestSHA256: "bbbb"}
	path := filepath.Join(t.TempDir(), "run")
	d, err := Create(path, config, begun)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.Append(sample(0)), d.Close()); err != nil {
		t.Fatal(err)
	}
	before := files(t, path)
	for name, change := range map[string]func(*result.Manifest){
		"data set":          func(m *result.Manifest) { m.Data.SHA256 = "x" },
		"test set":          func(m *result.Manifest) { m.Data.TestSHA256 = "x" },
		"network":           func(m *result.Manifest) { m.NetworkSHA256 = "x" },
		"ONNX Runtime":      func(m *result.Manifest) { m.ONNXRuntime = "1.31.1 CPU" },
		"backend":           func(m *result.Manifest) { m.Backend = "go" },
		"plugin":            func(m *result.Manifest) { m.PluginSHA256 = "x" },
		"GoMLX":             func(m *result.Manifest) { m.Versions = map[string]string{"github.com/gomlx/gomlx": "v2"} },
		"kind of processor": func(m *result.Manifest) { m.Host.CPU = "another" },
		"arithmetic":        func(m *result.Manifest) { m.Arithmetic = "x" },
	} {
		now := begun
		change(&now)
		_, _, err := Resume(path, config, now)
		if want := path + " was begun with another " + name + ": "; err == nil || !strings.HasPrefix(err.Error(), want) || !errors.Is(err, result.ErrInput) {
			t.Errorf("another %s: %v, want %q", name, err, want)
		}
		if after := files(t, path); !reflect.DeepEqual(after, before) {
			t.Errorf("another %s: the refused folder was changed", name)
		}
	}
	now := begun
	now.Versions = map[string]string{"vcs.revision": "another", "go": "another"} // memtest's own; GoMLX's is not known
	now.Host.Cores, now.Plugin, now.Data.TestSHA256 = 99, "/elsewhere", ""
	if d, _, err = Resume(path, config, now); err != nil {
		t.Fatal(err)
	}
	d.Close()
}

// A process killed between the files of Create leaves a folder that goes on.
func TestResumeWithoutManifest(t *testing.T) {
	path, d := create(t)
	if err := errors.Join(d.Close(), os.Remove(filepath.Join(path, ManifestFile)), os.Remove(filepath.Join(path, RowsFile))); err != nil {
		t.Fatal(err)
	}
	now := result.NewManifest([]string{"again"}, started)
	d, _, err := Resume(path, config, now)
	if err != nil {
		t.Fatal(err)
	}
	m, err := d.Manifest()
	if err != nil || len(m.Command) != 1 || m.Config != result.Hash(config) || !m.Unfinished {
		t.Errorf("the manifest is %+v (%v)", m, err)
	}
	// With rows nothing says what they were measured with.
	if err := errors.Join(d.Append(sample(0)), d.Close(), os.Remove(filepath.Join(path, ManifestFile))); err != nil {
		t.Fatal(err)
	}
	if _, _, err = Resume(path, config, now); err == nil || !strings.Contains(err.Error(), "manifest.json is missing, so nothing says") {
		t.Errorf("rows without a manifest: %v", err)
	}
}

// A configuration that is edited in the folder is not the one of its rows.
func TestAlteredConfigIsRefused(t *testing.T) {
	path, d := create(t)
	if err := errors.Join(d.Close(), os.WriteFile(filepath.Join(path, ConfigFile), other, 0o644)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "config.yaml is not what the run was made with") {
		t.Errorf("opened: %v", err)
	}
}

func TestRowsOfAnOlderFormatAreNotGoneOnWith(t *testing.T) {
	path, d := create(t)
	old := sample(0)
	old.Format = 1
	if err := errors.Join(d.Append(old), d.Close()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Resume(path, config, result.Manifest{}); err == nil || !strings.Contains(err.Error(), "(rows of format 1, now 3)") {
		t.Errorf("resumed: %v", err)
	}
}
