package memtest

import (
	"context"
	"iter"

	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// Trained yields the networks of this training seed that rows are measured of, epoch by
// epoch. Where the experiment keeps networks (Snapshots) they are read from there, else
// the training is done again: the weights are the same. Each stays usable until the
// caller closes it.
func (x *Experiment) Trained(ctx context.Context, e *xla.Engine, seed uint64) iter.Seq2[*nn.Snapshot, error] {
	t := x.saved(x.training(seed), x.Spec.Name)
	t.Progress = func(p nn.Progress) { x.report("training %s, epoch %d of %d", x.Spec.Name, p.Epoch, p.Epochs) }
	return nn.Train(ctx, e, x.Spec, x.Train, t)
}
