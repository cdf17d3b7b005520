package memtest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
)

// ShardOf is one shard of a run that is kept in a folder. Each of its units is measured
// into a folder of its own, see rundir.PartFolder, which holds rows as they were
// measured: Merge completes them.
type ShardOf struct {
	Folder // of the whole run
	Shard  Shard
	Out    string            // the run's folder
	Note   func(text string) // hears what is unusual, one sentence each; nil = nobody does

	units []string // names of all units of the run
}

// Run begins the units of the shard, or goes on with them, one after the other; what is
// there already is not measured again. A unit that another process measures at is waited
// for. A unit that was begun, and not finished, on a machine that computes otherwise is
// begun over; the folder of before is set aside.
func (s ShardOf) Run(ctx context.Context, e *xla.Engine, x *Experiment) error {
	if err := rundir.ForShards(s.Out); err != nil {
		return err
	}
	if n, err := rundir.ShardCount(s.Out); err != nil {
		return err
	} else if n != 0 && n != s.Shard.Of {
		return result.Inputf("%s holds a run of %d shards, not %d: give %d as in --shard 1/%[2]d, or another folder with --out", s.Out, n, s.Shard.Of, n)
	}
	if err := s.sameRun(); err != nil {
		return err
	}
	units := x.Units()
	own := s.Shard.Units(units)
	for _, u := range units {
		s.units = append(s.units, u.String())
	}
	if len(own) == 0 {
		s.note("shard %v has nothing to measure: there are %d shards for %d units", s.Shard, s.Shard.Of, len(units))
	}
	for _, u := range own {
		if err := s.unit(ctx, e, x, u); err != nil {
			return err
		}
	}
	return nil
}

// sameRun refuses a configuration that is not that of the parts which are there.
func (s ShardOf) sameRun() error {
	parts, err := rundir.Parts(s.Out)
	if err != nil {
		return err
	}
	for _, part := range parts {
		p, err := readPart(part)
		if err != nil {
			return err
		}
		if p == nil { // nothing was begun there
			continue
		}
		if now := s.Config.spelledAs(p.config).YAML(); !bytes.Equal(now, p.dir.Config()) {
			return result.Inputf("%s holds shards of another run (%s, which differs from what was asked %s): give the options that they were begun with, or another folder with --out", s.Out, p.dir.Path(rundir.ConfigFile), rundir.Difference(p.dir.Config(), now))
		}
		if err := p.dir.SameBasis(s.Manifest); err != nil && !otherMachine(err) && !s.Anew {
			return err
		}
		return nil
	}
	return nil
}

func (s ShardOf) note(format string, args ...any) {
	if s.Note != nil {
		s.Note(fmt.Sprintf(format, args...))
	}
}

// unit measures what is missing of a unit.
func (s ShardOf) unit(ctx context.Context, e *xla.Engine, x *Experiment, u Unit) (err error) {
	path := rundir.PartFolder(s.Out, s.Shard.Number, s.Shard.Of, u.String())
	d, fresh, err := s.begin(ctx, path)
	if err != nil || d == nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	before := Compiled(e)
	if err := d.Fill(x.In(d).Part(u).Cells(ctx, e), true); err != nil {
		if fresh && ctx.Err() == nil { // bad input leaves nothing behind
			err = errors.Join(err, d.Abandon())
		}
		return err
	}
	rows, _, err := d.Rows()
	if err != nil {
		return err
	}
	x.inOrder(rows) // what was lost, and measured again, came last
	if err := d.ReplaceRows(rows); err != nil {
		return err
	}
	now, compiled := time.Now(), Compiled(e).Since(before)
	return d.Amend(func(m *result.Manifest) {
		m.Unfinished, m.Finished, m.Rows, m.Compiled = false, &now, len(rows), compiled
		m.Tasks[len(m.Tasks)-1].Finished = &now
	})
}

