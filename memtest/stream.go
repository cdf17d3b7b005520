package memtest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// stream trains the networks of an experiment and yields the features that are
// wanted; a network of which none are wanted is not trained.
func (x *Experiment) stream(ctx context.Context, e *xla.Engine, wanted func(features.Features) bool, report func(string, ...any)) iter.Seq2[features.Features, error] {
	return func(yield func(features.Features, error) bool) {
		s := &source{Experiment: x, engine: e, wanted: wanted, report: report, examples: x.Examples(), yield: func(f features.Features) error {
			if !yield(f, nil) {
				return errStopped
			}
			return nil
		}}
		if err := s.all(ctx); err != nil && !errors.Is(err, errStopped) {
			yield(features.Features{}, err)
		}
	}
}

// source makes the features of an experiment.
type source struct {
	*Experiment
	engine   *xla.Engine
	examples features.Examples
	wanted   func(features.Features) bool
	report   func(format string, args ...any)
	yield    func(features.Features) error
}

// all goes through the raw inputs, the networks with their twins, and the refit.
func (s *source) all(ctx context.Context) error {
	c := s.Config
	if slices.Contains(c.Refs, RefInput) {
		f, err := s.examples.Input(ctx)
		if err != nil {
			return err
		}
		f.Seed = c.Seed
		if s.wanted(f) {
			if err := s.yield(f); err != nil {
				return err
			}
		}
	}
	for i := range c.Seeds {
		if err := s.network(ctx, s.training(c.Seed+uint64(i))); err != nil {
			return err
		}
	}
	if c.Refit > 0 && s.wants(features.Refit, c.Seed) {
		return s.refit(ctx)
	}
	return nil
}

// wants says whether any features of the networks of a role are wanted.
func (s *source) wants(role features.Role, seed uint64) bool {
	if role != features.Refit && (s.Config.Until > 0 || s.Config.Patience > 0) {
		return true // at which epoch training ends is known only by training
	}
	for _, f := range s.Config.plan(s.Spec.Name, s.layers) {
		if f.Role == role && f.Seed == seed && s.wanted(f) {
			return true
		}
	}
	return false
}

// network trains one network and, where asked for, its twin.
func (s *source) network(ctx context.Context, t nn.Training) error {
	twin := slices.Contains(s.Config.Refs, RefTwin) && len(s.Config.trained()) > 0 && s.wants(features.Twin, t.Seed)
	if !twin && !s.wants("", t.Seed) {
		return nil
	}
	if s.Snapshots != "" {
		t.Save = s.snapshotFolder(t.Seed)
		t.Resume = true
	}
	accuracy := map[int]float64{} // epoch -> training accuracy
	f := features.Features{Network: s.Spec.Name, Seed: t.Seed, Labels: t.Labels(s.Train)}
	t.Progress = func(p nn.Progress) {
		s.report("training %s, epoch %d of %d, loss %.3f, accuracy %.3f, %.0f examples a second, %v left", s.Spec.Name, p.Epoch, p.Epochs, p.Loss, p.Accuracy, p.Rate, p.Left.Round(time.Second))
	}
	for snapshot, err := range nn.Train(ctx, s.engine, s.Spec, s.Train, t) {
		if err != nil {
			return err
		}
		accuracy[snapshot.Epoch] = snapshot.TrainAccuracy
		err = s.snapshot(ctx, snapshot, snapshot.Epoch, f)
		snapshot.Close()
		if err != nil {
			return err
		}
	}
	if !twin {
		return nil
	}
	return s.twin(ctx, t, accuracy)
}

// snapshot yields the wanted layers of a snapshot. The epoch is that of the rows,
// which for a twin is the epoch of the network that it matches.
func (s *source) snapshot(ctx context.Context, snapshot *nn.Snapshot, epoch int, f features.Features) error {
	f.Epoch, f.TrainAccuracy = &epoch, &snapshot.TrainAccuracy
	if s.Fresh != nil {
		f.TestAccuracy = &snapshot.FreshAccuracy
	}
	for _, layer := range s.layers {
		f.Layer, f.Shape, f.Levels, f.Perturbation = layer, s.Spec.Shape(layer), s.examples.Levels, s.examples.Perturbation
		if !s.wanted(f) {
			continue
		}
		taken, err := s.examples.Layer(ctx, f, layerOf(snapshot, layer))
		if err != nil {
			return err
		}
		if err := s.yield(taken); err != nil {
			return err
		}
	}
	return nil
}

