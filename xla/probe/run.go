package probe

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/seed-1a417598/memtest/datasets/parallel"
	"github.com/seed-1a417598/memtest/xla"
)

// Options of Run. The zero value predicts classes, with seed 0.
type Options struct {
	// Metric, other than Accuracy, is computed for every label set and set of
	// copies beside the classes.
	Metric Metric
	// Devices is how many devices share the label sets; 0 = 1. Each holds the
	// features and does for itself what all label sets share. What comes out is
	// the same, bit for bit.
	Devices int
	// Groups [n] are those within which labels are exchanged; nil = one. The chance of
	// a metric is of such exchanges.
	Groups []int32
	// Seed is of the probes that draw random numbers: forest.
	Seed uint64
	// Bare says that margins and the classes of fresh examples are not wanted. A probe
	// need not tell them then.
	Bare bool
	// OnDevice leaves the predictions on the device that made them, in Batch.OnDevice, for
	// those who count them there. Where a metric needs scores, or the probe computes on the
	// processor, they come as ever.
	OnDevice bool
	// Mixing makes the copies of the training features, for linear probes; nil = they are
	// given, as Data.Valid. Predictions do not stay on a device then.
	Mixing *Mixing
}

// LabelSets makes label sets on demand: number 0 is the observed labels, the
// others are shuffled. perm.LabelSets is one.
type LabelSets interface {
	Examples() int
	Set(b int, dst []int32)
}

// Batch is what a probe said of a run of label sets.
type Batch struct {
	First  int       // number of the first label set
	Labels [][]int32 // [sets][n]: the labels that the probes were fitted to
	Predictions
}

// Run fits the probe to the label sets first..first+count-1 and yields its
// predictions, chunk by chunk in rising order; an error is the last thing it
// yields. Slices of a batch are used again after the loop's body, and what of it is on a
// device is freed. With the label
// set 0 among them, its batch carries the margins of the copies and the classes
// of the fresh examples, unless they are not wanted. Memory does not grow with count.
func Run(ctx context.Context, e *xla.Engine, p Probe, in Input, sets LabelSets, first, count int, o Options) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		if err := run(ctx, e, p, in, sets, first, count, o, yield); err != nil {
			yield(Batch{}, fmt.Errorf("probe %s: %w", p.Name(), err))
		}
	}
}

// run is Run; it returns nil where the loop's body has ended it.
func run(ctx context.Context, e *xla.Engine, p Probe, in Input, sets LabelSets, first, count int, o Options, yield func(Batch, error) bool) error {
	n := in.rows()
	if sets.Examples() != n {
		return fmt.Errorf("%d labels, but %d rows of features", sets.Examples(), n)
	}
	if o.Groups != nil && len(o.Groups) != n {
		return fmt.Errorf("%d groups, but %d rows of features; give one group per row", len(o.Groups), n)
	}
	checked, err := in.check()
	if err != nil {
		return err
	}
	d := checked.Data
	observed := make([]int32, n)
	sets.Set(0, observed)
	if err := checkLabels(observed, 0, d.Classes); err != nil {
		return err
	}
	if d, o, err = o.Mixing.prepare(p, d, o); err != nil {
		return err
	}
	fitted, err := prepare(ctx, e, p, Problem{d, observed, o})
	defer func() {
		for _, f := range fitted {
			f.Close()
		}
	}()
	if err != nil {
		return err
	}
	// Devices share what is less than a chunk for each.
	size := min(fitted[0].Chunk(), (count+len(fitted)-1)/len(fitted))
	labels := make([][]int32, max(0, size*min(len(fitted), (count+max(1, size)-1)/max(1, size))))
	for i := range labels {
		labels[i] = make([]int32, n)
	}
	for done := 0; done < count; {
		if err := ctx.Err(); err != nil {
			return err
		}
		part := labels[:min(len(labels), count-done)]
		if err := fill(part, sets, first+done, d.Classes); err != nil {
			return err
		}
		batches, err := predict(ctx, fitted, part, size, first+done)
		if err != nil {
			return err
		}
		more := true
		for _, b := range batches {
			o.Mixing.mix(&b)
			more = more && yield(b, nil)
			b.free()
		}
		if !more {
			return nil
		}
		done += len(part)
	}
	return nil
}

// fill makes label sets, from number first on, and checks them.
func fill(part [][]int32, sets LabelSets, first, classes int) error {
	parallel.For(len(part), func(i int) { sets.Set(first+i, part[i]) })
	for i, y := range part {
		if err := checkLabels(y, first+i, classes); err != nil {
			return err
		}
	}
	return nil
}

// prepare prepares the probe on each device.
func prepare(ctx context.Context, e *xla.Engine, p Probe, problem Problem) ([]Fitted, error) {
	engines, err := e.Devices(max(1, problem.Devices))
	if err != nil {
		return nil, err
	}
	var all []Fitted
	for _, e := range engines {
		f, err := p.Prepare(ctx, e, problem)
		if err != nil {
			return all, err
		}
		all = append(all, f)
	}
	return all, nil
}

// predict gives each device at most size of the label sets, whose first is number
// first, and returns what they say in the order of the label sets.
func predict(ctx context.Context, fitted []Fitted, labels [][]int32, size, first int) ([]Batch, error) {
	parts := slices.Collect(slices.Chunk(labels, size))
	batches, errs := make([]Batch, len(parts)), make([]error, len(parts))
	var wait sync.WaitGroup
	for i, part := range parts {
		wait.Go(func() {
			number := first + i*size
			err := xla.Catch(func() { batches[i].Predictions, errs[i] = fitted[i].Predict(ctx, part, number == 0) })
			batches[i].First, batches[i].Labels, errs[i] = number, part, cmp.Or(errs[i], err)
		})
	}
	wait.Wait()
	if err := cmp.Or(errs...); err != nil {
		for _, b := range batches {
			b.free()
		}
		return nil, err
	}
	return batches, nil
}

// checkLabels says which label of set b is none of the classes, or nil.
func checkLabels(labels []int32, b, classes int) error {
	for i, y := range labels {
		if y < 0 || int(y) >= classes {
			return fmt.Errorf("label %d of example %d in label set %d is outside 0..%d", y, i, b, classes-1)
		}
	}
	return nil
}
