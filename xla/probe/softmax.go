package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/linalg"
	"github.com/seed-1a417598/memtest/xla/probe/softmax"
)

// SoftmaxRegression is multinomial logistic regression with an L2 penalty and a
// free intercept, scikit-learn's LogisticRegression with C = 1/Lambda: it
// minimizes
//
//	f(W, b) = Σ_i −log softmax(W·x_i + b)[y_i] + λ/2 |W|².
//
// With two classes scikit-learn penalizes the difference of their weights
// instead, so its C is then 2/Lambda.
//
// The minimum is unique, and every label set, observed or shuffled, is iterated
// until the same bound on its distance holds, so all are treated alike; package
// softmax says how. A class that a label set lacks is never predicted.
type SoftmaxRegression struct {
	Lambda float64 // λ > 0; 0 = 1
	GCV    bool    // λ is chosen on the real labels by generalized cross-validation instead, see choosePenalty
}

// defaultLambda is that of scikit-learn's LogisticRegression.
const defaultLambda = 1

func (s SoftmaxRegression) Name() string {
	switch {
	case s.GCV:
		return "softmax:" + gcvSetting
	case s.Lambda == 0 || s.Lambda == defaultLambda:
		return "softmax"
	}
	return penalized("softmax", s.Lambda)
}

// ChoosesOnLabels says whether the penalty is chosen on the real labels.
func (s SoftmaxRegression) ChoosesOnLabels() bool { return s.GCV }

func (s SoftmaxRegression) Prepare(ctx context.Context, e *xla.Engine, p Problem) (Fitted, error) {
	c := p.center()
	lambda := cmp.Or(s.Lambda, defaultLambda)
	var err error
	if s.GCV {
		if lambda, err = choosePenalty(ctx, e, p, c.of(p.Train).matrix(), float64(p.Classes)); err != nil {
			return nil, err
		}
	}
	if p.Data, err = p.narrow(ctx, e, c, lambda); err != nil {
		return nil, err
	}
	c = p.center()
	solver, err := softmax.New(ctx, e, c.of(p.Train).matrix(), p.Classes, lambda)
	if errors.Is(err, linalg.ErrIndefinite) {
		err = illConditioned("softmax", lambda)
	}
	if err != nil {
		return nil, err
	}
	scorer, err := newScorer(e, p, c, nil)
	if err != nil {
		solver.Close()
		return nil, err
	}
	scorer.penalty, scorer.soft = lambda, true
	return &softmaxFitted{scorer: scorer, solver: solver, examples: p.Train.Rows, columns: p.Train.Cols}, nil
}

// softmaxFitted is a prepared SoftmaxRegression.
type softmaxFitted struct {
	*scorer
	solver            *softmax.Solver
	examples, columns int // of the training features
}

// roundBytes bounds what a call of Predict holds of all its label sets, and rounds
// how many times P they are: the more there are, the more seldom are slots empty.
const roundBytes, rounds = 64 << 20, 16

func (f *softmaxFitted) Chunk() int {
	if f.chunk == 1 { // no slot is ever empty, and a fit takes long: progress comes after each
		return 1
	}
	each := 4 * (f.examples*(1+len(f.valid)) + f.classes*(f.columns+1) + f.heldScores())
	bytes := roundBytes
	if f.engine.Accelerator() {
		bytes = acceleratorBytes
	}
	return max(f.chunk, min(rounds*f.chunk, bytes/each))
}

func (f *softmaxFitted) Predict(ctx context.Context, labels [][]int32, observed bool) (Predictions, error) {
	out := f.newPredictions()
	var fits []softmax.Whitened
	if observed { // by itself: it takes more iterations than the others
		first, err := f.fit(ctx, labels[:1], 1)
		if err != nil {
			return out, err
		}
		fits = first
	}
	if rest := labels[len(fits):]; len(rest) > 0 {
		more, err := f.fit(ctx, rest, f.chunk)
		if err != nil {
			return out, err
		}
		fits = append(fits, more...)
	}
	var models []model
	defer func() { free(models) }()
	for part := range slices.Chunk(fits, f.chunk) {
		weights, intercepts, err := f.solver.Weights(part, f.chunk)
		if err != nil {
			return out, err
		}
		models = append(models, model{weights, intercepts})
	}
	if err := f.add(ctx, &out, models, labels); err != nil || !observed {
		return out, err
	}
	return out, f.addObserved(ctx, &out, models[0], labels[0])
}

// fit is the solver's Fit, with the word to type in its errors.
func (f *softmaxFitted) fit(ctx context.Context, labels [][]int32, slots int) ([]softmax.Whitened, error) {
	fits, err := f.solver.Fit(ctx, labels, slots)
	if errors.Is(err, softmax.ErrPenalty) {
		err = fmt.Errorf("%w, as in softmax:%g", err, 100*f.penalty)
	}
	return fits, err
}

func (f *softmaxFitted) Close() {
	f.scorer.Close()
	f.solver.Close()
}
