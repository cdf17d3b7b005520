package nn

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/memory"
)

// Plain limits, far above any network that can be trained here. Below them sizes
// multiply without overflow, and whether they fit into memory can be asked.
const (
	mostUnits  = 1 << 24 // of a layer, channels too; side of a kernel, a stride or a window
	mostLayers = 10_000  // those within residual blocks included
	mostValues = 1 << 31 // of an input
)

// checkCount finds more layers than a network may have.
func checkCount(layers []Layer) error {
	if n := countLayers(layers); n > mostLayers {
		return fmt.Errorf("%d are too many; a network may have %d", n, mostLayers)
	}
	return nil
}

func countLayers(layers []Layer) int {
	n := len(layers)
	for _, l := range layers {
		n += countLayers(l.Layers)
	}
	return n
}

// Memory is how many bytes training takes at the least, in batches of so many examples:
// four numbers for each weight (itself, its gradient, two means of it) and two for each
// value that an example has in a layer (itself and its gradient). Of a Model written by
// hand nothing is known beforehand, and it is 0.
func (s Spec) Memory(batch int) (float64, error) {
	if s.Model != nil {
		return 0, nil
	}
	weights, values, err := s.amounts()
	return 4 * (4*weights + 2*values*float64(batch)), err
}

// Enough says whether there is the memory that training takes at the least, or nil.
func (s Spec) Enough(batch int) error {
	if s.Model != nil {
		return nil
	}
	need, err := s.Memory(batch)
	if err != nil {
		return err
	}
	weights, _, _ := s.amounts() // of which Memory is made
	return memory.Enough(need, fmt.Sprintf("network %q of %.3g weights, in batches of %d,", s.Name, weights, batch))
}

// Values is the number of values that an example has in a layer; 0 where that is not
// known, of a Model written by hand or of a layer that there is not.
func (s Spec) Values(layer string) int {
	if s.Model != nil {
		return 0
	}
	if layer == LayerLogits {
		return s.Classes
	}
	all, err := s.sizes()
	if i := slices.Index(s.LayerNames(), layer); err == nil && i >= 0 {
		if all[i].Sequence() { // pooled over its steps
			return all[i].Channels
		}
		return all[i].Size()
	}
	return 0
}

// amounts are the number of weights, statistics included, and the number of values
// that an example has in all layers.
func (s Spec) amounts() (weights, values float64, err error) {
	last := extent{Shape: s.Input}
	weights, values, last, err = amounts(s.Layers, last, "")
	logits := Layer{Kind: "dense", Units: s.Classes}
	if s.Standardize {
		weights += 2 * size(s.Input)
	}
	return weights + logits.weights(last), values + size(s.Input) + float64(s.Classes), err
}

func amounts(layers []Layer, in extent, field string) (weights, values float64, out extent, err error) {
	sizes, err := sizes(layers, in, field)
	if err != nil {
		return 0, 0, in, err
	}
	for i, l := range layers {
		weights += l.weights(in)
		values += size(sizes[i].Shape)
		if l.Kind == kindLSTM { // gates, candidate and cell, as its gradient takes them
			values += 5 * size(sizes[i].Shape)
		}
		if l.Kind == kindAttention {
			values += l.withDefaults().attentionValues(in)
		}
		if l.Kind == "residual" {
			inside, within, _, err := amounts(l.Layers, in, field)
			if err != nil {
				return 0, 0, in, err
			}
			weights, values = weights+inside, values+within
			if stride, _ := shortcutStride(in, sizes[i]); stride > 0 {
				weights += memory.Product(in.Channels, sizes[i].Channels)
			}
		}
		in = sizes[i]
	}
	return weights, values, in, nil
}

// size is the number of values of a shape.
func size(s datasets.Shape) float64 { return memory.Product(s.Height, s.Width, s.Channels) }

// weights are those of a layer for an input of this shape, statistics included, but
// for those within a residual block.
func (l Layer) weights(in extent) float64 {
	l = l.withDefaults()
	switch l.Kind {
	case "dense":
		return (size(in.Shape) + 1) * float64(l.Units)
	case "conv":
		return (memory.Product(l.Kernel, l.Kernel, in.Channels) + 1) * float64(l.Channels)
	case kindConv1D:
		return (memory.Product(l.Kernel, in.Channels) + 1) * float64(l.Channels)
	case kindLSTM:
		return 4 * (float64(in.Channels) + float64(l.Units) + 1) * float64(l.Units)
	case kindEmbedding:
		return memory.Product(in.Vocabulary, l.Units)
	case kindPositions:
		return size(in.Shape)
	case kindAttention:
		return l.attentionWeights(in.Channels)
	case "batchnorm":
		return 4 * float64(in.Channels)
	case "layernorm":
		return 2 * float64(in.Channels)
	}
	return 0
}
