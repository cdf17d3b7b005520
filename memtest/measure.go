package memtest

import (
	"context"
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// source is where features come from: a layer of a network at an epoch, or the
// raw inputs.
type source struct {
	row      result.Row // what its rows have in common
	labels   []int32    // [n] that the probes are fitted to
	scale    bool       // standardize the features
	features func(context.Context, *datasets.Set) (arrays.Matrix, error)
}

// openProbes are the probes of which a cell of this source is still to be
// measured.
func (x *Experiment) openProbes(row result.Row) []string {
	var open []string
	for _, p := range x.Config.Probes {
		for _, level := range x.Config.Levels {
			if x.Skip == nil || !x.Skip(x.cellRow(row, p, level).Cell()) {
				open = append(open, p)
				break
			}
		}
	}
	return open
}

// cellRow names a cell of a source.
func (x *Experiment) cellRow(row result.Row, probe string, level float64) result.Row {
	row.Probe, row.Perturbation, row.Level = probe, x.Config.Perturb, level
	return row
}

// measure runs all probes on the features of a source.
func (x *Experiment) measure(ctx context.Context, e *xla.Engine, s source, emit func(Cell) error) error {
	c := x.Config
	open := x.openProbes(s.row)
	x.done += (len(c.Probes) - len(open)) * len(c.Levels)
	if len(open) == 0 {
		return nil
	}
	where := s.row.Network
	if s.row.Epoch != result.EpochNone {
		where = fmt.Sprintf("%s epoch %d %s", s.row.Network, s.row.Epoch, s.row.Layer)
	}
	x.report("features of %s", where)
	data, err := x.features(ctx, s)
	if err != nil {
		return err
	}
	if err := data.Check(); err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	flags := slices.Clone(s.row.Flags)
	if s.scale {
		data, flags = standardized(data, flags)
	}
	sets, b, enumerated, err := x.plan.labelSets(s.labels, data.Classes)
	if err != nil {
		return err
	}
	row := s.row
	row.WithinClass = withinClass(data.Train, s.labels, data.Classes)
	for _, name := range open {
		kind, err := probe.Parse(name)
		if err != nil {
			return err
		}
		heard := func(sets int) { x.report("%s, %s, permutation %d of %d", where, name, sets, b) }
		evidence, err := x.plan.gather(ctx, e, kind, data, sets, b, x.freshLabels(), x.prior(s.row, name), heard)
		if err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		for i, level := range c.Levels {
			row := x.cellRow(row, name, level)
			row.Data, row.Unit, row.Features = x.Train.Name, x.Perturbation.Unit(), data.Train.Cols
			if row, err = x.plan.row(row, evidence[i], enumerated, flags); err != nil {
				return fmt.Errorf("%s: %w", where, err)
			}
			x.done++
			if x.Skip != nil && x.Skip(row.Cell()) {
				continue
			}
			if err := emit(Cell{row, evidence[i]}); err != nil {
				return err
			}
		}
	}
	return nil
}

// prior is what is known of a probe's cells from a run with fewer permutations,
// one for each level; nil where it is not known of all of them alike.
func (x *Experiment) prior(row result.Row, probe string) []Evidence {
	if x.Prior == nil {
		return nil
	}
	var all []Evidence
	for _, level := range x.Config.Levels {
		e, ok := x.Prior(x.cellRow(row, probe, level).Cell())
		if !ok || e.Counts.Permutations() > x.plan.permutations || len(all) > 0 && e.Counts.Permutations() != all[0].Counts.Permutations() {
			return nil
		}
		all = append(all, e)
	}
	return all
}

// features of the training set, of all copies and of the fresh set.
func (x *Experiment) features(ctx context.Context, s source) (probe.Data, error) {
	d := probe.Data{Classes: len(x.Train.Classes)}
	var err error
	if d.Train, err = s.features(ctx, x.Train); err != nil {
		return d, err
	}
	for i, copies := range x.Copies {
		m := d.Train
		if x.Config.Levels[i] != 0 { // copies of level 0 are the training set itself
			if m, err = s.features(ctx, copies); err != nil {
				return d, err
			}
		}
		d.Valid = append(d.Valid, m)
	}
	if x.Fresh != nil {
		d.Fresh, err = s.features(ctx, x.Fresh)
	}
	return d, err
}

// standardized are the features with their columns scaled, and the flags with
// that of the columns that were left out.
func standardized(d probe.Data, flags []string) (probe.Data, []string) {
	columns := d.Train.Cols
	d, dropped := d.Standardize()
	switch {
	case dropped == columns:
		flags = append(flags, result.FlagConstant)
	case dropped > 0:
		flags = append(flags, fmt.Sprintf("%s: %d of %d", result.FlagDropped, dropped, columns))
	}
	return d, flags
}

// freshLabels are the labels of the test set; nil without one.
func (x *Experiment) freshLabels() []int32 {
	if x.Fresh == nil {
		return nil
	}
	return x.Fresh.Y
}
