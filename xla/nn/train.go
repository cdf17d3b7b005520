package nn

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/seed"
	"github.com/seed-1a417598/memtest/xla"
)

// Training says how a network is trained. Its zero value trains 20 epochs with
// Adam in batches of 128 and keeps the last.
type Training struct {
	Epochs     int       // 0 = 20
	Batch      int       // examples a step; 0 = 128
	Optimizer  Optimizer // zero value = Adam
	Keep       []int     // epochs whose snapshots are yielded, 0 = untrained; empty = the last
	Seed       uint64    // of the start weights, the order of examples and the label noise
	LabelNoise float64   // share of the examples whose labels are shuffled among themselves: 0 = true labels, 1 = all shuffled

	Fresh    *datasets.Set                         // labelled examples that are not trained on, for FreshAccuracy; may be nil
	Progress func(epoch, epochs int, loss float64) // called at the end of each epoch; may be nil
}

func (t Training) withDefaults() (Training, error) {
	if t.Epochs == 0 {
		t.Epochs = 20
	}
	if t.Batch == 0 {
		t.Batch = 128
	}
	if t.Epochs < 0 || t.Batch < 1 {
		return t, fmt.Errorf("training: epochs %d and batch %d must be positive", t.Epochs, t.Batch)
	}
	if !(t.LabelNoise >= 0 && t.LabelNoise <= 1) {
		return t, fmt.Errorf("training: label noise %v is outside 0..1", t.LabelNoise)
	}
	if len(t.Keep) == 0 {
		t.Keep = []int{t.Epochs}
	}
	for _, e := range t.Keep {
		if e < 0 || e > t.Epochs {
			return t, fmt.Errorf("training: epoch %d to keep is outside 0..%d", e, t.Epochs)
		}
	}
	var err error
	t.Optimizer, err = t.Optimizer.withDefaults()
	return t, err
}

// Labels are the labels that the network is trained on: those of the set, with
// the share LabelNoise of them, chosen by the seed, shuffled among themselves.
func (t Training) Labels(set *datasets.Set) []int32 {
	labels := slices.Clone(set.Y)
	r := seed.Stream(t.Seed, "label noise")
	chosen := r.Perm(len(labels))[:int(math.Round(t.LabelNoise*float64(len(labels))))]
	for i, j := range r.Perm(len(chosen)) {
		labels[chosen[i]] = set.Y[chosen[j]]
	}
	return labels
}

// Train trains the network and yields its snapshots in the order of their
// epochs. The same seed on the same machine gives the same weights. The caller
// closes the snapshots; breaking off the loop ends the training.
func Train(ctx context.Context, engine *xla.Engine, spec Spec, set *datasets.Set, t Training) iter.Seq2[*Snapshot, error] {
	return func(yield func(*Snapshot, error) bool) {
		run, err := newTraining(engine, spec, set, t)
		if err != nil {
			yield(nil, err)
			return
		}
		defer run.close()
		last := slices.Max(run.Keep)
		for epoch := 0; epoch <= last; epoch++ {
			loss := 0.0
			if epoch > 0 {
				if loss, err = run.epoch(ctx, epoch); err != nil {
					yield(nil, err)
					return
				}
				if run.Progress != nil {
					run.Progress(epoch, last, loss)
				}
			}
			if !slices.Contains(run.Keep, epoch) {
				continue
			}
			snapshot, err := run.snapshot(ctx, epoch, loss)
			if !yield(snapshot, err) || err != nil {
				return
			}
		}
	}
}

// training is a training under way. The data, weights and optimizer state lie
// on the device; each step sends the numbers of its examples only.
type training struct {
	Training
	set     *datasets.Set
	labels  []int32
	net     *network
	step    *xla.Program
	x, y    *tensors.Tensor
	weights []*tensors.Tensor
	state   []*tensors.Tensor
	steps   int // done so far
}

func newTraining(engine *xla.Engine, spec Spec, set *datasets.Set, t Training) (*training, error) {
	t, err := t.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := spec.Check(); err != nil {
		return nil, err
	}
	if set.Shape.Size() != spec.Input.Size() {
		return nil, fmt.Errorf("network %q takes inputs of %v, but data set %q has %v", spec.Name, spec.Input, set.Name, set.Shape)
	}
	if len(set.Classes) != spec.Classes {
		return nil, fmt.Errorf("network %q has %d classes, but data set %q has %d", spec.Name, spec.Classes, set.Name, len(set.Classes))
	}
	t.Batch = min(t.Batch, set.Len())
	run := &training{Training: t, set: set, labels: t.Labels(set)}
	run.net = &network{spec: spec, engine: engine, layers: map[string]*xla.Program{}}
	if run.x, err = xla.Tensor(engine, set.X, set.Len(), set.Shape.Size()); err != nil {
		return nil, err
	}
	if run.y, err = xla.Tensor(engine, run.labels, set.Len()); err != nil {
		return nil, err
	}
	ps := spec.params()
	for i, w := range spec.initial(t.Seed) {
		tensor, err := xla.Tensor(engine, w, ps[i].dims...)
		if err != nil {
			return nil, err
		}
		run.weights = append(run.weights, tensor)
	}
	for range t.Optimizer.slots() {
		for _, p := range ps {
			zero, err := xla.Tensor(engine, make([]float32, p.size()), p.dims...)
			if err != nil {
				return nil, err
			}
			run.state = append(run.state, zero)
		}
	}
	run.step, err = engine.NewProgram("training step", run.buildStep)
	return run, err
}

