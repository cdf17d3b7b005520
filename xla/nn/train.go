package nn

import (
	"context"
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla"
)

// Train trains the network and yields its snapshots in the order of their
// epochs. The same seed on the same machine gives the same weights. The caller
// closes the snapshots; breaking off the loop ends the training.
func Train(ctx context.Context, engine *xla.Engine, spec Spec, set *datasets.Set, t Training) iter.Seq2[*Snapshot, error] {
	return func(yield func(*Snapshot, error) bool) {
		if err := trainOne(ctx, engine, spec, set, t, yield); err != nil {
			yield(nil, err)
		}
	}
}

func trainOne(ctx context.Context, engine *xla.Engine, spec Spec, set *datasets.Set, t Training, yield func(*Snapshot, error) bool) error {
	t, err := t.withDefaults()
	if err != nil {
		return err
	}
	if err := t.checkData(spec, set); err != nil {
		return err
	}
	labels := t.Labels(set)
	if err := checkLabels(fmt.Sprintf("data set %q", set.Name), labels, spec.Classes); err != nil {
		return err
	}
	return trainGroup(ctx, engine, spec, set, group{labels: [][]int32{labels}, total: 1}, t, yield)
}

// group is which networks a trainer trains, at once, by the same procedure and
// each on its own labels.
type group struct {
	labels  [][]int32 // [network][example]
	first   int       // number of the first network
	total   int       // networks of all groups
	stacked bool      // networks of dense layers, in one program; false = one network of any layers
}

// trainGroup trains a group. The options have their defaults, and the data have
// been checked.
func trainGroup(ctx context.Context, engine *xla.Engine, spec Spec, set *datasets.Set, g group, t Training, yield func(*Snapshot, error) bool) error {
	r, err := newTrainer(engine, spec, set, g, t)
	if err != nil {
		return err
	}
	defer r.close()
	return r.train(ctx, yield)
}

// trainer is a training under way. The data, weights and optimizer state lie on
// the device; each step sends the numbers of its examples only.
type trainer struct {
	Training
	group
	set     *datasets.Set
	net     *network
	step    step
	program *xla.Program // of step.build
	x, y    *tensors.Tensor
	weights []*tensors.Tensor // of net.params, as the step lays them out
	state   []*tensors.Tensor // of the optimizer: slot by slot, the trained params of each
	loop    *xla.Program      // of many steps at a time, at most most, see doTogether; nil = they are done one by one
	most    int
	steps   int // done so far

	best    float64   // greatest fresh accuracy of an epoch so far
	waited  int       // epochs since then
	reached int       // how many accuracies of Reach were reached
	saved   []int     // epochs whose snapshots were saved
	written time.Time // when the resume file was, or the training began

	described map[string]string // of options; nil = not worked out yet
}

// newTrainer prepares a training. The caller closes it.
func newTrainer(engine *xla.Engine, spec Spec, set *datasets.Set, g group, t Training) (r *trainer, err error) {
	t.Batch = min(t.Batch, set.Len())
	r = &trainer{Training: t, group: g, set: set, best: math.Inf(-1)}
	defer func() {
		if err != nil {
			r.close()
		}
	}()
	if r.net, err = newNetwork(engine, spec); err != nil {
		return r, err
	}
	r.step = newStep(r.net, g, t)
	if err = r.upload(); err != nil {
		return r, err
	}
	if r.program, err = r.net.compiled(r.step.name(), r.settings(), r.step.build); err == nil && engine.Accelerator() {
		err = r.doTogether(mostTogether)
	}
	return r, err
}

// settings say what the graph of a step depends on besides the network.
func (r *trainer) settings() string {
	return fmt.Sprintf("%d %+v %+v %s", r.Batch, r.Optimizer, r.Augment, r.Precision)
}

// upload copies the data and the start weights to the device, and an optimizer
// state of zeros.
func (r *trainer) upload() (err error) {
	e := r.net.engine
	if r.x, err = xla.Tensor(e, r.set.X, r.set.Len(), r.set.Shape.RowSize()); err != nil {
		return err
	}
	y, dims := r.step.labels(r.labels)
	if r.y, err = xla.Tensor(e, y, dims...); err != nil {
		return err
	}
	for _, p := range r.net.params {
		start := p.initial(r.Seed, r.InitialScale)
		if p.measured != nil {
			start = p.measured(r.set)
		}
		w, err := xla.Tensor(e, r.step.pack(p, start), r.step.dims(p)...)
		if err != nil {
			return err
		}
		r.weights = append(r.weights, w)
	}
	for range r.Optimizer.slots() {
		for _, i := range trained(r.net.params) {
			dims := r.step.dims(r.net.params[i])
			zero, err := xla.Tensor(e, make([]float32, product(dims)), dims...)
			if err != nil {
				return err
			}
			r.state = append(r.state, zero)
		}
	}
	return nil
}

func (r *trainer) close() {
	xla.Free(r.x, r.y)
	xla.Free(r.weights...)
	xla.Free(r.state...)
	for _, p := range []*xla.Program{r.program, r.loop} {
		if p != nil {
			r.net.free(p)
		}
	}
	if r.net != nil {
		r.net.release()
	}
}

// train runs all epochs and yields the snapshots that are asked for.
func (r *trainer) train(ctx context.Context, yield func(*Snapshot, error) bool) error {
	from, err := r.restore(ctx, yield)
	if err != nil || from < 0 {
		return err
	}
	last := r.last()
	losses := make([]float64, len(r.labels)) // means over the epoch
	started := time.Now()
	r.written = started
	for epoch := from; epoch <= last; epoch++ {
		if epoch > 0 {
			p, err := r.epoch(ctx, epoch, losses)
			if err != nil {
				return err
			}
			p.Epochs = last
			p.Left = time.Duration(float64(time.Since(started)) / float64(epoch-max(from, 1)+1) * float64(last-epoch))
			r.report(p)
		}
		wanted, enough, err := r.stop(r.ending(ctx), epoch)
		if err != nil {
			return err
		}
		if !wanted {
			if err := r.unkept(ctx, epoch); err != nil {
				return err
			}
			continue
		}
		more, err := r.snapshots(ctx, epoch, losses, enough || epoch == last, yield)
		if err != nil || !more || enough {
			return err
		}
	}
	return nil
}

// report tells of an epoch; p.Left is the time for this group.
func (r *trainer) report(p Progress) {
	if r.Progress == nil {
		return
	}
	p.Network, p.Networks = r.first, r.total
	// A group takes as long as its share of the networks.
	whole := time.Duration(float64(p.Epochs*r.set.Len()) / p.Rate * float64(len(r.labels)) * float64(time.Second))
	p.Left += time.Duration(float64(whole) * float64(r.total-r.first-len(r.labels)) / float64(len(r.labels)))
	r.Progress(p)
}
