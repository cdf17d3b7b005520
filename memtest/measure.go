package memtest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/perturb"
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
	var all []Cell
	for cell, err := range cells {
		if err != nil {
			return nil, err
		}
		rows, all = append(rows, cell.Row), append(all, cell)
	}
	return Complete(rows, EvidenceOf(all))
}

// EvidenceOf finds the evidence of cells by their names, as Complete asks for it.
func EvidenceOf(cells []Cell) func(cell string) (Evidence, bool) {
	kept := map[string]Evidence{}
	for _, c := range cells {
		kept[c.Cell()] = c.Evidence
	}
	return func(cell string) (Evidence, bool) { ev, ok := kept[cell]; return ev, ok && ev.Counts != nil }
}

// measurement measures features one after the other by the same options.
type measurement struct {
	Options
	probes []namedProbe
	metric metric
	sides  perm.Sides
	// onDevice says whether predictions are counted on the devices of an engine: those of
	// accelerators, but for tests.
	onDevice func(*xla.Engine) bool

	seen       map[string]bool  // cells that are measured, now or before
	reshuffles *perm.Reshuffles // of the copies, for memorization p
	n          int              // examples that the reshuffles are of
	groups     []int32          // blocks of the reshuffles
	within     *perm.Reshuffles // of the copies within true classes, for the p of memorization's own part
	classes    []int32          // those true classes
	refit      refit            // what the networks of a full refit have given so far

	// spends says of which features nobody else reads the matrices: they are scaled where
	// they lie. nil = of none.
	spends func(features.Features) bool
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
	xla.TrimMemory() // what training took
	err := func() error {
		p, err := m.prepare(f)
		if err != nil {
			return err
		}
		if f.Role == features.Refit {
			return m.refit.add(ctx, m, e, p)
		}
		for _, kind := range m.pending(f) {
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
	xla.TrimMemory() // the next probe, or training, takes other blocks
	if err != nil {
		return err
	}
	return m.emitLevels(p, kind, evidence, emit)
}

// emitLevels judges the evidence of all levels of a probe, with what one level says
// of the others.
func (m *measurement) emitLevels(p prepared, kind namedProbe, evidence []Evidence, emit func(Cell) error) error {
	doubtful := ""
	if !perturb.MixesFeatures(p.row.Perturbation) { // whose copies nobody could put out of order
		doubtful = doubtfulFlag(p.levels, evidence, p.labelNoise)
	}
	for i, level := range p.levels {
		row := p.row
		ownCopies(&row, p.own, i)
		if level > 0 && doubtful != "" {
			row.Flags = append(slices.Clone(row.Flags), doubtful)
		}
		if p.nearest != nil {
			row.Nearest = &p.nearest[i]
		}
		if err := m.emit(row, kind, level, evidence[i], p.null, emit); err != nil {
			return err
		}
	}
	return nil
}

// emit judges the evidence of a cell and hands the cell over, unless it was
// measured before.
func (m *measurement) emit(row result.Row, kind namedProbe, level float64, ev Evidence, of null, emit func(Cell) error) error {
	row.Probe, row.Level = kind.name, level
	row, err := m.judge(row, kind.Probe, ev, of)
	if err != nil {
		return err
	}
	known := m.known(row, of.permutations)
	m.seen[row.Cell()] = true
	if known {
		return nil
	}
	return emit(Cell{Row: row, Evidence: ev})
}

// row is what all rows of some features have in common.
func (m *measurement) row(f features.Features) result.Row {
	r := result.Row{
		Data: f.Data, Network: f.Network, Role: f.Role, Layer: f.Layer, Seed: f.Seed, Registered: m.Registered, Epoch: f.EpochNumber(), Perturbation: f.Perturbation, Unit: f.Unit,
		Exact: f.Exact, TrainAccuracy: f.TrainAccuracy, TestAccuracy: f.TestAccuracy, TrainedEpochs: f.TrainedEpochs, Flags: slices.Clone(f.Flags),
	}
	if r.Seed == 0 {
		r.Seed = m.Seed
	}
	return r
}

// pending are the probes of which a cell of these features is still to be measured.
func (m *measurement) pending(f features.Features) []namedProbe {
	var pending []namedProbe
	permutations := m.permutations(f)
	for _, p := range m.probes {
		if m.missing(f, p, permutations) {
			pending = append(pending, p)
		}
	}
	return pending
}

// missing says whether a level of a probe is still to be measured. Levels that
// are not are counted as done.
func (m *measurement) missing(f features.Features, p namedProbe, permutations int) bool {
	row := m.row(f)
	row.Probe = p.name
	missing := false
	for _, row.Level = range f.Levels {
		if m.known(row, permutations) {
			m.seen[row.Cell()] = true
		} else {
			missing = true
		}
	}
	return missing
}

// wanted says whether anything of these features is still to be measured.
func (m *measurement) wanted(f features.Features) bool { return len(m.pending(f.Resolve())) > 0 }

// permutations is the number of label sets that a cell of these features is to
// have beside the observed one: fewer than are asked for where there are no more,
// and 0 for a full refit, whose rows come when all its networks have.
func (m *measurement) permutations(f features.Features) int {
	switch {
	case m.Known == nil || f.Role == features.Refit:
		return 0
	case f.Permuted != nil:
		return len(f.Permuted)
	}
	design, err := perm.NewDesign(f.Labels, f.Classes, f.Groups)
	if err != nil { // features that are planned have no labels yet; wrong ones are refused when they are measured
		return m.Permutations
	}
	_, b, _ := design.Null(m.Permutations, m.Seed)
	return b
}

// known says whether a cell was measured before with so many permutations, or
// with fewer after which its sequential test had stopped.
func (m *measurement) known(row result.Row, permutations int) bool {
	if m.Known == nil {
		return false
	}
	before, ok := m.Known.Row(row.Cell())
	enough := ok && before.Permutations >= permutations
	if enough || !ok || m.Stop == 0 {
		return enough
	}
	test, err := perm.Sequential{H: m.Stop, Max: permutations}.Values(before.Observed, before.Null, 0)
	if err != nil || test.Done {
		return err == nil
	}
	// The set that ended the test is not among those of the row.
	ev, ok := m.Known.Evidence(row.Cell())
	if !ok || len(ev.Decided) == 0 {
		return false
	}
	test, err = sequential(m.Stop, permutations, ev)
	return err == nil && test.Done
}

// report tells the listener what is being done.
func (m *measurement) report(format string, args ...any) {
	m.reportLeft(0, format, args...)
}

// reportLeft is report of something that takes so long yet.
func (m *measurement) reportLeft(left time.Duration, format string, args ...any) {
	if m.Progress != nil {
		m.Progress(Progress{fmt.Sprintf(format, args...), len(m.seen), m.Total, left})
	}
}
