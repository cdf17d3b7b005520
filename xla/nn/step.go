package nn

import (
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
)

// step is how the networks of a trainer lie on the device, and the graph that
// trains them on one batch.
type step interface {
	name() string
	// labels lays out the label sets [network][example].
	labels(sets [][]int32) (flat []int32, dims []int)
	// dims are those of an array of all networks.
	dims(p param) []int
	// pack makes an array of all networks whose values are each those of one.
	pack(p param, one []float32) []float32
	// unpack takes network k out of an array of all networks.
	unpack(p param, all []float32, k int) []float32
	// build builds the graph: arguments as inputs takes them. Results: losses, then
	// numbers of right predictions of all networks in one array, weights, state.
	build(args []*Node) []*Node
}

func newStep(net *network, g group, t Training) step {
	base := stepGraph{net: net, batch: t.Batch, optimizer: t.Optimizer, augment: t.Augment, product: t.product()}
	if g.stacked {
		return stacked{base, len(g.labels)}
	}
	return single{base}
}

// stepGraph is what the graph of a step depends on. The program outlives the
// training, so there is nothing else here.
type stepGraph struct {
	net       *network
	batch     int
	optimizer Optimizer
	augment   Augmentation
	product   dtypes.DType // of the operands of products
}

// inputs are the arguments of a step.
type inputs struct {
	x, y           *Node // all examples [n, values] and their labels
	rows           *Node // [batch] numbers of this step's examples
	count          *Node // how many of them are real; the last batch of an epoch is filled up
	scalars        *Node // [3] of the optimizer
	changes        *Node // [batch, 3] of augmentation; nil = there is none
	random         *Node // state of the random numbers; nil = none are drawn
	weights, state []*Node
}

// inputs takes the arguments in the order of the fields, without those that are
// nil.
func (s stepGraph) inputs(args []*Node) inputs {
	next := func() *Node {
		a := args[0]
		args = args[1:]
		return a
	}
	in := inputs{x: next(), y: next(), rows: next(), count: next(), scalars: next()}
	if s.augment != (Augmentation{}) {
		in.changes = next()
	}
	if s.net.drawn {
		in.random = next()
	}
	n := len(s.net.params)
	in.weights, in.state = args[:n], args[n:]
	return in
}

// single is the step of one network of any layers.
type single struct{ stepGraph }

func (single) name() string { return "training step" }

func (single) labels(sets [][]int32) ([]int32, []int) { return sets[0], []int{len(sets[0])} }

func (single) dims(p param) []int { return p.dims }

func (single) pack(_ param, one []float32) []float32 { return one }

func (single) unpack(_ param, all []float32, _ int) []float32 { return all }

func (s single) build(args []*Node) []*Node {
	in := s.inputs(args)
	g := in.x.Graph()
	b := &Builder{graph: g, params: s.net.params, weights: in.weights, random: in.random, training: true, product: s.product, updates: map[int]*Node{}, pooling: s.net.spec.pooling()}
	rows := ExpandAxes(in.rows, -1)
	examples, labels := s.net.feed(b, Gather(in.x, rows)), Gather(in.y, rows)
	if in.changes != nil {
		examples = s.augment.apply(examples, in.changes)
	}
	b.mask = ConvertDType(LessThan(Iota(g, shapes.Make(dtypes.Int32, s.batch), 0), in.count), dtypes.Float32)

	logits := s.net.model(b, examples) // [batch, K]
	logits.AssertDims(s.batch, s.net.spec.Classes)
	logProb := ReduceSum(Mul(LogSoftmax(logits, -1), OneHot(labels, s.net.spec.Classes, dtypes.Float32)), -1) // [batch], of the labels
	logProb.AssertDims(s.batch)
	loss := Neg(Div(ReduceAllSum(Mul(logProb, b.mask)), ConvertDType(in.count, dtypes.Float32)))
	right := ConvertDType(Equal(ArgMax(logits, -1, dtypes.Int32), labels), dtypes.Float32)
	hits := ReduceAllSum(Mul(right, b.mask))

	weights := slices.Clone(in.weights)
	var ps []param
	var moving []*Node
	for _, i := range trained(s.net.params) {
		ps = append(ps, s.net.params[i])
		moving = append(moving, weights[i])
	}
	moved, state := s.optimizer.update(ps, moving, Gradient(loss, moving...), in.state, in.scalars)
	for k, i := range trained(s.net.params) {
		weights[i] = moved[k]
	}
	for i, w := range b.updates {
		weights[i] = w
	}
	return slices.Concat([]*Node{Stack([]*Node{loss, hits}, 0)}, weights, state)
}
