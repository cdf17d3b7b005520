package features

import (
	"fmt"
	"math"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// Answers are what a network itself gives for the examples that its features are
// of, without any probe. All layers of a network at an epoch have the same ones.
type Answers struct {
	Train Answer  // beside the labels that it was trained on
	Fresh *Answer // beside the labels that fresh examples really have; nil = not known

	// Copies [levels] are beside the labels of the parents that the network was
	// trained on. Where copies are computed as they are read, so are these: nil until
	// then, or not known. No Copies at all = not known at any level.
	Copies []*Answer
}

// Answer is what a network gives for some examples, beside their labels.
type Answer struct {
	Accuracy float64   // share in [0, 1] of the examples that get their label
	Losses   []float64 // [n] cross-entropy of each in nats, finite and at least 0; nil = not known, as of a network that gives classes alone
}

// Loss is the mean cross-entropy in nats, and whether it is known.
func (a Answer) Loss() (mean float64, known bool) {
	for _, v := range a.Losses {
		mean += v / float64(len(a.Losses))
	}
	return mean, len(a.Losses) > 0
}

// check says what does not fit to n training examples and so many levels.
func (a *Answers) check(n, levels int) error {
	switch {
	case a == nil:
		return nil
	case a.Train.Losses != nil && len(a.Train.Losses) != n:
		return fmt.Errorf("the network has %d losses for %d training examples; give one for each, or none", len(a.Train.Losses), n)
	case len(a.Copies) > 0 && len(a.Copies) != levels:
		return fmt.Errorf("the network answers for copies at %d levels of %d; give one answer for each, nil where there is none", len(a.Copies), levels)
	}
	return nil
}

// AnswerOfClasses is that of a network that names a class for each example, beside
// the labels [n]: there is no loss then.
func AnswerOfClasses(classes, labels []int32) (Answer, error) {
	if len(classes) != len(labels) || len(labels) == 0 {
		return Answer{}, fmt.Errorf("the network names classes for %d examples, but there are %d labels; give one for each example", len(classes), len(labels))
	}
	hits := 0
	for i, y := range labels {
		if classes[i] == y {
			hits++
		}
	}
	return Answer{Accuracy: float64(hits) / float64(len(labels))}, nil
}

// answerOf is that of a network that scores the classes of each example, [n, K],
// beside the labels [n], 0..K-1, see Scores.Answers.
func answerOf(scores arrays.Matrix, labels []int32, are ScoresAre) (Answer, error) {
	if err := scores.CheckFinite("scores of the classes"); err != nil {
		return Answer{}, err
	}
	if scores.Rows != len(labels) {
		return Answer{}, fmt.Errorf("there are scores of %d examples, but %d labels; give one row for each example", scores.Rows, len(labels))
	}
	if are == Probabilities {
		if i := noProbabilities(scores); i >= 0 {
			return Answer{}, fmt.Errorf("row %d of the scores does not lie in 0..1 and sum to 1, as probabilities do; say that they are logits, as with --scores-are logits", i)
		}
	}
	classes, losses := make([]int32, len(labels)), make([]float64, len(labels))
	for i, y := range labels {
		row := scores.Row(i)
		if y < 0 || int(y) >= len(row) {
			return Answer{}, fmt.Errorf("example %d is of class %d, but there are scores of %d classes; give a column for each class", i, y, len(row))
		}
		for k, v := range row {
			if v > row[classes[i]] {
				classes[i] = int32(k)
			}
		}
		if are == Probabilities {
			losses[i] = -math.Log(min(max(float64(row[y]), math.SmallestNonzeroFloat32), 1))
		} else {
			losses[i] = crossEntropy(row, row[classes[i]], row[y])
		}
	}
	a, err := AnswerOfClasses(classes, labels)
	a.Losses = losses
	return a, err
}

// crossEntropy is the negative logarithm of the share that softmax of the logits
// gives to one of them, in float64: log Σ exp(logit − greatest) + greatest − own.
func crossEntropy(logits []float32, greatest, own float32) float64 {
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v) - float64(greatest))
	}
	return math.Log(sum) + (float64(greatest) - float64(own))
}
