// Package probe fits shallow classifiers (probes) to features, once for the
// real labels and once for each of many shuffled label sets, and lets them
// classify perturbed copies of the same examples.
//
//  1. Data holds the features: of the training examples, of one or more sets of
//     copies, and of fresh examples.
//  2. A Probe does once what no label set changes: a Gram matrix and its
//     inverse, a search of neighbours. That gives a Fitted.
//  3. Run feeds it label sets in chunks, set 0 being the real labels, and yields
//     the predicted classes. Observed and null pass the same code.
//
// Everything that is counted is a whole number; package perm turns the counts
// into accuracies, p-values and intervals.
package probe

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/xla"
)

// Data are the features that a probe sees. Row i of each set of copies belongs
// to row i of the training features.
type Data struct {
	Train   xla.Matrix   // [n, d]
	Valid   []xla.Matrix // [n, d] each: the shared structure validation sets
	Fresh   xla.Matrix   // [m, d]: examples that were not trained on; no rows = none
	Classes int          // K
}

// Probe is a kind of shallow classifier with its settings.
type Probe interface {
	// Name is the word that Parse takes, with the settings that are not the
	// default: "ridge", "knn", "knn:11".
	Name() string
	// Prepare does the work that all label sets share.
	Prepare(ctx context.Context, e *xla.Engine, d Data) (Fitted, error)
}

// Fitted is a probe that knows its features and lacks only labels.
type Fitted interface {
	// Chunk is the number of label sets that Predict takes.
	Chunk() int
	// Predict fits the probe to each label set [Chunk][n] and classifies the
	// copies. Where observed is true, the first label set is the real labels: of
	// its fit the margins and the classes of the fresh examples are wanted too.
	Predict(ctx context.Context, labels [][]int32, observed bool) (Predictions, error)
	// Close frees the device's memory.
	Close()
}

// Predictions are predicted classes, 0..K-1.
type Predictions struct {
	Valid [][][]int32 // [sets of copies][label sets][n]

	// Of the fit to the real labels; nil in other batches.
	Fresh   []int32     // [m] classes of the fresh examples
	Margins [][]float32 // [sets of copies][n] score of the copy's own label less the best other score, in the probe's units

	// Parents is, for each set of copies, the share of the copies that have their
	// parent among their neighbours; nil where the probe has no neighbours. Near
	// 1, the null's accuracy is the vote's own ceiling.
	Parents []float64
}

// Names lists the probes that Parse knows.
func Names() []string { return []string{"ridge", "softmax", "knn", "centroid"} }

// Parse makes a probe of its name, with a setting after a colon where it has
// one: "ridge" or "ridge:10" (the L2 strength, default 1), "knn" or "knn:11"
// (the number of neighbours, default 5), "centroid".
func Parse(text string) (Probe, error) {
	name, setting, given := strings.Cut(text, ":")
	switch name {
	case "ridge":
		alpha := 1.0
		if given {
			var err error
			if alpha, err = strconv.ParseFloat(setting, 64); err != nil || !(alpha > 0 && alpha <= 1e12) {
				return nil, fmt.Errorf("probe %q: the L2 strength %q must be a number above 0, as in ridge:10", text, setting)
			}
		}
		return Ridge{Alpha: alpha}, nil
	case "knn":
		k := 5
		if given {
			var err error
			if k, err = strconv.Atoi(setting); err != nil || k < 1 {
				return nil, fmt.Errorf("probe %q: the number of neighbours %q must be a whole number from 1, as in knn:11", text, setting)
			}
		}
		return KNN{K: k}, nil
	case "softmax":
		lambda := 1.0
		if given {
			var err error
			if lambda, err = strconv.ParseFloat(setting, 64); err != nil || !(lambda > 0 && lambda <= 1e12) {
				return nil, fmt.Errorf("probe %q: the L2 strength %q must be a number above 0, as in softmax:10", text, setting)
			}
		}
		return SoftmaxRegression{Lambda: lambda}, nil
	case "centroid":
		if given {
			return nil, fmt.Errorf("probe %q: centroid has no setting; type centroid", text)
		}
		return Centroid{}, nil
	}
	return nil, fmt.Errorf("probe %q is not known; choose from %s", text, strings.Join(Names(), ", "))
}

// Check says what is wrong with the data, as one sentence, or nil.
func (d Data) Check() error {
	if d.Classes < 2 {
		return fmt.Errorf("features: %d class; at least two are needed", d.Classes)
	}
	if d.Train.Rows < d.Classes {
		return fmt.Errorf("features: %d examples are fewer than the %d classes", d.Train.Rows, d.Classes)
	}
	if err := d.Train.CheckFinite("training features"); err != nil {
		return err
	}
	for i, v := range d.Valid {
		name := fmt.Sprintf("features of validation set %d", i)
		if v.Rows != d.Train.Rows || v.Cols != d.Train.Cols {
			return fmt.Errorf("%s are %d×%d, but the training features are %d×%d", name, v.Rows, v.Cols, d.Train.Rows, d.Train.Cols)
		}
		if err := v.CheckFinite(name); err != nil {
			return err
		}
	}
	if d.Fresh.Rows > 0 {
		if d.Fresh.Cols != d.Train.Cols {
			return fmt.Errorf("fresh features have %d columns, but the training features have %d", d.Fresh.Cols, d.Train.Cols)
		}
		return d.Fresh.CheckFinite("fresh features")
	}
	return nil
}
