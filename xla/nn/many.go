package nn

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/xla"
)

// manyBytes is the memory that the networks trained together may take.
const manyBytes = 512 << 20

// TrainMany trains one network for each label set, labels[r][i] being the label
// of example i for network r. All networks have the same start weights, order
// of examples, dropout and augmentation, those of the seed: the features of
// network r are one fixed function of labels[r], whichever r it is. So if the
// label sets are exchangeable, what is computed from the networks is too, and a
// permutation test over them is exact.
//
// Networks of dense layers are trained together, as many in one program as
// their memory allows; others, and those with Until or Patience, one after the
// other. Either way each ends up as Train would have trained it, up to the
// rounding of sums. Snapshots come network by network within an epoch, epoch by
// epoch within a group of networks that is trained together, and group by
// group; Snapshot.Network is r. The caller closes them. The label sets replace
// those of the set; LabelNoise, Save and Resume must be zero.
func TrainMany(ctx context.Context, engine *xla.Engine, spec Spec, set *datasets.Set, labels [][]int32, t Training) iter.Seq2[*Snapshot, error] {
	return func(yield func(*Snapshot, error) bool) {
		if err := trainMany(ctx, engine, spec, set, labels, t, yield, manyBytes); err != nil {
			yield(nil, err)
		}
	}
}

