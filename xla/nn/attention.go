package nn

import (
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
)

const (
	kindAttention = "attention"
	defaultHeads  = 4
	wider         = 4 // how many times the width the feed-forward part has, where none is given
)

// unseen is the score of a place that is padding: its share of the softmax is 0 exactly.
const unseen = -1e30

// attentionBlock is a block of a transformer's encoder (Vaswani et al. 2017) that
// normalizes first (Xiong et al. 2020): of x [batch, steps, channels] it makes
// h = x + attend(norm(x)), and of that h + back(activation(units(norm(h)))).
func (b *Builder) attentionBlock(name string, x *Node, l Layer) *Node {
	channels := x.Shape().Dimensions[2]
	h := b.attend(name, b.layerNorm(name+"/norm1", x), l.Heads)
	x = Add(x, b.dropped(h, l.Rate))
	h = b.eachStep(name+"/units", b.layerNorm(name+"/norm2", x), l.inner(channels), l.Activation)
	h = b.eachStep(name+"/back", h, channels, "none")
	return b.masked(Add(x, b.dropped(h, l.Rate)))
}

// inner is the width of the feed-forward part of a block of so many channels.
func (l Layer) inner(channels int) int {
	if l.Units > 0 {
		return l.Units
	}
	return wider * channels
}

// dropped is x with dropout, where there is any.
func (b *Builder) dropped(x *Node, rate float64) *Node {
	if rate == 0 {
		return x
	}
	return b.Dropout(x, rate)
}

// eachStep is a dense layer for each step of x [batch, steps, channels].
func (b *Builder) eachStep(name string, x *Node, units int, activation string) *Node {
	d := x.Shape().Dimensions
	return Reshape(b.dense(name, Reshape(x, d[0]*d[1], d[2]), units, activation), d[0], d[1], units)
}

// attend is attention of several heads of the steps of x [batch, steps, channels] to one
// another, padding left out; of queries, keys and values the first channels are those of the
// first head. On XLA's CPU three products for them are as fast as one and the cuts after it.
func (b *Builder) attend(name string, x *Node, heads int) *Node {
	d := x.Shape().Dimensions
	batch, steps, channels := d[0], d[1], d[2]
	each := channels / heads
	part := func(what string) *Node {
		return Reshape(b.eachStep(name+"/"+what, x, channels, "none"), batch, steps, heads, each)
	}
	queries, keys, values := MulScalar(part("queries"), 1/math.Sqrt(float64(each))), part("keys"), part("values")
	scores := b.multiply(queries, keys, func(q, k *Node) *Node { // [batch, heads, steps, steps of keys]
		return DotGeneral(q, []int{3}, []int{0, 2}, k, []int{3}, []int{0, 2})
	})
	there := BroadcastToShape(Reshape(b.there, batch, 1, 1, steps), shapes.Make(b.there.DType(), scores.Shape().Dimensions...))
	shares := Softmax(Where(there, scores, AddScalar(ZerosLike(scores), unseen)), -1)
	b.largest = max(b.largest, heads*steps*steps)
	heard := b.multiply(shares, values, func(s, v *Node) *Node { // [batch, heads, steps, each]
		return DotGeneral(s, []int{3}, []int{0, 1}, v, []int{1}, []int{0, 2})
	})
	heard = Reshape(TransposeAllAxes(heard, 0, 2, 1, 3), batch, steps, channels)
	return b.eachStep(name+"/heard", heard, channels, "none")
}

// fitsAttention refuses what a block of attention cannot take.
func (l Layer) fitsAttention(in extent, where, name string) error {
	if err := ofSteps(in, where, name); err != nil {
		return err
	}
	if in.Channels%l.Heads != 0 {
		return fmt.Errorf("%s.heads: %d heads cannot share the %d channels of its input evenly; choose a divisor of %d", where, l.Heads, in.Channels, in.Channels)
	}
	return nil
}

// attentionWeights is the number of weights of a block of attention.
func (l Layer) attentionWeights(channels int) float64 {
	c, u := float64(channels), float64(l.inner(channels))
	return 4*c + (c+1)*3*c + (c+1)*c + (c+1)*u + (u+1)*c
}

// attentionValues is the number of values that an example has within a block of attention:
// queries, keys and values, what is heard and said, norms, the inner width before and
// after the activation, and scores and shares.
func (l Layer) attentionValues(in extent) float64 {
	steps, c, u := float64(in.Height), float64(in.Channels), float64(l.inner(in.Channels))
	return steps * (8*c + 2*u + 2*float64(l.Heads)*steps)
}

// attentionDefaults fills in the fields of a block of attention left at zero, but Units.
func (l Layer) attentionDefaults() Layer {
	if l.Heads == 0 {
		l.Heads = defaultHeads
	}
	if l.Activation == "" {
		l.Activation = "gelu"
	}
	return l
}

// checkAttention finds a value that no block of attention can have.
func (l Layer) checkAttention(where string) error {
	if !(l.Rate >= 0 && l.Rate < 1) {
		return fmt.Errorf("%s.rate: %v must lie between 0 and 1", where, l.Rate)
	}
	if l.Units != 0 {
		if err := within(where, "units", l.Units); err != nil {
			return err
		}
	}
	return within(where, "heads", l.Heads)
}
