package memtest

import (
	"slices"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// Complete fills in what is known only when all rows of a run are there:
// p-values adjusted over the families of its cells (see family), with a flag where
// they could not reach the level, calibrated learning and, where evidence is given,
// differences to the references. The rows given are not changed; evidence gives that
// of a cell, false where it is not kept, and may be nil.
func Complete(rows []result.Row, evidence func(cell string) (Evidence, bool)) ([]result.Row, error) {
	rows = slices.Clone(rows)
	if len(rows) == 0 {
		return rows, nil
	}
	if evidence != nil {
		differ(rows, evidence)
	}
	if err := adjust(rows); err != nil {
		return nil, err
	}
	twins := map[string]result.Row{} // cell -> row
	for _, r := range rows {
		if r.Network == RefTwin {
			twins[r.Cell()] = r
		}
	}
	for i := range rows {
		r := &rows[i]
		r.Calibrated = nil
		key := *r
		key.Network = RefTwin
		twin, ok := twins[key.Cell()]
		if !ok || r.Network == RefTwin {
			continue
		}
		// Where penalties were chosen apart, the scale would mix two probes; where the
		// twin leaves no room, it says nothing. It stays empty.
		if kind, err := probe.Parse(r.Probe); err == nil && choosesOnLabels(kind) && r.Penalty != twin.Penalty {
			continue
		}
		if c, err := perm.Calibrate(r.Learning, r.Chance, twin.Learning); err == nil {
			r.Calibrated = &c
		}
	}
	return rows, nil
}
