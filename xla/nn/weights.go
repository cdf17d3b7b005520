package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
)

// Weight is a copy of one array of a network, in host memory.
type Weight struct {
	Name      string // such as dense1/weights, conv1/kernel, logits/biases
	Dims      []int  // dense: [inputs, units]; kernels: [height, width, inputs, channels]
	Values    []float32
	Statistic bool // not trained, such as the running mean of a batch norm
}

// Weights are copies of all arrays of the network, in the order in which the
// network asks for them: layer by layer, from the input upwards.
func (s *Snapshot) Weights() ([]Weight, error) {
	read, err := arraysOf(s.net.params, s.weights)
	if err != nil {
		return nil, fmt.Errorf("network %q: its weights: %w", s.net.spec.Name, err)
	}
	out := make([]Weight, len(read))
	for i, a := range read {
		out[i] = Weight{Name: a.Name, Dims: a.Dims, Values: a.Floats, Statistic: s.net.params[i].statistic}
	}
	return out, nil
}

// With is the same network with other values in its arrays, in the order of
// Weights. It keeps Epoch and Network; loss and accuracies, which nobody has
// measured, are 0. The caller closes it.
func (s *Snapshot) With(values [][]float32) (*Snapshot, error) {
	w, err := s.net.upload(values)
	if err != nil {
		return nil, err
	}
	return &Snapshot{Epoch: s.Epoch, Network: s.Network, net: s.net.retain(), weights: w}, nil
}

// WithWeights is a network that was not trained here: its arrays have these values,
// in the order of Weights. The caller closes it.
func WithWeights(engine *xla.Engine, spec Spec, values [][]float32) (*Snapshot, error) {
	n, err := newNetwork(engine, spec)
	if err != nil {
		return nil, err
	}
	w, err := n.upload(values)
	if err != nil {
		n.release()
		return nil, err
	}
	return &Snapshot{net: n, weights: w}, nil
}

// upload copies values for all arrays to the device.
func (n *network) upload(values [][]float32) (made []*tensors.Tensor, err error) {
	defer func() {
		if err != nil {
			xla.Free(made...)
			made, err = nil, fmt.Errorf("network %q with other weights: %w", n.spec.Name, err)
		}
	}()
	if len(values) != len(n.params) {
		return nil, fmt.Errorf("%d arrays are given where it has %d; give one for each of Weights", len(values), len(n.params))
	}
	for i, p := range n.params {
		if len(values[i]) != p.size() {
			return made, fmt.Errorf("%s is given %d values where it has %d", p.name, len(values[i]), p.size())
		}
		w, err := xla.Tensor(n.engine, values[i], p.dims...)
		if err != nil {
			return made, err
		}
		made = append(made, w)
	}
	return made, nil
}
