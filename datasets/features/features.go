package features

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// Given is the name of data, and of copies, that came as they are and said no other.
const Given = "given"

// MixClass is the perturbation whose copies are no features that came with the others:
// they are blends of the training features with those of an example of the same label,
// other ones under each label set, and are made where features are measured.
const MixClass = "mix-class"

// Features are what one layer of one network at one epoch gives for its training
// examples, for near-copies of them and for fresh examples, whatever made them:
// a network of ours, an ONNX model, a hook in a training loop, a file. Train,
// Levels, Copies and Labels are needed; every other field may be zero.
type Features struct {
	Train  arrays.Matrix // [n, d]
	Levels []float64     // of the copies; each once
	// Copies yields one matrix [n, d] a level, in the order of Levels; row i
	// belongs to training example i. It may compute each when it is asked for, so
	// that the images of one level at a time lie in memory. Of MixClass there are none.
	Copies iter.Seq2[arrays.Matrix, error]
	Labels []int32 // [n], 0..Classes-1: those the network was trained on

	Fresh       arrays.Matrix // [m, d] of examples that were not trained on; no rows = none
	FreshLabels []int32       // [m]

	// Permuted [B][n] are the label sets of the null; nil = shuffles of Labels are
	// drawn, within Groups where there are any.
	Permuted [][]int32
	Groups   []int32 // [n] blocks within which labels are shuffled; nil = one block

	Classes      int    // K; 0 = 1 + the largest label
	Data         string // name of the data set; "" = Given
	Network      string // "" = "features"; of the raw inputs always "input"
	Role         Role   // "" = network, or untrained at epoch 0
	Layer        string // "" = "features"; of the raw inputs always "input"
	Epoch        *int   // nil = of no epoch, or of none that is known
	Seed         uint64 // of the training, for the rows; 0 = that of the shuffles
	Perturbation string // how copies were made; "" = Given
	Unit         string // of the levels, for people

	// Shape is that of one example, where its values lie along several axes, and of
	// the raw inputs of a table; zero = one axis, or not known.
	Shape datasets.Shape

	// Exact says that p-values are exact: the features never saw the labels, or each
	// label set has a network of its own. So it is of raw inputs, untrained networks
	// and full refits, whatever it says. It is not where label sets are given, whatever
	// it says: that they are as likely as the real labels can be seen of no list.
	Exact bool

	TrainAccuracy, TestAccuracy *float64 // of the network itself, in [0, 1]; nil = not known, or raw inputs
	Own                         *Answers // what the network itself gives, perhaps filled in as copies are read; nil = not known, or raw inputs
	TrainedEpochs               int      // of a twin, whose Epoch is that of the network it matches
	Flags                       []string // warnings that its rows carry

	// LabelNoise is the share of Labels that is known to have been shuffled, where
	// FreshLabels are as they were; 0 = none, or not known.
	LabelNoise float64

	// LabelSet is, in a full refit, the number of the label set that the network
	// was trained on, which Labels holds; 0 = the real labels.
	LabelSet int
}

// Matrices yields these matrices: copies that lie in memory.
func Matrices(all ...arrays.Matrix) iter.Seq2[arrays.Matrix, error] {
	return func(yield func(arrays.Matrix, error) bool) {
		for _, m := range all {
			if !yield(m, nil) {
				return
			}
		}
	}
}

// Stream yields these features, one after the other.
func Stream(all ...Features) iter.Seq2[Features, error] {
	return func(yield func(Features, error) bool) {
		for _, f := range all {
			if !yield(f, nil) {
				return
			}
		}
	}
}

// Resolve fills in the defaults of the names, the role and the number of classes,
// and whether p-values are exact.
func (f Features) Resolve() Features {
	set := func(field *string, otherwise string) {
		if *field == "" {
			*field = otherwise
		}
	}
	set(&f.Data, Given)
	set(&f.Perturbation, Given)
	switch {
	case f.Role == Input:
		f.Network, f.Layer, f.Epoch = string(Input), string(Input), nil
	case f.Role == "" && f.Epoch != nil && *f.Epoch == 0:
		f.Role = Untrained
	case f.Role == "":
		f.Role = Network
	}
	set(&f.Network, "features")
	set(&f.Layer, "features")
	f.Exact = f.Permuted == nil && (f.Exact || f.Role == Input || f.Role == Untrained || f.Role == Refit)
	if f.Classes == 0 {
		for _, y := range f.Labels {
			f.Classes = max(f.Classes, int(y)+1)
		}
	}
	return f
}

// EpochNumber is the epoch, EpochNone where there is none.
func (f Features) EpochNumber() int {
	if f.Epoch == nil {
		return EpochNone
	}
	return *f.Epoch
}

// Where names the features in a sentence.
func (f Features) Where() string {
	switch {
	case f.Role == Input:
		return f.Network
	case f.Epoch == nil:
		return fmt.Sprintf("%s, layer %s", f.Network, f.Layer)
	}
	return fmt.Sprintf("%s epoch %d %s", f.Network, *f.Epoch, f.Layer)
}

// Mixed says whether the copies are blends of the training features, see MixClass.
func (f Features) Mixed() bool { return f.Perturbation == MixClass }

// Check says what does not fit, as one sentence, or nil. It looks at shapes and
// levels; values and copies are looked at as they are measured.
func (f Features) Check() error {
	switch {
	case len(f.Labels) != f.Train.Rows:
		return fmt.Errorf("there are %d labels, but the training features are %d×%d; give one label for each row", len(f.Labels), f.Train.Rows, f.Train.Cols)
	case len(f.Levels) == 0 || f.Copies == nil && !f.Mixed():
		return errors.New("there are no copies; give the features of near-copies of the training examples, at one level or more")
	case len(f.FreshLabels) != f.Fresh.Rows:
		return fmt.Errorf("there are %d fresh labels, but the fresh features are %d×%d; give one label for each row", len(f.FreshLabels), f.Fresh.Rows, f.Fresh.Cols)
	}
	for i, level := range f.Levels {
		if slices.Contains(f.Levels[:i], level) {
			return fmt.Errorf("levels: %v is given twice", level)
		}
	}
	return f.Own.check(f.Train.Rows, len(f.Levels))
}
