package memtest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// Merge says which shards are put together.
type Merge struct {
	Out    string            // the folder of the run, below which shards lie
	Others []string          // further such folders, brought from elsewhere
	Strict bool              // refuse what Note would only be told of
	Note   func(text string) // hears what is unusual, one sentence each; nil = nobody does
}

// Run puts the units of a run together in its folder, where the rows then are what one
// process would have written, with the evidence and the networks. The folder that it
// returns is open, and not finished: the caller adds what he has to add, finishes it at
// Manifest.Finished, with Manifest.Compiled, and closes it. Errors, which count as result.ErrInput: folders
// without shards, shards of different runs, data, networks, programs or backends, a cell
// that two folders measured with different numbers, and units that are missing, with the
// commands that measure them.
func (m Merge) Run() (d *rundir.Dir, rows []result.Row, f Folder, err error) {
	parts, err := m.parts()
	if err != nil {
		return nil, nil, f, err
	}
	if err := m.alike(parts); err != nil {
		return nil, nil, f, err
	}
	chosen, err := m.choose(parts)
	if err != nil {
		return nil, nil, f, err
	}
	f = Folder{Config: parts[0].config, Manifest: manifestOf(chosen)}
	if f.Labels, err = m.labels(parts, chosen); err != nil {
		return nil, nil, f, err
	}
	if d, err = rundir.Join(m.Out, parts[0].dir.Config(), f.Manifest); err != nil {
		return nil, nil, f, err
	}
	if rows, err = f.join(d, chosen); err != nil {
		return nil, nil, f, errors.Join(err, d.Close())
	}
	return d, rows, f, nil
}

// labels are those that one of the units kept; all are of the same data.
func (m Merge) labels(parts, chosen []*measuredPart) (labels []int32, err error) {
	for _, p := range chosen {
		if labels, err = p.dir.Labels(); err == nil {
			return labels, nil
		}
	}
	p := chosen[0]
	return nil, result.Inputf("%s: no unit has kept the labels of the data (%v): remove %s and measure it again: %s", m.Out, err, p.Path, m.commandOf(parts, Shard{p.Number, p.Of}))
}

// join brings what was measured apart into the run's folder.
func (f Folder) join(d *rundir.Dir, chosen []*measuredPart) ([]result.Row, error) {
	if err := d.KeepLabels(f.Labels); err != nil {
		return nil, err
	}
	var rows []result.Row
	var refit [][]Cell // of its parts
	for _, p := range chosen {
		if err := d.TakeNetworks(p.dir); err != nil {
			return nil, err
		}
		if isRefitPart(p.Name) {
			refit = append(refit, p.dir.Cells(p.rows))
			continue
		}
		for _, r := range p.rows {
			if err := d.TakeEvidence(p.dir, r.Cell()); err != nil {
				return nil, err
			}
			rows = append(rows, r)
		}
	}
	if len(refit) > 0 {
		cells, err := f.Config.joinRefit(refit)
		if err != nil {
			return nil, err
		}
		if err := d.Fill(withoutErrors(cells), true); err != nil {
			return nil, err
		}
		for _, c := range cells {
			rows = append(rows, c.Row)
		}
	}
	rows, err := Complete(rows, d.Evidence)
	if err != nil {
		return nil, err
	}
	return rows, d.ReplaceRows(rows)
}

func (m Merge) note(sentence string) {
	if m.Note != nil {
		m.Note(sentence)
	}
}

// choose takes one finished folder of each unit, in the order of the units. What was
// measured twice must be equal.
func (m Merge) choose(parts []*measuredPart) ([]*measuredPart, error) {
	var chosen []*measuredPart
	var missing []int // numbers of units
	for i, unit := range parts[0].manifest.Units {
		var one *measuredPart
		for _, p := range parts {
			if p.Name != unit {
				continue
			}
			if p.damage != nil {
				m.note(fmt.Sprintf("%s is not whole: %v", p.Path, p.damage))
			}
			if !p.finished() {
				continue
			}
			if one == nil {
				one = p
			} else if err := sameNumbers(one, p); err != nil {
				return nil, err
			}
		}
		if one == nil {
			missing = append(missing, i)
			continue
		}
		chosen = append(chosen, one)
	}
	if len(missing) > 0 {
		return nil, m.missingUnits(parts, missing)
	}
	return chosen, nil
}

// sameNumbers is nil where two folders have the same numbers for the same cells.
func sameNumbers(a, b *measuredPart) error {
	lines := map[string]string{}
	for _, r := range a.rows {
		lines[r.Cell()] = withoutConfig(r)
	}
	for _, r := range b.rows {
		if there, ok := lines[r.Cell()]; !ok || there != withoutConfig(r) {
			return result.Inputf("%s (on %s) and %s (on %s) have different numbers for %s: they were not measured alike; take away the one that you do not trust, and merge again", a.Path, a.host(), b.Path, b.host(), r.Place())
		}
	}
	if len(a.rows) != len(b.rows) {
		return result.Inputf("%s has %d rows and %s has %d, and both say that they are finished; take away the one that you do not trust, and merge again", a.Path, len(a.rows), b.Path, len(b.rows))
	}
	return nil
}

// withoutConfig is a row as a line, but for the name of its configuration, which
// depends on how paths are spelled.
func withoutConfig(r result.Row) string {
	r.Config = ""
	line, err := r.Line()
	if err != nil {
		return err.Error()
	}
	return string(line)
}

// manifestOf is that of the whole run: the first part's, with an entry for each
// shard, in the order of their first units.
func manifestOf(chosen []*measuredPart) result.Manifest {
	m := chosen[0].manifest
	m.Shard, m.Units, m.Tasks, m.Shards, m.Command = "", nil, nil, nil, withoutShard(m.Command)
	m.Compiled = result.Compiled{}
	finished := time.Time{}
	for _, p := range chosen {
		m.Compiled = m.Compiled.Plus(p.manifest.Compiled)
		if p.manifest.Started.Before(m.Started) {
			m.Started = p.manifest.Started
		}
		if at := p.manifest.Finished; at != nil && at.After(finished) {
			finished = *at
		}
		name := Shard{p.Number, p.Of}.String()
		i := slices.IndexFunc(m.Shards, func(s result.Shard) bool { return s.Shard == name })
		if i < 0 {
			i, m.Shards = len(m.Shards), append(m.Shards, result.Shard{Shard: name})
		}
		m.Shards[i].Parts = append(m.Shards[i].Parts, result.Part{Name: p.Name, Folder: p.Path, Tasks: p.manifest.Tasks})
	}
	m.Finished = &finished
	return m
}
