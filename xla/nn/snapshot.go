package nn

import (
	"context"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla"
)

// Snapshot is a network at the end of an epoch. Its weights stay on the device
// until Close.
type Snapshot struct {
	Epoch         int
	Loss          float64 // mean training loss over the epoch; 0 for epoch 0
	TrainAccuracy float64 // share in [0, 1], on the labels that it was trained on
	FreshAccuracy float64 // share in [0, 1] on Training.Fresh; 0 without one

	net     *network
	weights []*tensors.Tensor
}

// Spec is the network's description.
func (s *Snapshot) Spec() Spec { return s.net.spec }

// Features are the outputs of a layer, one row an example: [N, width]. The
// layer is a hidden layer's name, "logits", or "input" for the inputs as they
// are.
func (s *Snapshot) Features(ctx context.Context, set *datasets.Set, layer string) (xla.Matrix, error) {
	if err := ctx.Err(); err != nil {
		return xla.Matrix{}, err
	}
	x := xla.Matrix{Rows: set.Len(), Cols: set.Shape.Size(), Data: set.X}
	if set.Shape.Size() != s.net.spec.Input.Size() {
		return xla.Matrix{}, fmt.Errorf("network %q takes inputs of %v, but data set %q has %v", s.net.spec.Name, s.net.spec.Input, set.Name, set.Shape)
	}
	if layer == LayerInput {
		return x, nil
	}
	if layer != LayerLogits && !slices.Contains(s.net.spec.LayerNames(), layer) {
		_, err := s.net.spec.ResolveLayers([]string{layer})
		return xla.Matrix{}, err
	}
	return s.net.evaluate(s.weights, layer, x)
}

// Predict returns the class of greatest logit for every example; of equal ones
// the smallest.
func (s *Snapshot) Predict(ctx context.Context, set *datasets.Set) ([]int32, error) {
	logits, err := s.Features(ctx, set, LayerLogits)
	if err != nil {
		return nil, err
	}
	out := make([]int32, logits.Rows)
	for i := range out {
		row := logits.Row(i)
		for k, v := range row {
			if v > row[out[i]] {
				out[i] = int32(k)
			}
		}
	}
	return out, nil
}

// accuracy is the share of predictions that equal the labels.
func (s *Snapshot) accuracy(ctx context.Context, set *datasets.Set, labels []int32) (float64, error) {
	predicted, err := s.Predict(ctx, set)
	if err != nil {
		return 0, err
	}
	hits := 0
	for i, p := range predicted {
		if p == labels[i] {
			hits++
		}
	}
	return float64(hits) / float64(len(labels)), nil
}

// Close frees the snapshot's weights on the device.
func (s *Snapshot) Close() { xla.Free(s.weights...) }
