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
	"github.com/seed-1a417598/memtest/xla/probe"
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

// prepared are features that are ready for every probe.
type prepared struct {
	row        result.Row // what their rows have in common
	where      string     // their name in a sentence
	levels     []float64
	data       probe.Checked
	labels     []int32 // [n]
	fresh      []int32 // [m] labels of the fresh examples
	sets       perm.LabelSets
	b          int  // label sets beside the observed one
	enumerated bool // they are all distinct labelings
}

// prepare reads the features, level by level, checks and scales them, and finds
// the label sets. This is the one place where features are checked.
func (m *measurement) prepare(f features.Features) (prepared, error) {
	p := prepared{row: m.row(f), where: f.Where(), levels: f.Levels, labels: f.Labels, fresh: f.FreshLabels}
	if err := f.Check(); err != nil {
		return p, result.Input(err)
	}
	if err := m.labelSets(&p, f); err != nil {
		return p, result.Input(err)
	}
	scale := m.Scale == ScaleStandard || m.Scale == "" && f.Role != features.Input
	data, err := m.read(f, scale, &p.row)
	if err != nil {
		return p, err
	}
	p.row.Features = data.Train.Cols
	if f.Role != features.Refit { // its rows are of many networks
		p.row.WithinClass = withinClass(data.Train, f.Labels, f.Classes)
	}
	if p.data, err = data.Checked(); err != nil { // scaling can leave the range of float32
		return p, result.Input(err)
	}
	return p, nil
}

// read gathers the features of all levels, scaled where that is wanted; the row
// is told which columns were left out.
func (m *measurement) read(f features.Features, scale bool, row *result.Row) (probe.Data, error) {
	in := probe.Data{Train: f.Train, Fresh: f.Fresh, Classes: f.Classes}
	if err := in.Check(); err != nil {
		return in, result.Input(err)
	}
	var scaler probe.StandardScaler
	if scale {
		scaler = probe.FitStandardScaler(f.Train)
		if flag := droppedFlag(scaler.Dropped(), f.Train.Cols); flag != "" {
			row.Flags = append(row.Flags, flag)
		}
		in.Train = scaler.Transform(f.Train)
		if f.Fresh.Rows > 0 {
			in.Fresh = scaler.Transform(f.Fresh)
		}
	}
	for copies, err := range f.Copies {
		i := len(in.Valid)
		switch {
		case err != nil:
			return in, err
		case i == len(f.Levels):
			return in, inputf("there are more copies than the %d levels", len(f.Levels))
		case copies.Rows != f.Train.Rows || copies.Cols != f.Train.Cols:
			return in, inputf("the copies at level %g are %d×%d, but the training features are %d×%d; row i of the copies must belong to row i of the training features", f.Levels[i], copies.Rows, copies.Cols, f.Train.Rows, f.Train.Cols)
		}
		if err := copies.CheckFinite(fmt.Sprintf("features of the copies at level %g", f.Levels[i])); err != nil {
			return in, result.Input(err)
		}
		if scale {
			copies = scaler.Transform(copies)
		}
		in.Valid = append(in.Valid, copies)
	}
	if len(in.Valid) < len(f.Levels) {
		return in, inputf("there are copies at %d of the %d levels", len(in.Valid), len(f.Levels))
	}
	return in, nil
}

// inputf is an error that the caller's input made.
func inputf(format string, args ...any) error { return result.Input(fmt.Errorf(format, args...)) }

// droppedFlag is the flag of columns that were left out; "" where none were.
func droppedFlag(dropped, columns int) string {
	switch {
	case dropped == columns:
		return result.FlagConstant
	case dropped > 0:
		return fmt.Sprintf("%s: %d of %d", result.FlagDropped, dropped, columns)
	}
	return ""
}

// labelSets finds the label sets of the null: those that came with the features,
// else every distinct labelling where there are no more than B + 1 of them, else
// B random shuffles.
func (m *measurement) labelSets(p *prepared, f features.Features) (err error) {
	if err := m.reshuffle(f); err != nil {
		return err
	}
	switch {
	case f.Role == features.Refit:
		p.sets, p.b = fixedLabels(f.Labels), f.LabelSet
		return perm.CheckLabels(f.Labels, f.Classes)
	case f.Permuted != nil:
		p.b = len(f.Permuted)
		if p.sets, err = perm.NewGiven(f.Labels, f.Permuted, f.Classes); err != nil {
			return err
		}
	default:
		if p.sets, p.b, p.enumerated, err = labelSets(f.Labels, f.Classes, f.Groups, m.Permutations, m.Seed); err != nil {
			return err
		}
	}
	return perm.CheckPermutations(p.b, f.Classes, len(f.Levels))
}

// reshuffle draws the reshuffles of the copies, once for all features of as many
// examples in the same groups.
func (m *measurement) reshuffle(f features.Features) (err error) {
	if m.reshuffles != nil && m.n == len(f.Labels) && slices.Equal(m.groups, f.Groups) {
		return nil
	}
	m.n, m.groups = len(f.Labels), f.Groups
	m.reshuffles, err = perm.NewReshuffles(m.n, m.groups, perm.DefaultReshuffles, m.Seed)
	return err
}

// labelSets are the sets that stand for these labels, and how many there are
// beside the observed one.
func labelSets(labels []int32, classes int, groups []int32, permutations int, seed uint64) (sets perm.LabelSets, b int, enumerated bool, err error) {
	if all, err := perm.Enumerate(labels, classes, groups, permutations+1); err == nil {
		return all, all.Len() - 1, true, nil
	}
	shuffled, err := perm.NewShuffled(labels, classes, groups, seed)
	return shuffled, permutations, false, err
}

// fixedLabels are the labels of a network of a full refit: whatever its number
// is, it was trained on these.
type fixedLabels []int32

func (l fixedLabels) Examples() int          { return len(l) }
func (l fixedLabels) Classes() int           { return int(slices.Max(l)) + 1 }
func (l fixedLabels) Set(_ int, dst []int32) { copy(dst, l) }

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