func trainMany(ctx context.Context, engine *xla.Engine, spec Spec, set *datasets.Set, labels [][]int32, t Training, yield func(*Snapshot, error) bool, bytes int) error {
	t, err := t.withDefaults()
	if err != nil {
		return err
	}
	if t.LabelNoise != 0 || t.Save != "" || t.Resume {
		return fmt.Errorf("training: many networks take no label noise, save or resume; put the noise into the label sets and save with Snapshot.Save")
	}
	if len(labels) == 0 {
		return fmt.Errorf("training: no label sets are given; one for each network is needed")
	}
	if err := spec.Check(); err != nil {
		return err
	}
	if err := t.checkData(spec, set); err != nil {
		return err
	}
	for r, l := range labels {
		if len(l) != set.Len() {
			return fmt.Errorf("training: label set %d has %d labels for %d examples", r, len(l), set.Len())
		}
		if err := checkLabels(fmt.Sprintf("label set %d", r), l, spec.Classes); err != nil {
			return err
		}
	}
	size := 1
	if together(spec, t) {
		size = groupSize(spec, t, len(labels), bytes)
	}
	left := false // the loop over the snapshots was broken off
	pass := func(s *Snapshot, err error) bool {
		left = !yield(s, err)
		return !left
	}
	for first := 0; first < len(labels) && !left; first += size {
		group := labels[first:min(first+size, len(labels))]
		report := t
		report.Progress = nil
		if t.Progress != nil {
			report.Progress = func(p Progress) {
				p.Network, p.Networks = first, len(labels)
				// The groups before this one took as long as this one will.
				each := time.Duration(float64(p.Epochs*set.Len()) / p.Rate * float64(len(group)) * float64(time.Second))
				p.Left += time.Duration(float64(each) * float64(len(labels)-first-len(group)) / float64(len(group)))
				t.Progress(p)
			}
		}
		if together(spec, t) {
			err = trainGroup(ctx, engine, spec, set, group, first, report, pass)
		} else {
			err = trainOne(ctx, engine, spec, set, group[0], first, report, pass)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func trainOne(ctx context.Context, engine *xla.Engine, spec Spec, set *datasets.Set, labels []int32, number int, t Training, yield func(*Snapshot, error) bool) error {
	run, err := newTraining(engine, spec, set, labels, t)
	if err != nil {
		return fmt.Errorf("label set %d: %w", number, err)
	}
	defer run.close()
	err = run.train(ctx, func(s *Snapshot, err error) bool {
		s.Network = number
		return yield(s, err)
	})
	if err != nil {
		return fmt.Errorf("label set %d: %w", number, err)
	}
	return nil
}

// together says whether networks can be trained in one program.
func together(spec Spec, t Training) bool {
	return spec.Model == nil && t.Until == 0 && t.Patience == 0 &&
		!slices.ContainsFunc(spec.Layers, func(l Layer) bool { return l.Kind != "dense" })
}

// groupSize is how many of r networks of dense layers fit into so many bytes,
// spread evenly over the groups that this takes.
func groupSize(spec Spec, t Training, r, bytes int) int {
	width, weights, values := spec.Input.Size(), 0, 0
	for _, l := range append(slices.Clone(spec.Layers), Layer{Units: spec.Classes}) {
		weights += (width + 1) * l.Units
		values += l.Units
		width = l.Units
	}
	// Weights, gradients and state, old and new; outputs of the layers and their
	// gradients before and after the activation.
	each := 4 * (weights*(3+2*t.Optimizer.slots()) + 4*values*t.Batch)
	most := max(1, min(r, bytes/each))
	groups := (r + most - 1) / most
	return (r + groups - 1) / groups
}

// group is a group of networks under training. Weights are [R, outputs, inputs]
// and biases [R, outputs, 1], so that the first layer of all networks is one
// product of matrices.
type group struct {
	Training
	set     *datasets.Set
	labels  [][]int32
	first   int // number of the first network
	net     *network
	step    *xla.Program
	x, y    *tensors.Tensor // [n, values], [n, R]
	weights []*tensors.Tensor
	state   []*tensors.Tensor
	steps   int
}

func trainGroup(ctx context.Context, engine *xla.Engine, spec Spec, set *datasets.Set, labels [][]int32, first int, t Training, yield func(*Snapshot, error) bool) error {
	t.Batch = min(t.Batch, set.Len())
	g := &group{Training: t, set: set, labels: labels, first: first}
	defer g.close()
	if err := g.prepare(engine, spec); err != nil {
		return err
	}
	losses := make([]float64, len(labels))
	last := slices.Max(t.Keep)
	started := time.Now()
	for epoch := 0; epoch <= last; epoch++ {
		if epoch > 0 {
			p, err := g.epoch(ctx, epoch, losses)
			if err != nil {
				return err
			}
			p.Epochs = last
			p.Left = time.Duration(float64(time.Since(started)) / float64(epoch) * float64(last-epoch))
			if t.Progress != nil {
				t.Progress(p)
			}
		}
		if slices.Contains(t.Keep, epoch) {
			if more, err := g.snapshots(ctx, epoch, losses, yield); err != nil || !more {
				return err
			}
		}
	}
	return nil
}

func (g *group) prepare(engine *xla.Engine, spec Spec) (err error) {
	if g.net, err = newNetwork(engine, spec); err != nil {
		return err
	}
	n, r := g.set.Len(), len(g.labels)
	if g.x, err = xla.Tensor(engine, g.set.X, n, g.set.Shape.Size()); err != nil {
		return err
	}
	y := make([]int32, n*r)
	for k, l := range g.labels {
		for i, v := range l {
			y[i*r+k] = v
		}
	}
	if g.y, err = xla.Tensor(engine, y, n, r); err != nil {
		return err
	}
	for _, p := range g.net.params {
		one := transposed(p.initial(g.Seed), p.dims)
		flat := make([]float32, 0, r*len(one))
		for range r {
			flat = append(flat, one...)
		}
		w, err := xla.Tensor(engine, flat, g.dims(p)...)
		if err != nil {
			return err
		}
		g.weights = append(g.weights, w)
	}
	for range g.Optimizer.slots() {
		for _, p := range g.net.params {
			zero, err := xla.Tensor(engine, make([]float32, r*p.size()), g.dims(p)...)
			if err != nil {
				return err
			}
			g.state = append(g.state, zero)
		}
	}
	g.step, err = engine.NewProgram("training step of many networks", g.buildStep)
	return err
}

// dims of an array of all networks: [R, outputs, inputs or 1].
func (g *group) dims(p param) []int {
	if len(p.dims) == 1 {
		return []int{len(g.labels), p.dims[0], 1}
	}
	return []int{len(g.labels), p.dims[1], p.dims[0]}
}

// transposed exchanges rows and columns of a matrix; a vector stays.
func transposed(flat []float32, dims []int) []float32 {
	if len(dims) == 1 {
		return flat
	}
	out := make([]float32, len(flat))
	for i := range dims[0] {
		for j := range dims[1] {
			out[j*dims[0]+i] = flat[i*dims[1]+j]
		}
	}
	return out
}

// buildStep builds one step for all networks: the arguments of a single
// network's step, with weights and state of all. Results: losses and numbers of
// right predictions [2, R], weights, state.
func (g *group) buildStep(args []*Node) []*Node {
	x, y, rows, count, scalars := args[0], args[1], args[2], args[3], args[4]
	args = args[5:]
	graph, r, n := x.Graph(), len(g.labels), len(g.net.params)
	b := &Builder{product: g.product()}
	rows = ExpandAxes(rows, -1)
	x, y = Gather(x, rows), Gather(y, rows)
	if g.Augment != (Augmentation{}) {
		x, args = flat(g.Augment.apply(g.net.images(x), args[0])), args[1:]
	}
	weights, state := args[:n], args[n:]

	h := x // [batch, inputs], then [R, outputs, batch]
	for i := 0; i < n; i += 2 {
		w, bias := weights[i], weights[i+1]
		d := w.Shape().Dimensions
		var z *Node
		if i == 0 {
			z = Reshape(b.multiply(Reshape(w, r*d[1], d[2]), h, func(w, x *Node) *Node {
				return DotGeneral(w, []int{1}, nil, x, []int{1}, nil)
			}), r, d[1], g.Batch)
		} else {
			z = b.multiply(w, h, func(w, h *Node) *Node {
				return DotGeneral(w, []int{2}, []int{0}, h, []int{1}, []int{0})
			})
		}
		h = Add(z, bias)
		if i/2 < len(g.net.spec.Layers) {
			h = activations[g.net.spec.Layers[i/2].withDefaults().Activation](h)
		}
	}
	labels := Transpose(y, 0, 1) // [R, batch]
	shape := h.Shape().Clone()
	shape.DType = dtypes.Int32
	wanted := ConvertDType(Equal(BroadcastToShape(ExpandAxes(labels, 1), shape), Iota(graph, shape, 1)), dtypes.Float32)
	real := ConvertDType(LessThan(Iota(graph, shapes.Make(dtypes.Int32, 1, g.Batch), 1), count), dtypes.Float32)
	own := ReduceSum(Mul(LogSoftmax(h, 1), wanted), 1)
	losses := Neg(Div(ReduceSum(Mul(own, real), 1), ConvertDType(count, dtypes.Float32)))
	right := ConvertDType(Equal(ArgMax(h, 1, dtypes.Int32), labels), dtypes.Float32)
	hits := ReduceSum(Mul(right, real), 1)

	moved, newState := g.Optimizer.update(g.net.params, weights, Gradient(ReduceAllSum(losses), weights...), state, scalars)
	return slices.Concat([]*Node{Stack([]*Node{losses, hits}, 0)}, moved, newState)
}

// epoch trains one epoch and sets the mean loss of each network.
func (g *group) epoch(ctx context.Context, epoch int, losses []float64) (Progress, error) {
	n, r := g.set.Len(), len(g.labels)
	order := seed.Stream(g.Seed, "order", epoch).Perm(n)
	changes := g.Augment.draw(g.Seed, epoch, n)
	started := time.Now()
	clear(losses)
	hits := 0.0
	steps := (n + g.Batch - 1) / g.Batch
	for first := 0; first < n; first += g.Batch {
		if err := ctx.Err(); err != nil {
			return Progress{}, err
		}
		count := min(g.Batch, n-first)
		out, err := g.run(order[first:first+count], changes[3*first:3*(first+count)], steps)
		if err != nil {
			return Progress{}, err
		}
		for k := range r {
			loss := float64(out[k])
			if math.IsNaN(loss) || math.IsInf(loss, 0) {
				return Progress{}, fmt.Errorf("label set %d: %w", g.first+k, lossError(g.net.spec.Name, loss, epoch, first/g.Batch+1, g.Optimizer.Rate))
			}
			losses[k] += loss * float64(count) / float64(n)
			hits += float64(out[r+k])
		}
	}
	mean := 0.0
	for _, l := range losses {
		mean += l / float64(r)
	}
	return Progress{Epoch: epoch, Loss: mean, Accuracy: hits / float64(n*r), Rate: float64(n*r) / time.Since(started).Seconds()}, nil
}

// run does one step and returns losses and numbers of right predictions.
func (g *group) run(rows []int, changes []int32, steps int) ([]float32, error) {
	g.steps++
	args := []any{g.x, g.y}
	args = append(args, g.stepArgs(rows, changes, g.steps, steps)...)
	for _, ts := range [][]*tensors.Tensor{g.weights, g.state} {
		for _, t := range ts {
			donated, err := g.net.engine.Donate(t)
			if err != nil {
				return nil, err
			}
			args = append(args, donated)
		}
	}
	out, err := g.step.Run(args...)
	if err != nil {
		return nil, fmt.Errorf("network %q: training step %d: %w", g.net.spec.Name, g.steps, err)
	}
	g.weights, g.state = out[1:1+len(g.weights)], out[1+len(g.weights):]
	flat, err := xla.Download[float32](out[0])
	xla.Free(out[0])
	return flat, err
}

// snapshots yields those of all networks; false if the loop was broken off.
func (g *group) snapshots(ctx context.Context, epoch int, losses []float64, yield func(*Snapshot, error) bool) (bool, error) {
	all := make([][]float32, len(g.weights))
	for i, w := range g.weights {
		var err error
		if all[i], err = xla.Download[float32](w); err != nil {
			return false, err
		}
	}
	for k, labels := range g.labels {
		s := &Snapshot{Epoch: epoch, Network: g.first + k, Loss: losses[k], net: g.net.retain()}
		err := func() error {
			for i, p := range g.net.params {
				one := all[i][k*p.size() : (k+1)*p.size()]
				if len(p.dims) == 2 {
					one = transposed(one, []int{p.dims[1], p.dims[0]})
				}
				t, err := xla.Tensor(g.net.engine, one, p.dims...)
				if err != nil {
					return err
				}
				s.weights = append(s.weights, t)
			}
			return s.measure(ctx, g.set, labels, g.Fresh)
		}()
		if err != nil {
			s.Close()
			return false, err
		}
		if !yield(s, nil) {
			return false, nil
		}
	}
	return true, nil
}

func (g *group) close() {
	xla.Free(g.x, g.y)
	xla.Free(g.weights...)
	xla.Free(g.state...)
	if g.step != nil {
		g.step.Close()
	}
	if g.net != nil {
		g.net.release()
	}
}
