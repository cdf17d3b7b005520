package memtest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/result"
)

var (
	anImage = datasets.Shape{Height: 8, Width: 8, Channels: 1}
	aTable  = datasets.Shape{Height: 1, Width: 1, Channels: 5}
	aSeries = datasets.Shape{Height: 12, Width: 1, Channels: 3, Kind: datasets.Series}
	words   = datasets.Shape{Height: 12, Width: 1, Channels: 1, Kind: datasets.Tokens, Vocabulary: 30}
)

// What --net says becomes a network for the kind of the examples, or a sentence that names
// both.
func TestNetworksOfKinds(t *testing.T) {
	for _, c := range []struct {
		net   string
		shape datasets.Shape
		want  string // names of the layers, or part of the error
	}{
		{"transformer", words, "embedding1 positions1 attention1 attention2 layernorm1 pool1"},
		{"transformer:1x9", aSeries, "conv1d1 positions1 attention1 layernorm1 pool1"},
		{"transformer:2", words, `net: "transformer:2": "2" is not a number of layers and a width; type for example transformer:2x64`},
		{"transformer:0x8", words, `"0x8" is not a number of layers and a width`},
		{"transformer:", words, `"" is not a number of layers and a width`},
		{"transformer:33x8", words, "layers: 33 is too many; give at most 32"},
		{"transformer", anImage, `net: "transformer": transformer (attention of steps) takes series and tokens, but the examples are images; choose cnn, mlp, resnet or a FILE.yaml`},
		{"transformer:2x64", aTable, "takes series and tokens, but the examples are tables; choose"},
		{"mlp", words, `net: "mlp": mlp (dense layers) takes images, tables and series, but the examples are tokens; choose conv1d, lstm, transformer or a FILE.yaml`},
		{"cnn", aSeries, "cnn (convolutions of images) takes images and tables, but the examples are series; choose conv1d, lstm, mlp, transformer or a FILE.yaml"},
		{"mlp:8", aSeries, "dense1"},
		{"mlp:8", aTable, "dense1"},
	} {
		spec, err := Config{Net: c.net}.network(&datasets.Set{Shape: c.shape, Classes: make([]string, 2)})
		got := fmt.Sprint(err)
		if err == nil {
			got = strings.Join(spec.LayerNames(), " ")
		}
		if !strings.Contains(got, c.want) || err == nil && got != c.want {
			t.Errorf("%s of %v: %s, want %s", c.net, c.shape, got, c.want)
		}
		if standardized := c.net == "mlp:8" && c.shape == aTable; spec.Standardize != standardized {
			t.Errorf("%s of %v: columns standardized: %t", c.net, c.shape, spec.Standardize)
		}
	}
}

// texts are of two classes: which of two words occurs.
func texts(n int, stream uint64) *datasets.Set {
	r := rand.New(rand.NewPCG(3, stream))
	set := &datasets.Set{Name: "texts", Shape: words, Classes: []string{"a", "b"}}
	for i := range n {
		row, length, label := make([]float32, words.RowSize()), 3+r.IntN(10), int32(i%2)
		for j := range length {
			row[j] = float32(2 + r.IntN(28))
		}
		row[r.IntN(length)], row[words.Size()] = float32(label), float32(length)
		set.X, set.Y = append(set.X, row...), append(set.Y, label)
	}
	return set
}

// A run over texts, with all references, a twin and a refit of the transformer: all rows are
// right in themselves, and the network has learned.
func TestRunOfTexts(t *testing.T) {
	another := perturb.Func{Label: "another word", In: "share of the words", Max: 1, Make: func(dst, src []float32, s datasets.Shape, level float64, r *rand.Rand) {
		copy(dst, src)
		for j := range s.Length(src) {
			if r.Float64() < level {
				dst[j] = float32(2 + r.IntN(28))
			}
		}
	}}
	c := Config{Net: "transformer:1x16", Epochs: []int{0, 8}, Layers: []string{"attention1", "last"}, Levels: []float64{0.1},
		Perturbation: another, Refit: 19, Batch: 32, Options: Options{Probes: []string{"ridge"}, Permutations: 19}}
	x, err := NewFrom(c, texts(160, 1), texts(80, 2))
	if err != nil {
		t.Fatal(err)
	}
	var all []result.Row
	for cell, err := range x.Cells(t.Context(), engine(t)) {
		if err != nil {
			t.Fatal(err)
		}
		if err := cell.Row.Check(); err != nil {
			t.Error(err)
		}
		all = append(all, cell.Row)
	}
	roles := map[string]int{}
	for _, r := range all {
		roles[r.Network]++
		if r.Network == "transformer" && r.Epoch == 8 && r.Layer == "pool1" && r.Learning < 0.1 {
			t.Errorf("learning of %g", r.Learning)
		}
	}
	for _, network := range []string{"transformer", RefInput, RefTwin, string(features.Refit)} {
		if roles[network] == 0 {
			t.Errorf("no row of %s: %v", network, roles)
		}
	}
}
