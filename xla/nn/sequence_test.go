package nn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/pkg/core/graph"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla"
)

func tokens(steps, vocabulary int) datasets.Shape {
	return datasets.Shape{Height: steps, Width: 1, Channels: 1, Kind: datasets.Tokens, Vocabulary: vocabulary}
}

func series(steps, channels int) datasets.Shape {
	return datasets.Shape{Height: steps, Width: 1, Channels: channels, Kind: datasets.Series}
}

// sequences are random examples with random labels and lengths, the first of which is 1 and
// the second the greatest; padding is zeros.
func sequences(n int, shape datasets.Shape, classes int) *datasets.Set {
	r := rand.New(rand.NewPCG(9, uint64(n)))
	s := &datasets.Set{Name: "sequences", Shape: shape, Classes: make([]string, classes)}
	for i := range n {
		length := []int{1, shape.Height}[i%2]
		if i > 1 {
			length = 1 + r.IntN(shape.Height)
		}
		row := make([]float32, shape.RowSize())
		for j := range length * shape.Channels {
			if row[j] = float32(r.NormFloat64()); shape.Kind == datasets.Tokens {
				row[j] = float32(r.IntN(shape.Vocabulary))
			}
		}
		row[shape.Size()] = float32(length)
		s.X, s.Y = append(s.X, row...), append(s.Y, int32(r.IntN(classes)))
	}
	return s
}

var sequenceCases = map[string]struct {
	input  datasets.Shape
	layers []Layer
}{
	"embedding":    {tokens(5, 4), []Layer{{Kind: "embedding", Units: 3}}},
	"positions":    {tokens(5, 4), []Layer{{Kind: "embedding", Units: 3}, {Kind: "positions"}}},
	"mean":         {series(5, 2), []Layer{{Kind: "positions"}, {Kind: "pool"}}},
	"last":         {series(5, 2), []Layer{{Kind: "positions"}, {Kind: "pool", Pool: "last"}}},
	"first":        {series(5, 2), []Layer{{Kind: "positions"}, {Kind: "pool", Pool: "first"}}},
	"attention":    {series(5, 4), []Layer{{Kind: "attention", Heads: 2}}},
	"dropout":      {series(5, 4), []Layer{{Kind: "attention", Heads: 1, Units: 3, Activation: "tanh", Rate: 0.3}}},
	"residual":     {series(4, 4), []Layer{{Kind: "residual", Activation: "gelu", Layers: []Layer{{Kind: "positions"}, {Kind: "attention"}}}, {Kind: "pool"}}},
	"two of words": {tokens(5, 4), []Layer{{Kind: "embedding", Units: 4}, {Kind: "positions"}, {Kind: "attention"}, {Kind: "attention", Heads: 2}, {Kind: "layernorm"}, {Kind: "pool"}}},
}

// buildSequences is build for a network of sequences, with lengths of all sorts.
func buildSequences(t *testing.T, e *xla.Engine, spec Spec, batch int) *built {
	t.Helper()
	b := build(t, e, spec, batch)
	b.x[0] = wide(sequences(batch, spec.Input, 2).X)
	return b
}

// Gradients of all inputs and weights through each kind of layer of sequences, against
// central differences, in training.
func TestSequenceGradients(t *testing.T) {
	onBoth(t, func(t *testing.T, e *xla.Engine) {
		for name, c := range sequenceCases {
			t.Run(name, func(t *testing.T) {
				b := buildSequences(t, e, Spec{Name: "n", Input: c.input, Classes: 2, Layers: c.layers}, 4)
				from := 0 // of series their values too
				if c.input.Kind == datasets.Tokens {
					from = 1
				}
				got := b.compile(t, e, true, func(in []*Node, bu *Builder, logits *Node) []*Node {
					return Gradient(b.weighted(logits, bu), in[from:]...)
				})(b.x)
				value := b.compile(t, e, true, func(_ []*Node, bu *Builder, logits *Node) []*Node {
					return []*Node{b.weighted(logits, bu)}
				})
				const step = 1e-5
				for k := from; k < len(b.x); k++ {
					n := len(b.x[k])
					for _, i := range []int{0, 1 % n, n / 3, n / 2, max(0, n-2)} {
						moved := slices.Clone(b.x)
						at := func(v float64) float64 {
							moved[k] = slices.Clone(b.x[k])
							moved[k][i] = v
							return value(moved)[0][0]
						}
						slope := (at(b.x[k][i]+step) - at(b.x[k][i]-step)) / (2 * step)
						if g := got[k-from][i]; math.Abs(g-slope) > 1e-6*(1+math.Abs(slope)) {
							t.Errorf("argument %d, value %d: gradient %v, but the difference quotient is %v", k, i, g, slope)
						}
					}
				}
			})
		}
	})
}
