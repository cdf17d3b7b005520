package nn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

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
	"conv1d":       {series(7, 2), []Layer{{Kind: "conv1d", Channels: 3, Activation: "tanh"}}},
	"even kernel":  {series(7, 2), []Layer{{Kind: "conv1d", Channels: 2, Kernel: 4, Activation: "none"}, {Kind: "pool"}}},
	"wide kernel":  {series(7, 2), []Layer{{Kind: "conv1d", Channels: 4, Kernel: 3, Activation: "gelu"}, {Kind: "conv1d", Channels: 2, Kernel: 9, Activation: "gelu"}}},
	"conv1d block": {series(7, 2), []Layer{{Kind: "residual", Activation: "tanh", Layers: []Layer{{Kind: "layernorm"}, {Kind: "conv1d", Channels: 2, Activation: "none"}}}}},
	"lstm":         {series(7, 2), []Layer{{Kind: "lstm", Units: 3}}},
	"last state":   {tokens(7, 4), []Layer{{Kind: "embedding", Units: 2}, {Kind: "lstm", Units: 3}, {Kind: "pool", Pool: "last"}}},
	"two lstm":     {series(4, 2), []Layer{{Kind: "conv1d", Channels: 2, Activation: "none"}, {Kind: "lstm", Units: 2}, {Kind: "lstm", Units: 3}, {Kind: "pool"}}},
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
				inputs := c.input.Size() // of the first example; tokens have no gradient
				if c.input.Kind == datasets.Tokens {
					inputs = 0
				}
				b.compareGradients(t, e, inputs)
			})
		}
	})
}

// plainSequences is a network of sequences in plain Go and double precision, one example at
// a time: what the programs are compared with. No padding comes into it.
type plainSequences struct {
	spec    Spec
	weights [][]float64 // in the order of the params
}

// take hands out the next array.
func (p *plainSequences) take() []float64 {
	w := p.weights[0]
	p.weights = p.weights[1:]
	return w
}

// logits of a row of a set.
func (p plainSequences) logits(row []float64) []float64 {
	in := p.spec.Input
	var x [][]float64 // [length][channels]
	for t := range int(row[in.Size()]) {
		x = append(x, row[t*in.Channels:(t+1)*in.Channels])
	}
	for _, l := range p.spec.Layers {
		x = p.layer(l.withDefaults(), x)
	}
	return p.product(x, p.spec.Classes)[0]
}

func (p *plainSequences) layer(l Layer, x [][]float64) [][]float64 {
	switch l.Kind {
	case "embedding":
		table := p.take()
		for t := range x {
			token := int(x[t][0])
			x[t] = table[token*l.Units : (token+1)*l.Units]
		}
	case "positions":
		table := p.take()
		for t := range x {
			x[t] = plus(x[t], table[t*len(x[t]):(t+1)*len(x[t])])
		}
	case "attention":
		return p.block(l, x)
	case "layernorm":
		return p.norm(x)
	case "conv1d":
		y := plainConv1D(x, l.Kernel, l.Channels, p.take(), p.take())
		for t := range y {
			y[t] = each(y[t], func(v float64) float64 { return math.Max(v, 0) })
		}
		return y
	case "lstm":
		return plainLSTM(x, l.Units, p.take(), p.take(), p.take())
	case "dense":
		return [][]float64{each(p.product(x, l.Units)[0], func(v float64) float64 { return math.Max(v, 0) })}
	case "pool":
		mean := make([]float64, len(x[0]))
		for _, v := range x {
			for c := range v {
				mean[c] += v[c] / float64(len(x))
			}
		}
		return [][]float64{[][]float64{mean, x[len(x)-1], x[0]}[slices.Index([]string{"mean", "last", "first"}, l.Pool)]}
	}
	return x
}

func (p *plainSequences) block(l Layer, x [][]float64) [][]float64 {
	n := p.norm(x)
	channels := len(x[0])
	q, k, v := p.product(n, channels), p.product(n, channels), p.product(n, channels)
	heard := make([][]float64, len(x))
	width := channels / l.Heads
	for t := range x {
		heard[t] = make([]float64, channels)
		for h := 0; h < channels; h += width {
			shares, sum := make([]float64, len(x)), 0.0
			for u := range x {
				for c := h; c < h+width; c++ {
					shares[u] += q[t][c] * k[u][c] / math.Sqrt(float64(width))
				}
				shares[u] = math.Exp(shares[u])
				sum += shares[u]
			}
			for u := range x {
				for c := h; c < h+width; c++ {
					heard[t][c] += shares[u] / sum * v[u][c]
				}
			}
		}
	}
	x = plusAll(x, p.product(heard, channels))
	y := p.product(p.norm(x), l.inner(channels))
	for t := range y {
		y[t] = each(y[t], func(v float64) float64 { return v * (1 + math.Erf(v/math.Sqrt2)) / 2 })
	}
	return plusAll(x, p.product(y, channels))
}

