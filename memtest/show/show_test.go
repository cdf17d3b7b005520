package show

import (
	"context"
	"errors"
	"image"
	"image/color"
	"io"
	"iter"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
)

// row is a row that passes its own check.
func row(network string, epoch int, level float64) result.Row {
	zero := 0.0
	reshuffles := 199
	return result.Row{
		Format: result.Format, Data: "made up", Network: network, Seed: 1, Epoch: epoch, Layer: "dense1", Probe: "ridge", Perturbation: "gaussian", Level: level,
		N: 10, Features: 3, Classes: 2, Permutations: 3, Observed: 0.9, NullMean: 0.6, NullSD: 0.1, Null: []float64{0.5, 0.6, 0.7}, Chance: 0.5,
		Learning: 0.3, Memorization: 0.1, Z: &zero, LearningP: 0.25, LearningPLow: 0.1, LearningPHigh: 0.5, MemorizationP: 0.005, Reshuffles: &reshuffles,
		Fresh: &zero, Flags: []string{},
	}
}

// printed is what f prints outside of a notebook.
func printed(t *testing.T, f func() error) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	old := os.Stdout
	os.Stdout = w
	err = f()
	os.Stdout = old
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTable(t *testing.T) {
	evil := row("<script>alert(1)</script>", result.EpochNone, 0.3)
	evil.Exact, evil.Fresh = true, nil
	html, err := table([]result.Row{row("mlp", 20, 0.3), evil})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<th>gaussian</th>", "<td>0.600 ± 0.100</td>", "<b>&#43;0.300</b>", "<td>~0.250</td>", "<td>0.250</td>", "<td>–</td><td>dense1</td>", "<td>0.500</td><td>–</td>"} {
		if !strings.Contains(html, want) {
			t.Errorf("the table lacks %s:\n%s", want, html)
		}
	}
	if strings.Contains(html, "<script") {
		t.Errorf("a name became markup:\n%s", html)
	}
	other := row("mlp", 20, 0.3)
	other.Perturbation = "blur"
	if html, err := table([]result.Row{row("mlp", 20, 0.3), other}); err != nil || !strings.Contains(html, "<th>level</th>") {
		t.Errorf("two perturbations under one name (%v):\n%s", err, html)
	}
	text := printed(t, func() error { return Rows([]result.Row{row("mlp", 20, 0.3)}) })
	if !strings.Contains(text, "0.600 ± 0.1") {
		t.Errorf("outside of a notebook the rows are\n%s", text)
	}
	if err := Rows(nil); !errors.Is(err, report.ErrNoRows) {
		t.Errorf("no rows: %v", err)
	}
}

// A p-value is never shown as 0, however many permutations there are.
func TestSmallPValuesAreNotZero(t *testing.T) {
	r := row("mlp", 20, 0.3)
	r.Permutations, r.Null, r.LearningP = 2499, nil, 0.0004
	html, err := table([]result.Row{r})
	if err != nil {
		t.Fatal(err)
	}
	if text := plain([]result.Row{r}); !strings.HasSuffix(text, " ~0.0004\n") || !strings.Contains(html, "<td>~0.0004</td>") {
		t.Errorf("p = 0.0004 is shown as\n%s%s", text, html)
	}
}

func TestFiguresOfRows(t *testing.T) {
	var rows []result.Row
	for _, epoch := range []int{0, 5} {
		for _, level := range []float64{0, 0.3} {
			rows = append(rows, row("mlp", epoch, level))
		}
	}
	for name, f := range map[string]func() error{
		"Learning and memorization over epochs":  func() error { return Curves(rows) },
		"The null distribution":                  func() error { return Null(rows) },
		"Beside the references":                  func() error { return Figure(rows, report.FigureReferences) },
		"Cannot be said, because these rows are": func() error { return Verdict(rows) },
		"At first sight":                         func() error { return Verdict(rows) },
	} {
		if text := printed(t, f); !strings.Contains(text, name) {
			t.Errorf("%q is not in %q", name, text)
		}
	}
	if err := Figure(rows, "pie"); err == nil || !strings.Contains(err.Error(), "levels") {
		t.Errorf("an unknown figure: %v", err)
	}
	if err := Figure(nil, report.FigureLevels); err == nil {
		t.Error("a figure of no rows")
	}
}

