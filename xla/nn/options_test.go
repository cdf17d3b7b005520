package nn

import (
	"math"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
)

// Each bad option or data set ends the training with one error, before any
// work, that says what is wrong.
func TestTrainingErrors(t *testing.T) {
	e := golang(t)
	set := cross(12, "train")
	alter := func(f func(s *datasets.Set)) *datasets.Set {
		s := set.Subset([]int{0, 1, 2, 3})
		f(s)
		return s
	}
	for _, c := range []struct {
		set  *datasets.Set
		o    Training
		want string
	}{
		{nil, Training{Epochs: -1}, "epochs -1 and batch 128 must be positive"},
		{nil, Training{Batch: -1}, "epochs 20 and batch -1 must be positive"},
		{nil, Training{LabelNoise: 1.5}, "label noise 1.5 is outside 0..1"},
		{nil, Training{LabelNoise: math.NaN()}, "label noise NaN is outside 0..1"},
		{nil, Training{Keep: []int{21}}, "epoch 21 to keep is outside 0..20"},
		{nil, Training{Until: 2}, "until: training accuracy 2 is outside 0..1"},
		{nil, Training{Reach: []float64{0.5, 1.5}}, "reach: training accuracy 1.5 is outside 0..1"},
		{nil, Training{Reach: []float64{0.5}, Until: 0.9}, "reach: it does not go with keep, until or patience; leave"},
		{nil, Training{Patience: -1}, "patience: -1 epochs must not be negative"},
		{nil, Training{Patience: 2}, "patience: 2 epochs need fresh examples"},
		{nil, Training{Resume: true}, "resume: it needs the folder"},
		{nil, Training{Precision: "float16"}, `precision: "float16" is not known; known are float32 and bfloat16`},
		{nil, Training{Optimizer: Optimizer{Kind: "lion"}}, `optimizer: kind: "lion" is not known; known are adam, adamw and sgd`},
		{nil, Training{Optimizer: Optimizer{Rate: -1}}, "rate -1 and decay 0 must not be negative"},
		{nil, Training{Optimizer: Optimizer{Kind: "sgd", Momentum: 1}}, "momentum 1 must be below 1"},
		{nil, Training{Schedule: Schedule{Kind: "linear"}}, `schedule: kind: "linear" is not known; known are constant, step and cosine`},
		{nil, Training{Schedule: Schedule{Every: 2}}, "schedule: every and factor belong to the kind step, not to constant"},
		{nil, Training{Schedule: Schedule{Warmup: 21}}, "schedule: warmup: 21 epochs lie outside 0..20"},
		{nil, Training{Schedule: Schedule{Kind: "step", Every: -1}}, "schedule: every: -1 must not be negative"},
		{nil, Training{Schedule: Schedule{Kind: "step", Factor: 2}}, "schedule: factor: 2 is outside 0..1"},
		{nil, Training{InitialScale: -1}, "initial scale -1 is outside 0..1000"},
		{nil, Training{InitialScale: math.NaN()}, "initial scale NaN is outside 0..1000"},
		{nil, Training{Augment: Augmentation{Shift: 4}}, "augment: shift: 4 pixels are outside 0..3 for images of 4×4×1"},
		{alter(func(s *datasets.Set) { s.X, s.Y = nil, nil }), Training{}, `data set "cross": it has no examples to train network "mlp" on`},
		{alter(func(s *datasets.Set) { s.Shape.Width = 3 }), Training{}, `network "mlp" takes inputs of 4×4×1, but data set "cross" has 4×3×1`},
		{alter(func(s *datasets.Set) { s.X = s.X[1:] }), Training{}, `data set "cross": 4 labels of shape 4×4×1 need 64 values, but there are 63`},
		{alter(func(s *datasets.Set) { s.Classes = s.Classes[:1] }), Training{}, `network "mlp" has 2 classes, but data set "cross" has 1`},
		{alter(func(s *datasets.Set) { s.Y[2] = 2 }), Training{}, `data set "cross": label 2 of example 2 is outside 0..1`},
		{nil, Training{Fresh: alter(func(s *datasets.Set) { s.Shape.Width = 3 })}, `data set "cross" has 4×3×1`},
	} {
		if c.set == nil {
			c.set = set
		}
		count := 0
		for s, err := range Train(t.Context(), e, MLP(shape(4, 4, 1), 2, 3), c.set, c.o) {
			if count++; s != nil || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%+v\n got %v\nwant %s", c.o, err, c.want)
			}
		}
		if count != 1 {
			t.Errorf("%s: %d results", c.want, count)
		}
	}
	s := trainAll(t, e, MLP(shape(4, 4, 1), 2, 3), set, Training{Keep: []int{0}})[0]
	if _, err := s.Features(t.Context(), set, "dense2"); err == nil || !strings.Contains(err.Error(), `layer "dense2" is not in network "mlp"`) {
		t.Errorf("got %v", err)
	}
	if _, err := s.Features(t.Context(), set, "all"); err == nil || !strings.Contains(err.Error(), "stands for 1 layers") {
		t.Errorf("got %v", err)
	}
	if _, err := s.Features(t.Context(), noise(3, shape(2, 2, 1), 2), "dense1"); err == nil || !strings.Contains(err.Error(), "takes inputs of 4×4×1") {
		t.Errorf("got %v", err)
	}
}

// A batch larger than the data set is the whole set; neither set nor options
// are altered.
func TestTrainingLeavesInputsAlone(t *testing.T) {
	e := golang(t)
	set := cross(12, "train")
	before := set.Subset([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
	keep := []int{2, 0}
	got := trainAll(t, e, everyKind(), set, Training{Epochs: 2, Batch: 50, Keep: keep, LabelNoise: 1, Augment: Augmentation{Flip: true}})
	if len(got) != 2 || got[0].Epoch != 0 || got[1].Epoch != 2 {
		t.Errorf("%d snapshots", len(got))
	}
	if set.Hash() != before.Hash() || keep[0] != 2 {
		t.Error("training altered its input")
	}
}
