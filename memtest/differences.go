package memtest

import (
	"math"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// copied names the copies that cells share: those of one probe, perturbation and
// level.
type copied struct {
	probe, perturbation string
	level               float64
}

// differ fills in how much more each row of a network shows than the references
// of its run, image by image and label set by label set: the same layer before
// training, or of the network that it started from, the raw input, the twin. Cells whose evidence is not kept, or says too
// little, have no differences.
func differ(rows []result.Row, evidence func(cell string) (Evidence, bool)) {
	groups := map[copied][]int{}
	for i, r := range rows {
		key := copied{r.Probe, r.Perturbation, r.Level}
		groups[key] = append(groups[key], i)
	}
	for _, members := range groups {
		// The effects of one group at a time are held.
		held := map[string]*effects{}
		of := func(r result.Row) *effects {
			cell := r.Cell()
			if _, known := held[cell]; !known {
				held[cell] = effectsOf(r, evidence)
			}
			return held[cell]
		}
		for _, i := range members {
			r := &rows[i]
			r.Differences = nil
			if r.UnderTest() {
				for _, k := range members {
					if isReference(rows[k], *r) {
						r.Differences = append(r.Differences, differenceOf(*r, rows[k], of)...)
					}
				}
			}
		}
	}
}

// isReference says whether o is what r is compared with.
func isReference(o, r result.Row) bool {
	switch o.Role {
	case features.Input:
		return true
	case features.Untrained: // of this network, or of all
		return r.Role != features.Untrained && (!o.UnderTest() || r.Epoch > 0 && o.Network == r.Network) && o.Seed == r.Seed && o.Layer == r.Layer
	case features.Start:
		return r.Role != features.Untrained && o.Seed == r.Seed && o.Layer == r.Layer
	case features.Twin:
		return o.Seed == r.Seed && o.Layer == r.Layer && o.Epoch == r.Epoch
	}
	return false
}

// differenceOf is that of r to a reference, or nothing.
func differenceOf(r, reference result.Row, of func(result.Row) *effects) []result.Difference {
	a, b := of(r), of(reference)
	if a == nil || b == nil {
		return nil
	}
	d, err := a.minus(*b)
	if err != nil || math.IsNaN(d.learning.SE()) || math.IsNaN(d.own.SE()) {
		return nil
	}
	return []result.Difference{{
		Reference: reference.Role, Cell: reference.Cell(),
		Learning: d.learning.Estimate, LearningSE: d.learning.SE(), Own: d.own.Estimate, OwnSE: d.own.SE(),
	}}
}
