package onnx

import (
	"context"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// sequences are golden examples as a set of this shape, with other values for padding than
// torch was given: nothing may depend on them.
func sequences(x arrays.Matrix, s datasets.Shape, vocabulary *datasets.Vocabulary) *datasets.Set {
	set := &datasets.Set{Name: "golden", Shape: s, Classes: []string{"a", "b"}, Y: make([]int32, x.Rows), X: x.Data, Tokens: vocabulary}
	for i := range x.Rows {
		row := set.Row(i)
		for j := s.Length(row) * s.Channels; j < s.Size(); j++ {
			row[j] = 7
		}
	}
	return set
}

// Models of tokens and of series are given their padding, masks and lengths as torch gave them.
func TestSequencesAsTorchComputesThem(t *testing.T) {
	e := engine(t)
	for _, c := range []struct {
		name       string
		shape      datasets.Shape
		vocabulary *datasets.Vocabulary
		inputs     []string
		says       string
	}{
		{"words", datasets.Shape{Height: 6, Width: 1, Channels: 1, Kind: datasets.Tokens, Vocabulary: 12}, &datasets.Vocabulary{}, []string{"tokens=data", "attention_mask=mask"}, "as [6]; attention_mask is given the mask of its steps"},
		{"series", datasets.Shape{Height: 6, Width: 1, Channels: 2, Kind: datasets.Series}, nil, []string{"x=data", "lengths=lengths"}, "transposed to channels × steps; lengths is given the lengths"},
	} {
		m, want := read(t, c.name), golden(t, c.name)
		set := sequences(want["x"], c.shape, c.vocabulary)
		feed, err := m.Fit(c.shape, Feed{Inputs: c.inputs})
		if err != nil {
			t.Fatal(err)
		}
		if feed.String() != c.says {
			t.Errorf("%s: it says %q, want %q", c.name, feed, c.says)
		}
		r, err := m.newRunner(e, feed, []string{"scores", "pooled"})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		got, err := r.Features(context.Background(), set)
		if err != nil {
			t.Fatal(err)
		}
		compareRows(t, c.name+" scores", got[0], want["scores"])
		compareRows(t, c.name+" pooled", got[1], want["pooled"])
	}
}

// scoring computes the scores of the model of words for tokens of this shape.
func scoring(t *testing.T, m *Model, s datasets.Shape) *runner {
	t.Helper()
	feed, err := m.Fit(s, Feed{Inputs: []string{"tokens=data", "attention_mask=mask"}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := m.newRunner(engine(t), feed, []string{"scores"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// Tokens that were numbered here are not those of a model that was trained elsewhere.
func TestTextIsNoInputOfAModel(t *testing.T) {
	s := datasets.Shape{Height: 6, Width: 1, Channels: 1, Kind: datasets.Tokens, Vocabulary: 12}
	m, want := read(t, "words"), golden(t, "words")
	r := scoring(t, m, s)
	set := sequences(want["x"], s, &datasets.Vocabulary{Words: strings.Split("abcdefghijkl", "")})
	if _, err := r.Features(context.Background(), set); err == nil || !strings.Contains(err.Error(), "--own layout=tokens") {
		t.Errorf("text: %v", err)
	}
	image := datasets.Shape{Height: 6, Width: 1, Channels: 1}
	if _, err := m.Fit(image, Feed{Inputs: []string{"tokens=data", "attention_mask=mask"}}); err == nil || !strings.Contains(err.Error(), "attention_mask is given the mask of sequences, but examples are image") {
		t.Errorf("image: %v", err)
	}
}

// What no token stands for is not fed, and the ends of sequences are known better than by zeros.
func TestPaddingIsATokenOfTheModel(t *testing.T) {
	s := datasets.Shape{Height: 6, Width: 1, Channels: 1, Kind: datasets.Tokens, Vocabulary: 12}
	m, want := read(t, "words"), golden(t, "words")
	r := scoring(t, m, s)
	for _, pad := range []int32{-1, 12} {
		set := sequences(want["x"], s, &datasets.Vocabulary{Pad: pad})
		if _, err := r.Features(context.Background(), set); err == nil || !strings.Contains(err.Error(), "example 1 of data set \"golden\" has 3") {
			t.Errorf("padding %d: %v", pad, err)
		}
		full := set.Subset([]int{0, 0}) // of six tokens, which need none
		if _, err := r.Features(context.Background(), full); err != nil {
			t.Errorf("padding %d of full rows: %v", pad, err)
		}
	}
	for _, c := range []struct {
		inputs []string
		says   string
	}{
		{[]string{"tokens=data", "attention_mask=nonzero"}, "--inputs attention_mask=mask"},
		{nil, "--inputs tokens=data,attention_mask=mask"},
	} {
		if _, err := m.Fit(s, Feed{Inputs: c.inputs}); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("inputs %q: %v", c.inputs, err)
		}
	}
}

// What to type for sequences is of sequences: a mask of ones would let a model read padding.
func TestSequencesAreToldOfMasks(t *testing.T) {
	s := datasets.Shape{Height: 6, Width: 1, Channels: 1, Kind: datasets.Tokens, Vocabulary: 12}
	m := read(t, "words")
	if _, err := m.Fit(s, Feed{}); err == nil || !strings.Contains(err.Error(), "attention_mask=mask") {
		t.Errorf("nothing stated: %v", err)
	}
	s.Height = 5
	_, err := m.Fit(s, Feed{Inputs: []string{"tokens=data", "attention_mask=mask"}})
	if err == nil || !strings.Contains(err.Error(), "tokens, 5 places") || !strings.Contains(err.Error(), "open axes") || strings.Contains(err.Error(), "shape=") {
		t.Errorf("other length: %v", err)
	}
}