func (p *plainSequences) norm(x [][]float64) [][]float64 {
	scale, offset := p.take(), p.take()
	out := make([][]float64, len(x))
	for t, v := range x {
		mean, variance := 0.0, 0.0
		for _, a := range v {
			mean += a / float64(len(v))
		}
		for _, a := range v {
			variance += (a - mean) * (a - mean) / float64(len(v))
		}
		for c, a := range v {
			out[t] = append(out[t], (a-mean)/math.Sqrt(variance+1e-5)*scale[c]+offset[c])
		}
	}
	return out
}

// product is a dense layer for each step.
func (p *plainSequences) product(x [][]float64, units int) [][]float64 {
	w, bias := p.take(), p.take()
	out := make([][]float64, len(x))
	for t, v := range x {
		out[t] = slices.Clone(bias)
		for i, a := range v {
			for j := range units {
				out[t][j] += a * w[i*units+j]
			}
		}
	}
	return out
}

func plus(a, b []float64) []float64 {
	out := slices.Clone(a)
	for i, v := range b {
		out[i] += v
	}
	return out
}

func plusAll(a, b [][]float64) [][]float64 {
	out := make([][]float64, len(a))
	for t := range a {
		out[t] = plus(a[t], b[t])
	}
	return out
}

// Logits of networks of sequences of all lengths against plain Go, which has no padding.
func TestSequencesAgainstPlainGo(t *testing.T) {
	pooled := func(how string) []Layer {
		return []Layer{{Kind: "embedding", Units: 4}, {Kind: "positions"}, {Kind: "attention", Heads: 2, Units: 5}, {Kind: "pool", Pool: how}}
	}
	onBoth(t, func(t *testing.T, e *xla.Engine) {
		for name, spec := range map[string]Spec{
			"mean":   {Input: tokens(6, 5), Classes: 3, Layers: pooled("mean")},
			"last":   {Input: tokens(6, 5), Classes: 3, Layers: pooled("last")},
			"first":  {Input: tokens(6, 5), Classes: 3, Layers: pooled("first")},
			"preset": Transformer(tokens(6, 5), 3, 2, 8),
			"lstm":   LSTM(tokens(6, 5), 3, 4),
			"conv1d": Conv1D(series(6, 2), 3, []int{4, 3}, 5),
			"series": {Input: series(5, 4), Classes: 2, Layers: []Layer{{Kind: "attention"}, {Kind: "layernorm"}, {Kind: "pool"}}},
		} {
			spec.Name = "n"
			b := buildSequences(t, e, spec, 7)
			got := b.compile(t, e, false, func(_ []*Node, _ *Builder, logits *Node) []*Node { return []*Node{logits} })(b.x)[0]
			size := spec.Input.RowSize()
			for i := range b.batch {
				want := plainSequences{spec, b.x[1:]}.logits(b.x[0][i*size : (i+1)*size])
				for k, w := range want {
					if g := got[i*spec.Classes+k]; math.Abs(g-w) > 1e-5*(1+math.Abs(w)) { // XLA's erf is single precision at heart
						t.Fatalf("%s: logit %d of example %d is %v, want %v", name, k, i, g, w)
					}
				}
			}
		}
	})
}

// What stands in padded places changes nothing, bit for bit.
func TestPaddingIsNotSeen(t *testing.T) {
	e := real(t)
	set := sequences(40, tokens(7, 9), 3)
	other := filled(set, 7, float32(math.NaN()))
	spec := Transformer(set.Shape, 3, 2, 8)
	o := Training{Epochs: 2, Batch: 16, Seed: 1}
	a, b := trainAll(t, e, spec, set, o)[0], trainAll(t, e, spec, other, o)[0]
	if !slices.EqualFunc(weightsOf(t, a), weightsOf(t, b), slices.Equal) {
		t.Error("training depends on what stands in padding")
	}
	for _, layer := range []string{"embedding1", "attention2", LayerLogits} {
		x, err := a.Features(t.Context(), set, layer)
		if err != nil {
			t.Fatal(err)
		}
		if y, err := a.Features(t.Context(), other, layer); err != nil || !slices.Equal(x.Data, y.Data) {
			t.Errorf("features of %s depend on what stands in padding: %v", layer, err)
		}
	}
	at, err := a.Margins(t.Context(), set, "attention2")
	if err != nil {
		t.Fatal(err)
	}
	if there, err := a.Margins(t.Context(), other, "attention2"); err != nil || !slices.Equal(at.Slopes, there.Slopes) {
		t.Errorf("margins depend on what stands in padding: %v", err)
	}
}

