package main

import (
	"bytes"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// What pages of runs say.
const (
	reloads    = `http-equiv="refresh"`
	unadjusted = "they are not adjusted for"
)

// measuredBefore are the cells of a small run, and what measures them again into another
// folder.
func measuredBefore(t *testing.T, log *bytes.Buffer) (job, []memtest.Cell) {
	t.Helper()
	out := t.TempDir()
	if code, _, stderr := command("probe", writeFeatures(t, featureArrays(60)...), "--permutations", "19", "--backend", "go", "--quiet", "--out", out); code != exitDone {
		t.Fatal(stderr)
	}
	before, err := rundir.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	m, err := memtest.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := before.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	s := settings{command: memtest.CommandProbe, out: filepath.Join(t.TempDir(), "run")}
	return job{
		settings: &s, Folder: memtest.Folder{Config: m.Config, Manifest: manifest, Labels: m.Labels}, progress: newProgress(log), log: log, total: len(m.Rows),
	}, before.Cells(m.Rows)
}

// told yields cells, each after progress was told of and the folder looked at.
func told(cells []memtest.Cell, p *progress, look func(done int)) iter.Seq2[memtest.Cell, error] {
	return func(yield func(memtest.Cell, error) bool) {
		for i, c := range cells {
			p.show(memtest.Progress{Doing: "measuring on", Done: i, Total: len(cells)})
			look(i)
			if !yield(c, nil) {
				return
			}
		}
		yield(memtest.Cell{}, errors.New("out of cells"))
	}
}

// checkPage holds that the page of a folder says some things and not others.
func checkPage(t *testing.T, folder string, want, none []string) {
	t.Helper()
	page := read(t, folder, rundir.ReportFile)
	for _, s := range want {
		if !strings.Contains(page, s) {
			t.Errorf("the page lacks %q: %.1500s", s, page[strings.Index(page, "<body"):])
		}
	}
	for _, s := range none {
		if strings.Contains(page, s) {
			t.Errorf("the page has %q", s)
		}
	}
}

// The page is there from the beginning on, is drawn when rows came and some time passed,
// and no longer loads itself again when the run has ended.
func TestPageWhileTheRunIsMeasured(t *testing.T) {
	var log bytes.Buffer
	j, cells := measuredBefore(t, &log)
	if len(cells) != 4 {
		t.Fatalf("%d cells", len(cells))
	}
	dir, _, err := j.Begin(j.out, false)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	w := j.watch(dir, func() time.Time { return clock })
	checkPage(t, j.out, []string{reloads, "0 of 4 cells are measured.", "A run that has no rows yet", "drawn on 2026-01-02 03:04:05 UTC, during: the run begins."}, []string{"<table"})
	_, err = memtest.Fill(dir, told(cells, j.progress, func(done int) {
		switch done {
		case 1: // no time has passed
			checkPage(t, j.out, []string{"0 of 4 cells"}, nil)
			clock = clock.Add(drawEvery)
		case 2:
			checkPage(t, j.out, []string{
				reloads, "2 of 4 cells are measured.", "What net learned and memorized", "<table", "drawn on 2026-01-02 03:04:10 UTC, during: measuring on.",
				"go on with: memtest probe --resume ",
			}, []string{unadjusted})
			// Another process may draw it too.
			if code, _, stderr := command("report", j.out); code != exitDone {
				t.Error(stderr)
			}
			checkPage(t, j.out, []string{reloads, "2 cells are measured so far."}, []string{unadjusted})
			clock = clock.Add(drawEvery - 1)
		case 3:
			checkPage(t, j.out, []string{"2 cells are measured so far."}, nil)
		}
	}), true)
	if err == nil || err.Error() != "out of cells" {
		t.Fatal(err)
	}
	w.stopped()
	checkPage(t, j.out, []string{"4 of 4 cells are measured. It was stopped; go on with: memtest probe --resume "}, []string{reloads, unadjusted})
	if err := dir.Close(); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := command("report", j.out); code != exitDone {
		t.Error(stderr)
	}
	checkPage(t, j.out, []string{"4 cells are measured so far.", "It was stopped; go on with: memtest probe --resume "}, []string{reloads, unadjusted})
	if log.Len() > 0 {
		t.Errorf("log: %s", log.String())
	}
}

// When no rows come the page is drawn too, now and then, and never so often that it slows
// the run.
func TestPagesTakeLittleOfTheTime(t *testing.T) {
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, c := range map[string]struct {
		took, passed time.Duration
		done         int
		drawn        bool
	}{
		"rows came":                   {0, drawEvery, 1, true},
		"rows came, too early":        {0, drawEvery - 1, 1, false},
		"no rows":                     {0, aliveEvery, 0, true},
		"no rows, too early":          {0, aliveEvery - 1, 0, false},
		"a page that takes long":      {time.Minute, drawShare*time.Minute - 1, 1, false},
		"a page that takes as little": {time.Minute, drawShare * time.Minute, 1, true},
	} {
		var log bytes.Buffer
		w := &watch{job: job{settings: &settings{out: t.TempDir()}, progress: newProgress(&log)}, dir: &rundir.Dir{}, drawn: clock, took: c.took, now: func() time.Time { return clock.Add(c.passed) }}
		w.hear(memtest.Progress{Done: c.done}) // there is no folder, so that nothing is drawn
		if drawn := w.drawn != clock; drawn != c.drawn {
			t.Errorf("%s: drawn %t, want %t", name, drawn, c.drawn)
		}
	}
}

// A page that cannot be drawn is no reason to lose a run, and is spoken of once.
func TestRunGoesOnWithoutItsPage(t *testing.T) {
	var log bytes.Buffer
	j, cells := measuredBefore(t, &log)
	dir, _, err := j.Begin(j.out, false)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	w := j.watch(dir, func() time.Time { return clock })
	page := dir.Path(rundir.ReportFile)
	if err := errors.Join(os.Remove(page), os.Mkdir(page, 0o755)); err != nil {
		t.Fatal(err)
	}
	_, err = memtest.Fill(dir, told(cells, j.progress, func(int) { clock = clock.Add(time.Minute) }), true)
	w.stopped()
	if err == nil || err.Error() != "out of cells" {
		t.Error(err)
	}
	if said := log.String(); strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "The page cannot be drawn while the run is measured: ") || !strings.Contains(said, page) {
		t.Errorf("log: %q", said)
	}
	rows, _, err := dir.Rows()
	if err != nil || len(rows) != len(cells) {
		t.Errorf("%d rows (%v)", len(rows), err)
	}
}

// Rows that a run which asks for more label sets measures again are not counted twice,
// nor before they are.
func TestCellsOfAGrowingRun(t *testing.T) {
	few, many := result.Row{Permutations: 19}, result.Row{Permutations: 39}
	stopped := result.Row{Permutations: 25, Stop: 5}
	w := &watch{job: job{settings: &settings{}, Folder: memtest.Folder{Config: memtest.Config{Options: memtest.Options{Permutations: 39}, Until: 0.9}}, total: 8}, now: time.Now}
	rows := []result.Row{few, few, many, stopped}
	if u := w.unfinished(rows, memtest.Progress{Done: 1}); u.Done != 2 || u.Total != 8 || !u.AtMost {
		t.Errorf("%+v", u)
	}
	// Where there are no more labelings than these, progress knows.
	if u := w.unfinished(rows, memtest.Progress{Done: 4}); u.Done != 4 {
		t.Errorf("%+v", u)
	}
}
