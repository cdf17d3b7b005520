package memtest

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// twinPatience is how many times the network's own epochs its twin may train:
// shuffled labels take several times as long to fit as true ones.
const twinPatience = 20

// twinTolerance is the difference of training accuracies above which twin and
// network are not alike enough to compare without a warning.
const twinTolerance = 0.02

// twinSnapshot is a twin, and the epochs of its network that it matches.
type twinSnapshot struct {
	*nn.Snapshot
	epochs []int
}

// twinTraining is how the shuffled-label twin of a network is trained: the same
// network, data and start weights, all labels shuffled, and the same kind of
// schedule stretched over its epochs. It saves nothing, see source.saved.
func twinTraining(t nn.Training) nn.Training {
	t.LabelNoise, t.Epochs, t.Keep = 1, twinPatience*t.Epochs, nil // it trains until it is as accurate as the network, not for the same time
	t.Until, t.Patience, t.Save, t.Resume, t.Reach = 0, 0, "", false, nil
	return t
}

// twins trains a twin, for each epoch of the network from 1 on until its training
// accuracy first reaches the network's, which accuracy says by epoch. The
// snapshots are the caller's to close.
func (x *Experiment) twins(ctx context.Context, e *xla.Engine, t nn.Training, accuracy map[int]float64) iter.Seq2[twinSnapshot, error] {
	return func(yield func(twinSnapshot, error) bool) {
		waiting := slices.DeleteFunc(slices.Sorted(maps.Keys(accuracy)), func(epoch int) bool { return epoch == 0 })
		for _, epoch := range waiting {
			t.Reach = append(t.Reach, accuracy[epoch])
		}
		for snapshot, err := range nn.Train(ctx, e, x.Spec, x.Train, t) {
			if err != nil {
				yield(twinSnapshot{}, err)
				return
			}
			at := twinSnapshot{Snapshot: snapshot}
			for len(waiting) > 0 && (snapshot.TrainAccuracy >= accuracy[waiting[0]] || snapshot.Epoch == t.Epochs) {
				at.epochs, waiting = append(at.epochs, waiting[0]), waiting[1:]
			}
			if !yield(at, nil) {
				return
			}
		}
	}
}

// twinFlags are the flags of a twin whose training accuracy is to be that of a
// network.
func twinFlags(twin, network float64) []string {
	if math.Abs(twin-network) <= twinTolerance {
		return nil
	}
	return []string{fmt.Sprintf("%s: %.3f against %.3f", result.FlagTwinAccuracy, twin, network)}
}

// twin trains the twin of a network and yields it at each epoch of the network: its
// rows carry the network's epoch, its probes the labels it was trained on.
func (s *source) twin(ctx context.Context, t nn.Training, accuracy map[int]float64) error {
	t = s.saved(twinTraining(t), RefTwin)
	t.Progress = func(p nn.Progress) {
		s.report("training the twin on shuffled labels, epoch %d, loss %.3f, accuracy %.3f, %.0f examples a second", p.Epoch, p.Loss, p.Accuracy, p.Rate)
	}
	f := features.Features{Role: features.Twin, Network: RefTwin, Seed: t.Seed, Labels: t.Labels(s.Train)}
	for at, err := range s.twins(ctx, s.engine, t, accuracy) {
		if err != nil {
			return err
		}
		for _, epoch := range at.epochs {
			if err == nil {
				f.TrainedEpochs, f.Flags = at.Epoch, twinFlags(at.TrainAccuracy, accuracy[epoch])
				err = s.snapshot(ctx, at.Snapshot, epoch, f)
			}
		}
		at.Close()
		if err != nil {
			return err
		}
	}
	return nil
}
