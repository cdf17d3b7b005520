package trainhook_test

import (
	stdcontext "context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"
	"github.com/gomlx/gomlx/pkg/ml/context"
	"github.com/gomlx/gomlx/pkg/ml/layers"
	"github.com/gomlx/gomlx/pkg/ml/layers/activations"
	"github.com/gomlx/gomlx/pkg/ml/train"
	"github.com/gomlx/gomlx/pkg/ml/train/losses"
	"github.com/gomlx/gomlx/pkg/ml/train/optimizers"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/trainhook"
)

// hidden is the layer that is watched, logits the model that is trained.
func hidden(ctx *context.Context, x *graph.Node) *graph.Node {
	x = graph.Reshape(x, x.Shape().Dimensions[0], -1)
	return activations.Relu(layers.Dense(ctx.In("hidden"), x, true, 32))
}

func logits(ctx *context.Context, _ any, inputs []*graph.Node) []*graph.Node {
	return []*graph.Node{layers.Dense(ctx.In("logits"), hidden(ctx, inputs[0]), true, 10)}
}

// batches yields a set batch by batch, as a train.Dataset.
type batches struct {
	set  *datasets.Set
	size int
	at   int
}

func (b *batches) Name() string { return b.set.Name }
func (b *batches) Reset()       { b.at = 0 }
func (b *batches) Yield() (any, []*tensors.Tensor, []*tensors.Tensor, error) {
	if b.at+b.size > b.set.Len() {
		return nil, nil, nil, io.EOF
	}
	s := b.set.Shape
	x := tensors.FromFlatDataAndDimensions(slices.Clone(b.set.X[b.at*s.Size():(b.at+b.size)*s.Size()]), b.size, s.Height, s.Width, s.Channels)
	y := tensors.FromFlatDataAndDimensions(slices.Clone(b.set.Y[b.at:b.at+b.size]), b.size, 1)
	b.at += b.size
	return nil, []*tensors.Tensor{x}, []*tensors.Tensor{y}, nil
}

// setup is a loop over 1,000 images of clothes and the data to watch it with.
func setup(n int) (*xla.Engine, *train.Loop, *batches, features.Examples, *datasets.Set, error) {
	e, err := xla.Open(stdcontext.Background(), "", xla.Options{})
	if err != nil {
		return nil, nil, nil, features.Examples{}, nil, err
	}
	set, _, err := datasets.Load(stdcontext.Background(), "fashion-mnist-sample", datasets.Options{Offline: true})
	if err != nil {
		return nil, nil, nil, features.Examples{}, nil, err
	}
	set = set.Head(n)
	noise, err := perturb.Parse("gaussian")
	if err != nil {
		return nil, nil, nil, features.Examples{}, nil, err
	}
	examples := features.Examples{
		Train: set, Levels: []float64{0.3}, Perturbation: "gaussian",
		Copies: func(level float64) (*datasets.Set, error) { return perturb.Copies(set, noise, level, 1) },
	}
	ctx := context.New()
	if err := ctx.SetRNGStateFromSeed(1); err != nil {
		return nil, nil, nil, features.Examples{}, nil, err
	}
	trainer := train.NewTrainer(e.Backend(), ctx, logits, losses.SparseCategoricalCrossEntropyLogits, optimizers.Adam().LearningRate(0.003).Done(), nil, nil)
	return e, train.NewLoop(trainer), &batches{set: set, size: 100}, examples, set, nil
}

