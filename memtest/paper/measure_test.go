package paper

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
)

// tiny are two runs that take seconds, on the same data.
func tiny() []Run {
	c := memtest.Config{
		N: 300, Net: "mlp:16", Epochs: []int{1, 3}, Levels: []float64{0, 0.3}, Options: memtest.Options{Probes: []string{"ridge"}, Permutations: 19}, Seeds: 2, LabelNoise: 0.2,
		Refs: []string{memtest.RefInput, memtest.RefTwin}}
	plain := c
	plain.LabelNoise, plain.Seeds, plain.Refs = 0, 1, []string{memtest.RefInput}
	return []Run{{Name: "tiny", Closeness: true, Examples: true, Subsets: tinyNetworks, Config: c}, {Name: "plain", Config: plain}}
}

// tinyNetworks are so many that each half has some that are trained on any example, and
// some that are not.
const tinyNetworks = 44

const (
	// Of two seeds: of planted labels; of all examples and of those with true labels, and
	// of these at two levels.
	subsetFacts = 2 * (2 + 2*(6+2*5))

	tinyRows  = 2 * (1 + 2*(2+2))
	plainRows = 2 * (1 + 2)
)

// withoutTimes are facts that are the same whenever they are measured.
func withoutTimes(facts []Fact) []Fact {
	return slices.DeleteFunc(slices.Clone(facts), func(f Fact) bool { return f.Name == factSeconds })
}

// Runs that are broken off and taken up again have the rows and facts of ones that
// were not, and a finished one is not measured again.
func TestMeasuringGoesOn(t *testing.T) {
	engine, err := xla.Open(t.Context(), "", xla.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	measure := func(ctx context.Context, folder string, o Options) (Archive, error) {
		m := measurement{Options: o, engine: engine, folder: folder}
		return m.all(ctx, "small", tiny())
	}
	var shown []memtest.Progress
	whole, err := measure(t.Context(), t.TempDir(), Options{Command: []string{"me"}, Progress: func(p memtest.Progress) { shown = append(shown, p) }})
	if err != nil {
		t.Fatal(err)
	}
	checkWhole(t, whole)
	if now := memtest.Compiled(engine); whole.Manifest.Compiled != now || now.Programs < 2 {
		t.Errorf("the manifest says that %+v was compiled, not %+v", whole.Manifest.Compiled, now)
	}
	checkProgress(t, shown)

	out := t.TempDir()
	folder := filepath.Join(out, runsFolder, "tiny")
	breakOff(t, folder, func(ctx context.Context) error { _, err := measure(ctx, out, Options{}); return err })
	var log bytes.Buffer
	again, err := measure(t.Context(), out, Options{Log: &log})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again.Rows, whole.Rows) || !reflect.DeepEqual(withoutTimes(again.Facts), withoutTimes(whole.Facts)) || !reflect.DeepEqual(again.Data, whole.Data) {
		t.Error("runs that were broken off and taken up again have other rows or facts")
	}
	if slices.ContainsFunc(again.Facts, func(f Fact) bool { return f.Name == factSeconds && f.Run == "tiny" }) {
		t.Error("a run that two processes measured tells the time of one")
	}

	manifest := filepath.Join(folder, rundir.ManifestFile)
	before, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	if third, err := measure(t.Context(), out, Options{}); err != nil || !reflect.DeepEqual(third.Rows, whole.Rows) || !reflect.DeepEqual(third.Facts, again.Facts) {
		t.Errorf("finished runs give other rows or facts (%v)", err)
	}
	if after, err := os.ReadFile(manifest); err != nil || string(after) != string(before) {
		t.Errorf("a finished run was measured again (%v)", err)
	}
}

func checkWhole(t *testing.T, a Archive) {
	t.Helper()
	if len(a.Rows["tiny"]) != tinyRows || len(a.Rows["plain"]) != plainRows || len(withoutTimes(a.Facts)) != 2*2+2*(1+4*2)+subsetFacts || len(a.Facts) != 2+len(withoutTimes(a.Facts)) {
		t.Fatalf("there are %d and %d rows and %d facts", len(a.Rows["tiny"]), len(a.Rows["plain"]), len(a.Facts))
	}
	if len(a.Data) != 1 || a.Data[0].Train != 300 {
		t.Errorf("the data of both runs are the same, and are noted as %+v", a.Data)
	}
	if m := a.Manifest; m.Unfinished || m.Finished == nil || m.Backend == "" || !slices.Equal(m.Command, []string{"me"}) {
		t.Errorf("the manifest is %+v", m)
	}
}

// checkProgress holds progress to be of the cells of both runs.
func checkProgress(t *testing.T, shown []memtest.Progress) {
	t.Helper()
	last := -1
	for _, p := range shown {
		if p.Total != tinyRows+plainRows || p.Done < last || p.Done > p.Total {
			t.Fatalf("progress %+v after %d", p, last)
		}
		last = p.Done
	}
	for i, want := range []string{"tiny (1 of 2): ", "plain (2 of 2): "} {
		if p := shown[i*(len(shown)-1)]; !strings.HasPrefix(p.Doing, want) {
			t.Errorf("progress is %q, it should begin with %q", p.Doing, want)
		}
	}
}

// breakOff stops measuring once a few rows of the folder are there.
func breakOff(t *testing.T, folder string, measure func(context.Context) error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() {
		for ctx.Err() == nil {
			if text, err := os.ReadFile(filepath.Join(folder, rundir.RowsFile)); err == nil && strings.Count(string(text), "\n") >= 6 {
				stop()
			}
		}
	}()
	if measure(ctx) == nil {
		t.Fatal("the run was not broken off")
	}
	dir, err := rundir.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	if rows, _, err := dir.Rows(); err != nil || len(rows) == 0 || len(rows) >= tinyRows {
		t.Fatalf("%d rows of %d were left by the run that was broken off (%v)", len(rows), tinyRows, err)
	}
}

// Without its evidence a run says nothing of single examples.
func TestLostEvidence(t *testing.T) {
	folder := t.TempDir()
	dir, err := rundir.Create(folder, []byte("x"), result.NewManifest(nil, time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	if _, err := evidenceIn(dir, folder)("a cell"); err == nil || !strings.Contains(err.Error(), "delete "+folder) {
		t.Errorf("the error is %v", err)
	}
}

func TestMeasureRefuses(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new")
	if err := Measure(t.Context(), nil, "huge", folder, Options{}); err == nil || !strings.Contains(err.Error(), "choose small or full") {
		t.Errorf("the error of an unknown setting is %v", err)
	}
	if _, err := os.Stat(folder); err == nil {
		t.Error("a setting that there is not leaves a folder behind")
	}
}
