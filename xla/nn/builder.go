package nn

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/seed"
)

// Model is a network written by hand as a function of GoMLX's nodes: it takes
// images x [batch, height, width, channels], series [batch, steps, channels] or tokens
// [batch, steps] (int32), of which Builder.Lengths tells the lengths, and returns the
// logits [batch, classes]. It asks b for its weights and names its layers, both in the same
// order at every call. The gradients of products, convolutions (Convolve) and
// pooling (MaxPool, MeanPool) are those of package xla.
type Model func(b *Builder, x *Node) (logits *Node)

// Builder gives a network its weights while its graph is built, and collects
// the outputs of its layers.
type Builder struct {
	params  []param
	weights []*Node // nil while the params are being collected
	given   int     // weights handed out so far
	graph   *Graph

	training   bool
	mask       *Node         // [batch] 1 for an example, 0 for what fills the batch up; nil = all are examples
	random     *Node         // state of the random numbers; nil outside training
	drawn      bool          // random numbers were asked for
	lengths    *Node         // [batch] int32, of sequences; nil = examples are none
	there      *Node         // [batch, steps] which steps are no padding
	vocabulary int           // of tokens
	pooling    string        // how the features of sequence layers become one vector
	product    dtypes.DType  // of the operands of products; invalid = that of the values
	updates    map[int]*Node // new values of statistics, by the number of the param

	largest int // number of values that an example has in the largest array seen so far
	names   []string
	values  []*Node // the outputs of the named layers, as the next layer takes them
	kept    []*Node // and which of their steps are no padding; nil = they are no sequence
	outputs []*Node // and as [batch, values]
}

// param is one array of weights of a network, or a statistic such as the mean
// of a batch norm, which is not trained.
type param struct {
	name      string
	dims      []int
	start     Start
	statistic bool

	measured func(set *datasets.Set) []float32 // start values of what is trained on; nil = start says
}

// Start says how the values of an array of weights begin: at Value plus a
// uniform random number in ±Bound.
type Start struct{ Value, Bound float64 }

// FanIn is a start for weights of units that each see n inputs, such that the
// variance is kept: uniform in ±√(3/n), times √2 before a ReLU (He et al. 2015).
func FanIn(n int, relu bool) Start {
	gain := 1.0
	if relu {
		gain = 2
	}
	return Start{Bound: math.Sqrt(3 * gain / float64(n))}
}

// size is the number of values of the array.
func (p param) size() int { return product(p.dims) }

// decays says whether weight decay applies: to arrays of two axes or more, not
// to biases and scales.
func (p param) decays() bool { return len(p.dims) > 1 }

// trained are the numbers of the params that are not statistics.
func trained(ps []param) []int {
	var out []int
	for i, p := range ps {
		if !p.statistic {
			out = append(out, i)
		}
	}
	return out
}

// initial makes the start values from the seed; those of two axes or more are
// multiplied by scale.
func (p param) initial(base uint64, scale float64) []float32 {
	r := seed.Stream(base, "weights", p.name)
	out := make([]float32, p.size())
	if len(p.dims) < 2 {
		scale = 1
	}
	for i := range out {
		v := p.start.Value
		if p.start.Bound != 0 {
			v += p.start.Bound * (2*r.Float64() - 1)
		}
		v *= scale
		out[i] = float32(v)
	}
	return out
}

// Training says whether the graph is that of training; in the other, of
// inference, there is no randomness.
func (b *Builder) Training() bool { return b.training }

// Weights are an array of weights that training adapts. Weight decay applies to
// arrays of two axes or more.
func (b *Builder) Weights(name string, start Start, dims ...int) *Node {
	_, w := b.param(param{name: name, dims: dims, start: start})
	return w
}

// param hands out the next array, or notes that it is wanted.
func (b *Builder) param(p param) (int, *Node) {
	i := b.given
	b.given++
	if b.weights == nil {
		if slices.ContainsFunc(b.params, func(q param) bool { return q.name == p.name }) {
			panic(fmt.Errorf("weights %q are asked for twice; give each array its own name", p.name))
		}
		b.params = append(b.params, p)
		return i, Parameter(b.graph, p.name, shapes.Make(dtypes.Float32, p.dims...))
	}
	if i >= len(b.params) || b.params[i].name != p.name || !slices.Equal(b.params[i].dims, p.dims) {
		panic(fmt.Errorf("weights %q of %v are asked for out of order; a model must ask for the same weights in the same order at every call", p.name, p.dims))
	}
	return i, b.weights[i]
}

// Layer names x [batch, …] as the output of a layer and returns it. Of a sequence, x
// [batch, steps, channels], padding becomes zeros, and the layer's features are pooled
// over its steps as the network pools.
func (b *Builder) Layer(name string, x *Node) *Node {
	out := x
	var kept *Node
	if b.isSequence(x) {
		x, kept = b.masked(x), b.there
		out = b.pooled(x, b.pooling)
	}
	b.largest = max(b.largest, product(x.Shape().Dimensions[1:]))
	b.names = append(b.names, name)
	b.values = append(b.values, x)
	b.kept = append(b.kept, kept)
	b.outputs = append(b.outputs, flat(out))
	return x
}

// isSequence says whether x is [batch, steps, channels] of a sequence.
func (b *Builder) isSequence(x *Node) bool { return b.there != nil && x.Rank() == 3 }

// Dropout sets this share of the values, in [0, 1), to zero while training, and
// scales the others so that the sum is kept on average. With another rate the
// network is refused.
func (b *Builder) Dropout(x *Node, rate float64) *Node {
	if !(rate >= 0 && rate < 1) {
		panic(fmt.Errorf("dropout of %v; give the share of values set to zero, at least 0 and below 1", rate))
	}
	b.drawn = true
	if !b.training || b.random == nil {
		return x
	}
	var u *Node
	b.random, u = RandomUniform(b.random, x.Shape())
	scale := Scalar(x.Graph(), x.DType(), 1/(1-rate))
	return Where(LessThan(u, Scalar(u.Graph(), u.DType(), rate)), ZerosLike(x), Mul(x, scale))
}

// flat is x as [batch, values].
func flat(x *Node) *Node {
	d := x.Shape().Dimensions
	if len(d) == 2 {
		return x
	}
	return Reshape(x, d[0], product(d[1:]))
}

func product(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// multiply computes a product of x and w with the precision of the operands
// that the training asks for, and gives the result that of x.
func (b *Builder) multiply(x, w *Node, f func(x, w *Node) *Node) *Node {
	if b.product == dtypes.InvalidDType || b.product == x.DType() {
		return f(x, w)
	}
	return ConvertDType(f(ConvertDType(x, b.product), ConvertDType(w, b.product)), x.DType())
}
