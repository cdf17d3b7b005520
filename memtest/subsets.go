package memtest

import (
	"context"
	"iter"

	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// OnSubsets trains the network of the experiment on random subsets of its training
// examples, as Feldman and Zhang (2020) do, and yields which of all examples [n] each
// network gives their labels: of network first, first+1, …, up to but not including
// after. Labels are those of this training seed (TrainedLabels). Network r is trained on
// perm.RandomSubset(n, r, seed), from start weights and in an order of its own, and is
// the same network whichever others are asked for; perm.Presence counts.
func (x *Experiment) OnSubsets(ctx context.Context, e *xla.Engine, base uint64, first, after int) iter.Seq2[[]bool, error] {
	return func(yield func([]bool, error) bool) {
		for r := first; r < after; r++ {
			x.report("training on subsets, network %d of %d", r+1, after)
			right, err := x.onSubset(ctx, e, base, r)
			if !yield(right, err) || err != nil {
				return
			}
		}
	}
}

// onSubset is which examples network r gives their labels.
func (x *Experiment) onSubset(ctx context.Context, e *xla.Engine, base uint64, r int) ([]bool, error) {
	labels := x.TrainedLabels(base)
	var rows []int
	for i, present := range perm.RandomSubset(len(labels), r, base) {
		if present {
			rows = append(rows, i)
		}
	}
	subset := x.Train.Subset(rows)
	for k, i := range rows {
		subset.Y[k] = labels[i]
	}
	t := x.training(base)
	t.Keep, t.LabelNoise = nil, 0 // the last epoch; the noise is in the labels
	t.Seed = seed.Stream(base, "network on a subset", r).Uint64()
	var right []bool
	for s, err := range nn.Train(ctx, e, x.Spec, subset, t) {
		if err != nil {
			return nil, err
		}
		right, err = rightOn(ctx, s, x.Train, labels)
		s.Close()
		if err != nil {
			return nil, err
		}
	}
	return right, nil
}
