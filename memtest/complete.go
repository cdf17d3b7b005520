package memtest

import (
	"slices"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// Complete fills in what is known only when all rows of a run are there:
// p-values adjusted over the families of its cells (see family), with a flag where
// they could not reach the level, calibrated learning, with a flag where the twin is
// not as accurate as its network, and, where evidence is given, differences to the
// references. The rows given are not changed; evidence gives that
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
	calibrate(rows)
	return rows, nil
}

// calibrate fills in calibrated learning, by the rows of the twin, and flags twins
// whose training accuracy is not that of their network.
func calibrate(rows []result.Row) {
	twins := map[string]int{} // cell -> row
	for i, r := range rows {
		if r.Network == RefTwin {
			twins[r.Cell()] = i
		}
	}
	for i := range rows {
		r := &rows[i]
		r.Calibrated = nil
		key := *r
		key.Network = RefTwin
		k, ok := twins[key.Cell()]
		if !ok || r.Network == RefTwin || r.Role == features.Start {
			continue
		}
		twin := &rows[k]
		if r.Role == features.Network && r.TrainAccuracy != nil && twin.TrainAccuracy != nil {
			for _, flag := range twinFlags(*twin.TrainAccuracy, *r.TrainAccuracy) {
				if !slices.Contains(twin.Flags, flag) {
					twin.Flags = append(slices.Clone(twin.Flags), flag)
				}
			}
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
}
