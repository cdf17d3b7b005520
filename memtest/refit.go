package memtest

import (
	"context"
	"fmt"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// NetworkRefit is the network of rows from a full refit.
const NetworkRefit = "refit"

// refitCell collects the counts of one probe and one layer at one epoch, for
// each level, over the networks.
type refitCell struct {
	tallies  []*perm.Tally
	evidence []Evidence // of the network with the real labels
	features int
	flags    []string
}

// measureRefit trains Config.Refit networks on shuffled labels beside the one
// on the real labels, all by the same procedure, and probes each with the labels
// that it was trained on. Label set r is that of network r, so features and
// labels were shuffled together, and p is exact.
func (x *Experiment) measureRefit(ctx context.Context, e *xla.Engine, emit func(Cell) error) error {
	c := x.Config
	if x.skipsNetwork(NetworkRefit, c.Seed, x.Config.twinEpochs()) {
		x.done += len(x.Config.twinEpochs()) * len(x.layers) * len(c.Probes) * len(c.Levels)
		return nil
	}
	t := x.training(c.Seed)
	labels := t.Labels(x.Train)
	shuffled, err := perm.NewShuffled(labels, len(x.Train.Classes), x.Train.Groups, c.Seed)
	if err != nil {
		return err
	}
	sets := perm.Sets(shuffled, 0, c.Refit+1)
	t.LabelNoise, t.Keep = 0, x.Config.twinEpochs()
	t.Progress = func(p nn.Progress) {
		x.report("full refit, networks from %d of %d, epoch %d of %d", p.Network, c.Refit+1, p.Epoch, p.Epochs)
	}
	cells := map[string]*refitCell{}
	var trainAccuracy, freshAccuracy = map[int]float64{}, map[int]float64{}
	for s, err := range nn.TrainMany(ctx, e, x.Spec, x.Train, sets, t) {
		if err != nil {
			return err
		}
		if s.Network == 0 {
			trainAccuracy[s.Epoch], freshAccuracy[s.Epoch] = s.TrainAccuracy, s.FreshAccuracy
		}
		err = x.addRefit(ctx, e, s, sets[s.Network], cells)
		s.Close()
		if err != nil {
			return err
		}
	}
	for _, epoch := range x.Config.twinEpochs() {
		for _, layer := range x.layers {
			for _, name := range c.Probes {
				cell, measured := cells[refitKey(epoch, layer, name)]
				if !measured { // training ended before
					continue
				}
				train, fresh := trainAccuracy[epoch], freshAccuracy[epoch]
				row := result.Row{Network: NetworkRefit, Seed: c.Seed, Epoch: epoch, Layer: layer, Exact: true, Features: cell.features, TrainAccuracy: &train}
				if x.Fresh != nil {
					row.TestAccuracy = &fresh
				}
				if err := x.emitRefit(row, name, cell, emit); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func refitKey(epoch int, layer, probe string) string {
	return fmt.Sprintf("%d/%s/%s", epoch, layer, probe)
}

// addRefit probes one network with its own labels and adds its hits.
func (x *Experiment) addRefit(ctx context.Context, e *xla.Engine, s *nn.Snapshot, labels []int32, cells map[string]*refitCell) error {
	for _, layer := range x.layers {
		data, err := x.features(ctx, source{features: func(ctx context.Context, set *datasets.Set) (arrays.Matrix, error) {
			return s.Features(ctx, set, layer)
		}})
		if err != nil {
			return err
		}
		if err := data.Check(); err != nil {
			return fmt.Errorf("network %d of the refit, epoch %d, %s: %w", s.Network, s.Epoch, layer, err)
		}
		data, flags := standardized(data, nil)
		own, err := perm.NewGiven(labels, [][]int32{labels}, data.Classes)
		if err != nil {
			return err
		}
		for _, name := range x.Config.Probes {
			kind, err := probe.Parse(name)
			if err != nil {
				return err
			}
			key := refitKey(s.Epoch, layer, name)
			cell := cells[key]
			if cell == nil {
				cell = &refitCell{}
				if cell.tallies, err = x.plan.tallies(data); err != nil {
					return err
				}
				cells[key] = cell
			}
			if s.Network == 0 {
				cell.features, cell.flags = data.Train.Cols, flags
			}
			for batch, err := range probe.Run(ctx, e, kind, data, own, 0, 1, x.plan.options()) {
				if err != nil {
					return fmt.Errorf("network %d of the refit, epoch %d, %s: %w", s.Network, s.Epoch, layer, err)
				}
				if s.Network == 0 {
					cell.evidence = observedEvidence(batch, x.freshLabels())
				}
				for v, tally := range cell.tallies {
					cell.evidence[v].addValue(batch, v, 0)
					if err := tally.Add(s.Network, labels, batch.Valid[v][0]); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// emitRefit judges the levels of a refit's cell.
func (x *Experiment) emitRefit(row result.Row, name string, cell *refitCell, emit func(Cell) error) error {
	judge := x.plan
	judge.stop = 0 // all networks were trained together
	for v, level := range x.Config.Levels {
		row := x.cellRow(row, name, level)
		row.Data, row.Unit = x.Train.Name, x.Perturbation.Unit()
		evidence := cell.evidence[v]
		evidence.Counts = cell.tallies[v].Counts()
		row, err := judge.row(row, evidence, false, cell.flags)
		if err != nil {
			return err
		}
		x.done++
		if x.Skip != nil && x.Skip(row.Cell()) {
			continue
		}
		if err := emit(Cell{row, evidence}); err != nil {
			return err
		}
	}
	return nil
}
