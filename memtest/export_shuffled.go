package memtest

import (
	"context"
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// checkRole says what is wrong with the network that is asked for, apart from its
// epoch.
func (x *Experiment) checkRole(want Export) error {
	c := x.Config
	switch want.Role {
	case "":
	case features.Twin:
		if !slices.Contains(c.Refs, RefTwin) {
			return fmt.Errorf("network: the run has no twin; its references are %v", c.Refs)
		}
	case features.Refit:
		switch {
		case c.Refit == 0:
			return fmt.Errorf("network: the run has no full refit; export one of a run with --refit")
		case want.Set < 0 || want.Set > c.Refit:
			return fmt.Errorf("set: %d is none of the label sets of the refit, 0 (the real labels) to %d", want.Set, c.Refit)
		case want.Seed != c.Seed:
			return fmt.Errorf("seed: %d is not that of the refit; it has one, %d", want.Seed, c.Seed)
		}
	default:
		return fmt.Errorf("network: %q is not known; choose twin or refit, or leave it out for the network itself", want.Role)
	}
	switch {
	case want.Role != features.Refit && want.Set != 0:
		return fmt.Errorf("set: only the networks of a full refit have a label set each; ask for network refit, or leave out the set")
	case want.Role != "" && want.Layer == nn.LayerInput:
		return fmt.Errorf("layer: the raw inputs are of no network; leave out the network")
	case want.Role != "" && want.Epoch == 0:
		return fmt.Errorf("epoch: at epoch 0 %s is the untrained network; choose a later one", want.Role)
	}
	return nil
}

// twinOf trains the twin again until it matches the epoch that is wanted. It was
// looked at first for the earlier epochs of its network, so it is here too.
func (x *Experiment) twinOf(ctx context.Context, e *xla.Engine, want Export) (features.Features, *nn.Snapshot, error) {
	accuracy, err := x.accuracies(ctx, e, want)
	if err != nil {
		return features.Features{}, nil, err
	}
	t := twinTraining(x.training(want.Seed))
	t.Progress = func(p nn.Progress) { x.report("training the twin again, epoch %d, accuracy %.3f", p.Epoch, p.Accuracy) }
	f := features.Features{Role: features.Twin, Network: RefTwin, Seed: want.Seed, Labels: t.Labels(x.Train)}
	for at, err := range x.twins(ctx, e, t, accuracy) {
		if err != nil {
			return f, nil, err
		}
		if slices.Contains(at.epochs, want.Epoch) {
			f.TrainedEpochs, f.Flags = at.Epoch, twinFlags(at.TrainAccuracy, accuracy[want.Epoch])
			return f, at.Snapshot, nil
		}
		at.Close()
	}
	return f, nil, fmt.Errorf("epoch: the twin came to no match of epoch %d", want.Epoch)
}

// accuracies are the training accuracies of a network that its twin has to reach up
// to the epoch that is wanted.
func (x *Experiment) accuracies(ctx context.Context, e *xla.Engine, want Export) (map[int]float64, error) {
	epochs := slices.DeleteFunc(append(x.Config.trained(), want.Epoch), func(epoch int) bool { return epoch > want.Epoch })
	accuracy := map[int]float64{}
	for _, epoch := range epochs {
		s, found, err := x.kept(e, want.Seed, epoch)
		if err != nil {
			return nil, err
		}
		if found {
			accuracy[epoch] = s.TrainAccuracy
			s.Close()
		}
	}
	if !slices.ContainsFunc(epochs, func(epoch int) bool { _, known := accuracy[epoch]; return !known }) {
		return accuracy, nil
	}
	t := x.training(want.Seed)
	t.Keep = epochs
	t.Progress = func(p nn.Progress) { x.report("training %s again, epoch %d of %d", x.Spec.Name, p.Epoch, want.Epoch) }
	for s, err := range nn.Train(ctx, e, x.Spec, x.Train, t) {
		if err != nil {
			return nil, err
		}
		accuracy[s.Epoch] = s.TrainAccuracy
		s.Close()
		if s.Epoch >= want.Epoch {
			break
		}
	}
	if _, reached := accuracy[want.Epoch]; !reached {
		return nil, fmt.Errorf("epoch: the training ended before epoch %d", want.Epoch)
	}
	return accuracy, nil
}

// refitOf trains the network of a label set again.
func (x *Experiment) refitOf(ctx context.Context, e *xla.Engine, want Export) (features.Features, *nn.Snapshot, error) {
	t, sets, err := x.refitTraining()
	if err != nil {
		return features.Features{}, nil, err
	}
	f := x.refitFeatures(want.Set, sets)
	t.Progress = func(p nn.Progress) {
		x.report("training the network of label set %d again, epoch %d of %d", want.Set, p.Epoch, p.Epochs)
	}
	for s, err := range nn.TrainOneOfMany(ctx, e, x.Spec, x.Train, sets, want.Set, t) {
		if err != nil {
			return f, nil, err
		}
		if s.Epoch == want.Epoch {
			return f, s, nil
		}
		s.Close()
	}
	return f, nil, fmt.Errorf("epoch: the refit came to no epoch %d", want.Epoch)
}