// buildStep builds one step of training: arguments x [n, d], y [n], rows
// [batch] of this step's examples, count of those that are real (the last
// batch of an epoch is filled up), the optimizer's scalars, weights, state.
// Results: loss, weights, state.
func (r *training) buildStep(args []*Node) []*Node {
	x, y, rows, count, scalars := args[0], args[1], args[2], args[3], args[4]
	ps := r.net.spec.params()
	weights, state := args[5:5+len(ps)], args[5+len(ps):]
	g := x.Graph()

	rows = ExpandAxes(rows, -1)
	_, logits := r.net.spec.forward(weights, Gather(x, rows))
	logProb := LogSoftmax(logits, -1)
	own := ReduceSum(Mul(logProb, OneHot(Gather(y, rows), r.net.spec.Classes, dtypes.Float32)), -1)
	real := ConvertDType(LessThan(Iota(g, shapes.Make(dtypes.Int32, r.Batch), 0), count), dtypes.Float32)
	loss := Neg(Div(ReduceAllSum(Mul(own, real)), ConvertDType(count, dtypes.Float32)))

	newWeights, newState := r.Optimizer.update(ps, weights, Gradient(loss, weights...), state, scalars)
	return append(append([]*Node{loss}, newWeights...), newState...)
}

// epoch trains one epoch and returns its mean loss.
func (r *training) epoch(ctx context.Context, epoch int) (float64, error) {
	n := r.set.Len()
	order := seed.Stream(r.Seed, "order", epoch).Perm(n)
	rows := make([]int32, r.Batch)
	sum := 0.0
	for first := 0; first < n; first += r.Batch {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		count := min(r.Batch, n-first)
		clear(rows)
		for i, row := range order[first : first+count] {
			rows[i] = int32(row)
		}
		loss, err := r.run(rows, count)
		if err != nil {
			return 0, err
		}
		if math.IsNaN(loss) || math.IsInf(loss, 0) {
			return 0, fmt.Errorf("network %q: the loss became %v in epoch %d at step %d; try a smaller learning rate than %v", r.net.spec.Name, loss, epoch, first/r.Batch+1, r.Optimizer.Rate)
		}
		sum += loss * float64(count)
	}
	return sum / float64(n), nil
}

// run does one step and returns its loss.
func (r *training) run(rows []int32, count int) (float64, error) {
	r.steps++
	args := []any{r.x, r.y, tensors.FromFlatDataAndDimensions(rows, len(rows)), tensors.FromScalar(int32(count)), tensors.FromValue(r.Optimizer.scalars(r.steps))}
	for _, ts := range [][]*tensors.Tensor{r.weights, r.state} {
		for _, t := range ts {
			donated, err := r.net.engine.Donate(t)
			if err != nil {
				return 0, err
			}
			args = append(args, donated)
		}
	}
	out, err := r.step.Run(args...)
	if err != nil {
		return 0, fmt.Errorf("network %q: training step %d: %w", r.net.spec.Name, r.steps, err)
	}
	loss, err := xla.Download[float32](out[0])
	xla.Free(out[0])
	if err != nil {
		return 0, err
	}
	r.weights, r.state = out[1:1+len(r.weights)], out[1+len(r.weights):]
	return float64(loss[0]), nil
}

// snapshot copies the weights as they are now.
func (r *training) snapshot(ctx context.Context, epoch int, loss float64) (*Snapshot, error) {
	s := &Snapshot{Epoch: epoch, Loss: loss, net: r.net}
	for _, w := range r.weights {
		flat, err := xla.Download[float32](w)
		if err != nil {
			return nil, err
		}
		t, err := xla.Tensor(r.net.engine, flat, w.Shape().Dimensions...)
		if err != nil {
			return nil, err
		}
		s.weights = append(s.weights, t)
	}
	var err error
	if s.TrainAccuracy, err = s.accuracy(ctx, r.set, r.labels); err != nil {
		return nil, err
	}
	if r.Fresh != nil {
		s.FreshAccuracy, err = s.accuracy(ctx, r.Fresh, r.Fresh.Y)
	}
	return s, err
}

func (r *training) close() {
	xla.Free(r.x, r.y)
	xla.Free(r.weights...)
	xla.Free(r.state...)
	r.step.Close()
}
