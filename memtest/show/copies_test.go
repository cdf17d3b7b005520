package show

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// shifted makes copies whose first value is 3.
var shifted = perturb.Func{Label: "own", In: "shares", Max: 1, Make: func(dst, src []float32, _ datasets.Shape, _ float64, _ *rand.Rand) {
	copy(dst, src)
	dst[0] = 3
}}

func textsAndSeries() (texts, series *datasets.Set) {
	texts = &datasets.Set{Name: "texts", Shape: datasets.Shape{Height: 3, Width: 1, Channels: 1, Kind: datasets.Tokens, Vocabulary: 4},
		Tokens: &datasets.Vocabulary{Words: []string{"-", "<b>", "bee", "fly"}, Space: " "}, Classes: []string{"a", "b"}}
	series = &datasets.Set{Name: "series", Shape: datasets.Shape{Height: 3, Width: 1, Channels: 2, Kind: datasets.Series}, Classes: []string{"a", "b"}}
	for i := range 4 {
		texts.X, texts.Y = append(texts.X, 1, 2, float32(i), 3), append(texts.Y, int32(i%2))
		series.X, series.Y = append(series.X, 1, 2, 3, 4, float32(i), 6, 3), append(series.Y, int32(i%2))
	}
	return texts, series
}

func TestCopiesOfEachKind(t *testing.T) {
	texts, series := textsAndSeries()
	images := &datasets.Set{Name: "pictures", Shape: datasets.Shape{Height: 2, Width: 2, Channels: 1}, X: make([]float32, 8), Y: []int32{0, 1}, Classes: []string{"a", "b"}}
	for _, c := range []struct {
		set  *datasets.Set
		want string
	}{{texts, "‹fly› bee -"}, {series, "channel 2"}, {images, "2 examples of pictures"}} {
		if got := printed(t, func() error { return Copies(c.set, shifted, []float64{0, 0.5}, 2, 1) }); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q is missing in\n%s", c.set.Name, c.want, got)
		}
	}
	for k, levels := range map[int][]float64{0: {0}, 5: {0}, 1: nil} {
		if err := Copies(texts, shifted, levels, k, 1); err == nil {
			t.Errorf("%d examples at levels %v", k, levels)
		}
	}
}

func TestExamplesOfSequences(t *testing.T) {
	tally, err := perm.NewTally(4, 2, perm.TallyOptions{PerExample: true, Strata: make([]int32, 4)})
	if err != nil {
		t.Fatal(err)
	}
	for b, labels := range [][]int32{{0, 1, 0, 1}, {0, 0, 1, 1}, {1, 1, 0, 0}} {
		if err := tally.Add(b, labels, []int32{labels[0], 0, 1, labels[3]}); err != nil {
			t.Fatal(err)
		}
	}
	cell := memtest.Cell{Row: row("lstm", 1, 0.5), Evidence: result.Evidence{Counts: tally.Counts()}}
	texts, series := textsAndSeries()
	for set, want := range map[*datasets.Set]string{texts: "‹fly› bee", series: "▁"} {
		copies, err := perturb.Copies(set, shifted, 0.5, 1)
		if err != nil {
			t.Fatal(err)
		}
		if got := printed(t, func() error { return Examples(cell, set, copies, 2) }); !strings.Contains(got, want) || !strings.Contains(got, "Least memorized") {
			t.Errorf("%s: %q is missing in\n%s", set.Name, want, got)
		}
	}
}

// A figure of curves can be drawn, and texts never become markup.
func TestCurvesAndTextsAreDrawn(t *testing.T) {
	texts, series := textsAndSeries()
	c := report.Copies{Perturbation: "own", Levels: []report.CopyLevel{{Level: 0}, {Level: 0.5}}}
	if err := c.ShowCopies(series, shifted, 2, 1); err != nil {
		t.Fatal(err)
	}
	blocks, err := c.Blocks()
	if err != nil {
		t.Fatal(err)
	}
	f := curvesFigure(*blocks[0].Curves)
	if err := f.Check(); err != nil || len(f.Panels) != 4 || len(f.Panels[1].Series) != 2 || f.Panels[1].Series[0].Y[2] != 6 {
		t.Errorf("%v: %+v", err, f.Panels)
	}
	if err := c.ShowCopies(texts, shifted, 2, 1); err != nil {
		t.Fatal(err)
	}
	if blocks, err = c.Blocks(); err != nil {
		t.Fatal(err)
	}
	var html strings.Builder
	if err := textTable.Execute(&html, blocks[0].Table); err != nil || !strings.Contains(html.String(), "&lt;b&gt; bee") {
		t.Errorf("%v: %s", err, html.String())
	}
}
