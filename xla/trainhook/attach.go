// Package trainhook takes the features of a network while a training loop of GoMLX
// trains it, so that rows appear as the training goes on.
//
// For those who train with GoMLX's own train.Loop: Attach adds a hook to it, which
// at the ends of chosen epochs computes layers for the training examples, their
// near-copies and fresh examples, and hands them over. The example shows how they
// become rows.
package trainhook

import (
	stdcontext "context"
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"
	"github.com/gomlx/gomlx/pkg/ml/context"
	"github.com/gomlx/gomlx/pkg/ml/train"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/xla"
)

// Options says which features are taken and when.
type Options struct {
	// Layers names what Outputs returns.
	Layers []string
	// Outputs builds the layers, in inference, for examples x [batch, height,
	// width, channels], from the variables that the trained model has made in the
	// same context. Each output is [batch, …] of floats.
	Outputs func(ctx *context.Context, x *graph.Node) []*graph.Node

	// Logits names that of Layers which gives the logits of the classes, of which the
	// network's own answers come: accuracy, loss, membership. "" = none does.
	Logits string

	StepsPerEpoch int   // steps of the loop that make an epoch
	Epochs        []int // at whose ends features are taken; 0 = before the first step; none = every epoch from 1
	Batch         int   // examples of one run; 0 = 500

	Network string // name of the network, for the rows; "" = "features"
}

// hook is what the loop calls.
type hook struct {
	engine   *xla.Engine
	examples features.Examples
	Options
	take func(features.Features) error
	exec *context.Exec

	shapes []datasets.Shape // of one example's features, layer by layer; known once the program has been built
}

// Attach makes the loop call take with the features of each layer at the ends of
// the epochs. The loop's trainer must run on the backend of the engine
// (engine.Backend()). An error of take ends the training.
//
// With epoch 0 among the epochs, the variables of the layers are initialized
// before the first step, so variables made after them get other random numbers
// than without it; apart from that the training is not changed.
func Attach(loop *train.Loop, e *xla.Engine, x features.Examples, o Options, take func(features.Features) error) error {
	if err := x.Check(); err != nil {
		return fmt.Errorf("trainhook: %w", err)
	}
	switch {
	case o.Outputs == nil || len(o.Layers) == 0:
		return errors.New("trainhook: Outputs and the names of its layers are needed")
	case o.Logits != "" && !slices.Contains(o.Layers, o.Logits):
		return fmt.Errorf("trainhook: Logits is %q, which is none of the layers %q", o.Logits, o.Layers)
	case o.StepsPerEpoch < 1:
		return fmt.Errorf("trainhook: StepsPerEpoch is %d; give the number of batches of an epoch", o.StepsPerEpoch)
	case take == nil:
		return errors.New("trainhook: nobody takes the features")
	}
	if o.Batch <= 0 {
		o.Batch = 500
	}
	if x.Train.Shape.Sequence() {
		return fmt.Errorf("trainhook: examples of %q are %s, %v, of which lengths would be lost; take the features of such a network with package nn, or save them to a file for memtest probe", x.Train.Name, x.Train.Shape.KindOf(), x.Train.Shape)
	}
	h := &hook{engine: e, examples: x, Options: o, take: take, shapes: make([]datasets.Shape, len(o.Layers))}
	loop.OnStart("memtest trainhook", 0, func(loop *train.Loop, _ train.Dataset) error {
		if loop.LoopStep > 0 || !slices.Contains(h.Epochs, 0) {
			return nil
		}
		// The trainer must not mind that its variables are there already.
		loop.Trainer.SetContext(loop.Trainer.Context().Checked(false))
		return h.features(loop, 0)
	})
	loop.OnStep("memtest trainhook", 0, func(loop *train.Loop, _ []*tensors.Tensor) error {
		steps := loop.LoopStep + 1 // those that are done
		if steps%h.StepsPerEpoch != 0 {
			return nil
		}
		epoch := steps / h.StepsPerEpoch
		if len(h.Epochs) > 0 && !slices.Contains(h.Epochs, epoch) {
			return nil
		}
		return h.features(loop, epoch)
	})
	loop.OnEnd("memtest trainhook", 0, func(*train.Loop, []*tensors.Tensor) error {
		if h.exec != nil {
			h.exec.Finalize()
			h.exec = nil
		}
		return nil
	})
	return nil
}

