package memtest

import (
	"fmt"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// checkMixed says, as one sentence, what of a measurement does not go with copies that are
// blends of features at these levels, or nil.
func (m *measurement) checkMixed(levels []float64) error {
	var names []string
	for _, p := range m.probes {
		if probe.Mixes(p.Probe) {
			names = append(names, p.name)
		}
	}
	for _, p := range m.probes {
		if !probe.Mixes(p.Probe) {
			use := "ridge,softmax"
			if len(names) > 0 {
				use = strings.Join(names, ",")
			}
			return fmt.Errorf("probes: %s cannot be scored on %s, whose copies are blends of features: only ridge, softmax and centroid can, as in --probes %s", p.name, features.MixClass, use)
		}
	}
	if m.Halves > 0 {
		return fmt.Errorf("halves: of %s no errors over other examples are said, so halves would say nothing; leave them out", features.MixClass)
	}
	for _, level := range levels {
		if !(level >= 0 && level <= mostMixed) {
			return fmt.Errorf("levels: level %v of %s is outside 0..%g, the share of the other example", level, features.MixClass, mostMixed)
		}
	}
	return nil
}

// mostMixed is the largest share of the other example: with more of it the copy would
// rather be that one's.
const mostMixed = 0.5

// checkNoneAlone refuses labels [n] with one example of a class, which has no other to be
// blended with: its copies would be itself at every level.
func checkNoneAlone(labels []int32, classes int) error {
	counts := make([]int, classes)
	for _, y := range labels {
		counts[y]++
	}
	for k, n := range counts {
		if n == 1 {
			return fmt.Errorf("%s blends examples of one class, but class %d, counted from 0 in the order of the labels, has a single example; take more of it, or leave it out", features.MixClass, k)
		}
	}
	return nil
}

// mixing is how the copies are made of the training features; nil where they came with
// them.
func (p prepared) mixing(seed uint64) *probe.Mixing {
	if !p.mixed {
		return nil
	}
	return &probe.Mixing{Shares: p.levels, Partners: func(b int, labels []int32) []int32 { return perturb.Partners(labels, seed, b) }}
}

// mixedRow takes from a row what rests on copies that are the same under every label set
// (the reshuffles, the two parts of memorization) or on examples that are independent of
// each other, which blends with others are not (errors over images).
func mixedRow(row *result.Row) {
	row.MemorizationP, row.Reshuffles = 0, nil
	row.MemorizationClass, row.MemorizationOwn, row.MemorizationOwnP = nil, nil, nil
}
