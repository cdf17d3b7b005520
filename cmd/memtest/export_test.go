package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// What export writes, probe measures as the run did, to the last digit; and
// compare then finds no difference.
func TestExportedFeaturesGiveTheRowsOfTheRun(t *testing.T) {
	dir := t.TempDir()
	folder, probed, file := filepath.Join(dir, "run"), filepath.Join(dir, "probed"), filepath.Join(dir, "f.npz")
	if code, _, stderr := command(small(folder)...); code != exitDone {
		t.Fatal(stderr)
	}
	code, stdout, stderr := command("export", folder, "--epoch", "1", "--to", file, "--quiet")
	if code != exitDone || !strings.Contains(stdout, "from its snapshot") || !strings.Contains(stdout, "permuted_labels [19 500]") {
		t.Fatalf("exit %d: %s%s", code, stdout, stderr)
	}
	if code, _, stderr = command("probe", file, "--probes", "ridge", "--quiet", "--out", probed); code != exitDone {
		t.Fatal(stderr)
	}
	var want []result.Row
	for _, r := range readRows(t, folder) {
		if r.Network == "mlp" && r.Epoch == 1 {
			want = append(want, r)
		}
	}
	got := readRows(t, probed)
	if len(got) != 2 || len(want) != 2 {
		t.Fatalf("%d and %d rows, want 2", len(got), len(want))
	}
	for i, r := range got {
		w := want[i]
		if r.Level != w.Level || r.Observed != w.Observed || !slices.Equal(r.Null, w.Null) || *r.Fresh != *w.Fresh || r.Features != w.Features || r.MemorizationP != w.MemorizationP {
			t.Errorf("level %g: observed %v, null %v, fresh %v; want %v, %v, %v", r.Level, r.Observed, r.Null, *r.Fresh, w.Observed, w.Null, *w.Fresh)
		}
	}
	t.Run("without snapshots", func(t *testing.T) {
		if err := os.RemoveAll(filepath.Join(folder, rundir.SnapshotsDir)); err != nil {
			t.Fatal(err)
		}
		again := filepath.Join(dir, "again.npz")
		code, stdout, stderr := command("export", folder, "--epoch", "1", "--to", again, "--quiet")
		if code != exitDone || !strings.Contains(stdout, "trained again to the same training accuracy") {
			t.Fatalf("exit %d: %s%s", code, stdout, stderr)
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(again); err != nil || !bytes.Equal(got, want) {
			t.Errorf("the features of the network trained again differ (%v)", err)
		}
	})
	t.Run("one level of the inputs", func(t *testing.T) {
		file := filepath.Join(dir, "input.npz")
		code, stdout, stderr := command("export", folder, "--layer", "input", "--level", "0.3", "--to", file, "--quiet")
		if code != exitDone || !strings.Contains(stdout, "valid_0.3 [500 28 28 1]") || strings.Contains(stdout, "valid_0 ") {
			t.Fatalf("exit %d: %s%s", code, stdout, stderr)
		}
		rows := probeJSON(t, file, "--probes", "ridge")
		i := slices.IndexFunc(readRows(t, folder), func(r result.Row) bool { return r.Network == "input" && r.Level == 0.3 })
		if w := readRows(t, folder)[i]; len(rows) != 1 || rows[0].Observed != w.Observed || !slices.Equal(rows[0].Null, w.Null) {
			t.Errorf("rows %+v", rows)
		}
	})
	for _, test := range []struct {
		name, want string
		args       []string
	}{
		{"there already", "is there already", []string{folder, "--epoch", "1", "--to", file}},
		{"no folder", "is no folder, so", []string{folder, "--epoch", "1", "--to", filepath.Join(dir, "none", "y.npz")}},
		{"not an npz", ".npz", []string{folder, "--epoch", "1", "--to", "x.mat"}},
		{"no place", ".npz", []string{folder, "--epoch", "1"}},
		{"no epoch", "--epoch is needed", []string{folder, "--to", filepath.Join(dir, "x.npz")}},
		{"other epoch", "choose from 0 1", []string{folder, "--epoch", "7", "--to", filepath.Join(dir, "x.npz")}},
		{"other level", "choose from 0 0.3", []string{folder, "--epoch", "1", "--level", "0.2", "--to", filepath.Join(dir, "x.npz")}},
		{"other layer", `layer "conv9" is not in network`, []string{folder, "--epoch", "1", "--layer", "conv9", "--to", filepath.Join(dir, "x.npz")}},
		{"other seed", "none of the run's training seeds", []string{folder, "--epoch", "1", "--seed", "9", "--to", filepath.Join(dir, "x.npz")}},
		{"no run", "does not exist", []string{filepath.Join(dir, "none"), "--epoch", "1", "--to", filepath.Join(dir, "x.npz")}},
		{"features from a file", "`memtest probe`", []string{probed, "--epoch", "1", "--to", filepath.Join(dir, "x.npz")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, _, stderr := command(append([]string{"export", "--quiet"}, test.args...)...)
			if code != exitUsage || !strings.Contains(stderr, test.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit %d, stderr should be one line with %q: %q", code, test.want, stderr)
			}
			if _, err := os.Stat(filepath.Join(dir, "x.npz")); err == nil {
				t.Error("something was written")
			}
		})
	}
	t.Run("compared", func(t *testing.T) {
		all := comparisons(t, folder, probed)
		if len(all) != 2 {
			t.Errorf("%d comparisons, want 2", len(all))
		}
		for _, c := range append(all, comparisons(t, folder, folder)...) {
			if c.Learning.Estimate != 0 || c.Learning.Low != 0 || c.Learning.High != 0 || c.Memorization == nil || c.Memorization.Estimate != 0 {
				t.Errorf("a run differs from itself: %+v", c)
			}
		}
	})
}

// The twin and the networks of a refit can be checked from outside too: probe
// measures their exported features as the run did, to the last digit.
func TestExportedTwinAndRefitGiveTheRowsOfTheRun(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "run")
	args := small(folder, "--refs", "twin", "--epochs", "3", "--refit", "19")
	if code, _, stderr := command(args...); code != exitDone {
		t.Fatal(stderr)
	}
	rowsOf := func(network string) []result.Row {
		return slices.DeleteFunc(readRows(t, folder), func(r result.Row) bool { return r.Network != network || r.Epoch != 3 })
	}
	export := func(t *testing.T, file, wanted string, more ...string) {
		t.Helper()
		code, stdout, stderr := command(append([]string{"export", folder, "--epoch", "3", "--quiet", "--to", file}, more...)...)
		if code != exitDone || !strings.Contains(stdout, wanted) {
			t.Fatalf("exit %d: %s%s", code, stdout, stderr)
		}
	}
	t.Run("twin", func(t *testing.T) {
		file := filepath.Join(dir, "twin.npz")
		export(t, file, "of twin at epoch 3, trained again to the same training accuracy", "--network", "twin")
		got, want := probeJSON(t, file, "--probes", "ridge"), rowsOf("twin")
		if len(got) != 2 || len(want) != 2 {
			t.Fatalf("%d and %d rows, want 2", len(got), len(want))
		}
		for i, r := range got {
			w := want[i]
			if r.Level != w.Level || r.Observed != w.Observed || !slices.Equal(r.Null, w.Null) || r.Chance != w.Chance || *r.Fresh != *w.Fresh || r.Features != w.Features || r.MemorizationP != w.MemorizationP {
				t.Errorf("level %g: observed %v, null %v; want %v, %v", r.Level, r.Observed, r.Null, w.Observed, w.Null)
			}
		}
		// Without the snapshots the network is trained again too, for its accuracies.
		before, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		snapshots := filepath.Join(folder, rundir.SnapshotsDir)
		if err := os.Rename(snapshots, snapshots+"-away"); err != nil {
			t.Fatal(err)
		}
		again := filepath.Join(dir, "twin-again.npz")
		export(t, again, "trained again", "--network", "twin")
		if after, err := os.ReadFile(again); err != nil || !bytes.Equal(before, after) {
			t.Errorf("without snapshots the twin differs (%v)", err)
		}
		if err := os.Rename(snapshots+"-away", snapshots); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("refit", func(t *testing.T) {
		want := rowsOf("refit")
		if len(want) != 2 {
			t.Fatalf("%d rows, want 2", len(want))
		}
		for set, words := range map[int]string{0: "of refit at epoch 3 on label set 0, trained again to the same", 7: "on label set 7, trained again"} {
			file := filepath.Join(dir, fmt.Sprintf("refit-%d.npz", set))
			export(t, file, words, "--network", "refit", "--set", fmt.Sprint(set))
			for i, r := range probeJSON(t, file, "--probes", "ridge", "--permutations", "19") {
				values := append([]float64{want[i].Observed}, want[i].Null...)
				if r.Level != want[i].Level || r.Observed != values[set] {
					t.Errorf("label set %d, level %g: observed %v, the run has %v", set, r.Level, r.Observed, values[set])
				}
			}
		}
	})
	for name, test := range map[string]struct {
		want string
		args []string
	}{
		"other network":      {`network: "mlp2" is not known; choose twin or refit`, []string{"--network", "mlp2", "--epoch", "1"}},
		"set too large":      {"set: 20 is none of the label sets of the refit, 0 (the real labels) to 19", []string{"--network", "refit", "--set", "20", "--epoch", "1"}},
		"set of the twin":    {"set: only the networks of a full refit", []string{"--network", "twin", "--set", "1", "--epoch", "1"}},
		"twin's inputs":      {"layer: the raw inputs are of no network", []string{"--network", "twin", "--layer", "input", "--epoch", "1"}},
		"untrained twin":     {"epoch: at epoch 0 twin is the untrained network", []string{"--network", "twin", "--epoch", "0"}},
		"refit's other seed": {"seed: 9 is none of the run's training seeds", []string{"--network", "refit", "--seed", "9", "--epoch", "1"}},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, stderr := command(append([]string{"export", folder, "--quiet", "--to", filepath.Join(dir, "x.npz")}, test.args...)...)
			if code != exitUsage || !strings.Contains(stderr, test.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit %d, stderr should be one line with %q: %q", code, test.want, stderr)
			}
		})
	}
}
