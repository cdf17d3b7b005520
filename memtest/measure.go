package memtest

import (
	"context"
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/perm"
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
	features func(context.Context, *datasets.Set) (xla.Matrix, error)
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
		columns, dropped := data.Train.Cols, 0
		if data, dropped = data.Standardize(); dropped == columns {
			flags = append(flags, result.FlagConstant)
		} else if dropped > 0 {
			flags = append(flags, fmt.Sprintf("%s: %d of %d", result.FlagDropped, dropped, columns))
		}
	}
	labels, err := perm.NewShuffled(s.labels, data.Classes, x.Train.Groups, c.Seed)
	if err != nil {
		return err
	}
	var freshLabels []int32
	if x.Fresh != nil {
		freshLabels = x.Fresh.Y
	}
	for _, name := range open {
		p, err := probe.Parse(name)
		if err != nil {
			return err
		}
		heard := func(sets int) { x.report("%s, %s, permutation %d of %d", where, name, sets, c.Permutations) }
		measured, err := judgeProbe(ctx, e, p, data, labels, x.Train.Groups, freshLabels, c.Permutations, c.Seed, heard)
		if err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		for i, level := range c.Levels {
			row := x.cellRow(s.row, name, level)
			row.Data, row.Unit = x.Train.Name, x.unit
			cell := measured[i].cell(row, data, flags)
			x.done++
			if x.Skip != nil && x.Skip(cell.Cell()) {
				continue
			}
			if err := emit(cell); err != nil {
				return err
			}
		}
	}
	return nil
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

// judged is what a probe gave for one set of copies.
type judged struct {
	counts  *perm.Counts
	verdict perm.Verdict
	fresh   *float64
	margins []float32 // [n] with the real labels
	classes []int32   // [n] predicted with the real labels
	parents float64   // share of copies with their parent among their neighbours; 0 = the probe has none
}

// judgeProbe runs one probe under B label sets and judges each set of copies.
// heard is told the number of label sets done, now and then.
func judgeProbe(ctx context.Context, e *xla.Engine, p probe.Probe, d probe.Data, sets perm.LabelSets, groups, freshLabels []int32, b int, seed uint64, heard func(sets int)) ([]judged, error) {
	n := d.Train.Rows
	reshuffles, err := perm.NewReshuffles(n, groups, perm.DefaultReshuffles, seed)
	if err != nil {
		return nil, err
	}
	tallies := make([]*perm.Tally, len(d.Valid))
	for v := range tallies {
		tallies[v], err = perm.NewTally(n, d.Classes, perm.TallyOptions{Seed: seed, Groups: groups, Rows: reshuffles, PerExample: true})
		if err != nil {
			return nil, err
		}
	}
	out := make([]judged, len(d.Valid))
	for batch, err := range probe.Run(ctx, e, p, d, sets, 0, b+1) {
		if err != nil {
			return nil, err
		}
		for v, t := range tallies {
			for i, labels := range batch.Labels {
				if err := t.Add(batch.First+i, labels, batch.Valid[v][i]); err != nil {
					return nil, err
				}
			}
			if batch.Parents != nil {
				out[v].parents = batch.Parents[v]
			}
		}
		if batch.First == 0 {
			for v := range out {
				out[v].margins, out[v].classes = batch.Margins[v], slices.Clone(batch.Valid[v][0])
			}
		}
		if batch.Fresh != nil {
			share := accuracy(batch.Fresh, freshLabels)
			for v := range out {
				out[v].fresh = &share
			}
		}
		heard(batch.First + len(batch.Labels) - 1)
	}
	for v, t := range tallies {
		out[v].counts = t.Counts()
		if out[v].verdict, err = perm.Judge(out[v].counts, perm.Options{}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// ceilingShare is the share of copies with their parent among their neighbours
// from which k-NN memorization is flagged as the vote's own ceiling.
const ceilingShare = 0.95

// cell turns a verdict into a row. The row given says what was measured.
func (j judged) cell(row result.Row, d probe.Data, flags []string) Cell {
	v := j.verdict
	row.Format = result.Format
	row.N, row.Features, row.Classes, row.Permutations = d.Train.Rows, d.Train.Cols, d.Classes, v.Permutations
	row.Observed, row.Null, row.NullMean, row.NullSD, row.Chance, row.Fresh = v.Observed, v.Null, v.NullMean, v.NullSD, v.Chance, j.fresh
	row.Learning, row.Memorization = v.Learning, v.Memorization
	if v.ZDefined {
		row.Z = &v.Z
	}
	row.LearningP, row.LearningPLow, row.LearningPHigh = v.LearningP, v.LearningPLow, v.LearningPHigh
	row.MemorizationP = v.MemorizationP
	reshuffles := len(j.counts.Reshuffled)
	row.Reshuffles = &reshuffles
	row.Flags = slices.Clone(flags)
	if v.Saturated() {
		row.Flags = append(row.Flags, result.FlagSaturated)
	}
	if v.FloorAboveLevel() {
		row.Flags = append(row.Flags, result.FlagFloor)
	}
	if j.parents >= ceilingShare {
		row.Flags = append(row.Flags, fmt.Sprintf("%s: parent among the neighbours of %.1f %% of the copies", result.FlagCeiling, 100*j.parents))
	}
	return Cell{row, j.counts, j.margins, j.classes}
}

func accuracy(predicted, labels []int32) float64 {
	hits := 0
	for i, p := range predicted {
		if p == labels[i] {
			hits++
		}
	}
	return float64(hits) / float64(len(labels))
}
