package memtest

import (
	"context"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// refit gathers what the networks of a full refit give, until all have come. Its
// rows are of many networks, each probed with the labels that it was trained on,
// so that features and labels were shuffled together.
type refit struct {
	// labels [n] are the real ones, where some of the networks are measured and the
	// others are not, so that their cells cannot be judged; nil = all are.
	labels []int32
	order  []string // cells in the order in which they came
	cells  map[string]*refitCell
}

// refitTraining is how the networks of a full refit are trained, beside the one on
// the real labels, all by the same procedure, and their label sets: that of network
// r is set r, so features and labels were shuffled together, and p is exact.
func (x *Experiment) refitTraining() (nn.Training, [][]int32, error) {
	c := x.Config
	t := x.training(c.Seed)
	shuffled, err := perm.NewShuffled(t.Labels(x.Train), len(x.Train.Classes), x.Train.Groups, c.Seed)
	if err != nil {
		return t, nil, err
	}
	t.LabelNoise, t.Keep = 0, c.trained()
	return t, perm.Sets(shuffled, 0, c.Refit+1), nil
}

// refit trains Config.Refit networks on shuffled labels beside the one on the real
// labels and yields them.
func (s *source) refit(ctx context.Context) error {
	t, sets, err := s.refitTraining()
	if err != nil {
		return err
	}
	t.Progress = func(p nn.Progress) {
		s.report("full refit, networks from %d of %d, epoch %d of %d", p.Network, len(sets), p.Epoch, p.Epochs)
	}
	for i, part := range s.refitParts() {
		if !s.has(Unit{Role: features.Refit}) && !s.has(Unit{Role: features.Refit, Part: i + 1}) {
			continue
		}
		for snapshot, err := range nn.TrainMany(ctx, s.engine, s.Spec, s.Train, sets, part[0], part[1], t) {
			if err != nil {
				return err
			}
			err = s.snapshot(ctx, snapshot, snapshot.Epoch, s.refitFeatures(snapshot.Network, sets))
			snapshot.Close()
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// refitFeatures are what is known beforehand of the features of network r.
func (x *Experiment) refitFeatures(r int, sets [][]int32) features.Features {
	return features.Features{Role: features.Refit, Network: NetworkRefit, Seed: x.Config.Seed, Labels: sets[r], LabelSet: r}
}

// refitCell is one probe on one layer at one epoch.
type refitCell struct {
	*collector
	kind   namedProbe
	row    result.Row         // of the network with the real labels
	own    []*features.Answer // its own for the copies
	levels []float64
}

// add probes one network with its own labels.
func (r *refit) add(ctx context.Context, m *measurement, e *xla.Engine, p prepared) error {
	for _, kind := range m.probes {
		row := p.row
		row.Probe = kind.name
		key := row.Cell() // of no level
		cell := r.cells[key]
		if cell == nil {
			c, err := m.newCollector(p)
			if err != nil {
				return err
			}
			if r.cells == nil {
				r.cells = map[string]*refitCell{}
			}
			cell = &refitCell{collector: c, kind: kind, levels: p.levels, row: p.row}
			r.cells[key], r.order = cell, append(r.order, key)
		}
		if p.labelSet == 0 {
			cell.row, cell.own = p.row, p.own
		}
		if err := m.fit(ctx, e, p, kind, p.labelSet, 1, cell.collector, perm.Sequential{}.Stopping(len(p.levels)), func(int) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

// emit judges all cells of a refit, or hands over what there is of them.
func (r *refit) emit(m *measurement, emit func(Cell) error) error {
	for _, key := range r.order {
		c := r.cells[key]
		evidence, err := c.collected(nil)
		if err != nil {
			return err
		}
		if r.labels != nil {
			if err := c.emitPart(evidence, emit); err != nil {
				return err
			}
			continue
		}
		p := prepared{row: c.row, levels: c.levels, own: c.own, null: null{permutations: evidence[0].Counts.Permutations()}}
		if err := m.emitLevels(p, c.kind, evidence, emit); err != nil {
			return err
		}
	}
	return nil
}