// inOrder puts the rows of a unit into the order in which they are measured.
func (x *Experiment) inOrder(rows []result.Row) {
	twin := func(r result.Row) int {
		if r.Role == features.Twin {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(rows, func(a, b result.Row) int {
		return cmp.Or(twin(a)-twin(b), a.Epoch-b.Epoch,
			slices.Index(x.layers, a.Layer)-slices.Index(x.layers, b.Layer),
			slices.Index(x.Config.Probes, a.Probe)-slices.Index(x.Config.Probes, b.Probe),
			slices.Index(x.Config.Levels, a.Level)-slices.Index(x.Config.Levels, b.Level))
	})
}

// begin opens the folder of a unit to measure what is missing there; nil where nothing
// is. fresh says that it made the folder.
func (s ShardOf) begin(ctx context.Context, path string) (d *rundir.Dir, fresh bool, err error) {
	f := s.Folder
	f.Manifest.Shard, f.Manifest.Units = s.Shard.String(), s.units
	task := result.NewTask(f.Manifest)
	err = WhenFree(ctx, s.Note, func() error {
		there, missing := rundir.Open(path)
		if missing == nil && f.unitFinished(there) {
			return nil
		}
		var notes result.Notes
		var err error
		d, notes, err = f.Begin(path, missing == nil)
		if otherMachine(err) {
			if err = s.over(path, &task); err == nil {
				missing = fs.ErrNotExist
				d, notes, err = f.Begin(path, false)
			}
		}
		fresh = missing != nil
		for _, sentence := range notes.Sentences() {
			s.note("%s: %s", path, sentence)
		}
		return err
	})
	if err != nil || d == nil {
		return nil, false, err
	}
	task.Started = time.Now()
	err = d.Amend(func(m *result.Manifest) { m.Shard, m.Units, m.Tasks = f.Manifest.Shard, s.units, append(m.Tasks, task) })
	return d, fresh, err
}

// WhenFree calls begin again and again, once a second, while another process measures
// into the folder that it begins, or until ctx ends, whose cause it returns then. note
// hears of it once and may be nil.
func WhenFree(ctx context.Context, note func(text string), begin func() error) error {
	for waiting := false; ; waiting = true {
		err := begin()
		if busy := (*rundir.InUse)(nil); !errors.As(err, &busy) {
			return err
		}
		if !waiting && note != nil {
			who, _, _ := strings.Cut(err.Error(), ": wait until")
			note(who + "; this one waits until that one has ended")
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(time.Second):
		}
	}
}

// over sets the folder of a unit aside that was begun on another kind of machine.
func (s ShardOf) over(path string, task *result.Task) error {
	aside, err := rundir.SetAside(path)
	if err != nil {
		return err
	}
	task.Over = fmt.Sprintf("%s had been begun on a machine that computes otherwise, so it began over; what was there is in %s", path, aside)
	s.note("%s", task.Over)
	return nil
}

// otherMachine says whether a run cannot be gone on with since this machine computes
// otherwise than the one that it was begun on, and for no other reason.
func otherMachine(err error) bool {
	var other *rundir.OtherBasis
	return errors.As(err, &other) && other.Ground.Machine
}

// unitFinished says whether the folder of a unit holds all of it. What was finished
// elsewhere stays.
func (f Folder) unitFinished(d *rundir.Dir) bool {
	m, err := d.Manifest()
	if err != nil || m.Unfinished || wholeUnit(d, m) != nil {
		return false
	}
	if err := d.SameBasis(f.Manifest); err != nil && !otherMachine(err) {
		return false
	}
	old, err := ConfigOf(d)
	return err == nil && bytes.Equal(d.Config(), f.Config.spelledAs(old).YAML())
}

// UnitFinished says whether a folder holds a unit with all its rows and their evidence.
func UnitFinished(path string) bool {
	d, err := rundir.Open(path)
	if err != nil {
		return false
	}
	m, err := d.Manifest()
	return err == nil && !m.Unfinished && wholeUnit(d, m) == nil
}

// wholeUnit is nil where the folder of a unit that is finished has all its rows, those
// of no other unit, and their evidence.
func wholeUnit(d *rundir.Dir, m result.Manifest) error {
	rows, _, err := d.Rows()
	if err != nil {
		return err
	}
	if len(rows) != m.Rows {
		return fmt.Errorf("%s has %d rows of %d", d.Path(rundir.RowsFile), len(rows), m.Rows)
	}
	for _, r := range rows {
		if name := filepath.Base(d.Path(".")); !isOf(name, r) {
			return fmt.Errorf("%s holds %s, which is not of %s", d.Path(rundir.RowsFile), r.Cell(), name)
		}
	}
	for _, damage := range d.Verify(rows) {
		return damage
	}
	return nil
}

// isOf says whether a row is of the unit of this name.
func isOf(unit string, r result.Row) bool {
	switch r.Role {
	case features.Input:
		return unit == string(features.Input)
	case features.Refit:
		return unit == string(features.Refit) || isRefitPart(unit)
	}
	return unit == Unit{Role: features.Network, Seed: r.Seed}.String()
}
