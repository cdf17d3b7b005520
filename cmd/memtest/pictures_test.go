package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// sequenceSets are eight texts, and eight series of three channels, which as many values
// of a picture could be.
func sequenceSets() []*datasets.Set {
	words := &datasets.Set{Name: "words", Shape: datasets.Shape{Height: 4, Width: 1, Channels: 1, Kind: datasets.Tokens, Vocabulary: 5},
		Tokens: &datasets.Vocabulary{Words: []string{"-", "ant", "bee", "fly", "emu"}, Space: " "}}
	series := &datasets.Set{Name: "series", Shape: datasets.Shape{Height: 4, Width: 1, Channels: 3, Kind: datasets.Series}}
	for i := range 8 {
		words.X = append(words.X, float32(1+i%4), float32(1+i/2), 3, 0, 3)
		for j := range 12 {
			series.X = append(series.X, float32(i*j%7)/6)
		}
		series.X = append(series.X, 4)
	}
	for _, s := range []*datasets.Set{words, series} {
		s.Classes, s.Y = []string{"a", "b"}, []int32{0, 1, 0, 1, 0, 1, 0, 1}
		s.ByChance = []bool{true, false, false, false, true, false, false, true}
	}
	return []*datasets.Set{words, series}
}

// shifted makes copies whose first value is another one.
var shifted = perturb.Func{Label: "own", In: "shares", Max: 1, Make: func(dst, src []float32, s datasets.Shape, _ float64, r *rand.Rand) {
	copy(dst, src)
	dst[0] = float32(r.IntN(2) + 3)
}}

// cellOfEight is a cell with evidence of eight examples.
func cellOfEight(t *testing.T) memtest.Cell {
	t.Helper()
	tally, err := perm.NewTally(8, 2, perm.TallyOptions{PerExample: true, Strata: make([]int32, 8)})
	if err != nil {
		t.Fatal(err)
	}
	for b, labels := range [][]int32{{0, 1, 0, 1, 0, 1, 0, 1}, {0, 0, 1, 1, 0, 0, 1, 1}, {1, 1, 1, 1, 0, 0, 0, 0}} {
		if err := tally.Add(b, labels, []int32{labels[0], labels[1], 0, 1, labels[4], 0, 1, labels[7]}); err != nil {
			t.Fatal(err)
		}
	}
	return memtest.Cell{Row: result.Row{Network: "lstm", Layer: "pool", Probe: "ridge", Perturbation: "own", Level: 0.5},
		Evidence: result.Evidence{Counts: tally.Counts(), Margins: []float32{-1, 2, 2, 2, -1, 2, 2, 2}}}
}

// What is no picture is never drawn as one, neither by the page of a run nor by levels.
func TestSequencesAreNoPictures(t *testing.T) {
	for _, set := range sequenceSets() {
		x := &memtest.Experiment{Train: set, Perturbation: shifted}
		x.Config.Levels = []float64{0, 0.5}
		folder := t.TempDir()
		var log bytes.Buffer
		if err := savePictures(context.Background(), folder, slices.Values([]memtest.Cell{cellOfEight(t)}), x, &log); err != nil || log.Len() > 0 {
			t.Fatalf("%s: error %v, and %s", set.Name, err, log.String())
		}
		var kept report.Pictures
		text, err := os.ReadFile(filepath.Join(folder, rundir.PicturesFile))
		if err == nil {
			err = json.Unmarshal(text, &kept)
		}
		if err != nil {
			t.Fatal(err)
		}
		if c := kept.Copies; c.Grid != nil || c.Form == nil || c.Form.Kind != set.Shape.Kind || len(c.Examples) != gridExamples {
			t.Errorf("%s: copies %+v", set.Name, c)
		}
		if e := kept.Examples[0]; len(e.Most) != 4 || e.Most[0].Parent != nil || len(e.Most[0].Shown) != 2 {
			t.Errorf("%s: examples %+v", set.Name, e)
		}
		if b := kept.ByChance; b == nil || b.N != 8 || b.Drawn != 3 || *b.Margin != 2 {
			t.Errorf("%s: by chance %+v", set.Name, b)
		}
		if _, err := perturb.Grid(set, shifted, []float64{0}, 1, 1); err == nil {
			t.Errorf("%s: a grid of pictures is drawn", set.Name)
		}
	}
}

func TestLevelsPrintsWhatIsReadAsText(t *testing.T) {
	for i, want := range []string{"1  b      bee ant fly", "channel 1  "} {
		var b bytes.Buffer
		if err := printCopies(&b, sequenceSets()[i], shifted, memtest.Config{Levels: []float64{0, 0.5}}); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("error %v, %q is missing in\n%s", err, want, b.String())
		}
	}
	picture := &datasets.Set{Shape: datasets.Shape{Height: 2, Width: 2, Channels: 1}, X: make([]float32, 8), Y: []int32{0, 1}, Classes: []string{"a", "b"}}
	var b bytes.Buffer
	if err := printCopies(&b, picture, shifted, memtest.Config{Levels: []float64{0}}); err != nil || b.Len() > 0 {
		t.Errorf("of pictures %q is printed (%v)", b.String(), err)
	}
}
