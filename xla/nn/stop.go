package nn

import (
	"context"
	"fmt"
	"slices"
)

// checkStopping says what is wrong with Until, Patience and Reach.
func (t Training) checkStopping() error {
	if !(t.Until >= 0 && t.Until <= 1) {
		return fmt.Errorf("training: until: training accuracy %v is outside 0..1", t.Until)
	}
	if t.Patience < 0 {
		return fmt.Errorf("training: patience: %d epochs must not be negative", t.Patience)
	}
	if t.Patience > 0 && t.Fresh == nil {
		return fmt.Errorf("training: patience: %d epochs need fresh examples to be measured on", t.Patience)
	}
	if len(t.Reach) > 0 && (len(t.Keep) > 0 || t.Until > 0 || t.Patience > 0) {
		return fmt.Errorf("training: reach: it does not go with keep, until or patience; leave those out")
	}
	for _, a := range t.Reach {
		if !(a >= 0 && a <= 1) {
			return fmt.Errorf("training: reach: training accuracy %v is outside 0..1", a)
		}
	}
	return nil
}

// stopsEarly says whether how far a network has come decides when its training
// ends.
func (t Training) stopsEarly() bool { return t.Until > 0 || t.Patience > 0 || len(t.Reach) > 0 }

// last is the epoch after which nothing more is asked for.
func (t Training) last() int {
	if t.stopsEarly() {
		return t.Epochs
	}
	return slices.Max(t.Keep)
}

// stop says whether the snapshots of an epoch are wanted and whether training
// ends after it. A training that stops early is of one network.
func (r *trainer) stop(ctx context.Context, epoch int) (wanted, enough bool, err error) {
	if len(r.Reach) > 0 {
		return r.reach(ctx, epoch)
	}
	if enough, err = r.enough(ctx, epoch); err != nil {
		return false, false, err
	}
	return enough || slices.Contains(r.Keep, epoch), enough, nil
}

// reach says whether an epoch reaches the next of the accuracies asked for, and
// whether it was the last of them.
func (r *trainer) reach(ctx context.Context, epoch int) (wanted, enough bool, err error) {
	if epoch == 0 {
		return false, false, nil
	}
	a, err := r.net.accuracy(ctx, r.weights, r.set, r.labels[0])
	if err != nil {
		return false, false, err
	}
	for r.reached < len(r.Reach) && a >= r.Reach[r.reached] {
		r.reached++
		wanted = true
	}
	return wanted || epoch == r.Epochs, r.reached == len(r.Reach), nil
}

// enough says whether training ends after this epoch, by Until or Patience.
func (r *trainer) enough(ctx context.Context, epoch int) (bool, error) {
	if r.Until == 0 && r.Patience == 0 {
		return false, nil
	}
	if r.Patience > 0 && epoch > 0 {
		a, err := r.net.accuracy(ctx, r.weights, r.Fresh, r.Fresh.Y)
		if err != nil {
			return false, err
		}
		if r.waited++; a > r.best {
			r.best, r.waited = a, 0
		}
		if r.waited >= r.Patience {
			return true, nil
		}
	}
	if r.Until > 0 {
		a, err := r.net.accuracy(ctx, r.weights, r.set, r.labels[0])
		if err != nil || a >= r.Until {
			return err == nil, err
		}
	}
	return epoch == r.Epochs, nil
}
