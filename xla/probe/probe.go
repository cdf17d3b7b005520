// Package probe fits shallow classifiers (probes) to features, once for the
// real labels and once for each of many shuffled label sets, and lets them
// classify perturbed copies of the same examples.
//
//  1. Data holds the features: of the training examples, of one or more sets of
//     copies, and of fresh examples.
//  2. A Probe does once what no label set changes: a Gram matrix and its
//     inverse, a search of neighbours, the order of every column. That gives a
//     Fitted.
//  3. Run feeds it label sets in chunks, set 0 being the real labels, and yields
//     the predicted classes. Observed and null pass the same code.
//
// What is counted is a whole number; package perm turns the counts into
// accuracies, p-values and intervals. Metrics that need scores, not classes, are
// computed here, a number per label set and set of copies.
package probe

import (
	"context"
	"fmt"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/counts"
)

// Data are the features that a probe sees. Row i of each set of copies belongs
// to row i of the training features.
type Data struct {
	Train   arrays.Matrix   // [n, d]
	Valid   []arrays.Matrix // [n, d] each: the shared structure validation sets
	Fresh   arrays.Matrix   // [m, d]: examples that were not trained on; no rows = none
	Classes int             // K
}

// Problem is what all label sets have in common.
type Problem struct {
	Data
	// Observed is the real labels, label set 0 [n]. A probe may take a setting
	// from them, an L2 penalty, which then holds for all label sets.
	Observed []int32
	Options
}

// Probe is a kind of shallow classifier with its settings.
type Probe interface {
	// Name is the word that Parse takes, with the settings that are not the
	// default: "ridge", "knn", "knn:11".
	Name() string
	// Prepare does the work that all label sets share.
	Prepare(ctx context.Context, e *xla.Engine, p Problem) (Fitted, error)
}

// Fits says what keeps a probe from features of so many training examples and sets
// of copies, or nil, before anything is computed: too few examples, too little
// memory. Of a probe of one's own nothing is known.
func Fits(p Probe, rows, copies int) error {
	if f, ok := p.(interface{ fits(rows, copies int) error }); ok {
		if err := f.fits(rows, copies); err != nil {
			return fmt.Errorf("probe %s: %w", p.Name(), err)
		}
	}
	return nil
}

// Fitted is a probe that knows its features and lacks only labels.
type Fitted interface {
	// Chunk is the largest number of label sets that Predict takes.
	Chunk() int
	// Predict fits the probe to each label set [up to Chunk][n] and classifies
	// the copies. What it says of a label set does not depend on the others.
	// Where observed is true, the first label set is the real labels: of its fit
	// the margins and the classes of the fresh examples are wanted too.
	Predict(ctx context.Context, labels [][]int32, observed bool) (Predictions, error)
	// Close frees the device's memory.
	Close()
}

// Predictions are predicted classes, 0..K-1, and what follows from scores.
type Predictions struct {
	Valid [][][]int32 // [sets of copies][label sets][n]
	// OnDevice are the predictions for runs of the label sets, one after the other, that stayed
	// on a device, where Options.OnDevice asked for it and the probe can; Valid is nil then.
	OnDevice []*counts.Predicted

	// Of the metric that was asked for; nil for accuracy, which follows from the
	// classes. Values are such that more is better; Chance is the mean value over
	// all pairings of the same scores with shuffled labels.
	Values, Chance [][]float64 // [sets of copies][label sets]
	// Parts are the values by example: the mean over the examples is the value. For
	// LogLoss they are the terms of the mean, for AUC the value plus the example's
	// influence on it. ChanceParts are those of Chance; nil where all examples have
	// the same.
	Parts, ChanceParts [][][]float32 // [sets of copies][label sets][n]

	// Of the fit to the real labels; nil in other batches.
	Fresh   []int32     // [m] classes of the fresh examples
	Margins [][]float32 // [sets of copies][n] score of the copy's own label less the best other score, in the probe's units

	// Parents is, for each set of copies, the share of the copies that have their
	// parent among their neighbours; nil where the probe has no neighbours. Near
	// 1, the null's accuracy is the vote's own ceiling.
	Parents []float64

	// Penalty is the L2 penalty of the fits, the same for all label sets, given
	// or chosen; 0 where the probe has none.
	Penalty float64

	unmixed unmixed // what Options.Mixing makes the others of; see Mixing.mix
}

// Input is what Run takes: Data, which it checks, or Checked, for several probes
// of the same features.
type Input interface {
	rows() int // training examples
	check() (Checked, error)
}

// Checked are features that were found to fit together.
type Checked struct{ Data }

func (d Data) rows() int { return d.Train.Rows }

func (c Checked) check() (Checked, error) { return c, nil }

func (d Data) check() (Checked, error) {
	if err := d.Check(); err != nil {
		return Checked{}, err
	}
	return Checked{d}, nil
}

// Checked checks the features for good: Run need not look at them again.
func (d Data) Checked() (Checked, error) { return d.check() }

// Check says what is wrong with the data, as one sentence, or nil.
func (d Data) Check() error {
	if d.Classes < 2 {
		return fmt.Errorf("features: %d class; at least two are needed", d.Classes)
	}
	if d.Train.Rows < d.Classes {
		return fmt.Errorf("features: %d examples are fewer than the %d classes", d.Train.Rows, d.Classes)
	}
	if d.Train.Cols < 1 {
		return fmt.Errorf("features: the training features have no columns; give at least one")
	}
	if err := checkMatrix("training features", d.Train); err != nil {
		return err
	}
	most := largest(d.Train)
	for i, v := range d.Valid {
		name := fmt.Sprintf("features of validation set %d", i)
		if v.Rows != d.Train.Rows || v.Cols != d.Train.Cols {
			return fmt.Errorf("%s are %d×%d, but the training features are %d×%d", name, v.Rows, v.Cols, d.Train.Rows, d.Train.Cols)
		}
		if err := checkMatrix(name, v); err != nil {
			return err
		}
		if err := checkRange(name, v, most); err != nil {
			return err
		}
	}
	if d.Fresh.Rows > 0 {
		if d.Fresh.Cols != d.Train.Cols {
			return fmt.Errorf("fresh features have %d columns, but the training features have %d", d.Fresh.Cols, d.Train.Cols)
		}
		if err := checkMatrix("fresh features", d.Fresh); err != nil {
			return err
		}
		return checkRange("fresh features", d.Fresh, most)
	}
	return nil
}

func checkMatrix(name string, m arrays.Matrix) error {
	if len(m.Data) != m.Rows*m.Cols {
		return fmt.Errorf("%s: %d×%d need %d values, but there are %d", name, m.Rows, m.Cols, m.Rows*m.Cols, len(m.Data))
	}
	return m.CheckFinite(name)
}
