package memtest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
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
	if kept, of := s.Spec.Steps(); kept < of && c.Note != nil {
		c.Note(fmt.Sprintf("network %q takes the first %d of %d steps, the most that a recurrent layer takes; choose conv1d or transformer for all", s.Spec.Name, kept, of))
	}
	if slices.Contains(c.Refs, RefInput) && s.measures(features.Input, 0) {
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
		seed := c.Seed + uint64(i)
		if !s.measures(features.Network, seed) {
			continue
		}
		if err := s.network(ctx, s.training(seed)); err != nil {
			return err
		}
	}
	if c.Refit > 0 && s.measures(features.Refit, c.Seed) && s.wants(features.Refit, c.Seed) {
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

// saved is a training of the network of this name that goes on where it was
// interrupted, where the experiment keeps networks.
func (x *Experiment) saved(t nn.Training, network string) nn.Training {
	if x.Snapshots != "" {
		t.Save, t.Resume = x.snapshotFolder(network, t.Seed), true
		t.Note, t.Held = x.Config.Note, x.held
	}
	return t
}

// network trains one network and, where asked for, its twin.
func (s *source) network(ctx context.Context, t nn.Training) error {
	twin := slices.Contains(s.Config.Refs, RefTwin) && len(s.Config.trained()) > 0 && s.wants(features.Twin, t.Seed)
	if !twin && !s.wants("", t.Seed) {
		return nil
	}
	t = s.saved(t, s.Spec.Name)
	accuracy := map[int]float64{} // epoch -> training accuracy
	f := features.Features{Network: s.Spec.Name, Seed: t.Seed, Labels: t.Labels(s.Train), LabelNoise: t.LabelNoise}
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
	if flag := augmentedFlag(s.Config.Augment, s.Config.Perturb); flag != "" && snapshot.Epoch > 0 {
		f.Flags = append(slices.Clone(f.Flags), flag)
	}
	if flag := croppedFlag(s.Spec); flag != "" {
		f.Flags = append(slices.Clone(f.Flags), flag)
	}
	if s.Fresh != nil {
		f.TestAccuracy = &snapshot.FreshAccuracy
	}
	for _, layer := range s.layers {
		f.Layer, f.Shape, f.Levels, f.Perturbation = layer, s.Spec.Shape(layer), s.examples.Levels, s.examples.Perturbation
		if !s.wanted(f) {
			continue
		}
		taken, err := s.layer(ctx, f, snapshot)
		if err != nil {
			return err
		}
		f.Own = taken.Own
		if err := s.yield(taken); err != nil {
			return err
		}
	}
	return nil
}

// layer takes a layer of a snapshot. The first one that is taken brings the
// network's own answers with it, in the same passes, for all; the networks of a refit
// that are trained on shuffled labels have no rows to say theirs.
func (s *source) layer(ctx context.Context, f features.Features, snapshot *nn.Snapshot) (features.Features, error) {
	if f.Own != nil || f.LabelSet > 0 {
		return s.examples.Layer(ctx, f, layerOf(snapshot, f.Layer))
	}
	return s.examples.LayerScored(ctx, f, features.Logits, func(ctx context.Context, set *datasets.Set) (layer, logits arrays.Matrix, err error) {
		return snapshot.FeaturesAndLogits(ctx, set, f.Layer)
	})
}

// layerOf computes a layer of a network for a set.
func layerOf(s *nn.Snapshot, layer string) func(context.Context, *datasets.Set) (arrays.Matrix, error) {
	return func(ctx context.Context, set *datasets.Set) (arrays.Matrix, error) {
		return s.Features(ctx, set, layer)
	}
}