// Longer padding changes logits and gradients by rounding alone.
func TestLongerPadding(t *testing.T) {
	e := real(t)
	shape := series(6, 4)
	layers := []Layer{{Kind: "attention"}, {Kind: "attention", Heads: 2}, {Kind: "layernorm"}, {Kind: "pool"}}
	set := sequences(9, shape, 3)
	first := trainAll(t, e, Spec{Name: "n", Input: shape, Classes: 3, Layers: layers}, set, Training{Epochs: 1, Keep: []int{0}})[0]
	weights := weightsOf(t, first)
	var all [2][2][]float32 // logits and gradients
	for i, set := range []*datasets.Set{set, filled(set, 19, 7)} {
		all[i] = single32(t, e, Spec{Name: "n", Input: set.Shape, Classes: 3, Layers: layers}, set, weights)
	}
	for k, want := range all[0] {
		greatest, furthest := 0.0, 0.0
		for i, v := range want {
			greatest = math.Max(greatest, math.Abs(float64(v)))
			furthest = math.Max(furthest, math.Abs(float64(v-all[1][k][i])))
		}
		if greatest == 0 || furthest > 1e-6*greatest {
			t.Errorf("%s differ by %g with more padding; the greatest is %g", []string{"logits", "gradients"}[k], furthest, greatest)
		}
	}
}

// single32 are the logits of a set and the gradients of their sum with unequal weights by
// all arrays, one after the other, in single precision as in training.
func single32(t *testing.T, e *xla.Engine, spec Spec, set *datasets.Set, weights [][]float32) (out [2][]float32) {
	t.Helper()
	net, err := newNetwork(e, spec)
	if err != nil {
		t.Fatal(err)
	}
	defer net.release()
	p, err := e.NewProgram("test", func(in []*Node) []*Node {
		bu := &Builder{graph: in[0].Graph(), params: net.params, weights: in[1:], training: true, updates: map[int]*Node{}}
		logits := net.model(bu, net.feed(bu, in[0]))
		return append([]*Node{logits}, Gradient((&built{}).weighted(logits, bu), in[1:]...)...)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	args := []any{tensors.FromFlatDataAndDimensions(set.X, set.Len(), set.Shape.RowSize())}
	for i, q := range net.params {
		args = append(args, tensors.FromFlatDataAndDimensions(weights[i], q.dims...))
	}
	res, err := p.Run(args...)
	if err != nil {
		t.Fatal(err)
	}
	defer xla.Free(res...)
	for i, r := range res {
		flat, err := xla.Download[float32](r)
		if err != nil {
			t.Fatal(err)
		}
		out[min(i, 1)] = append(out[min(i, 1)], flat...)
	}
	return out
}

// The steepness of margins below the mean over steps is that of the steps that an example has:
// the difference of two classes' weights, divided by the root of their number.
func TestMarginsOfSequences(t *testing.T) {
	onBoth(t, func(t *testing.T, e *xla.Engine) {
		set := sequences(12, series(5, 4), 2)
		spec := Spec{Name: "n", Input: set.Shape, Classes: 2, Layers: []Layer{{Kind: "attention"}, {Kind: "pool"}}}
		s := trainAll(t, e, spec, set, Training{Epochs: 1, Batch: 12})[0]
		got, err := s.Margins(t.Context(), set, "attention1")
		if err != nil {
			t.Fatal(err)
		}
		weights := weightsOf(t, s)
		logits, sum := weights[len(weights)-2], 0.0 // [4, 2]
		for c := range 4 {
			sum += math.Pow(float64(logits[2*c]-logits[2*c+1]), 2)
		}
		for i := range set.Len() {
			want := math.Sqrt(sum / float64(set.Shape.Length(set.Row(i))))
			if math.Abs(float64(got.Slopes[i])-want) > 1e-5*want {
				t.Errorf("example %d: slope %v, not %v", i, got.Slopes[i], want)
			}
		}
	})
}