// layerOf computes a layer of a network for a set.
func layerOf(s *nn.Snapshot, layer string) func(context.Context, *datasets.Set) (arrays.Matrix, error) {
	return func(ctx context.Context, set *datasets.Set) (arrays.Matrix, error) {
		return s.Features(ctx, set, layer)
	}
}

// twinPatience is how many times the network's own epochs its twin may train:
// shuffled labels take several times as long to fit as true ones.
const twinPatience = 20

// twinTolerance is the difference of training accuracies above which twin and
// network are not alike enough to compare without a warning.
const twinTolerance = 0.02

// twin trains the shuffled-label twin: the same network, data and start weights,
// all labels shuffled, and the same kind of schedule stretched over its epochs. For each epoch of the network it is looked at
// when its training accuracy first reaches the network's; its rows carry the
// network's epoch, its probes the labels it was trained on.
func (s *source) twin(ctx context.Context, t nn.Training, accuracy map[int]float64) error {
	waiting := slices.DeleteFunc(slices.Sorted(maps.Keys(accuracy)), func(epoch int) bool { return epoch == 0 })
	// A twin trains until it is as accurate as the network, not for the same time.
	most := twinPatience * t.Epochs
	t.LabelNoise, t.Epochs, t.Keep = 1, most, nil
	t.Until, t.Patience, t.Save, t.Resume = 0, 0, "", false
	for _, epoch := range waiting {
		t.Reach = append(t.Reach, accuracy[epoch])
	}
	t.Progress = func(p nn.Progress) {
		s.report("training the twin on shuffled labels, epoch %d, loss %.3f, accuracy %.3f, %.0f examples a second", p.Epoch, p.Loss, p.Accuracy, p.Rate)
	}
	f := features.Features{Role: features.Twin, Network: RefTwin, Seed: t.Seed, Labels: t.Labels(s.Train)}
	for snapshot, err := range nn.Train(ctx, s.engine, s.Spec, s.Train, t) {
		if err != nil {
			return err
		}
		for err == nil && len(waiting) > 0 && (snapshot.TrainAccuracy >= accuracy[waiting[0]] || snapshot.Epoch == most) {
			f.TrainedEpochs, f.Flags = snapshot.Epoch, nil
			if gap := snapshot.TrainAccuracy - accuracy[waiting[0]]; math.Abs(gap) > twinTolerance {
				f.Flags = []string{fmt.Sprintf("%s: %.3f against %.3f", result.FlagTwinAccuracy, snapshot.TrainAccuracy, accuracy[waiting[0]])}
			}
			err = s.snapshot(ctx, snapshot, waiting[0], f)
			waiting = waiting[1:]
		}
		snapshot.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// refit trains Config.Refit networks on shuffled labels beside the one on the
// real labels, all by the same procedure. Label set r is that of network r, so
// features and labels were shuffled together, and p is exact.
func (s *source) refit(ctx context.Context) error {
	c := s.Config
	t := s.training(c.Seed)
	shuffled, err := perm.NewShuffled(t.Labels(s.Train), len(s.Train.Classes), s.Train.Groups, c.Seed)
	if err != nil {
		return err
	}
	sets := perm.Sets(shuffled, 0, c.Refit+1)
	t.LabelNoise, t.Keep = 0, c.trained()
	t.Progress = func(p nn.Progress) {
		s.report("full refit, networks from %d of %d, epoch %d of %d", p.Network, c.Refit+1, p.Epoch, p.Epochs)
	}
	for snapshot, err := range nn.TrainMany(ctx, s.engine, s.Spec, s.Train, sets, t) {
		if err != nil {
			return err
		}
		f := features.Features{Role: features.Refit, Network: NetworkRefit, Seed: c.Seed, Labels: sets[snapshot.Network], LabelSet: snapshot.Network}
		err = s.snapshot(ctx, snapshot, snapshot.Epoch, f)
		snapshot.Close()
		if err != nil {
			return err
		}
	}
	return nil
}