func TestAt(t *testing.T) {
	rows := []result.Row{row("mlp", 0, 0.3), row("mlp", 5, 0.3), row("twin", 5, 0.3)}
	r, err := At(rows, "mlp", 5, "ridge", 0.3)
	if err != nil || r.Network != "mlp" || r.Epoch != 5 {
		t.Errorf("%s at epoch %d: %v", r.Network, r.Epoch, err)
	}
	if _, err := At(rows, "mlp", 7, "ridge", 0.3); err == nil {
		t.Error("an epoch that is not there")
	}
	rows[1].Layer, rows[1].Epoch = "dense2", 0
	if _, err := At(rows, "mlp", 0, "ridge", 0.3); err == nil {
		t.Error("two layers have a row, and one was picked")
	}
}

func TestClaim(t *testing.T) {
	if text := printed(t, func() error { return Claim(true, "one is one") }); text != "✓ one is one\n" {
		t.Errorf("printed %q", text)
	}
	if err := Claim(false, "one is two"); err == nil || !strings.Contains(err.Error(), "one is two") {
		t.Errorf("a claim that does not hold: %v", err)
	}
}

func TestHalve(t *testing.T) {
	m := image.NewRGBA(image.Rect(5, 7, 10, 9)) // 5 × 2, not from 0
	for x := range 5 {
		m.SetRGBA(5+x, 7, color.RGBA{255, 255, 255, 255})
		m.SetRGBA(5+x, 8, color.RGBA{0, 0, 0, 255})
	}
	h := halve(m)
	if h.Bounds() != image.Rect(0, 0, 2, 1) {
		t.Fatalf("5×2 halved is %v", h.Bounds())
	}
	// The mean 127.5 is cut to a multiple of 8: 120, and its upper bits repeated.
	if c := h.At(1, 0).(color.RGBA); c != (color.RGBA{123, 123, 123, 255}) {
		t.Errorf("black and white make %v", c)
	}
	white := image.NewUniform(color.White)
	w := image.NewRGBA(image.Rect(0, 0, 2, 2))
	for i := range w.Pix {
		w.Pix[i] = 255
	}
	if c := halve(w).At(0, 0); c != color.RGBAModel.Convert(white.C) {
		t.Errorf("white became %v", c)
	}
}

func TestLines(t *testing.T) {
	a := Axes{Title: "Twice", X: "x", Y: "y"}
	text := printed(t, func() error { return Lines(a, Line{"double", []float64{1, 2}, []float64{2, 4}}) })
	if !strings.Contains(text, "double: 2.000 at 1 4.000 at 2.") {
		t.Errorf("in words: %q", text)
	}
	for want, y := range map[string][]float64{"from 0": {102, 104}, "to 0": {-104, -102}, "over 0": {-2, 4}} {
		f, err := lineFigure(a, []Line{{"far", []float64{1, 2}, y}})
		if err != nil {
			t.Fatal(err)
		}
		axis := f.Panels[0].Y
		got := "over 0"
		switch {
		case axis.Min != nil && *axis.Min == 0 && axis.Max == nil:
			got = "from 0"
		case axis.Max != nil && *axis.Max == 0 && axis.Min == nil:
			got = "to 0"
		}
		if got != want {
			t.Errorf("the axis of %v goes %s, want %s", y, got, want)
		}
	}
	for name, lines := range map[string][]Line{
		"none": {}, "empty": {{Name: "a"}}, "unequal": {{"a", []float64{1}, []float64{1, 2}}}, "NaN": {{"a", []float64{1}, []float64{math.NaN()}}},
		"one name": {{"a", []float64{1}, []float64{1}}, {"a", []float64{1}, []float64{2}}},
	} {
		if err := Lines(a, lines...); err == nil {
			t.Errorf("%s: drawn", name)
		}
	}
}

// measuredCell has counts of four examples in two classes: the first is always
// recalled, the last never.
func measuredCell(t *testing.T) memtest.Cell {
	t.Helper()
	tally, err := perm.NewTally(4, 2, perm.TallyOptions{Seed: 1, Strata: []int32{0, 0, 1, 1}, PerExample: true})
	if err != nil {
		t.Fatal(err)
	}
	labels := [][]int32{{0, 0, 1, 1}, {0, 1, 0, 1}, {1, 0, 1, 0}, {1, 1, 0, 0}}
	predicted := [][]int32{{0, 0, 1, 1}, {0, 1, 1, 0}, {1, 0, 0, 1}, {1, 0, 1, 1}}
	for b := range labels {
		if err := tally.Add(b, labels[b], predicted[b]); err != nil {
			t.Fatal(err)
		}
	}
	return memtest.Cell{Row: row("mlp", 5, 0.3), Evidence: memtest.Evidence{Fresh: new(float64), Counts: tally.Counts(), Margins: []float32{1, 2, 3, 4}, Predicted: predicted[0]}}
}

