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

// Train trains the network and yields its snapshots in the order of their
// epochs. The same seed on the same machine gives the same weights. The caller
// closes the snapshots; breaking off the loop ends the training.
func Train(ctx context.Context, engine *xla.Engine, spec Spec, set *datasets.Set, t Training) iter.Seq2[*Snapshot, error] {
	return func(yield func(*Snapshot, error) bool) {
		t, err := t.withDefaults()
		if err != nil {
			yield(nil, err)
			return
		}
		run, err := newTraining(engine, spec, set, t.Labels(set), t)
		if err != nil {
			yield(nil, err)
			return
		}
		defer run.close()
		if err := run.train(ctx, yield); err != nil {
			yield(nil, err)
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
	weights []*tensors.Tensor // of net.params
	state   []*tensors.Tensor // of the optimizer: slot by slot, the trained params of each
	steps   int               // done so far

	best float64 // greatest fresh accuracy of an epoch so far
	idle int     // epochs since then
	kept []int   // epochs whose snapshots were saved

	fixed map[string]string // what must be the same to resume; nil = not worked out yet
}

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

// newTraining prepares a training whose options have their defaults.
func newTraining(engine *xla.Engine, spec Spec, set *datasets.Set, labels []int32, t Training) (run *training, err error) {
	if err := spec.Check(); err != nil {
		return nil, err
	}
	if err := t.checkData(spec, set); err != nil {
		return nil, err
	}
	if err := checkLabels(fmt.Sprintf("data set %q", set.Name), labels, spec.Classes); err != nil {
		return nil, err
	}
	t.Batch = min(t.Batch, set.Len())
	run = &training{Training: t, set: set, labels: labels, best: math.Inf(-1)}
	defer func() {
		if err != nil {
			run.close()
		}
	}()
	if run.net, err = newNetwork(engine, spec); err != nil {
		return run, err
	}
	if run.x, err = xla.Tensor(engine, set.X, set.Len(), set.Shape.Size()); err != nil {
		return run, err
	}
	if run.y, err = xla.Tensor(engine, run.labels, set.Len()); err != nil {
		return run, err
	}
	for _, p := range run.net.params {
		w, err := xla.Tensor(engine, p.initial(t.Seed), p.dims...)
		if err != nil {
			return run, err
		}
		run.weights = append(run.weights, w)
	}
	for range t.Optimizer.slots() {
		for _, i := range trained(run.net.params) {
			p := run.net.params[i]
			zero, err := xla.Tensor(engine, make([]float32, p.size()), p.dims...)
			if err != nil {
				return run, err
			}
			run.state = append(run.state, zero)
		}
	}
	// The program outlives this training: it holds what its graph depends on only.
	graph := &training{net: run.net, Training: Training{Batch: t.Batch, Optimizer: t.Optimizer, Augment: t.Augment, Precision: t.Precision}}
	run.step, err = run.net.compiled("training step", fmt.Sprintf("%d %+v %+v %s", t.Batch, t.Optimizer, t.Augment, t.Precision), graph.buildStep)
	return run, err
}

// train runs all epochs and yields the snapshots that are asked for.
func (r *training) train(ctx context.Context, yield func(*Snapshot, error) bool) error {
	from, err := r.restore(ctx, yield)
	if err != nil || from < 0 {
		return err
	}
	last := r.last()
	started := time.Now()
	for epoch := from; epoch <= last; epoch++ {
		loss := 0.0
		if epoch > 0 {
			p, err := r.epoch(ctx, epoch)
			if err != nil {
				return err
			}
			loss = p.Loss
			p.Epochs, p.Networks = last, 1
			p.Left = time.Duration(float64(time.Since(started)) / float64(epoch-max(from, 1)+1) * float64(last-epoch))
			if r.Progress != nil {
				r.Progress(p)
			}
		}
		enough, err := r.enough(ctx, epoch)
		if err != nil {
			return err
		}
		wanted := enough || slices.Contains(r.Keep, epoch)
		if len(r.Reach) > 0 {
			if wanted, enough, err = r.reach(ctx, epoch); err != nil {
				return err
			}
		}
		if !wanted {
			continue
		}
		snapshot, err := r.snapshot(ctx, epoch, loss)
		if err != nil {
			return err
		}
		if err := r.save(snapshot, enough || epoch == last); err != nil {
			snapshot.Close()
			return err
		}
		if !yield(snapshot, nil) || enough {
			return nil
		}
	}
	return nil
}

// reach says whether an epoch reaches the next of the accuracies asked for, and
// whether it was the last of them.
func (r *training) reach(ctx context.Context, epoch int) (wanted, enough bool, err error) {
	if epoch == 0 {
		return false, false, nil
	}
	a, err := r.net.accuracy(ctx, r.weights, r.set, r.labels)
	if err != nil {
		return false, false, err
	}
	for len(r.Reach) > 0 && a >= r.Reach[0] {
		r.Reach, wanted = r.Reach[1:], true
	}
	return wanted || epoch == r.Epochs, len(r.Reach) == 0, nil
}

// enough says whether training ends after this epoch, by Until or Patience.
func (r *training) enough(ctx context.Context, epoch int) (bool, error) {
	if r.Until == 0 && r.Patience == 0 {
		return false, nil
	}
	if r.Patience > 0 && epoch > 0 {
		a, err := r.net.accuracy(ctx, r.weights, r.Fresh, r.Fresh.Y)
		if err != nil {
			return false, err
		}
		if r.idle++; a > r.best {
			r.best, r.idle = a, 0
		}
		if r.idle >= r.Patience {
			return true, nil
		}
	}
	if r.Until > 0 {
		a, err := r.net.accuracy(ctx, r.weights, r.set, r.labels)
		if err != nil || a >= r.Until {
			return err == nil, err
		}
	}
	return epoch == r.Epochs, nil
}

// buildStep builds one step of training: arguments x [n, d], y [n], rows
// [batch] of this step's examples, count of those that are real (the last
// batch of an epoch is filled up), the optimizer's scalars, the changes of
// augmentation [batch, 3] and the state of the random numbers if the training
// has them, weights, optimizer state. Results: loss and number of right predictions
// in one array, weights, state.
func (r *training) buildStep(args []*Node) []*Node {
	next := func() *Node {
		a := args[0]
		args = args[1:]
		return a
	}
	x, y, rows, count, scalars := next(), next(), next(), next(), next()
	g := x.Graph()
	b := &Builder{graph: g, params: r.net.params, training: true, product: r.product(), updates: map[int]*Node{}}
	rows = ExpandAxes(rows, -1)
	images, labels := r.net.images(Gather(x, rows)), Gather(y, rows)
	if r.Augment != (Augmentation{}) {
		images = r.Augment.apply(images, next())
	}
	if r.net.drawn {
		b.random = next()
	}
	b.weights = args[:len(r.net.params)]
	state := args[len(r.net.params):]
	b.real = ConvertDType(LessThan(Iota(g, shapes.Make(dtypes.Int32, r.Batch), 0), count), dtypes.Float32)

	logits := r.net.model(b, images)
	logProb := LogSoftmax(logits, -1)
	own := ReduceSum(Mul(logProb, OneHot(labels, r.net.spec.Classes, dtypes.Float32)), -1)
	loss := Neg(Div(ReduceAllSum(Mul(own, b.real)), ConvertDType(count, dtypes.Float32)))
	right := ConvertDType(Equal(ArgMax(logits, -1, dtypes.Int32), labels), dtypes.Float32)
	hits := ReduceAllSum(Mul(right, b.real))

	weights := slices.Clone(b.weights)
	var ps []param
	var moving []*Node
	for _, i := range trained(r.net.params) {
		ps = append(ps, r.net.params[i])
		moving = append(moving, weights[i])
	}
	moved, newState := r.Optimizer.update(ps, moving, Gradient(loss, moving...), state, scalars)
	for k, i := range trained(r.net.params) {
		weights[i] = moved[k]
	}
	for i, w := range b.updates {
		weights[i] = w
	}
	return slices.Concat([]*Node{Stack([]*Node{loss, hits}, 0)}, weights, newState)
}

// epoch trains one epoch and says how it went.
func (r *training) epoch(ctx context.Context, epoch int) (Progress, error) {
	n := r.set.Len()
	order := seed.Stream(r.Seed, "order", epoch).Perm(n)
	changes := r.Augment.draw(r.Seed, epoch, n)
	started := time.Now()
	var loss, hits float64
	for first := 0; first < n; first += r.Batch {
		if err := ctx.Err(); err != nil {
			return Progress{}, err
		}
		count := min(r.Batch, n-first)
		stepLoss, stepHits, err := r.run(order[first:first+count], changes[3*first:3*(first+count)])
		if err != nil {
			return Progress{}, err
		}
		if math.IsNaN(stepLoss) || math.IsInf(stepLoss, 0) {
			return Progress{}, lossError(r.net.spec.Name, stepLoss, epoch, first/r.Batch+1, r.Optimizer.Rate)
		}
		loss += stepLoss * float64(count)
		hits += stepHits
	}
	return Progress{Epoch: epoch, Loss: loss / float64(n), Accuracy: hits / float64(n), Rate: float64(n) / time.Since(started).Seconds()}, nil
}

func lossError(name string, loss float64, epoch, step int, rate float64) error {
	return fmt.Errorf("network %q: the loss became %v in epoch %d at step %d; try a smaller learning rate than %v", name, loss, epoch, step, rate)
}

// run does one step on the examples of these rows, at most a batch, and returns
// its loss and the number of right predictions.
func (r *training) run(rows []int, changes []int32) (loss, hits float64, err error) {
	r.steps++
	n := r.set.Len()
	args := append([]any{r.x, r.y}, r.stepArgs(rows, changes, r.steps, (n+r.Batch-1)/r.Batch)...)
	if r.net.drawn {
		hi, lo := seed.Sum(r.Seed, "dropout", r.steps)
		args = append(args, tensors.FromValue([]uint64{hi, lo, 0}))
	}
	for _, ts := range [][]*tensors.Tensor{r.weights, r.state} {
		for _, t := range ts {
			donated, err := r.net.engine.Donate(t)
			if err != nil {
				return 0, 0, err
			}
			args = append(args, donated)
		}
	}
	out, err := r.step.Run(args...)
	if err != nil {
		return 0, 0, fmt.Errorf("network %q: training step %d: %w", r.net.spec.Name, r.steps, err)
	}
	r.weights, r.state = out[1:1+len(r.weights)], out[1+len(r.weights):]
	err = xla.View(out[0], func(flat []float32) { loss, hits = float64(flat[0]), float64(flat[1]) })
	xla.Free(out[0])
	return loss, hits, err
}

// stepArgs are the arguments of a step that do not lie on the device: rows,
// count, the optimizer's scalars, the changes of augmentation. steps is the
// number of steps of an epoch.
func (t Training) stepArgs(rows []int, changes []int32, step, steps int) []any {
	full := make([]int32, t.Batch) // filled up with row 0
	for i, row := range rows {
		full[i] = int32(row)
	}
	scalars := t.Optimizer.scalars(step, t.Schedule.scale(step, t.Epochs, steps))
	args := []any{tensors.FromFlatDataAndDimensions(full, t.Batch), tensors.FromScalar(int32(len(rows))), tensors.FromValue(scalars)}
	if t.Augment != (Augmentation{}) {
		all := make([]int32, 3*t.Batch)
		copy(all, changes)
		args = append(args, tensors.FromFlatDataAndDimensions(all, t.Batch, 3))
	}
	return args
}

// snapshot copies the weights as they are now.
func (r *training) snapshot(ctx context.Context, epoch int, loss float64) (*Snapshot, error) {
	s := &Snapshot{Epoch: epoch, Loss: loss, net: r.net.retain()}
	err := s.fill(ctx, r)
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Snapshot) fill(ctx context.Context, r *training) error {
	for _, w := range r.weights {
		flat, err := xla.Download[float32](w)
		if err != nil {
			return err
		}
		t, err := xla.Tensor(r.net.engine, flat, w.Shape().Dimensions...)
		if err != nil {
			return err
		}
		s.weights = append(s.weights, t)
	}
	return s.measure(ctx, r.set, r.labels, r.Fresh)
}

func (r *training) close() {
	xla.Free(r.x, r.y)
	xla.Free(r.weights...)
	xla.Free(r.state...)
	if r.step != nil {
		r.net.free(r.step)
	}
	if r.net != nil {
		r.net.release()
	}
}
