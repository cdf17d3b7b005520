package nn

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/gomlx/gomlx/pkg/core/dtypes"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/seed"
)

// Training says how a network is trained. Its zero value trains 20 epochs with
// Adam in batches of 128 and keeps the last.
type Training struct {
	Epochs     int       // 0 = 20
	Batch      int       // examples a step; 0 = 128
	Optimizer  Optimizer // zero value = Adam
	Schedule   Schedule  // of the learning rate; zero value = constant
	Keep       []int     // epochs whose snapshots are yielded, 0 = untrained; empty = the last
	Seed       uint64    // of the start weights, the order of examples, dropout, augmentation and the label noise
	LabelNoise float64   // share of the examples whose labels are shuffled among themselves: 0 = true labels, 1 = all shuffled
	Augment    Augmentation
	// InitialScale multiplies the start values of arrays of two axes or more, which are
	// the weights but not biases or scales; 0 = 1.
	InitialScale float64
	Precision    string // of products, operands and results: float32 (the default), bfloat16; all else stays float32

	// Until ends training after the first epoch, the untrained epoch 0 included, with
	// at least this training accuracy, in [0, 1]; Patience after so many epochs in
	// which FreshAccuracy did not rise; 0 = off. The snapshot of the epoch that ends
	// training is yielded too.
	Until    float64
	Patience int

	// Reach are training accuracies in [0, 1], waited for one after the other in the
	// order given: with {0.9, 0.5} an epoch of accuracy 0.6 is not yielded, and the
	// first of 0.9 stands for both. From epoch 1 on (not 0), the snapshot of an epoch
	// that reaches the accuracy waited for is yielded, once for all that it reaches
	// in a row. Training ends with the last of them, or after Epochs with that
	// epoch's snapshot. Empty = off; it stands in for Keep and goes without Until
	// and Patience.
	Reach []float64

	// Save is a folder for the snapshots that are yielded and for what Resume
	// needs; "" = none. Resume goes on from the last epoch saved there, if there is
	// one, and yields the earlier snapshots from their files; the weights end up as
	// those of a training that was not interrupted. An epoch is saved where its
	// snapshot is yielded, where ctx has ended by its end, and where 30 seconds have
	// passed since the last one that was. Resumed with another Reach, a training begins
	// again.
	Save   string
	Resume bool
	Held   func() error // asked just before each file of Save is put in place, which its error prevents; nil = none is

	every time.Duration // after which an epoch without a snapshot is saved; 0 = checkpointEvery

	Fresh *datasets.Set // labelled examples that are not trained on, for FreshAccuracy; may be nil
	// Note hears what was unusual and what was done about it, a sentence each; nil =
	// nobody.
	Note     func(string)
	Progress func(Progress) // called at the end of each epoch; may be nil
}

// MostInitialScale is the greatest Training.InitialScale, which keeps the first losses finite.
const MostInitialScale = 1000

// Progress is how far a training is at the end of an epoch.
type Progress struct {
	Epoch, Epochs     int     // the epoch that ended, and the last one
	Network, Networks int     // TrainMany: the first network of the group in training, and how many there are in all; else 0 and 1
	Loss              float64 // mean over the epoch (and the networks)
	Accuracy          float64 // share in [0, 1] predicted right in the epoch, each example before its own step
	Rate              float64 // examples a second
	Left              time.Duration
}

func (t Training) withDefaults() (Training, error) {
	if t.Epochs == 0 {
		t.Epochs = 20
	}
	if t.Batch == 0 {
		t.Batch = 128
	}
	if t.Epochs < 0 || t.Batch < 1 {
		return t, fmt.Errorf("training: epochs %d and batch %d must be positive", t.Epochs, t.Batch)
	}
	if !(t.LabelNoise >= 0 && t.LabelNoise <= 1) {
		return t, fmt.Errorf("training: label noise %v is outside 0..1", t.LabelNoise)
	}
	if t.InitialScale == 0 {
		t.InitialScale = 1
	}
	if !(t.InitialScale > 0 && t.InitialScale <= MostInitialScale) {
		return t, fmt.Errorf("training: initial scale %v is outside 0..%d", t.InitialScale, MostInitialScale)
	}
	if t.Resume && t.Save == "" {
		return t, fmt.Errorf("training: resume: it needs the folder that the snapshots were saved in")
	}
	if err := t.checkStopping(); err != nil {
		return t, err
	}
	if t.every == 0 {
		t.every = checkpointEvery
	}
	if t.Precision == "" {
		t.Precision = "float32"
	}
	if t.Precision != "float32" && t.Precision != "bfloat16" {
		return t, fmt.Errorf("training: precision: %q is not known; known are float32 and bfloat16", t.Precision)
	}
	if len(t.Keep) == 0 {
		t.Keep = []int{t.Epochs}
	}
	for _, e := range t.Keep {
		if e < 0 || e > t.Epochs {
			return t, fmt.Errorf("training: epoch %d to keep is outside 0..%d", e, t.Epochs)
		}
	}
	var err error
	if t.Optimizer, err = t.Optimizer.withDefaults(); err != nil {
		return t, err
	}
	t.Schedule, err = t.Schedule.withDefaults(t.Epochs)
	return t, err
}

// product is the type of the operands of products.
func (t Training) product() dtypes.DType {
	if t.Precision == "bfloat16" {
		return dtypes.BFloat16
	}
	return dtypes.Float32
}

// Labels are the labels that the network is trained on: those of the set, with
// the share LabelNoise of them, chosen by the seed, shuffled among themselves.
func (t Training) Labels(set *datasets.Set) []int32 {
	labels := slices.Clone(set.Y)
	r := seed.Stream(t.Seed, "label noise")
	chosen := r.Perm(len(labels))[:int(math.Round(t.LabelNoise*float64(len(labels))))]
	for i, j := range r.Perm(len(chosen)) {
		labels[chosen[i]] = set.Y[chosen[j]]
	}
	return labels
}

// checkData says whether a network can be trained on a set.
func (t Training) checkData(spec Spec, set *datasets.Set) error {
	if err := spec.Check(); err != nil {
		return err
	}
	if set.Len() == 0 {
		return fmt.Errorf("data set %q: it has no examples to train network %q on", set.Name, spec.Name)
	}
	for _, s := range []*datasets.Set{set, t.Fresh} {
		if s == nil {
			continue
		}
		if !spec.takes(s.Shape) {
			return fmt.Errorf("network %q takes inputs of %v, but data set %q has %v", spec.Name, spec.Input, s.Name, s.Shape)
		}
		if len(s.Classes) != spec.Classes {
			return fmt.Errorf("network %q has %d classes, but data set %q has %d", spec.Name, spec.Classes, s.Name, len(s.Classes))
		}
		if len(s.X) != s.Len()*s.Shape.RowSize() {
			return fmt.Errorf("data set %q: %d labels of shape %v need %d values, but there are %d", s.Name, s.Len(), s.Shape, s.Len()*s.Shape.RowSize(), len(s.X))
		}
	}
	return t.Augment.check(spec.Input)
}

// checkLabels finds a label outside 0..classes-1.
func checkLabels(what string, labels []int32, classes int) error {
	for i, y := range labels {
		if y < 0 || int(y) >= classes {
			return fmt.Errorf("%s: label %d of example %d is outside 0..%d", what, y, i, classes-1)
		}
	}
	return nil
}