// features computes and hands over the features of an epoch.
func (h *hook) features(loop *train.Loop, epoch int) error {
	if h.exec == nil {
		var err error
		if h.exec, err = h.program(loop.Trainer.Context()); err != nil {
			return fmt.Errorf("trainhook: %w", err)
		}
	}
	described := make([]features.Features, len(h.Layers))
	for i, layer := range h.Layers {
		described[i] = features.Features{Network: h.Network, Layer: layer, Epoch: &epoch}
	}
	taken, err := h.examples.Layers(stdcontext.Background(), described, func(_ stdcontext.Context, set *datasets.Set) ([]arrays.Matrix, error) { return h.compute(set) })
	if err != nil {
		return fmt.Errorf("trainhook: %w", err)
	}
	own, err := h.answers(taken)
	if err != nil {
		return fmt.Errorf("trainhook: %w", err)
	}
	for i, f := range taken {
		f.Shape, f.Own = h.shapes[i], own
		if err := h.take(f); err != nil {
			return err
		}
	}
	return nil
}

// answers are what the network itself gives, by the layer that holds its logits; nil
// where none does.
func (h *hook) answers(taken []features.Features) (*features.Answers, error) {
	if h.Logits == "" {
		return nil, nil
	}
	f := taken[slices.Index(h.Layers, h.Logits)]
	scores, err := features.ScoresOf(f, features.Logits)
	if err != nil {
		return nil, err
	}
	return scores.Answers(f.Labels, f.FreshLabels)
}

// program computes the layers for a batch of examples.
func (h *hook) program(ctx *context.Context) (exec *context.Exec, err error) {
	err = xla.Catch(func() {
		var err error
		exec, err = context.NewExec(h.engine.Backend(), ctx.Checked(false), func(ctx *context.Context, x *graph.Node) []*graph.Node {
			outputs := h.Outputs(ctx, x)
			if len(outputs) != len(h.Layers) {
				panic(fmt.Errorf("Outputs gave %d tensors for the %d layers %q", len(outputs), len(h.Layers), h.Layers))
			}
			for i, out := range outputs {
				if out.Rank() < 1 || out.Shape().Dimensions[0] != h.Batch || !out.DType().IsFloat() {
					panic(fmt.Errorf("layer %s is of shape %s for %d examples; only floats with one row an example can be features", h.Layers[i], out.Shape(), h.Batch))
				}
				h.shapes[i] = features.ShapeOf(out.Shape().Dimensions[1:])
				outputs[i] = graph.ConvertDType(graph.Reshape(out, h.Batch, -1), dtypes.Float32)
			}
			return outputs
		})
		if err != nil {
			panic(err)
		}
	})
	return exec, err
}

// compute gives the layers of all examples of a set.
func (h *hook) compute(set *datasets.Set) ([]arrays.Matrix, error) {
	s := set.Shape
	batches := xla.Batches{Rows: h.Batch, Dims: []int{s.Height, s.Width, s.Channels}, Outputs: len(h.Layers), Run: func(in *tensors.Tensor) (out []*tensors.Tensor, err error) {
		err = xla.Catch(func() {
			var err error
			if out, err = h.exec.Exec(in); err != nil {
				panic(err)
			}
		})
		if err != nil {
			return nil, fmt.Errorf("trainhook: features of %q: %w", set.Name, err)
		}
		return out, nil
	}}
	// A hook of GoMLX's loop is given no context that could end it.
	return batches.Compute(stdcontext.Background(), h.engine, arrays.Matrix{Rows: set.Len(), Cols: s.Size(), Data: set.X})
}
