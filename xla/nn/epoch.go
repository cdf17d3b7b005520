package nn

import (
	"context"
	"fmt"
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
	for first := 0; first < n; first += r.Batch {
		if err := ctx.Err(); err != nil {
			return Progress{}, err
		}
		count := min(r.Batch, n-first)
		out, err := r.run(order[first:first+count], changes[3*first:3*(first+count)])
		if err != nil {
			return Progress{}, err
		}
		for k := range losses {
			loss := float64(out[k])
			if math.IsNaN(loss) || math.IsInf(loss, 0) {
				return Progress{}, r.lossError(k, loss, epoch, first/r.Batch+1)
			}
			losses[k] += loss * float64(count) / term
			hits += float64(out[networks+k])
		}
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

// run does one step on the examples of these rows, at most a batch, and returns
// the losses of all networks, then their numbers of right predictions.
func (r *trainer) run(rows []int, changes []int32) ([]float32, error) {
	r.steps++
	args := append([]any{r.x, r.y}, r.stepArgs(rows, changes)...)
	for _, ts := range [][]*tensors.Tensor{r.weights, r.state} {
		for _, t := range ts {
			donated, err := r.net.engine.Donate(t)
			if err != nil {
				return nil, err
			}
			args = append(args, donated)
		}
	}
	out, err := r.program.Run(args...)
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
	full := make([]int32, r.Batch) // filled up with row 0
	for i, row := range rows {
		full[i] = int32(row)
	}
	steps := (r.set.Len() + r.Batch - 1) / r.Batch // of an epoch
	scalars := r.Optimizer.scalars(r.steps, r.Schedule.scale(r.steps, r.Epochs, steps))
	args := []any{tensors.FromFlatDataAndDimensions(full, r.Batch), tensors.FromScalar(int32(len(rows))), tensors.FromValue(scalars)}
	if r.Augment != (Augmentation{}) {
		all := make([]int32, 3*r.Batch)
		copy(all, changes)
		args = append(args, tensors.FromFlatDataAndDimensions(all, r.Batch, 3))
	}
	if r.net.drawn {
		hi, lo := seed.Sum(r.Seed, "dropout", r.steps)
		args = append(args, tensors.FromValue([]uint64{hi, lo, 0}))
	}
	return args
}
