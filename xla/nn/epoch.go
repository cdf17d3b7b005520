package nn

import (
	"context"
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/xla"
)

// epoch trains one epoch, sets the mean loss of each network and says how it
// went.
func (r *trainer) epoch(ctx context.Context, epoch int, losses []float64) (Progress, error) {
	n, networks := r.set.Len(), len(r.labels)
	order := seed.Stream(r.Seed, "order", epoch).Perm(n)
	changes := r.Augment.draw(r.Seed, epoch, n)
	started := time.Now()
	clear(losses)
	hits := 0.0
	// One network's mean is divided at the end, those of stacked ones term by term.
	// They differ in the last bit, and the same seed is to give the losses that it
	// gave before.
	term, sum := 1.0, float64(n)
	if r.stacked {
		term, sum = sum, term
	}
	first := 0
	for out, err := range r.results(ctx, order, changes) {
		if err != nil {
			return Progress{}, err
		}
		count := min(r.Batch, n-first)
		for k := range losses {
			loss := float64(out[k])
			if math.IsNaN(loss) || math.IsInf(loss, 0) {
				return Progress{}, r.lossError(k, loss, epoch, first/r.Batch+1)
			}
			losses[k] += loss * float64(count) / term
			hits += float64(out[networks+k])
		}
		first += count
	}
	mean := 0.0
	for k := range losses {
		losses[k] /= sum
		mean += losses[k] / float64(networks)
	}
	return Progress{Epoch: epoch, Loss: mean, Accuracy: hits / float64(n*networks), Rate: float64(n*networks) / time.Since(started).Seconds()}, nil
}

func (r *trainer) lossError(k int, loss float64, epoch, step int) error {
	err := fmt.Errorf("network %q: the loss became %v in epoch %d at step %d; try a smaller learning rate than %v", r.net.spec.Name, loss, epoch, step, r.Optimizer.Rate)
	if r.stacked {
		return fmt.Errorf("label set %d: %w", r.first+k, err)
	}
	return err
}

// results does the steps of an epoch whose examples come in this order, and yields what
// each gives: the losses of all networks, then their numbers of right predictions.
func (r *trainer) results(ctx context.Context, order []int, changes []int32) iter.Seq2[[]float32, error] {
	if r.loop != nil {
		return r.resultsTogether(ctx, order, changes)
	}
	return func(yield func([]float32, error) bool) {
		for first := 0; first < len(order); first += r.Batch {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			last := min(len(order), first+r.Batch)
			out, err := r.run(order[first:last], changes[3*first:3*last])
			if !yield(out, err) || err != nil {
				return
			}
		}
	}
}

// run does one step on the examples of these rows, at most a batch.
func (r *trainer) run(rows []int, changes []int32) ([]float32, error) {
	r.steps++
	return r.runProgram(r.program, r.stepArgs(rows, changes))
}

// runProgram runs a program of steps, given what its arguments are beside those that lie
// on the device, and returns its first result.
func (r *trainer) runProgram(program *xla.Program, changing []any) ([]float32, error) {
	args := append([]any{r.x, r.y}, changing...)
	for _, ts := range [][]*tensors.Tensor{r.weights, r.state} {
		for _, t := range ts {
			donated, err := r.net.engine.Donate(t)
			if err != nil {
				return nil, err
			}
			args = append(args, donated)
		}
	}
	out, err := program.Run(args...)
	if err != nil {
		return nil, fmt.Errorf("network %q: training step %d: %w", r.net.spec.Name, r.steps, err)
	}
	r.weights, r.state = out[1:1+len(r.weights)], out[1+len(r.weights):]
	flat, err := xla.Download[float32](out[0])
	xla.Free(out[0])
	return flat, err
}

// stepArgs are the arguments of a step that do not lie on the device, as
// stepGraph.inputs takes them.
func (r *trainer) stepArgs(rows []int, changes []int32) []any {
	c := r.changing(rows, changes)
	args := []any{tensors.FromFlatDataAndDimensions(c.rows, r.Batch), tensors.FromScalar(c.counts[0]), tensors.FromValue(c.scalars)}
	if c.changes != nil {
		args = append(args, tensors.FromFlatDataAndDimensions(c.changes, r.Batch, 3))
	}
	if c.random != nil {
		args = append(args, tensors.FromValue(c.random))
	}
	return args
}

// changing is what changes from step to step, in the order in which stepGraph.inputs
// takes it; of several steps, one after the other.
type changing struct {
	rows    []int32   // [steps·batch], filled up with row 0
	counts  []int32   // [steps] rows that are no filling
	scalars []float32 // [steps·3] of the optimizer
	changes []int32   // [steps·batch·3] of augmentation; nil = there is none
	random  []uint64  // [steps·3] states of the random numbers; nil = none are drawn
}

// changing is that of step r.steps, on these rows.
func (r *trainer) changing(rows []int, changes []int32) changing {
	c := changing{rows: make([]int32, r.Batch), counts: []int32{int32(len(rows))}}
	for i, row := range rows {
		c.rows[i] = int32(row)
	}
	steps := (r.set.Len() + r.Batch - 1) / r.Batch // of an epoch
	c.scalars = r.Optimizer.scalars(r.steps, r.Schedule.scale(r.steps, r.Epochs, steps))
	if r.Augment != (Augmentation{}) {
		c.changes = make([]int32, 3*r.Batch)
		copy(c.changes, changes)
	}
	if r.net.drawn {
		hi, lo := seed.Sum(r.Seed, "dropout", r.steps)
		c.random = []uint64{hi, lo, 0}
	}
	return c
}
