package main

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// part is an exported file, and what stands before the names of its arrays in a joined
// one.
type part struct{ file, prefix string }

// join writes arrays of exported files as one file of several networks. The labels are
// those of the first part, and of twins those of each.
func join(t *testing.T, to string, parts ...part) string {
	t.Helper()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w := zip.NewWriter(out)
	seen := map[string]bool{}
	for _, p := range parts {
		in, err := zip.OpenReader(p.file)
		if err != nil {
			t.Fatal(err)
		}
		network, _, _ := strings.Cut(p.prefix, "/")
		for _, f := range in.File {
			name := p.prefix + f.Name
			switch {
			case f.Name == "permuted_labels.npy": // the seed gives the same
				continue
			case f.Name == "labels.npy" && strings.HasPrefix(network, "twin"):
				name = network + "/" + f.Name
			case strings.HasSuffix(f.Name, "labels.npy"):
				name = f.Name
			}
			if seen[name] {
				continue
			}
			seen[name] = true
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			to, err := w.Create(name)
			if err == nil {
				_, err = io.Copy(to, r)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		in.Close()
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return to
}

// The references of a network from elsewhere are those of a run: a file of a network
// at its epochs, its untrained state, its twin and the raw inputs, as export wrote
// them, gives the rows of the run, with their differences and calibrated learning, to
// the last digit.
func TestFileOfNetworksGivesTheRowsOfTheRun(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "run")
	if code, _, stderr := command(small(folder, "--n", "300", "--epochs", "3", "--refs", "twin", "--backend", "go")...); code != exitDone {
		t.Fatal(stderr)
	}
	export := func(name string, more ...string) string {
		file := filepath.Join(dir, name+".npz")
		if code, _, stderr := command(append([]string{"export", folder, "--backend", "go", "--quiet", "--to", file}, more...)...); code != exitDone {
			t.Fatal(stderr)
		}
		return file
	}
	input, before, one, three := export("input", "--layer", "input"), export("0", "--epoch", "0"), export("1", "--epoch", "1"), export("3", "--epoch", "3")
	twin1, twin3 := export("twin1", "--epoch", "1", "--network", "twin"), export("twin3", "--epoch", "3", "--network", "twin")
	want := readRows(t, folder)
	layer := want[len(want)-1].Layer + "/"
	rows := func(file string, more ...string) []result.Row {
		return probeJSON(t, append([]string{file, "--backend", "go", "--probes", "ridge", "--perturb", "gaussian"}, more...)...)
	}
	byCell := func(rows []result.Row) map[string]result.Row {
		all := map[string]result.Row{}
		for _, r := range rows {
			all[r.Cell()] = r
		}
		return all
	}

	t.Run("epochs", func(t *testing.T) {
		file := join(t, filepath.Join(dir, "epochs.npz"), part{three, "mlp@3/" + layer}, part{input, "input/"}, part{before, "mlp@0/" + layer}, part{one, "mlp@1/" + layer}, part{twin1, "twin@1/" + layer}, part{twin3, "twin@3/" + layer})
		got := byCell(rows(file))
		if len(got) != len(want) || len(want) != 12 {
			t.Fatalf("%d rows, want %d", len(got), len(want))
		}
		differences, calibrated := 0, 0
		for _, w := range want {
			g, ok := got[w.Cell()]
			if !ok {
				t.Fatalf("no row of %s", w.Cell())
			}
			for _, f := range []struct {
				name      string
				got, want any
			}{
				{"role", g.Role, w.Role}, {"observed", g.Observed, w.Observed}, {"null", g.Null, w.Null}, {"chance", g.Chance, w.Chance}, {"fresh", g.Fresh, w.Fresh},
				{"own part", g.MemorizationOwn, w.MemorizationOwn}, {"error", g.LearningSE, w.LearningSE}, {"adjusted p", g.LearningPAdjusted, w.LearningPAdjusted}, {"exact", g.Exact, w.Exact},
				{"calibrated", g.Calibrated, w.Calibrated}, {"differences to", len(g.Differences), len(w.Differences)},
			} {
				if !reflect.DeepEqual(f.got, f.want) {
					t.Errorf("%s: %s is %v, want %v", w.Cell(), f.name, f.got, f.want)
				}
			}
			for _, d := range w.Differences {
				if !slices.Contains(g.Differences, d) {
					t.Errorf("%s: differences %v lack %v", w.Cell(), g.Differences, d)
				}
			}
			differences += len(w.Differences)
			if w.Calibrated != nil {
				calibrated++
			}
		}
		if differences == 0 || calibrated == 0 {
			t.Errorf("%d differences and %d calibrated rows show nothing", differences, calibrated)
		}
	})

	// As one from elsewhere has them: no epochs, and no name.
	t.Run("one epoch", func(t *testing.T) {
		file := join(t, filepath.Join(dir, "mine.npz"), part{three, layer}, part{input, "input/"}, part{before, "untrained/" + layer}, part{twin3, "twin/" + layer})
		run := byCell(want)
		for _, g := range rows(file) {
			w := g
			switch g.Role {
			case features.Network:
				w.Network, w.Epoch = "mlp", 3
			case features.Untrained:
				w.Network = "mlp"
			case features.Twin:
				w.Epoch = 3
			}
			if w = run[w.Cell()]; w.Role != g.Role || g.Observed != w.Observed || !slices.Equal(g.Null, w.Null) || g.Exact != w.Exact {
				t.Errorf("%s: %s, observed %v, null %v; the run has %s, %v, %v", g.Cell(), g.Role, g.Observed, g.Null, w.Role, w.Observed, w.Null)
			}
			if g.Role != features.Network {
				continue
			}
			if g.Network != "mine" || g.Epoch != result.EpochNone || len(g.Differences) != 3 || !reflect.DeepEqual(g.Calibrated, w.Calibrated) {
				t.Errorf("%s: differences %v, calibrated %v, want %v", g.Cell(), g.Differences, g.Calibrated, w.Calibrated)
			}
			for _, d := range g.Differences {
				if !slices.ContainsFunc(w.Differences, func(o result.Difference) bool {
					o.Cell = d.Cell
					return o == d
				}) {
					t.Errorf("%s: the difference %+v is none of the run's %+v", g.Cell(), d, w.Differences)
				}
			}
		}
	})

	// The pretrained network takes the place of the untrained one, but nothing is known
	// of what it has seen.
	t.Run("start", func(t *testing.T) {
		file := join(t, filepath.Join(dir, "tuned.npz"), part{three, "tuned@1/" + layer}, part{one, "start/" + layer})
		out := filepath.Join(dir, "tuned")
		code, stdout, stderr := command("probe", file, "--backend", "go", "--probes", "ridge", "--permutations", "19", "--quiet", "--out", out)
		if code != exitDone || !strings.Contains(stdout, "the network that it started from") || strings.Contains(stdout, "There is no row of the untrained network") {
			t.Errorf("exit %d: %s%s", code, stdout, stderr)
		}
		for _, r := range readRows(t, out) {
			if r.Exact || r.Role == features.Start != (r.Network == "start") || r.Role == features.Network && (len(r.Differences) != 1 || r.Differences[0].Reference != features.Start) {
				t.Errorf("%s: %s, exact %v, differences %v", r.Cell(), r.Role, r.Exact, r.Differences)
			}
		}
		page := read(t, out, "report.html")
		if !strings.Contains(page, "What fine-tuning added is its distance from") {
			t.Error("the page does not say how to read the start")
		}
		// Network goes with network, and the start is compared with nothing.
		for _, c := range comparisons(t, folder, out) {
			if c.B.Network != "tuned" || c.A.Network != "mlp" || c.A.Epoch != 1 {
				t.Errorf("%s is compared with %s", c.A.Cell(), c.B.Cell())
			}
		}
	})

	t.Run("names", func(t *testing.T) {
		file := join(t, filepath.Join(dir, "twin.npz"), part{three, layer}, part{twin3, "twin/" + layer})
		code, _, stderr := command("probe", file, "--quiet", "--out", filepath.Join(dir, "none"))
		if code != exitUsage || !strings.Contains(stderr, "name: the network without a name would be called twin, as that of twin/") || strings.Count(stderr, "\n") != 1 {
			t.Errorf("exit %d: %s", code, stderr)
		}
		if all := rows(file, "--name", "mine"); len(all) != 4 {
			t.Errorf("%d rows with a name, want 4", len(all))
		}
	})
}

// A twin that is less accurate than its network says so, as that of a run does.
func TestTwinOfAFileThatFellShort(t *testing.T) {
	list := featureArrays(60)
	all := slices.Clone(list)
	for _, a := range list {
		if a.Dims[len(a.Dims)-1] == 5 {
			a.Name = "twin/" + a.Name
			all = append(all, a)
		}
	}
	twin := get(list, "labels")
	twin.Name, twin.Ints = "twin/labels", slices.Clone(twin.Ints)
	slices.Reverse(twin.Ints)
	one := func(name string, v float32) arrays.Named { return arrays.Named{Name: name, Floats: []float32{v}} }
	all = append(all, twin, one("train_accuracy", 0.75), one("twin/train_accuracy", 0.5))
	rows := probeJSON(t, writeFeatures(t, all...), "--probes", "centroid")
	if len(rows) != 4 {
		t.Fatalf("%d rows, want 4", len(rows))
	}
	for _, r := range rows {
		flagged := slices.Contains(r.Flags, result.FlagTwinAccuracy+": 0.500 against 0.750")
		if flagged != (r.Role == features.Twin) || (r.Calibrated != nil) != (r.Role == features.Network) || *r.TrainAccuracy != map[features.Role]float64{features.Network: 0.75, features.Twin: 0.5}[r.Role] {
			t.Errorf("%s: flags %v, calibrated %v, accuracy %v", r.Cell(), r.Flags, r.Calibrated, *r.TrainAccuracy)
		}
	}
}
