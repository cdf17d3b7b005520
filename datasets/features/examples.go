package features

import (
	"context"
	"fmt"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// Examples are those whose features are taken, with their near-copies.
type Examples struct {
	Train  *datasets.Set
	Fresh  *datasets.Set // nil = none
	Levels []float64
	// Copies makes the near-copies of Train at a level: example i of what it
	// returns belongs to example i.
	// Of MixClass it is not called.
	Copies func(level float64) (*datasets.Set, error)

	Perturbation, Unit string // how copies are made, for the rows
}

// Check says what does not go together, as one sentence, or nil.
func (x Examples) Check() error {
	switch {
	case x.Train == nil:
		return fmt.Errorf("there are no training examples")
	case len(x.Levels) == 0 || x.Copies == nil && !x.mixed():
		return fmt.Errorf("there are no copies of the training examples; give levels and a function that makes copies, such as that of perturb.Copies")
	case x.Fresh != nil && x.Fresh.Shape != x.Train.Shape:
		return fmt.Errorf("examples of %q are %v, but those of %q are %v", x.Fresh.Name, x.Fresh.Shape, x.Train.Name, x.Train.Shape)
	}
	return nil
}

// mixed says whether copies are made of the features, and none of the examples.
func (x Examples) mixed() bool { return x.Perturbation == MixClass }

// copies makes the copies of a level and checks that they are copies of Train.
func (x Examples) copies(level float64) (*datasets.Set, error) {
	if level == 0 { // copies of level 0 are the training examples themselves
		return x.Train, nil
	}
	set, err := x.Copies(level)
	switch {
	case err != nil:
		return nil, err
	case set.Len() != x.Train.Len():
		return nil, fmt.Errorf("there are %d copies in %q, but %d training examples; copy i must belong to example i", set.Len(), set.Name, x.Train.Len())
	case set.Shape != x.Train.Shape:
		return nil, fmt.Errorf("examples of %q are %v, but those of %q are %v", set.Name, set.Shape, x.Train.Name, x.Train.Shape)
	}
	return set, nil
}

// describe fills in what the examples say of all features taken of them.
func (x Examples) describe(f Features) Features {
	f.Levels, f.Groups, f.Classes = x.Levels, x.Train.Groups, len(x.Train.Classes)
	f.Data, f.Perturbation, f.Unit = x.Train.Name, x.Perturbation, x.Unit
	if f.Role == Input {
		f.Shape = x.Train.Shape.RawShape()
	}
	if f.Labels == nil {
		f.Labels = x.Train.Y
	}
	return f
}

// Layer takes the features of one layer, which compute gives for a set of N
// examples as [N, d], row i of example i; f says whose they are. Those of copies
// are computed level by level when they are asked for.
func (x Examples) Layer(ctx context.Context, f Features, compute func(context.Context, *datasets.Set) (arrays.Matrix, error)) (Features, error) {
	return x.layer(f, func(set *datasets.Set, _ []int32) (t taken, err error) {
		t.features, err = compute(ctx, set)
		return t, err
	})
}

// LayerScored takes the features of one layer as Layer does, of a network that
// gives its scores of the classes, [N, K], in the same pass: Own, its answers, comes
// of them, and those for copies as these are read. f.Labels are those it was trained
// on; nil = those of Train.
func (x Examples) LayerScored(ctx context.Context, f Features, are ScoresAre, compute func(context.Context, *datasets.Set) (layer, scores arrays.Matrix, err error)) (Features, error) {
	return x.layer(f, func(set *datasets.Set, labels []int32) (taken, error) {
		m, scores, err := compute(ctx, set)
		if err != nil {
			return taken{}, err
		}
		a, err := answerOf(scores, labels, are)
		if err != nil {
			return taken{}, fmt.Errorf("the network's answer for %q: %w", set.Name, err)
		}
		return taken{m, &a}, nil
	})
}

// taken is what a network gave for a set: a layer, and perhaps its answer.
type taken struct {
	features arrays.Matrix
	answer   *Answer
}

// layer takes the features of one layer, and the answers that come with them.
func (x Examples) layer(f Features, take func(set *datasets.Set, labels []int32) (taken, error)) (Features, error) {
	f = x.describe(f)
	train, err := take(x.Train, f.Labels)
	if err != nil {
		return f, err
	}
	f.Train = train.features
	answers := train.answer != nil
	if answers {
		f.Own = &Answers{Train: *train.answer, Copies: make([]*Answer, len(x.Levels))}
	}
	if x.Fresh != nil {
		fresh, err := take(x.Fresh, x.Fresh.Y)
		if err != nil {
			return f, err
		}
		f.Fresh, f.FreshLabels = fresh.features, x.Fresh.Y
		if answers {
			f.Own.Fresh = fresh.answer
		}
	}
	if x.mixed() {
		if f.Copies = Matrices(); answers {
			f.Own.Copies = nil
		}
		return f, nil
	}
	labels, own := f.Labels, f.Own
	f.Copies = func(yield func(arrays.Matrix, error) bool) {
		for i, level := range x.Levels {
			copies := train
			set, err := x.copies(level)
			if err == nil && set != x.Train {
				copies, err = take(set, labels)
			}
			if answers && err == nil {
				own.Copies[i] = copies.answer
			}
			if !yield(copies.features, err) || err != nil {
				return
			}
		}
	}
	return f, nil
}

// Input are the raw inputs as features, as datasets.Set.Raw gives them. Of tokens, whose
// numbers mean nothing by themselves, a flag says what the columns are.
func (x Examples) Input(ctx context.Context) (Features, error) {
	return x.Layer(ctx, Features{Role: Input, Flags: rawFlags(x.Train.Shape)}, func(_ context.Context, set *datasets.Set) (arrays.Matrix, error) { return set.Raw(), nil })
}

// rawFlags say what the columns of raw inputs of this shape are, where they are not the
// values themselves.
func rawFlags(s datasets.Shape) []string {
	switch how := s.RawIs(); {
	case how == datasets.RawCounts && s.RawSize() < s.Vocabulary:
		return []string{fmt.Sprintf("%s: %d tokens in %d columns", how, s.Vocabulary, s.RawSize())}
	case how != datasets.RawValues:
		return []string{how}
	}
	return nil
}

// Layers takes the features of several layers, which compute gives in one pass
// over a set of N examples, one matrix [N, d] for each of f, and holds all of
// them. f[i] says whose those of layer i are.
func (x Examples) Layers(ctx context.Context, f []Features, compute func(context.Context, *datasets.Set) ([]arrays.Matrix, error)) ([]Features, error) {
	train, err := compute(ctx, x.Train)
	if err != nil {
		return nil, err
	}
	copies := make([][]arrays.Matrix, len(f)) // [layer][level]
	levels := x.Levels
	if x.mixed() {
		levels = nil
	}
	for _, level := range levels {
		all := train
		set, err := x.copies(level)
		if err == nil && set != x.Train {
			all, err = compute(ctx, set)
		}
		if err != nil {
			return nil, err
		}
		for i := range f {
			copies[i] = append(copies[i], all[i])
		}
	}
	var fresh []arrays.Matrix
	if x.Fresh != nil {
		if fresh, err = compute(ctx, x.Fresh); err != nil {
			return nil, err
		}
	}
	out := make([]Features, len(f))
	for i := range f {
		out[i] = x.describe(f[i])
		out[i].Train, out[i].Copies = train[i], Matrices(copies[i]...)
		if fresh != nil {
			out[i].Fresh, out[i].FreshLabels = fresh[i], x.Fresh.Y
		}
	}
	return out, nil
}