func TestExtremes(t *testing.T) {
	set := &datasets.Set{Shape: datasets.Shape{Height: 1, Width: 2, Channels: 1}, Classes: []string{"a", "b"}, X: []float32{0, 0, 1, 0, 0, 1, 1, 1}, Y: []int32{0, 0, 1, 1}}
	cell := measuredCell(t)
	e, err := extremes(cell, set, set, 1)
	if err != nil {
		t.Fatal(err)
	}
	if e.Most[0].Index != 0 || e.Least[0].Index != 3 || e.Least[0].Class != "b" || e.Most[0].Score <= e.Least[0].Score {
		t.Errorf("most %+v, least %+v", e.Most[0], e.Least[0])
	}
	if text := printed(t, func() error { return Examples(cell, set, set, 2) }); !strings.Contains(text, "Most memorized: 0 (a)") {
		t.Errorf("in words: %q", text)
	}
	for name, f := range map[string]func() error{
		"no k":      func() error { return Examples(cell, set, set, 0) },
		"k > n/2":   func() error { return Examples(cell, set, set, 3) },
		"other set": func() error { return Examples(cell, set.Head(3), set, 1) },
		"no counts": func() error { return Examples(memtest.Cell{Row: row("mlp", 5, 0.3)}, set, set, 1) },
	} {
		if f() == nil {
			t.Errorf("%s: shown", name)
		}
	}
}

