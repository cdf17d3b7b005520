package memtest

import (
	"strings"

	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// States of a unit.
const (
	UnitDone    = "done"
	unitRunning = "running" // a process measures at it at this moment
	unitBegun   = "begun"   // and nobody measures at it
	unitMissing = "missing"
)

// UnitState is how far a unit is.
type UnitState struct {
	Unit  string // its name
	Shard Shard  // whose it is
	State string // one of the above
	Host  string // where it was last measured at; "" = not known
	Rows  int    // so far
}

// Check tells how far each unit is, from the folders alone; command measures what is
// neither done nor running, "" where there is nothing.
func (m Merge) Check() (states []UnitState, command string, err error) {
	parts, err := m.parts()
	if err != nil {
		return nil, "", err
	}
	if err := m.alike(parts); err != nil {
		return nil, "", err
	}
	var commands []string
	for i, u := range parts[0].manifest.Units {
		best := UnitState{Unit: u, Shard: Shard{i%parts[0].Of + 1, parts[0].Of}, State: unitMissing}
		for _, p := range parts {
			if p.Name != u || best.State == UnitDone {
				continue
			}
			if best, err = p.state(u); err != nil {
				return nil, "", err
			}
		}
		states = append(states, best)
		if best.State == unitMissing || best.State == unitBegun {
			commands = appendOnce(commands, m.commandOf(parts, best.Shard))
		}
	}
	return states, strings.Join(commands, " ; "), nil
}

// state is how far the unit of a folder is.
func (p *measuredPart) state(u string) (UnitState, error) {
	s := UnitState{Unit: u, Shard: Shard{p.Number, p.Of}, State: UnitDone, Host: p.host(), Rows: len(p.rows)}
	if p.finished() {
		return s, nil
	}
	s.State = unitBegun
	if rows, _, err := p.dir.Rows(); err == nil {
		s.Rows = len(rows)
	}
	busy, err := rundir.Busy(p.Path)
	if busy {
		s.State = unitRunning
	}
	return s, err
}
