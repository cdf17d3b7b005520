package features

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// golden is what scikit-learn says of scores, and scipy of each example; answers.py
// makes it.
type golden struct {
	Labels         []int32
	Scores         []float32
	Are            ScoresAre
	Accuracy, Loss float64
	Losses         []float64
}

func (s golden) matrix(classes int) arrays.Matrix {
	return arrays.Matrix{Rows: len(s.Labels), Cols: classes, Data: s.Scores}
}

func (s golden) check(t *testing.T, what string, a Answer) {
	t.Helper()
	loss, known := a.Loss()
	if a.Accuracy != s.Accuracy || !known || math.Abs(loss-s.Loss) > 1e-6 {
		t.Errorf("%s, %s: accuracy %v, loss %v %v, scikit-learn has %v and %v", s.Are, what, a.Accuracy, loss, known, s.Accuracy, s.Loss)
	}
	for i, v := range a.Losses {
		if math.Abs(v-s.Losses[i]) > 1e-9 {
			t.Errorf("%s, %s: example %d has the loss %v, scipy's is %v", s.Are, what, i, v, s.Losses[i])
		}
	}
}

func TestAnswersAreThoseOfScikitLearn(t *testing.T) {
	text, err := os.ReadFile("testdata/answers.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Classes int
		Cases   []struct{ Train, Fresh golden }
	}
	if err := json.Unmarshal(text, &golden); err != nil || len(golden.Cases) != 2 {
		t.Fatalf("%d cases, %v", len(golden.Cases), err)
	}
	for _, c := range golden.Cases {
		train, fresh := c.Train.matrix(golden.Classes), c.Fresh.matrix(golden.Classes)
		if got := takenFor(train); got != c.Train.Are {
			t.Errorf("%s were taken for %s", c.Train.Are, got)
		}
		own, err := Scores{Train: train, Copies: []arrays.Matrix{train, train}, Fresh: fresh}.Answers(c.Train.Labels, c.Fresh.Labels)
		if err != nil {
			t.Fatal(err)
		}
		c.Train.check(t, "training examples", own.Train)
		c.Train.check(t, "copies", *own.Copies[1])
		c.Fresh.check(t, "fresh examples", *own.Fresh)
	}
}

// A probability of 0, or a logit far below the others, gives a large loss, never an
// infinite one.
func TestLossesAreFinite(t *testing.T) {
	labels := []int32{1, 0}
	a, err := answerOf(arrays.Matrix{Rows: 2, Cols: 2, Data: []float32{1, 0, 1, 0}}, labels, Probabilities)
	if err != nil || math.Abs(a.Losses[0]-149*math.Ln2) > 1e-9 || a.Losses[1] != 0 || a.Accuracy != 0.5 {
		t.Errorf("%+v, %v", a, err)
	}
	a, err = answerOf(arrays.Matrix{Rows: 2, Cols: 2, Data: []float32{math.MaxFloat32, -math.MaxFloat32, 3, 3}}, labels, Logits)
	if err != nil || a.Losses[0] != 2*float64(math.MaxFloat32) || math.Abs(a.Losses[1]-math.Ln2) > 1e-15 || a.Accuracy != 0.5 {
		t.Errorf("%+v, %v", a, err)
	}
	if a, err = AnswerOfClasses([]int32{1, 1}, labels); err != nil || a.Accuracy != 0.5 {
		t.Errorf("%+v, %v", a, err)
	}
	if _, known := a.Loss(); known {
		t.Error("classes alone have a loss")
	}
}

func TestScoresThatDoNotFitAreRefused(t *testing.T) {
	of := func(rows, cols int, data ...float32) arrays.Matrix {
		return arrays.Matrix{Rows: rows, Cols: cols, Data: data}
	}
	for _, test := range []struct {
		scores arrays.Matrix
		labels []int32
		are    ScoresAre
		want   string
	}{
		{of(1, 2, 1, float32(math.NaN())), []int32{0}, Logits, "scores of the classes"},
		{of(1, 2, 1, 2), []int32{0, 1}, Logits, "scores of 1 examples, but 2 labels"},
		{of(1, 2, 1, 2), []int32{2}, Logits, "example 0 is of class 2, but there are scores of 2 classes"},
		{of(2, 2, 0.5, 0.5, 0.9, 0.9), []int32{0, 1}, Probabilities, "row 1 of the scores does not lie in 0..1 and sum to 1"},
		{of(0, 2), nil, Logits, "classes for 0 examples"},
	} {
		if _, err := answerOf(test.scores, test.labels, test.are); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: %v, want %q", test.scores, err, test.want)
		}
	}
	if got := takenFor(of(2, 2, 0.5, 0.5, 0.9, 0.9)); got != Logits {
		t.Errorf("rows that do not sum to 1 were taken for %s", got)
	}
	if _, err := ParseScoresAre("odds"); err == nil || !strings.Contains(err.Error(), "choose logits or probabilities") {
		t.Errorf("odds: %v", err)
	}
	f := Features{Train: of(1, 1, 3), Labels: []int32{0}, Levels: []float64{0.5}, Copies: Matrices(of(1, 1, 3)), Own: &Answers{Train: Answer{Losses: []float64{1, 2}}}}
	if err := f.Check(); err == nil || !strings.Contains(err.Error(), "2 losses for 1 training examples") {
		t.Errorf("losses of other examples: %v", err)
	}
	f.Own = &Answers{Copies: make([]*Answer, 2)}
	if err := f.Check(); err == nil || !strings.Contains(err.Error(), "at 2 levels of 1") {
		t.Errorf("answers at other levels: %v", err)
	}
}

// Answers for copies come as the copies are read, beside the labels that the network
// was trained on; those for fresh examples beside their own.
func TestLayerScored(t *testing.T) {
	set := func(name string, y []int32, x ...float32) *datasets.Set {
		return &datasets.Set{Name: name, Shape: datasets.Shape{Height: 1, Width: 1, Channels: 1}, Classes: []string{"a", "b"}, X: x, Y: y}
	}
	x := Examples{Train: set("train", []int32{0, 0, 1, 1}, -1, -1, 1, 1), Fresh: set("fresh", []int32{1, 0}, 1, 1), Levels: []float64{0, 0.5, 1},
		Copies: func(level float64) (*datasets.Set, error) {
			return set("copies", []int32{0, 0, 1, 1}, -1, float32(level)-0.75, 1, 1), nil
		}}
	passes := 0
	f, err := x.LayerScored(t.Context(), Features{Labels: []int32{1, 0, 1, 1}}, Logits, func(_ context.Context, s *datasets.Set) (layer, scores arrays.Matrix, err error) {
		passes++
		scores = arrays.Matrix{Rows: s.Len(), Cols: 2}
		for _, v := range s.X { // the class of what is above 0 is b
			scores.Data = append(scores.Data, 0, v)
		}
		return s.Raw(), scores, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if f.Own.Train.Accuracy != 0.75 || f.Own.Fresh.Accuracy != 0.5 || f.Own.Copies[1] != nil {
		t.Errorf("before copies are read: %+v", f.Own)
	}
	for _, err := range f.Copies {
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []float64{0.75, 0.75, 0.5} {
		if got := f.Own.Copies[i]; got == nil || got.Accuracy != want {
			t.Errorf("copies at level %v: %+v, want %v", x.Levels[i], got, want)
		}
	}
	if passes != 4 {
		t.Errorf("the network ran over %d sets, want training, fresh and two of copies", passes)
	}
}
