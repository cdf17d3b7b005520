package memtest

import (
	"slices"

	"github.com/seed-1a417598/memtest/datasets/memory"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// bareBytes is what a process takes that measures next to nothing: the plugin's file, its
// compiler, the program itself.
const bareBytes = 320 << 20

// perExample is what is counted of each example, at each level, while a probe is measured:
// see perm.Tally; and its places in the reshuffles of both kinds.
const perExample, perReshuffle = 64 + 2*53, 2 * 4

// Memory is about how many bytes the process will take at most; what training takes is
// not known beforehand, and counted only by the network's weights and the values of a
// batch. It grows with the permutations by what each leaves in the counts.
func (x *Experiment) Memory() float64 {
	m, err := newMeasurement(x.Config.Options)
	if err != nil { // which is said when it is measured
		return 0
	}
	fresh := 0
	if x.Fresh != nil {
		fresh = x.Fresh.Len()
	}
	moved := 0 // levels whose copies are not the training examples
	for _, level := range x.Config.Levels {
		if level != 0 && !perturb.MixesFeatures(x.Config.Perturb) {
			moved++
		}
	}
	n, pixels := x.Train.Len(), x.Train.Shape.RowSize()
	images := 4 * memory.Product(n+fresh, pixels)
	if held := 4 * memory.Product(n, pixels, len(x.Config.Levels)); held <= heldCopies {
		images += held
	} else {
		images += 4 * memory.Product(n, pixels)
	}
	need, _ := x.Spec.Memory(min(x.Config.Batch, n)) // a network that cannot be built is refused elsewhere
	measured := func(columns, kept int) {            // kept are rows beside those that probes take
		size := probe.Size{Rows: n, Columns: columns, Sets: moved, Fresh: fresh, Classes: len(x.Train.Classes)}
		features := 4 * memory.Product(n*(1+moved)+fresh+kept, columns)
		for _, p := range m.probes {
			need = max(need, features+probe.Memory(p.Probe, size))
		}
	}
	if slices.Contains(x.Config.Refs, RefInput) {
		kept := 0
		if x.Train.Shape.Sequence() { // whose raw values are no view of the examples: those before scaling
			kept = 2*n + fresh
		}
		measured(x.Train.Shape.RawSize(), kept)
	}
	for _, layer := range x.layers {
		measured(x.Spec.Values(layer), 0)
	}
	levels := len(x.Config.Levels)
	counts := perExample*memory.Product(n, levels) + perReshuffle*memory.Product(n, perm.DefaultReshuffles)
	return bareBytes + images + need + counts + perm.CountsBytes(x.Config.Permutations, len(x.Train.Classes), levels)
}
