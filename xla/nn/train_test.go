package nn

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/xla"
)

// near reports the first value that is further from what it should be than the
// rounding of float32 explains.
func near(t *testing.T, what string, got []float32, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i := range got {
		if math.Abs(float64(got[i])-want[i]) > tolerance*(1+math.Abs(want[i])) {
			t.Fatalf("%s: value %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// Three epochs of a small network against plain Go, with a last batch that is
// not full, for each optimizer and schedule.
func TestTrainAgainstPlainGo(t *testing.T) {
	set := noise(11, shape(1, 1, 3), 3)
	spec := asTheyAre(MLP(set.Shape, 3, 5, 4))
	for number, o := range []Training{
		{Optimizer: Optimizer{Kind: "adam", Rate: 0.01}},
		{Optimizer: Optimizer{Kind: "adam", Rate: 0.01, Decay: 0.1}, Schedule: Schedule{Kind: "cosine", Warmup: 1}},
		{Optimizer: Optimizer{Kind: "adamw", Rate: 0.01, Decay: 0.1}, Schedule: Schedule{Kind: "step", Every: 1, Factor: 0.5}},
		{Optimizer: Optimizer{Kind: "sgd", Rate: 0.1, Decay: 0.01}},
		{Optimizer: Optimizer{Kind: "sgd", Rate: 0.1, Momentum: -1}},
	} {
		t.Run(fmt.Sprintf("%+v", o.Optimizer), func(t *testing.T) {
			onBoth(t, func(t *testing.T, e *xla.Engine) {
				if e.Describe().Real && number != 1 {
					t.Skip("compiles for long; one training shows that the backends agree")
				}
				o := o
				o.Epochs, o.Batch, o.Seed, o.Keep = 3, 4, 7, []int{0, 1, 2, 3}
				var heard []Progress
				o.Progress = func(p Progress) { heard = append(heard, p) }
				snapshots := trainAll(t, e, spec, set, o)

				full, err := o.withDefaults()
				if err != nil {
					t.Fatal(err)
				}
				plain := newPlainMLP([]int{3, 5, 4, 3}, weightsOf(t, snapshots[0]))
				opt := &plainOptimizer{Optimizer: full.Optimizer}
				decays := []bool{true, false, true, false, true, false}
				step := 0
				for epoch := 1; epoch <= 3; epoch++ {
					order := seed.Stream(o.Seed, "order", epoch).Perm(set.Len())
					loss, hits := 0.0, 0
					for first := 0; first < set.Len(); first += o.Batch {
						var batch [][]float32
						var labels []int32
						for _, i := range order[first:min(first+o.Batch, set.Len())] {
							batch, labels = append(batch, set.Row(i)), append(labels, set.Y[i])
						}
						grads, l, h := plain.gradients(batch, labels)
						loss, hits = loss+l*float64(len(batch)), hits+h
						step++
						opt.apply(plain.arrays(), grads, decays, full.Schedule.scale(step, 3, 3))
					}
					s := snapshots[epoch]
					for k, a := range plain.arrays() {
						near(t, fmt.Sprintf("epoch %d, %s", epoch, s.net.params[k].name), weightsOf(t, s)[k], a, 2e-5)
					}
					if s.Epoch != epoch || math.Abs(s.Loss-loss/11) > 1e-5 {
						t.Errorf("epoch %d, loss %v; want %d, %v", s.Epoch, s.Loss, epoch, loss/11)
					}
					if p := heard[epoch-1]; p.Epoch != epoch || p.Epochs != 3 || p.Loss != s.Loss || p.Accuracy != float64(hits)/11 || p.Rate <= 0 || p.Left < 0 {
						t.Errorf("heard %+v; %d hits of 11", p, hits)
					}
				}
				if left := heard[2].Left; left != 0 {
					t.Errorf("%v left at the end", left)
				}
				// Features of every layer and predictions.
				s := snapshots[3]
				for l, layer := range []string{"input", "dense1", "dense2", "logits"} {
					m, err := s.Features(t.Context(), set, layer)
					if err != nil {
						t.Fatal(err)
					}
					if m.Rows != 11 || m.Cols != []int{3, 5, 4, 3}[l] {
						t.Fatalf("layer %s is %d×%d", layer, m.Rows, m.Cols)
					}
					for i := range 11 {
						near(t, layer, m.Row(i), plain.forward(set.Row(i))[l], 2e-5)
					}
				}
				right := 0
				classes, err := s.Predict(t.Context(), set)
				if err != nil {
					t.Fatal(err)
				}
				for i, y := range set.Y {
					logits := plain.forward(set.Row(i))[3]
					if int(classes[i]) != slices.Index(logits, slices.Max(logits)) {
						t.Errorf("example %d: class %d for %v", i, classes[i], logits)
					}
					if classes[i] == y {
						right++
					}
				}
				if s.TrainAccuracy != float64(right)/11 {
					t.Errorf("training accuracy %v, %d of 11 right", s.TrainAccuracy, right)
				}
			})
		})
	}
}

// The schedule's factor in each epoch of six, two steps an epoch.
func TestSchedule(t *testing.T) {
	for _, c := range []struct {
		s    Schedule
		want []float64 // of the first step of each epoch
	}{
		{Schedule{}, []float64{1, 1, 1, 1, 1, 1}},
		{Schedule{Warmup: 2}, []float64{0.25, 0.75, 1, 1, 1, 1}},
		{Schedule{Kind: "step"}, []float64{1, 1, 0.1, 0.1, 0.01, 0.01}},
		{Schedule{Kind: "step", Every: 3, Factor: 0.5}, []float64{1, 1, 1, 0.5, 0.5, 0.5}},
		{Schedule{Kind: "cosine"}, []float64{1, (1 + math.Cos(math.Pi/6)) / 2, 0.75, 0.5, 0.25, (1 - math.Cos(math.Pi/6)) / 2}},
		{Schedule{Kind: "cosine", Warmup: 2}, []float64{0.25, 0.75, 1, (1 + math.Cos(math.Pi/4)) / 2, 0.5, (1 - math.Cos(math.Pi/4)) / 2}},
	} {
		s, err := c.s.withDefaults(6)
		if err != nil {
			t.Fatal(err)
		}
		for epoch, want := range c.want {
			if got := s.scale(2*epoch+1, 6, 2); math.Abs(got-want) > 1e-12 {
				t.Errorf("%+v, epoch %d: %v, want %v", c.s, epoch+1, got, want)
			}
		}
	}
}

// cross is a set of two overlapping clouds, which a network learns in part.
func cross(n int, stream string) *datasets.Set {
	r := seed.Stream(9, "cross", stream)
	s := &datasets.Set{Name: "cross", Shape: shape(4, 4, 1), Classes: []string{"a", "b"}}
	for i := range n {
		y := int32(i % 2)
		s.Y = append(s.Y, y)
		for range 16 {
			s.X = append(s.X, float32(r.NormFloat64()+0.4*float64(y)))
		}
	}
	return s
}

// everyKind has a layer of each kind.
func everyKind() Spec {
	return Spec{Name: "every", Input: shape(4, 4, 1), Classes: 2, Layers: []Layer{
		{Kind: "conv", Channels: 3, Activation: "none"}, {Kind: "batchnorm"}, {Kind: "relu"},
		{Kind: "residual", Layers: []Layer{{Kind: "conv", Channels: 4, Stride: 2, Activation: "gelu"}, {Kind: "layernorm"}}},
		{Kind: "avgpool"}, {Kind: "flatten"}, {Kind: "dropout", Rate: 0.2}, {Kind: "dense", Units: 6, Activation: "tanh"}, {Kind: "gelu"}, {Kind: "tanh"},
	}}
}

func TestSameSeedSameBytes(t *testing.T) {
	set := cross(40, "train")
	onBoth(t, func(t *testing.T, e *xla.Engine) {
		o := Training{Epochs: 2, Batch: 16, Seed: 3, Augment: Augmentation{Shift: 1, Flip: true}, LabelNoise: 0.5, Fresh: cross(20, "fresh")}
		spec := everyKind()
		if e.Describe().Real { // fewer layers compile faster
			spec.Layers = []Layer{{Kind: "conv", Channels: 2}, {Kind: "dropout", Rate: 0.2}}
			o.Fresh = nil
		}
		train := func(o Training) *Snapshot { return trainAll(t, e, spec, set, o)[0] }
		a, b := train(o), train(o)
		if a.Loss != b.Loss || a.TrainAccuracy != b.TrainAccuracy || a.FreshAccuracy != b.FreshAccuracy {
			t.Errorf("%+v and %+v", a, b)
		}
		other := o
		other.Seed = 4
		c := train(other)
		for k, w := range weightsOf(t, a) {
			if !slices.Equal(w, weightsOf(t, b)[k]) {
				t.Errorf("%s differs between two trainings with one seed", a.net.params[k].name)
			}
			if slices.Equal(w, weightsOf(t, c)[k]) {
				t.Errorf("%s does not depend on the seed", a.net.params[k].name)
			}
		}
	})
}

// Each source of randomness by itself changes the training, and epoch 0 is the
// start, which is that of the seed alone.
func TestWhatChangesTraining(t *testing.T) {
	e := golang(t)
	set := cross(40, "train")
	base := Training{Epochs: 1, Batch: 16, Seed: 3, Keep: []int{0, 1}}
	start := trainAll(t, e, everyKind(), set, base)
	for k, p := range start[0].net.params {
		if !slices.Equal(weightsOf(t, start[0])[k], p.initial(3, 1)) {
			t.Errorf("%s of epoch 0 is not what training starts from", p.name)
		}
	}
	for name, change := range map[string]func(*Training){
		"shift":     func(o *Training) { o.Augment.Shift = 1 },
		"flip":      func(o *Training) { o.Augment.Flip = true },
		"noise":     func(o *Training) { o.LabelNoise = 0.5 },
		"precision": func(o *Training) { o.Precision = "bfloat16" },
	} {
		o := base
		change(&o)
		got := trainAll(t, e, everyKind(), set, o)
		if !slices.Equal(weightsOf(t, got[0])[0], weightsOf(t, start[0])[0]) {
			t.Errorf("%s changes the start", name)
		}
		if slices.Equal(weightsOf(t, got[1])[0], weightsOf(t, start[1])[0]) {
			t.Errorf("%s changes nothing", name)
		}
	}
}

// A larger start multiplies weights and leaves biases and scales of norms alone.
func TestInitialScale(t *testing.T) {
	set := cross(40, "train")
	o := Training{Epochs: 1, Batch: 16, Seed: 3, Keep: []int{0, 1}}
	e := golang(t)
	usual := trainAll(t, e, everyKind(), set, o)
	o.InitialScale = 3
	larger := trainAll(t, e, everyKind(), set, o)
	for k, p := range usual[0].net.params {
		scale := float32(1)
		if len(p.dims) > 1 {
			scale = 3
		}
		for i, w := range weightsOf(t, larger[0])[k] {
			if want := scale * weightsOf(t, usual[0])[k][i]; math.Abs(float64(w-want)) > 1e-6*math.Abs(float64(want)) {
				t.Fatalf("%s starts at %v, want %v", p.name, w, want)
			}
		}
	}
	if slices.Equal(weightsOf(t, usual[1])[0], weightsOf(t, larger[1])[0]) {
		t.Error("training does not start from there")
	}
}

// bfloat16 products keep 8 bits, so training ends up near, not equal.
func TestBFloat16(t *testing.T) {
	set := cross(64, "train")
	onBoth(t, func(t *testing.T, e *xla.Engine) {
		o := Training{Epochs: 5, Batch: 16}
		exact := trainAll(t, e, MLP(set.Shape, 2, 8), set, o)[0]
		o.Precision = "bfloat16"
		rough := trainAll(t, e, MLP(set.Shape, 2, 8), set, o)[0]
		if d := math.Abs(exact.Loss - rough.Loss); d == 0 || d > 0.01*exact.Loss {
			t.Errorf("losses %v and %v", exact.Loss, rough.Loss)
		}
		if !e.Describe().Real {
			return
		}
		conv := Spec{Name: "conv", Input: set.Shape, Classes: 2, Layers: []Layer{{Kind: "conv", Channels: 2}}}
		if s := trainAll(t, e, conv, set, o)[0]; !(s.Loss > 0 && s.Loss < 2) {
			t.Errorf("loss of a convolution: %v", s.Loss)
		}
		words := sequences(64, tokens(6, 9), 2)
		attention := Transformer(words.Shape, 2, 1, 8)
		rough = trainAll(t, e, attention, words, o)[0]
		o.Precision = ""
		exact = trainAll(t, e, attention, words, o)[0]
		if d := math.Abs(exact.Loss - rough.Loss); d == 0 || d > 0.03*exact.Loss {
			t.Errorf("losses of attention %v and %v", exact.Loss, rough.Loss)
		}
	})
}

func TestLabels(t *testing.T) {
	set := noise(200, shape(1, 1, 1), 4)
	if got := (Training{}).Labels(set); !slices.Equal(got, set.Y) || &got[0] == &set.Y[0] {
		t.Error("labels without noise are not a copy of the set's")
	}
	counts := func(y []int32) (c [4]int) {
		for _, k := range y {
			c[k]++
		}
		return c
	}
	for _, noise := range []float64{0.25, 1} {
		got := Training{LabelNoise: noise, Seed: 5}.Labels(set)
		changed := 0
		for i := range got {
			if got[i] != set.Y[i] {
				changed++
			}
		}
		// Three quarters of the shuffled labels change: 37.5 and 150, sd 3 and 6.
		if want := 0.75 * noise * 200; math.Abs(float64(changed)-want) > 30 || float64(changed) > noise*200 {
			t.Errorf("noise %v: %d of 200 labels changed", noise, changed)
		}
		if counts(got) != counts(set.Y) {
			t.Error("the shuffle changes how often a class occurs")
		}
		if slices.Equal(got, Training{LabelNoise: noise, Seed: 6}.Labels(set)) {
			t.Error("the noise does not depend on the seed")
		}
	}
}

// Training ends with the first epoch that reaches the accuracy, and yields it.
func TestUntil(t *testing.T) {
	e := golang(t)
	set := cross(40, "train")
	o := Training{Epochs: 200, Batch: 8, Optimizer: Optimizer{Rate: 0.01}, Until: 0.9, Keep: []int{0}}
	got := trainAll(t, e, MLP(set.Shape, 2, 16), set, o)
	last := got[len(got)-1]
	if len(got) != 2 || last.TrainAccuracy < 0.9 || last.Epoch == 0 || last.Epoch == 200 {
		t.Fatalf("%d snapshots, the last of epoch %d with %v", len(got), last.Epoch, last.TrainAccuracy)
	}
	for epoch := range last.Epoch {
		o.Keep = append(o.Keep, epoch)
	}
	for _, s := range trainAll(t, e, MLP(set.Shape, 2, 16), set, o) {
		if s.Epoch < last.Epoch && s.TrainAccuracy >= 0.9 {
			t.Errorf("epoch %d has %v already", s.Epoch, s.TrainAccuracy)
		}
	}
	// Out of reach: the last epoch is yielded.
	o = Training{Epochs: 2, Until: 1, Keep: []int{1}, Optimizer: Optimizer{Rate: 1e-9}}
	if got := trainAll(t, e, MLP(set.Shape, 2, 16), set, o); len(got) != 2 || got[1].Epoch != 2 {
		t.Errorf("%d snapshots", len(got))
	}
}

// However many close a snapshot at once, it gives its network back once.
func TestCloseAtOnce(t *testing.T) {
	s := trainAll(t, golang(t), MLP(shape(4, 4, 1), 2, 3), cross(12, "train"), Training{Keep: []int{0}})[0]
	before := s.net.users
	for range 20_000 {
		other := &Snapshot{net: s.net.retain()}
		var ready atomic.Int32
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() {
				for ready.Add(1); ready.Load() < 2; { // so that they start together
				}
				other.Close()
			})
		}
		all.Wait()
		if s.net.users != before {
			t.Fatalf("the network has %d users, want %d", s.net.users, before)
		}
	}
}

// The snapshots are those of the first epochs with the accuracies asked for, in
// their order, one epoch standing for all that it reaches.
func TestReach(t *testing.T) {
	e := golang(t)
	set := cross(40, "train")
	spec := MLP(set.Shape, 2, 16)
	o := Training{Epochs: 60, Batch: 8, Optimizer: Optimizer{Rate: 0.01}}
	every := o
	for epoch := 1; epoch <= o.Epochs; epoch++ {
		every.Keep = append(every.Keep, epoch)
	}
	accuracies := []float64{0.7, 0.6, 0.9}
	left := accuracies
	var want []int
	for _, s := range trainAll(t, e, spec, set, every) {
		if len(left) == 0 || s.TrainAccuracy < left[0] {
			continue
		}
		for len(left) > 0 && s.TrainAccuracy >= left[0] {
			left = left[1:]
		}
		want = append(want, s.Epoch)
	}
	if len(left) > 0 || len(want) < 2 {
		t.Fatalf("accuracies %v are not reached, by epochs %v", left, want)
	}
	o.Reach = accuracies
	var got []int
	for _, s := range trainAll(t, e, spec, set, o) {
		got = append(got, s.Epoch)
	}
	if !slices.Equal(got, want) {
		t.Errorf("snapshots of epochs %v, want %v", got, want)
	}
	if len(o.Reach) != 3 {
		t.Error("training shortens its caller's list")
	}
	// Out of reach: the last epoch is yielded.
	o = Training{Epochs: 2, Reach: []float64{1}, Optimizer: Optimizer{Rate: 1e-9}}
	if s := trainAll(t, e, spec, set, o); len(s) != 1 || s[0].Epoch != 2 {
		t.Errorf("%d snapshots", len(s))
	}
}

// Training ends after so many epochs without a rise of fresh accuracy.
func TestPatience(t *testing.T) {
	e := golang(t)
	set := cross(40, "train")
	o := Training{Epochs: 100, Batch: 8, Optimizer: Optimizer{Rate: 0.01}, Patience: 3, Fresh: cross(60, "fresh"), Keep: []int{0}}
	for epoch := 1; epoch <= 100; epoch++ {
		o.Keep = append(o.Keep, epoch)
	}
	got := trainAll(t, e, MLP(set.Shape, 2, 16), set, o)
	last := len(got) - 1
	best, at := -1.0, 0
	for _, s := range got[1:] {
		if s.FreshAccuracy > best {
			best, at = s.FreshAccuracy, s.Epoch
		} else if s.Epoch-at == 3 && s.Epoch != last {
			t.Errorf("epoch %d: no rise since epoch %d, but training goes on to %d", s.Epoch, at, last)
		}
	}
	if last-at != 3 || last == 100 {
		t.Errorf("ended at epoch %d; the best is epoch %d", last, at)
	}
}

func TestLossNaN(t *testing.T) {
	set := noise(30, shape(1, 1, 2), 3)
	o := Training{Epochs: 9, Batch: 10, Optimizer: Optimizer{Kind: "sgd", Rate: 1e30}}
	onBoth(t, func(t *testing.T, e *xla.Engine) {
		var err error
		for _, err = range Train(t.Context(), e, MLP(set.Shape, 3, 4), set, o) {
		}
		if err == nil || !strings.Contains(err.Error(), "in epoch 1 at step ") || !strings.Contains(err.Error(), "smaller learning rate than 1e+30") {
			t.Errorf("got %v", err)
		}
		many := [][]int32{set.Y, set.Y}
		for _, err = range TrainMany(t.Context(), e, MLP(set.Shape, 3, 4), set, many, 0, len(many), o) {
		}
		if err == nil || !strings.Contains(err.Error(), "label set 0: ") || !strings.Contains(err.Error(), "in epoch 1 at step ") {
			t.Errorf("many: %v", err)
		}
	})
}

func TestTrainStops(t *testing.T) {
	e := golang(t)
	set := cross(20, "train")
	spec := MLP(set.Shape, 2, 4)
	count := 0
	for s, err := range Train(t.Context(), e, spec, set, Training{Epochs: 3, Keep: []int{0, 1, 2, 3}}) {
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		s.Close() // harmless
		if count++; count == 2 {
			break
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	o := Training{Epochs: 50, Progress: func(p Progress) {
		if p.Epoch == 2 {
			cancel()
		}
	}}
	for s, err := range Train(ctx, e, spec, set, o) {
		if s != nil || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, %v", s, err)
		}
		count++
	}
	if count != 3 {
		t.Errorf("%d results", count)
	}
}
