package onnx

import (
	stdcontext "context"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/xla"
)

// Taken are a model's features of examples.
type Taken struct {
	Features []features.Features // one a tensor
	// Shares in [0, 1] of examples that the logits classify right; nil where the
	// model has none for these classes, or there are no such examples.
	TrainAccuracy, TestAccuracy *float64
}

// Take computes tensors, names as Resolve gives them, for examples that go in as
// Fit says: all tensors in one pass over each set. The model's input among them
// stands for the raw inputs. say is told the name of each set before it is computed;
// nil = nobody is.
func (m *Model) Take(ctx stdcontext.Context, e *xla.Engine, f Feed, tensors []string, x features.Examples, say func(set string)) (Taken, error) {
	var taken Taken
	wanted := slices.DeleteFunc(slices.Clone(tensors), func(t string) bool { return t == m.Input() })
	logits := -1 // where they are among the tensors computed; −1 = the accuracy stays unknown
	if name, err := m.Resolve([]string{wordLogits}); err == nil {
		if logits = slices.Index(wanted, name[0]); logits < 0 {
			logits, wanted = len(wanted), append(wanted, name[0])
		}
	}
	var shapes []datasets.Shape // of the tensors computed
	of := func(_ stdcontext.Context, set *datasets.Set) ([]arrays.Matrix, error) { return nil, nil }
	if len(wanted) > 0 {
		r, err := m.newRunner(e, f, wanted)
		if err != nil {
			return taken, err
		}
		defer r.Close()
		shapes = r.shapes
		of = func(ctx stdcontext.Context, set *datasets.Set) ([]arrays.Matrix, error) {
			if say != nil {
				say(set.Name)
			}
			out, err := r.Features(ctx, set)
			if err == nil && logits >= 0 && set == x.Train {
				taken.TrainAccuracy = rightShare(out[logits], set.Y, len(x.Train.Classes))
			} else if err == nil && logits >= 0 && set == x.Fresh {
				taken.TestAccuracy = rightShare(out[logits], set.Y, len(x.Train.Classes))
			}
			return out, err
		}
	}
	var described []features.Features
	for _, name := range tensors {
		d := features.Features{Network: m.Name, Layer: name}
		if name == m.Input() {
			d = features.Features{Role: features.Input}
		}
		described = append(described, d)
	}
	var err error
	taken.Features, err = x.Layers(ctx, described, func(ctx stdcontext.Context, set *datasets.Set) ([]arrays.Matrix, error) {
		out, err := of(ctx, set)
		if err != nil {
			return nil, err
		}
		all := make([]arrays.Matrix, len(tensors))
		for i, name := range tensors {
			if all[i] = features.Raw(set); name != m.Input() {
				all[i] = out[slices.Index(wanted, name)]
			}
		}
		return all, nil
	})
	for i := range taken.Features {
		if f := &taken.Features[i]; f.Role != features.Input {
			f.TrainAccuracy, f.TestAccuracy = taken.TrainAccuracy, taken.TestAccuracy
			f.Shape = shapes[slices.Index(wanted, tensors[i])]
		}
	}
	return taken, err
}

// rightShare is the share of rows whose greatest value is at the label; nil
// where the columns are not the classes.
func rightShare(logits arrays.Matrix, labels []int32, classes int) *float64 {
	if logits.Cols != classes {
		return nil
	}
	right := 0
	for i, y := range labels {
		best := 0
		for k, v := range logits.Row(i) {
			if v > logits.Row(i)[best] {
				best = k
			}
		}
		if int32(best) == y {
			right++
		}
	}
	share := float64(right) / float64(len(labels))
	return &share
}
