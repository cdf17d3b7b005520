package nn

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

// Snapshot is a network at the end of an epoch. Its weights stay on the device
// until Close. Its methods may be called from several goroutines, but none while
// Close runs or after it, except Close itself.
type Snapshot struct {
	Epoch         int
	Network       int     // TrainMany: the number of its label set; else 0
	Loss          float64 // mean training loss over the epoch; 0 for epoch 0
	TrainAccuracy float64 // share in [0, 1], on the labels that it was trained on
	FreshAccuracy float64 // share in [0, 1] on Training.Fresh; 0 without one

	net     *network
	weights []*tensors.Tensor
	closing sync.Once
}

// Spec is the network's description.
func (s *Snapshot) Spec() Spec { return s.net.spec }

// Features are the outputs of a layer in inference mode, one row an example:
// [N, width], images flattened to height·width·channels values, sequences pooled over their steps. The layer is a
// hidden layer's name, "logits", or "input" for what datasets.Set.Raw makes of the inputs.
func (s *Snapshot) Features(ctx context.Context, set *datasets.Set, layer string) (arrays.Matrix, error) {
	return s.net.features(ctx, s.weights, set, layer)
}

// FeaturesAndLogits are the outputs of a layer, as Features gives them, and the
// logits [N, classes], in one pass of the network.
func (s *Snapshot) FeaturesAndLogits(ctx context.Context, set *datasets.Set, layer string) (features, logits arrays.Matrix, err error) {
	if layer == LayerInput || layer == LayerLogits {
		if logits, err = s.Features(ctx, set, LayerLogits); err != nil || layer == LayerLogits {
			return logits, logits, err
		}
		features, err = s.Features(ctx, set, layer)
		return features, logits, err
	}
	x, err := s.net.inputs(set, layer)
	if err != nil {
		return features, logits, err
	}
	out, err := s.net.evaluate(ctx, s.weights, []string{layer, LayerLogits}, x)
	if err != nil {
		return features, logits, err
	}
	return out[0], out[1], nil
}

func (n *network) features(ctx context.Context, weights []*tensors.Tensor, set *datasets.Set, layer string) (arrays.Matrix, error) {
	x, err := n.inputs(set, layer)
	if err != nil {
		return x, err
	}
	if layer == LayerInput {
		return set.Raw(), nil
	}
	out, err := n.evaluate(ctx, weights, []string{layer}, x)
	if err != nil {
		return arrays.Matrix{}, err
	}
	return out[0], nil
}

// inputs are the examples of a set as the network takes them; an error where it
// does not, or has no such layer.
func (n *network) inputs(set *datasets.Set, layer string) (arrays.Matrix, error) {
	if !n.spec.takes(set.Shape) {
		return arrays.Matrix{}, fmt.Errorf("network %q takes inputs of %v, but data set %q has %v", n.spec.Name, n.spec.Input, set.Name, set.Shape)
	}
	if layer != LayerInput && layer != LayerLogits && !slices.Contains(n.spec.LayerNames(), layer) {
		names, err := n.spec.ResolveLayers([]string{layer})
		if err == nil {
			err = fmt.Errorf("layer %q stands for %d layers of network %q; resolve it first and ask for one of them", layer, len(names), n.spec.Name)
		}
		return arrays.Matrix{}, err
	}
	return arrays.Matrix{Rows: set.Len(), Cols: set.Shape.RowSize(), Data: set.X}, nil
}

// Predict returns the class of greatest logit for every example; of equal ones
// the smallest.
func (s *Snapshot) Predict(ctx context.Context, set *datasets.Set) ([]int32, error) {
	return s.net.predict(ctx, s.weights, set)
}

func (n *network) predict(ctx context.Context, weights []*tensors.Tensor, set *datasets.Set) ([]int32, error) {
	logits, err := n.features(ctx, weights, set, LayerLogits)
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
func (n *network) accuracy(ctx context.Context, weights []*tensors.Tensor, set *datasets.Set, labels []int32) (float64, error) {
	predicted, err := n.predict(ctx, weights, set)
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

// snapshots copies the networks as they are now and yields them; more = false
// says that the loop over them was broken off. done is whether training ends
// here. Where ctx has ended they are saved and not yielded, but by the training that
// goes on.
func (r *trainer) snapshots(ctx context.Context, epoch int, losses []float64, done bool, yield func(*Snapshot, error) bool) (more bool, err error) {
	all := make([][]float32, len(r.weights))
	for i, w := range r.weights {
		if all[i], err = xla.Download[float32](w); err != nil {
			return false, err
		}
	}
	for k := range r.labels {
		s := &Snapshot{Epoch: epoch, Network: r.first + k, Loss: losses[k], net: r.net.retain()}
		err := s.fill(r.ending(ctx), r, all, k)
		if err == nil {
			err = r.save(s, done)
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			s.Close()
			return false, err
		}
		if !yield(s, nil) {
			return false, nil
		}
	}
	return true, nil
}

// fill gives the snapshot the weights of network k and their accuracies.
func (s *Snapshot) fill(ctx context.Context, r *trainer, all [][]float32, k int) error {
	for i, p := range r.net.params {
		w, err := xla.Tensor(r.net.engine, r.step.unpack(p, all[i], k), p.dims...)
		if err != nil {
			return err
		}
		s.weights = append(s.weights, w)
	}
	var err error
	if s.TrainAccuracy, err = s.net.accuracy(ctx, s.weights, r.set, r.labels[k]); err == nil && r.Fresh != nil {
		s.FreshAccuracy, err = s.net.accuracy(ctx, s.weights, r.Fresh, r.Fresh.Y)
	}
	return err
}

// Close frees the snapshot's weights on the device. Closing again does nothing.
func (s *Snapshot) Close() {
	s.closing.Do(func() {
		xla.Free(s.weights...)
		s.net.release()
	})
}
