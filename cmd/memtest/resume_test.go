package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// A run whose features, backend or configuration are others is refused before
// anything is written, and set aside where it is asked to begin anew.
func TestAnotherBasisIsRefusedOrBegunAnew(t *testing.T) {
	list := featureArrays(60)
	file := writeFeatures(t, list...)
	out := filepath.Join(t.TempDir(), "run")
	probe := func(more ...string) (int, string) {
		code, _, stderr := command(append([]string{"probe", file, "--probes", "centroid", "--permutations", "19", "--quiet", "--out", out}, more...)...)
		return code, stderr
	}
	if code, stderr := probe("--backend", "go"); code != exitDone {
		t.Fatal(stderr)
	}
	rows, manifest := read(t, out, rundir.RowsFile), read(t, out, rundir.ManifestFile)
	refused := func(want string, more ...string) {
		t.Helper()
		code, stderr := probe(more...)
		if code != exitUsage || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: exit %d: %s", more, code, stderr)
		}
		if read(t, out, rundir.RowsFile) != rows || read(t, out, rundir.ManifestFile) != manifest {
			t.Errorf("%v: the refused folder was changed", more)
		}
	}
	// The same file under another name of its path is the same.
	elsewhere := filepath.Dir(file) + string(os.PathSeparator) + "." + string(os.PathSeparator) + filepath.Base(file)
	if code, _, stderr := command("probe", elsewhere, "--probes", "centroid", "--permutations", "19", "--quiet", "--out", out, "--backend", "go", "--resume"); code != exitDone {
		t.Errorf("another spelling: %s", stderr)
	}
	rows, manifest = read(t, out, rundir.RowsFile), read(t, out, rundir.ManifestFile)
	refused("was begun with another backend: ", "--resume")
	refused("already holds this run", "--backend", "go")
	refused("was made with another configuration", "--backend", "go", "--resume", "--seed", "5")
	other := slices.Clone(list)
	other[0].Floats = slices.Clone(other[0].Floats)
	other[0].Floats[0]++
	if err := os.Rename(writeFeatures(t, other...), file); err != nil {
		t.Fatal(err)
	}
	refused("was begun with another data set: ", "--backend", "go", "--resume")
	// Asked for, it begins anew, and what was there stays beside it.
	code, _, stderr := command("probe", file, "--probes", "centroid", "--permutations", "19", "--out", out, "--backend", "go", "--resume", "--anew")
	if code != exitDone || !strings.Contains(stderr, "What was in the folder is in "+out+".before-1 now.") {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if read(t, out+".before-1", rundir.RowsFile) != rows || read(t, out, rundir.RowsFile) == rows {
		t.Error("the old rows are not beside the new ones")
	}
	// What fits is gone on with.
	if code, stderr := probe("--backend", "go", "--resume", "--anew"); code != exitDone {
		t.Fatal(stderr)
	}
	if _, err := os.Stat(out + ".before-2"); err == nil {
		t.Error("a run that fits was set aside")
	}
}
