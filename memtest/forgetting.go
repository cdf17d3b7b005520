package memtest

import (
	"context"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// TrainedLabels are the labels [n] that the network of this training seed is
// trained on: those of the set, but for a share LabelNoise that is shuffled.
func (x *Experiment) TrainedLabels(seed uint64) []int32 {
	return x.training(seed).Labels(x.Train)
}

// Forgetting trains the network of this training seed again and counts, for each
// training example, how often an epoch that classified it as its label is
// followed by one that does not: the forgetting events of Toneva et al. (2019),
// at the grain of epochs rather than of steps. An example that no epoch classified
// right counts as many as there are epochs.
func (x *Experiment) Forgetting(ctx context.Context, e *xla.Engine, seed uint64) ([]int, error) {
	t := x.training(seed)
	t.Keep = nil
	for epoch := range t.Epochs {
		t.Keep = append(t.Keep, epoch+1)
	}
	t.Progress = func(p nn.Progress) { x.report("counting forgetting events, epoch %d of %d", p.Epoch, p.Epochs) }
	labels := t.Labels(x.Train)
	var epochs [][]bool
	for s, err := range nn.Train(ctx, e, x.Spec, x.Train, t) {
		if err != nil {
			return nil, err
		}
		right, err := rightOn(ctx, s, x.Train, labels)
		s.Close()
		if err != nil {
			return nil, err
		}
		epochs = append(epochs, right)
	}
	return forgettingEvents(epochs), nil
}

// rightOn says which examples of a set get their label from a network.
func rightOn(ctx context.Context, s *nn.Snapshot, set *datasets.Set, labels []int32) ([]bool, error) {
	predicted, err := s.Predict(ctx, set)
	if err != nil {
		return nil, err
	}
	right := make([]bool, len(labels))
	for i, y := range labels {
		right[i] = predicted[i] == y
	}
	return right, nil
}

// forgettingEvents counts the events of each example from whether it was right
// at each epoch.
func forgettingEvents(epochs [][]bool) []int {
	if len(epochs) == 0 {
		return nil
	}
	events := make([]int, len(epochs[0]))
	for i := range events {
		learned := epochs[0][i]
		for t := 1; t < len(epochs); t++ {
			if epochs[t-1][i] && !epochs[t][i] {
				events[i]++
			}
			learned = learned || epochs[t][i]
		}
		if !learned {
			events[i] = len(epochs)
		}
	}
	return events
}
