package features

import (
	"fmt"
	"math"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// ScoresAre says what the scores are that a network gives to classes; "" = what those
// of the training examples look like: probabilities where every row lies in 0..1 and
// sums to 1 within 0.01, else logits.
type ScoresAre string

const (
	Logits        ScoresAre = "logits"        // softmax makes probabilities of them; logarithms of probabilities are logits too
	Probabilities ScoresAre = "probabilities" // in 0..1, their sum 1
)

// ParseScoresAre is logits or probabilities by its name, or "".
func ParseScoresAre(name string) (ScoresAre, error) {
	switch are := ScoresAre(name); are {
	case "", Logits, Probabilities:
		return are, nil
	}
	return "", fmt.Errorf("%q is not known; choose logits or probabilities", name)
}

// sumSlack is how far the sum of probabilities may be from 1: they may come from
// half the digits of a float32.
const sumSlack = 0.01

// takenFor is what scores [n, K] look like: probabilities where every row lies in
// 0..1 and sums to 1 within 0.01, else logits.
func takenFor(scores arrays.Matrix) ScoresAre {
	if scores.Rows > 0 && noProbabilities(scores) < 0 {
		return Probabilities
	}
	return Logits
}

// noProbabilities is the first row of scores that are no probabilities, -1 where
// all are.
func noProbabilities(scores arrays.Matrix) int {
	for i := range scores.Rows {
		sum, within := 0.0, true
		for _, v := range scores.Row(i) {
			sum += float64(v)
			within = within && v >= 0 && v <= 1+sumSlack
		}
		if !within || !(math.Abs(sum-1) <= sumSlack) {
			return i
		}
	}
	return -1
}

// Scores are those that a network gives to the K classes of each set of examples.
type Scores struct {
	Train  arrays.Matrix   // [n, K]
	Copies []arrays.Matrix // [levels] of [n, K]; none = not known
	Fresh  arrays.Matrix   // [m, K]; no rows = not known
	Are    ScoresAre
}

// ScoresOf are those that a layer holds: features of K columns. Its copies are read;
// are says what the scores are, "" = what they are taken for.
func ScoresOf(f Features, are ScoresAre) (Scores, error) {
	f = f.Resolve()
	s := Scores{Train: f.Train, Fresh: f.Fresh, Are: are}
	if f.Train.Cols != f.Classes {
		return s, fmt.Errorf("layer %s has %d columns, but there are %d classes; scores have a column for each class, in their order", f.Layer, f.Train.Cols, f.Classes)
	}
	for m, err := range f.Copies {
		if err != nil {
			return s, err
		}
		s.Copies = append(s.Copies, m)
	}
	return s.Resolve(), nil
}

// Resolve fills in what the scores are taken for.
func (s Scores) Resolve() Scores {
	if s.Are == "" {
		s.Are = takenFor(s.Train)
	}
	return s
}

// Answers are the network's, beside the labels [n], 0..K-1, that it was trained on,
// which copies have too, and the labels [m] of fresh examples. Its class is that of
// the greatest score, of equal ones the first; losses are computed in float64.
// Probabilities count as at least 2^-149, the least float32 above 0, so that none of
// their losses is above 103.3 nats: one example that was given the probability 0 would
// make the mean infinite. It is an error where there is not a row for each label and a
// column for each class, where a score is not finite, and where what are said to be
// probabilities are none.
func (s Scores) Answers(labels, freshLabels []int32) (*Answers, error) {
	s = s.Resolve()
	train, err := answerOf(s.Train, labels, s.Are)
	if err != nil {
		return nil, fmt.Errorf("training examples: %w", err)
	}
	own := &Answers{Train: train}
	for i, m := range s.Copies {
		a, err := answerOf(m, labels, s.Are)
		if err != nil {
			return nil, fmt.Errorf("copies at level %d of %d: %w", i+1, len(s.Copies), err)
		}
		own.Copies = append(own.Copies, &a)
	}
	if s.Fresh.Rows > 0 {
		a, err := answerOf(s.Fresh, freshLabels, s.Are)
		if err != nil {
			return nil, fmt.Errorf("fresh examples: %w", err)
		}
		own.Fresh = &a
	}
	return own, nil
}
