package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/paper"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
)

// A run of the paper that is broken off and taken up again has the rows and facts
// of one that was not, and a finished one is not measured again.
func TestPaperRunGoesOn(t *testing.T) {
	engine, err := xla.Open(t.Context(), "", xla.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	r := paper.Run{Name: "tiny", Closeness: true, Examples: true, Config: memtest.Config{
		N: 300, Net: "mlp:16", Epochs: []int{1, 3}, Levels: []float64{0, 0.3}, Options: memtest.Options{Probes: []string{"ridge"}, Permutations: 19}, Seeds: 2, LabelNoise: 0.2,
		Refs: []string{memtest.RefInput, memtest.RefTwin}}}
	measure := func(ctx context.Context, out string) ([]result.Row, []paper.Fact, error) {
		m := paperRun{flags: paperFlags{out: out}, engine: engine, log: io.Discard, progress: newProgress(io.Discard)}
		rows, facts, _, err := m.measure(ctx, r)
		return rows, slices.DeleteFunc(facts, func(f paper.Fact) bool { return f.Name == paper.FactSeconds }), err
	}
	rows, facts, err := measure(t.Context(), filepath.Join(t.TempDir(), "whole"))
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2*(1+2*(2+2)) || len(facts) != 2*2+2*(1+4*2) {
		t.Fatalf("there are %d rows and %d facts", len(rows), len(facts))
	}

	out := filepath.Join(t.TempDir(), "broken")
	folder := filepath.Join(out, paperRuns, r.Name)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() { // break off once a few rows are there
		for ctx.Err() == nil {
			if text, err := os.ReadFile(filepath.Join(folder, rundir.RowsFile)); err == nil && strings.Count(string(text), "\n") >= 6 {
				stop()
			}
		}
	}()
	if _, _, err := measure(ctx, out); err == nil {
		t.Fatal("the run was not broken off")
	}
	partly := len(readRows(t, folder))
	if partly == 0 || partly >= len(rows) {
		t.Fatalf("%d rows of %d were left by the run that was broken off", partly, len(rows))
	}
	again, more, err := measure(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again, rows) || !reflect.DeepEqual(more, facts) {
		t.Error("a run that was broken off and taken up again has other rows or facts")
	}

	before, err := os.ReadFile(filepath.Join(folder, rundir.ManifestFile))
	if err != nil {
		t.Fatal(err)
	}
	if again, _, err = measure(t.Context(), out); err != nil || !reflect.DeepEqual(again, rows) {
		t.Errorf("a finished run gives other rows (%v)", err)
	}
	if after, err := os.ReadFile(filepath.Join(folder, rundir.ManifestFile)); err != nil || string(after) != string(before) {
		t.Errorf("a finished run was measured again (%v)", err)
	}
}

func TestPaperRefuses(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "mine.txt"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--setting", "huge", "--out", filepath.Join(empty, "x")}, "choose small or full"},
		{[]string{"--out", full}, "--resume"},
		{[]string{"--draw", empty}, "--resume"},
		{[]string{"more"}, "more"},
	} {
		code, stdout, stderr := command(append([]string{"paper", "--quiet"}, c.args...)...)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit %d, stdout %q, stderr %q", c.args, code, stdout, stderr)
		}
	}
	for folder, want := range map[string]int{full: 1, empty: 0} {
		if there, err := os.ReadDir(folder); err != nil || len(there) != want {
			t.Errorf("%s has %d files (%v)", folder, len(there), err)
		}
	}
}