// A training loop of GoMLX is watched: at epoch 0, 1 and 8 the hidden layer is
// tested, while the training goes on.
func Example() {
	ctx := stdcontext.Background()
	engine, loop, batches, data, _, err := setup(1000)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()

	learning := map[int]float64{}
	err = trainhook.Attach(loop, engine, data, trainhook.Options{
		Layers: []string{"hidden"},
		Outputs: func(ctx *context.Context, x *graph.Node) []*graph.Node {
			return []*graph.Node{hidden(ctx, x)}
		},
		StepsPerEpoch: 10,
		Epochs:        []int{0, 1, 8},
		Network:       "my net",
	}, func(f features.Features) error {
		rows, err := memtest.Rows(memtest.Measure(ctx, engine, features.Stream(f), memtest.Options{Probes: []string{"ridge"}, Permutations: 39}))
		if err != nil {
			return err
		}
		fmt.Println("a row of epoch", rows[0].Epoch)
		learning[rows[0].Epoch] = rows[0].Learning
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := loop.RunEpochs(batches, 8); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("training added to what the layer knows:", learning[8] > learning[0]+0.05)
	// Output:
	// a row of epoch 0
	// a row of epoch 1
	// a row of epoch 8
	// training added to what the layer knows: true
}

// Features are the layer's own: those of a plain Go loop over the weights that
// the loop has trained.
func TestFeaturesAreThoseOfTheWeights(t *testing.T) {
	e, loop, batches, data, set, err := setup(300)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	data.Fresh = set.Head(7)
	var epochs []int
	err = trainhook.Attach(loop, e, data, trainhook.Options{
		Layers: []string{"hidden", "flat", "logits"}, Logits: "logits", StepsPerEpoch: 3, Batch: 128,
		Outputs: func(ctx *context.Context, x *graph.Node) []*graph.Node {
			return []*graph.Node{hidden(ctx, x), x, logits(ctx, nil, []*graph.Node{x})[0]}
		},
	}, func(f features.Features) error {
		if f.Own == nil || len(f.Own.Copies) != 1 || f.Own.Fresh == nil {
			t.Fatalf("layer %s has the network's answers %+v", f.Layer, f.Own)
		}
		if f.Layer == "logits" {
			hits := 0
			for i := range f.Train.Rows {
				if row := f.Train.Row(i); int32(slices.Index(row, slices.Max(row))) == set.Y[i] {
					hits++
				}
			}
			if got, want := f.Own.Train.Accuracy, float64(hits)/float64(set.Len()); got != want {
				t.Errorf("the network's accuracy is %v, want %v", got, want)
			}
			return nil
		}
		axes := features.ShapeOf([]int{32})
		if f.Layer == "flat" {
			axes = features.ShapeOf([]int{set.Shape.Height, set.Shape.Width, set.Shape.Channels})
		}
		if f.Shape != axes {
			t.Errorf("layer %s has shape %v, want %v", f.Layer, f.Shape, axes)
		}
		if f.Layer == "flat" {
			want, err := data.Copies(0.3)
			if err != nil {
				return err
			}
			for copies, err := range f.Copies {
				if err != nil || !slices.Equal(f.Train.Data, set.X) || !slices.Equal(copies.Data, want.X) || f.Fresh.Rows != 7 {
					t.Errorf("epoch %d: the inputs are not passed on as they are: %v", *f.Epoch, err)
				}
			}
			return nil
		}
		epochs = append(epochs, *f.Epoch)
		weights := variable(t, loop, "/hidden/dense/weights")
		biases := variable(t, loop, "/hidden/dense/biases")
		for i := range f.Train.Rows {
			for j, v := range f.Train.Row(i) {
				sum := float64(biases[j])
				for k, x := range set.Row(i) {
					sum += float64(x) * float64(weights[k*32+j])
				}
				if want := max(0, sum); math.Abs(float64(v)-want) > 1e-3 {
					t.Fatalf("epoch %d: unit %d of example %d is %v, want %v", *f.Epoch, j, i, v, want)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := loop.RunSteps(endless{batches}, 7); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(epochs, []int{1, 2}) {
		t.Errorf("features of epochs %v, want 1 and 2 of seven steps", epochs)
	}
}

// endless starts over where a set ends, as RunSteps wants it.
type endless struct{ *batches }

func (b endless) Yield() (any, []*tensors.Tensor, []*tensors.Tensor, error) {
	if b.at+b.size > b.set.Len() {
		b.Reset()
	}
	return b.batches.Yield()
}

func variable(t *testing.T, loop *train.Loop, name string) []float32 {
	t.Helper()
	for v := range loop.Trainer.Context().IterVariables() {
		if v.ScopeAndName() == name {
			flat, err := xla.Download[float32](v.MustValue())
			if err != nil {
				t.Fatal(err)
			}
			return flat
		}
	}
	t.Fatalf("there is no variable %s", name)
	return nil
}

func TestAttachSaysWhatIsMissing(t *testing.T) {
	e, loop, batches, data, set, err := setup(300)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	outputs := func(ctx *context.Context, x *graph.Node) []*graph.Node { return []*graph.Node{hidden(ctx, x)} }
	good := trainhook.Options{Layers: []string{"hidden"}, Outputs: outputs, StepsPerEpoch: 3}
	take := func(features.Features) error { return nil }
	for _, test := range []struct {
		data   features.Examples
		change func(*trainhook.Options)
		want   string
	}{
		{features.Examples{Train: set}, func(*trainhook.Options) {}, "no copies"},
		{data, func(o *trainhook.Options) { o.Layers = nil }, "names of its layers"},
		{data, func(o *trainhook.Options) { o.StepsPerEpoch = 0 }, "StepsPerEpoch is 0"},
		{data, func(o *trainhook.Options) { o.Logits = "output" }, `Logits is "output", which is none of the layers`},
	} {
		o := good
		test.change(&o)
		if err := trainhook.Attach(loop, e, test.data, o, take); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, want %q", err, test.want)
		}
	}
	// What is wrong with the copies, the outputs, or the taker, ends the training.
	few := data
	few.Copies = func(float64) (*datasets.Set, error) { return set.Head(5), nil }
	e3, other, again, _, _, err := setup(300)
	if err != nil {
		t.Fatal(err)
	}
	defer e3.Close()
	if err := trainhook.Attach(other, e3, few, good, take); err != nil {
		t.Fatal(err)
	}
	if _, err := other.RunEpochs(again, 1); err == nil || !strings.Contains(err.Error(), "there are 5 copies") {
		t.Errorf("got %v", err)
	}
	o := good
	o.Layers = []string{"hidden", "other"}
	if err := trainhook.Attach(loop, e, data, o, take); err != nil {
		t.Fatal(err)
	}
	if _, err := loop.RunEpochs(batches, 1); err == nil || !strings.Contains(err.Error(), "1 tensors for the 2 layers") {
		t.Errorf("got %v", err)
	}
	e2, loop, batches, data, _, err := setup(300)
	if err != nil {
		t.Fatal(err)
	}
	defer e2.Close()
	enough := errors.New("enough")
	if err := trainhook.Attach(loop, e2, data, good, func(features.Features) error { return enough }); err != nil {
		t.Fatal(err)
	}
	if _, err := loop.RunEpochs(batches, 1); !errors.Is(err, enough) {
		t.Errorf("got %v", err)
	}
}