func TestKept(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("GOMLX_BACKEND", "go") // nothing is computed
	calls := 0
	measure := func(context.Context, *xla.Engine, memtest.Options) iter.Seq2[memtest.Cell, error] {
		return func(yield func(memtest.Cell, error) bool) {
			calls++
			yield(measuredCell(t), nil)
		}
	}
	kept := func(key string) memtest.Cell {
		t.Helper()
		cells, err := Kept(key, measure)
		if err != nil || len(cells) != 1 {
			t.Fatalf("%d cells: %v", len(cells), err)
		}
		return cells[0]
	}
	kept("a")
	c := kept("a")
	if calls != 1 {
		t.Errorf("measured %d times for one key", calls)
	}
	// gob alone would have lost pointers to 0.
	if c.Row.Z == nil || c.Row.Fresh == nil || c.Evidence.Fresh == nil || *c.Evidence.Fresh != 0 {
		t.Errorf("z %v, fresh %v and %v, all of 0, came back otherwise", c.Row.Z, c.Row.Fresh, c.Evidence.Fresh)
	}
	if got, want := c.Counts.PerExampleOwn()[0], measuredCell(t).Counts.PerExampleOwn()[0]; got != want {
		t.Errorf("counts came back as %+v, want %+v", got, want)
	}
	kept("b")
	if calls != 2 {
		t.Error("another key was not measured")
	}
	// What was kept in part, as a cell that was stopped leaves it, is measured again.
	evidence := filepath.Join(os.Getenv("XDG_CACHE_HOME"), "memtest", "notebooks", "*", "cells", "*")
	files, err := filepath.Glob(evidence)
	if err != nil || len(files) != 2 {
		t.Fatalf("evidence %q: %v", files, err)
	}
	for _, f := range files {
		if err := os.WriteFile(f, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept("a")
	if calls != 3 {
		t.Error("a damaged file was taken for cells")
	}
	// So is what cannot be gone on with.
	manifests, err := filepath.Glob(filepath.Join(os.Getenv("XDG_CACHE_HOME"), "memtest", "notebooks", "*", "manifest.json"))
	if err != nil || len(manifests) != 2 {
		t.Fatalf("manifests %q: %v", manifests, err)
	}
	for _, f := range manifests {
		if err := os.WriteFile(f, []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept("b")
	if calls != 4 {
		t.Error("a run without its manifest was taken for whole")
	}
	wrong := errors.New("wrong")
	if _, err := Kept("c", func(context.Context, *xla.Engine, memtest.Options) iter.Seq2[memtest.Cell, error] {
		return func(yield func(memtest.Cell, error) bool) { yield(memtest.Cell{}, wrong) }
	}); !errors.Is(err, wrong) {
		t.Errorf("an error of measuring came back as %v", err)
	}
}

func TestRunIsKeptByItsConfiguration(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("GOMLX_BACKEND", "go")
	c := memtest.Config{N: 60, Net: "mlp:4", Epochs: []int{0}, Levels: []float64{0.3}, Refs: []string{memtest.RefUntrained}, Options: memtest.Options{Probes: []string{"centroid"}, Permutations: 19}}
	first, err := Run(c)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Run(c)
	if err != nil {
		t.Fatal(err)
	}
	if len(first) != 1 || len(again) != 1 || first[0].Observed != again[0].Observed || again[0].LearningPAdjusted == nil {
		t.Errorf("rows %+v and %+v", first, again)
	}
	c.Seed = 2
	other, err := Run(c)
	if err != nil {
		t.Fatal(err)
	}
	if other[0].Seed != 2 {
		t.Error("another seed was answered by what was kept")
	}
	c.Net = "transformer"
	if _, err := Run(c); err == nil {
		t.Error("a network that does not exist")
	}
	if len(sources()) != 64 {
		t.Errorf("the hash of the sources is %q", sources())
	}
}

// Cells are those of Run, each with what is known of single examples.
func TestCells(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("GOMLX_BACKEND", "go")
	c := memtest.Config{N: 60, Net: "mlp:4", Epochs: []int{0}, Levels: []float64{0.3}, Refs: []string{memtest.RefUntrained}, Options: memtest.Options{Probes: []string{"centroid"}, Permutations: 19}}
	x, err := memtest.New(context.Background(), c, datasets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cells, err := Cells(x)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := Run(c)
	if err != nil || len(rows) != len(cells) {
		t.Fatalf("%d cells and %d rows: %v", len(cells), len(rows), err)
	}
	hits, own := 0.0, cells[0].Counts.PerExampleOwn()
	for i, label := range x.Train.Y {
		if cells[0].Predicted[i] == label {
			hits++
		}
	}
	if len(own) != 60 || len(cells[0].Margins) != 60 || math.Abs(hits/60-rows[0].Observed) > 1e-12 {
		t.Errorf("%d examples, %d margins, %v hits of 60 where %v was observed", len(own), len(cells[0].Margins), hits, rows[0].Observed)
	}
}

func TestProgressTellsTheTimeLeft(t *testing.T) {
	p := memtest.Progress{Doing: "training <b>", Done: 5, Total: 25}
	if s := left(p, 1, 8*time.Second); s != ", about 40s left" {
		t.Errorf("4 cells in 8 s, 20 to go: %q", s)
	}
	if s := left(p, 5, 8*time.Second); s != "" {
		t.Errorf("before the first cell: %q", s)
	}
	if s := bar(p, ""); strings.Contains(s, "<b>") || !strings.Contains(s, `value="5" max="25"`) {
		t.Errorf("the bar is %s", s)
	}
}

func TestImage(t *testing.T) {
	m := image.NewGray(image.Rect(0, 0, 2, 1))
	if text := printed(t, func() error { return Image(m, 3, "a black bar") }); text != "a black bar\n" {
		t.Errorf("printed %q", text)
	}
	if err := Image(m, 0, ""); err == nil {
		t.Error("a scale of 0")
	}
}

func TestReadyRefusesTheSlowBackend(t *testing.T) {
	t.Setenv("GOMLX_BACKEND", "/nowhere/plugin.so")
	err := Ready()
	if err == nil || !strings.Contains(err.Error(), "memtest doctor") {
		t.Errorf("a plugin that is not there: %v", err)
	}
	t.Setenv("GOMLX_BACKEND", "go")
	if text := printed(t, Ready); !strings.Contains(text, "ready") {
		t.Errorf("the backend that was asked for: %q", text)
	}
}

// What others could have put there is not believed.
func TestKeptInAPrivateFolder(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	path, err := folder("key")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm() != 0o777 {
		t.Skip("folders have no modes here")
	}
	if _, err := folder("key"); err == nil || !strings.Contains(err.Error(), "can be written by everybody") || !strings.Contains(err.Error(), "XDG_CACHE_HOME") {
		t.Errorf("kept where everybody may write: %v", err)
	}
}
