package memtest

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

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

// twinEpochs are the epochs that a twin is matched to: all but the untrained.
func (c Config) twinEpochs() []int {
	var epochs []int
	for _, e := range c.Epochs {
		if e > 0 {
			epochs = append(epochs, e)
		}
	}
	return epochs
}

// measureTwin trains the shuffled-label twin: the same network, data, start
// weights and schedule, all labels shuffled. For each epoch of the network it
// measures the twin when its training accuracy first reaches the network's; its
// rows carry the network's epoch, its probes the labels it was trained on.
func (x *Experiment) measureTwin(ctx context.Context, e *xla.Engine, t nn.Training, accuracy map[int]float64, emit func(Cell) error) error {
	waiting := slices.DeleteFunc(slices.Sorted(maps.Keys(accuracy)), func(epoch int) bool { return epoch == 0 })
	// A twin trains until it is as accurate as the network, not for the same time.
	most := twinPatience * t.Epochs
	t.LabelNoise, t.Epochs, t.Keep = 1, most, nil
	t.Until, t.Patience, t.Save, t.Resume = 0, 0, "", false
	for _, epoch := range waiting {
		t.Reach = append(t.Reach, accuracy[epoch])
	}
	t.Progress = func(p nn.Progress) {
		x.report("training the twin on shuffled labels, epoch %d, loss %.3f, accuracy %.3f, %.0f examples a second", p.Epoch, p.Loss, p.Accuracy, p.Rate)
	}
	labels := t.Labels(x.Train)
	for s, err := range nn.Train(ctx, e, x.Spec, x.Train, t) {
		if err != nil {
			return err
		}
		for len(waiting) > 0 && (s.TrainAccuracy >= accuracy[waiting[0]] || s.Epoch == most) {
			var flags []string
			if gap := s.TrainAccuracy - accuracy[waiting[0]]; math.Abs(gap) > twinTolerance {
				flags = []string{fmt.Sprintf("%s: %.3f against %.3f", result.FlagTwinAccuracy, s.TrainAccuracy, accuracy[waiting[0]])}
			}
			if err := x.measureSnapshot(ctx, e, s, RefTwin, waiting[0], t.Seed, labels, flags, emit); err != nil {
				s.Close()
				return err
			}
			waiting = waiting[1:]
		}
		s.Close()
	}
	return nil
}
