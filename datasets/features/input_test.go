package features_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
)

// tokensOf are examples of tokens of at most two places, the second without its last.
func tokensOf(vocabulary int) *datasets.Set {
	return &datasets.Set{
		Name: "tokens", Shape: datasets.Shape{Height: 2, Width: 1, Channels: 1, Kind: datasets.Tokens, Vocabulary: vocabulary}, Classes: []string{"a", "b"},
		X: []float32{2, 1, 2, 0, 9, 1, 1, 1, 2, 2, 0, 2}, Y: []int32{0, 0, 1, 1},
	}
}

// inputOf are the raw inputs of a set with copies at level 0.
func inputOf(t *testing.T, set *datasets.Set) features.Features {
	t.Helper()
	x := features.Examples{Train: set, Fresh: set, Levels: []float64{0}, Copies: func(float64) (*datasets.Set, error) { return set, nil }, Perturbation: "own", Unit: "none"}
	f, err := x.Input(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Rows of the raw input say what its columns are where they are not the values.
func TestInputsOfTokensSayWhatTheyAre(t *testing.T) {
	for vocabulary, want := range map[int]string{3: "[one-hot]", 5000: "[counts]", 20000: "[counts: 20000 tokens in 8192 columns]"} {
		f := inputOf(t, tokensOf(vocabulary))
		if got := fmt.Sprint(f.Flags); got != want {
			t.Errorf("%d tokens: flags %s, want %s", vocabulary, got, want)
		}
	}
	if got := fmt.Sprint(inputOf(t, tokensOf(3)).Train.Row(0), inputOf(t, tokensOf(3)).Train.Row(1)); got != "[0 0 1 0 1 0] [1 0 0 0 0 0]" {
		t.Errorf("one-hot rows %s: the second has no second place", got)
	}
	series := &datasets.Set{Shape: datasets.Shape{Height: 2, Width: 1, Channels: 1, Kind: datasets.Series}, X: []float32{1, 2, 2}, Y: []int32{0}, Classes: []string{"a"}}
	if f := inputOf(t, series); f.Flags != nil {
		t.Errorf("series carry %v", f.Flags)
	}
}

// Features of sequences are written, and read again as they were.
func TestFeaturesOfSequencesAreWritten(t *testing.T) {
	series := &datasets.Set{Name: "series", Shape: datasets.Shape{Height: 3, Width: 1, Channels: 2, Kind: datasets.Series}, Classes: []string{"a", "b"},
		X: []float32{1, 2, 3, 4, 5, 6, 3, 7, 8, 0, 0, 0, 0, 1, 1, 1, 1, 1, 9, 9, 2, 4, 4, 4, 4, 4, 4, 3}, Y: []int32{0, 0, 1, 1}}
	for _, c := range []struct {
		set  *datasets.Set
		dims string
	}{{tokensOf(3), "[4 2 3 1]"}, {tokensOf(5000), "[4 5000]"}, {series, "[4 3 1 2]"}} {
		f := inputOf(t, c.set)
		all, err := f.Arrays()
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range all {
			if a.Floats != nil && fmt.Sprint(a.Dims) != c.dims {
				t.Errorf("%s: %s has the axes %v, want %s", c.set.Name, a.Name, a.Dims, c.dims)
			}
		}
		path := filepath.Join(t.TempDir(), "features.npz")
		var file bytes.Buffer
		if err := arrays.WriteNPZ(&file, all...); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, file.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := arrays.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Array(features.KeyTrain)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := got.Matrix(0); err != nil || fmt.Sprint(m.Data) != fmt.Sprint(f.Train.Data) {
			t.Errorf("%s: read %d×%d, error %v, written %d×%d", c.set.Name, m.Rows, m.Cols, err, f.Train.Rows, f.Train.Cols)
		}
		s.Close()
	}
}
