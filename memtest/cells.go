package memtest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"time"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// errStopped ends an experiment whose reader has seen enough.
var errStopped = errors.New("stopped")

// Cells measures the experiment and yields each cell as soon as it is known:
// first the raw inputs, then every network epoch by epoch, then its twin. It
// may be called once.
func (x *Experiment) Cells(ctx context.Context, e *xla.Engine) iter.Seq2[Cell, error] {
	return func(yield func(Cell, error) bool) {
		emit := func(c Cell) error {
			if !yield(c, nil) {
				return errStopped
			}
			return nil
		}
		if err := x.measureAll(ctx, e, emit); err != nil && !errors.Is(err, errStopped) {
			yield(Cell{}, err)
		}
	}
}

// measureAll walks through the sources of features in order.
func (x *Experiment) measureAll(ctx context.Context, e *xla.Engine, emit func(Cell) error) error {
	c := x.Config
	x.done = 0
	x.plan.devices = x.Devices
	if slices.Contains(c.Refs, RefInput) {
		s := source{
			row:      result.Row{Network: RefInput, Seed: c.Seed, Epoch: result.EpochNone, Layer: nn.LayerInput, Exact: true},
			labels:   x.Train.Y,
			features: func(_ context.Context, set *datasets.Set) (arrays.Matrix, error) { return inputs(set), nil },
		}
		if err := x.measure(ctx, e, s, emit); err != nil {
			return err
		}
	}
	for i := range c.Seeds {
		if err := x.measureNetwork(ctx, e, x.training(c.Seed+uint64(i)), emit); err != nil {
			return err
		}
	}
	if c.Refit > 0 {
		return x.measureRefit(ctx, e, emit)
	}
	return nil
}

// inputs are a set's raw values as features.
func inputs(set *datasets.Set) arrays.Matrix {
	return arrays.Matrix{Rows: set.Len(), Cols: set.Shape.Size(), Data: set.X}
}

// measureNetwork trains one network and, where asked for, its twin, and
// measures both at the epochs of the configuration.
func (x *Experiment) measureNetwork(ctx context.Context, e *xla.Engine, t nn.Training, emit func(Cell) error) error {
	twin := slices.Contains(x.Config.Refs, RefTwin) && len(x.Config.twinEpochs()) > 0
	if x.skipsNetwork(x.Spec.Name, t.Seed, x.Config.Epochs) && (!twin || x.skipsNetwork(RefTwin, t.Seed, x.Config.twinEpochs())) {
		return nil
	}
	if x.Snapshots != "" {
		t.Save = filepath.Join(x.Snapshots, fmt.Sprintf("%s-%d", x.Spec.Name, t.Seed))
		t.Resume = true
	}
	accuracy := map[int]float64{} // epoch -> training accuracy
	labels := t.Labels(x.Train)
	t.Progress = func(p nn.Progress) {
		x.report("training %s, epoch %d of %d, loss %.3f, accuracy %.3f, %.0f examples a second, %v left", x.Spec.Name, p.Epoch, p.Epochs, p.Loss, p.Accuracy, p.Rate, p.Left.Round(time.Second))
	}
	for s, err := range nn.Train(ctx, e, x.Spec, x.Train, t) {
		if err != nil {
			return err
		}
		accuracy[s.Epoch] = s.TrainAccuracy
		err = x.measureSnapshot(ctx, e, s, x.Spec.Name, s.Epoch, t.Seed, labels, nil, emit)
		s.Close()
		if err != nil {
			return err
		}
	}
	if !twin || x.skipsNetwork(RefTwin, t.Seed, x.Config.twinEpochs()) {
		return nil
	}
	return x.measureTwin(ctx, e, t, accuracy, emit)
}

// measureSnapshot measures every layer of a snapshot. The epoch is that of the
// row, which for a twin is the epoch of the network that it matches.
func (x *Experiment) measureSnapshot(ctx context.Context, e *xla.Engine, s *nn.Snapshot, network string, epoch int, seed uint64, labels []int32, flags []string, emit func(Cell) error) error {
	for _, layer := range x.layers {
		row := result.Row{Network: network, Seed: seed, Epoch: epoch, Layer: layer, Exact: s.Epoch == 0, TrainAccuracy: &s.TrainAccuracy, Flags: flags}
		if x.Fresh != nil {
			row.TestAccuracy = &s.FreshAccuracy
		}
		if network == RefTwin {
			row.TrainedEpochs = s.Epoch
		}
		err := x.measure(ctx, e, source{
			row: row, labels: labels, scale: true,
			features: func(ctx context.Context, set *datasets.Set) (arrays.Matrix, error) {
				return s.Features(ctx, set, layer)
			},
		}, emit)
		if err != nil {
			return err
		}
	}
	return nil
}

// skipsNetwork says whether every cell of a network is measured already.
func (x *Experiment) skipsNetwork(network string, seed uint64, epochs []int) bool {
	if x.Config.Until > 0 || x.Config.Patience > 0 {
		return false // at which epoch training ends is known only by training
	}
	for _, epoch := range epochs {
		for _, layer := range x.layers {
			if len(x.openProbes(result.Row{Network: network, Seed: seed, Epoch: epoch, Layer: layer})) > 0 {
				return false
			}
		}
	}
	return true
}

// report tells the listener what is being done.
func (x *Experiment) report(format string, args ...any) {
	if x.Progress != nil {
		x.Progress(Progress{fmt.Sprintf(format, args...), x.done, x.Total()})
	}
}
