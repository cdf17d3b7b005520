package memtest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
)

// Cell is one measurement with the evidence behind it.
type (
	Cell     = result.Cell
	Evidence = result.Evidence
)

// errStopped ends a measurement whose reader has seen enough.
var errStopped = errors.New("stopped")

// Measure measures a stream of features and yields each cell as soon as it is
// known: of each features probe by probe, and of each probe level by level; those
// of a full refit when all its networks have come. A probe is fitted once for all
// levels. The features given are not changed.
func Measure(ctx context.Context, e *xla.Engine, stream iter.Seq2[features.Features, error], o Options) iter.Seq2[Cell, error] {
	return func(yield func(Cell, error) bool) {
		m, err := newMeasurement(o.withDefaults())
		if err != nil {
			yield(Cell{}, err)
			return
		}
		m.all(ctx, e, stream, yield)
	}
}

// Rows are the complete rows of all cells, see Complete.
func Rows(cells iter.Seq2[Cell, error]) ([]result.Row, error) {
	var rows []result.Row
	for cell, err := range cells {
		if err != nil {
			return nil, err
		}
		rows = append(rows, cell.Row)
	}
	return Complete(rows)
}

// measurement measures features one after the other by the same options.
type measurement struct {
	Options
	probes []namedProbe
	metric metric
	sides  perm.Sides

	seen       map[string]bool  // cells that are measured, now or before
	reshuffles *perm.Reshuffles // of the copies, for memorization p
	n          int              // rows that those are of
	groups     []int32          // within which they stay
	refit      refit            // what the networks of a full refit have given so far
}

// all measures a stream.
func (m *measurement) all(ctx context.Context, e *xla.Engine, stream iter.Seq2[features.Features, error], yield func(Cell, error) bool) {
	emit := func(c Cell) error {
		if !yield(c, nil) {
			return errStopped
		}
		return nil
	}
	err := func() error {
		for f, err := range stream {
			if err != nil {
				return err
			}
			if err := m.features(ctx, e, f.Resolve(), emit); err != nil {
				return err
			}
		}
		return m.refit.emit(m, emit)
	}()
	if err != nil && !errors.Is(err, errStopped) {
		yield(Cell{}, err)
	}
}

// features measures one layer of one network.
func (m *measurement) features(ctx context.Context, e *xla.Engine, f features.Features, emit func(Cell) error) error {
	if !m.wanted(f) {
		return nil
	}
	m.report("features of %s", f.Where())
	err := func() error {
		p, err := m.prepare(f)
		if err != nil {
			return err
		}
		if f.Role == features.Refit {
			return m.refit.add(ctx, m, e, p)
		}
		for _, kind := range m.open(f) {
			if err := m.probe(ctx, e, p, kind, emit); err != nil {
				return err
			}
		}
		return nil
	}()
	if err != nil && !errors.Is(err, errStopped) && ctx.Err() == nil {
		return fmt.Errorf("%s: %w", f.Where(), err)
	}
	return err
}

// probe measures all levels by one probe.
func (m *measurement) probe(ctx context.Context, e *xla.Engine, p prepared, kind namedProbe, emit func(Cell) error) error {
	evidence, err := m.gather(ctx, e, p, kind)
	if err != nil {
		return err
	}
	for i, level := range p.levels {
		if err := m.emit(p.row, kind, level, evidence[i], p.enumerated, emit); err != nil {
			return err
		}
	}
	return nil
}

// emit judges the evidence of a cell and hands the cell over, unless it was
// measured before.
func (m *measurement) emit(row result.Row, kind namedProbe, level float64, ev Evidence, enumerated bool, emit func(Cell) error) error {
	row.Probe, row.Level = kind.name, level
	row, err := m.judge(row, kind.Probe, ev, enumerated)
	if err != nil {
		return err
	}
	known := m.known(row)
	m.seen[row.Cell()] = true
	if known {
		return nil
	}
	return emit(Cell{Row: row, Evidence: ev})
}

// row is what all rows of some features have in common.
func (m *measurement) row(f features.Features) result.Row {
	r := result.Row{
		Data: f.Data, Network: f.Network, Role: f.Role, Layer: f.Layer, Seed: f.Seed, Epoch: f.EpochNumber(), Perturbation: f.Perturbation, Unit: f.Unit,
		Exact: f.Exact, TrainAccuracy: f.TrainAccuracy, TestAccuracy: f.TestAccuracy, TrainedEpochs: f.TrainedEpochs, Flags: slices.Clone(f.Flags),
	}
	if r.Seed == 0 {
		r.Seed = m.Seed
	}
	return r
}

// open are the probes of which a cell of these features is still to be measured.
func (m *measurement) open(f features.Features) []namedProbe {
	var open []namedProbe
	for _, p := range m.probes {
		if m.missing(f, p) {
			open = append(open, p)
		}
	}
	return open
}

// missing says whether a level of a probe is still to be measured. Levels that
// are not are counted as done.
func (m *measurement) missing(f features.Features, p namedProbe) bool {
	row := m.row(f)
	row.Probe = p.name
	missing := false
	for _, row.Level = range f.Levels {
		if m.known(row) {
			m.seen[row.Cell()] = true
		} else {
			missing = true
		}
	}
	return missing
}

// wanted says whether anything of these features is still to be measured.
func (m *measurement) wanted(f features.Features) bool { return len(m.open(f.Resolve())) > 0 }

// known says whether a cell was measured before, with no fewer label sets than
// are asked for now.
func (m *measurement) known(row result.Row) bool {
	if m.Known == nil {
		return false
	}
	before, ok := m.Known.Row(row.Cell())
	return ok && (before.Permutations >= m.Permutations || m.Stop > 0)
}

// report tells the listener what is being done.
func (m *measurement) report(format string, args ...any) {
	if m.Progress != nil {
		m.Progress(Progress{fmt.Sprintf(format, args...), len(m.seen), m.Total})
	}
}
