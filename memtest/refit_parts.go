package memtest

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// A refit that is measured in parts: each part counts what its networks say, and all
// parts together are judged as if one process had measured them.

// partLabels are the labels by which the cells of a part are split: the real ones.
func (x *Experiment) partLabels() ([]int32, error) {
	_, sets, err := x.refitTraining()
	if err != nil {
		return nil, err
	}
	return sets[0], nil
}

// emitPart hands over the cells of a part: what was counted, and rows that say what is
// known of the cell without the other parts. Rows of the part with the real labels say
// what the whole's will.
func (c *refitCell) emitPart(evidence []Evidence, emit func(Cell) error) error {
	for i, level := range c.levels {
		row, counts := c.row, evidence[i].Counts
		ownCopies(&row, c.own, i)
		row.Probe, row.Level = c.kind.name, level
		row.N, row.Classes, row.Permutations = counts.N, counts.Classes, counts.Permutations()
		if err := emit(Cell{Row: row, Evidence: evidence[i]}); err != nil {
			return err
		}
	}
	return nil
}

// joinRefit judges the cells of a refit, of which each part has all, with what was
// counted for its own networks. The parts are in the order of their networks.
func (c Config) joinRefit(parts [][]Cell) ([]Cell, error) {
	m, err := newMeasurement(c.Options)
	if err != nil {
		return nil, err
	}
	var joined []Cell
	emit := func(cell Cell) error {
		joined = append(joined, cell)
		return nil
	}
	for first := 0; first < len(parts[0]); first += len(c.Levels) {
		p, evidence, err := c.joinLevels(parts, first)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(m.probes, func(k namedProbe) bool { return k.name == parts[0][first].Probe })
		if i < 0 {
			return nil, result.Inputf("refit: probe %q is not in the configuration; measure the refit again", parts[0][first].Probe)
		}
		if err := m.emitLevels(p, m.probes[i], evidence, emit); err != nil {
			return nil, err
		}
	}
	return joined, nil
}

// joinLevels puts together what all parts counted for the levels of one probe.
func (c Config) joinLevels(parts [][]Cell, first int) (p prepared, evidence []Evidence, err error) {
	p = prepared{row: parts[0][first].Row, levels: c.Levels}
	for i := range c.Levels {
		real := parts[0][first+i]
		whole := real.Evidence
		for _, part := range parts[1:] {
			if len(part) != len(parts[0]) || part[first+i].Cell() != real.Cell() {
				return p, nil, result.Inputf("refit: its parts have other cells than each other; measure them again")
			}
			if whole, err = withSets(whole, part[first+i].Evidence); err != nil {
				return p, nil, fmt.Errorf("%s: %w", real.Cell(), err)
			}
		}
		evidence = append(evidence, whole)
		p.null.permutations = whole.Counts.Permutations()
		p.own = append(p.own, ownAnswer(real.Row))
	}
	return p, evidence, nil
}

// withSets is the evidence of a cell with that of further label sets.
func withSets(a, b Evidence) (Evidence, error) {
	counts := *a.Counts
	if err := counts.Merge(b.Counts); err != nil {
		return a, err
	}
	a.Counts = &counts
	if a.Values != nil {
		a.Values, a.Chance = slices.Concat(a.Values, b.Values), slices.Concat(a.Chance, b.Chance)
	}
	if a.Parts == nil {
		return a, nil
	}
	parts, err := a.Parts.Merged(b.Parts)
	a.Parts = parts
	return a, err
}

// ownAnswer is what a row says that the network itself gives for the copies; nil where
// it does not say.
func ownAnswer(r result.Row) *features.Answer {
	if r.OwnAccuracy == nil {
		return nil
	}
	a := &features.Answer{Accuracy: *r.OwnAccuracy}
	if r.OwnLoss != nil {
		a.Losses = []float64{*r.OwnLoss} // of which that is the mean
	}
	return a
}

// isRefitPart says whether a unit of this name is a part of a refit.
func isRefitPart(name string) bool { return strings.HasPrefix(name, NetworkRefit+"-") }

// withoutErrors hands cells over as a measurement does.
func withoutErrors(cells []Cell) iter.Seq2[Cell, error] {
	return func(yield func(Cell, error) bool) {
		for _, c := range cells {
			if !yield(c, nil) {
				return
			}
		}
	}
}
