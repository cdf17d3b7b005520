package memtest

import (
	"fmt"

	"github.com/seed-1a417598/memtest/datasets/memory"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// Plain limits of numbers that a configuration states, far above what anyone can
// wait for: below them nothing overflows, and lists of so many are short.
const (
	mostSeeds  = 10_000
	mostEpochs = 1_000_000
	mostRefit  = 1_000_000
	mostHalves = 10_000
)

// atMost says that a stated number is too large.
func atMost(field string, value, most int) error {
	if value > most {
		return fmt.Errorf("%s: %d is too many; give at most %d", field, value, most)
	}
	return nil
}

// probesFit says which probe cannot be fitted to so many training examples and sets of
// copies; splits is how often the examples are split into halves, which probes are
// fitted to as well.
func (m *measurement) probesFit(rows, copies, splits int) error {
	for _, p := range m.probes {
		if err := probe.Fits(p.Probe, rows, copies); err != nil {
			return fmt.Errorf("probes: %w", err)
		}
		if splits == 0 {
			continue
		}
		if err := probe.Fits(p.Probe, rows/2, copies); err != nil {
			return fmt.Errorf("probes: of each half of the examples: %w, or leave halves out by --halves -1", err)
		}
	}
	return nil
}

// enough refuses a network that takes more memory than there is, and features that
// do: those of a layer for the training examples, their copies at all levels and the
// test set lie in memory together, as they are and as probes take them.
func (x *Experiment) enough() error {
	if err := x.Spec.Enough(min(x.Config.Batch, x.Train.Len())); err != nil {
		return fmt.Errorf("net: %w; choose a smaller one", err)
	}
	if err := memory.Enough(4*memory.Product(x.Train.Len(), x.Config.Refit), fmt.Sprintf("refit: the labels of %d networks", x.Config.Refit)); err != nil {
		return fmt.Errorf("%w; give fewer", err)
	}
	rows := x.Train.Len() * (1 + len(x.Config.Levels))
	if x.Fresh != nil {
		rows += x.Fresh.Len()
	}
	for _, layer := range x.layers {
		need := 2 * 4 * memory.Product(rows, x.Spec.Values(layer))
		if err := memory.Enough(need, fmt.Sprintf("layers: the features of %s", layer)); err != nil {
			return fmt.Errorf("%w; take fewer examples with --n, fewer levels, or another layer", err)
		}
	}
	return nil
}
