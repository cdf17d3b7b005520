package memtest

import (
	"slices"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// Complete fills in what is known only when all rows of a run are there:
// p-values adjusted over its cells (see adjust) and calibrated learning. The rows
// given are not changed.
func Complete(rows []result.Row) ([]result.Row, error) {
	rows = slices.Clone(rows)
	if len(rows) == 0 {
		return rows, nil
	}
	adjusted, err := adjust(rows)
	if err != nil {
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
		r.LearningPAdjusted = &adjusted[i]
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

// adjust returns the adjusted p-value of each row. Rows with equally many label
// sets share them and are adjusted together by the step-down maximum; where a run
// has two such groups, as one with a full refit, each bears half of the error.
// With more groups, as after sequential stops, Holm's procedure serves all.
func adjust(rows []result.Row) ([]float64, error) {
	groups := map[int][]int{} // permutations -> rows
	whole := true
	for i, r := range rows {
		groups[r.Permutations] = append(groups[r.Permutations], i)
		whole = whole && len(r.Null) == r.Permutations
	}
	p := make([]float64, len(rows))
	if len(groups) > 2 || !whole {
		for i, r := range rows {
			p[i] = r.LearningP
		}
		return perm.Holm(p), nil
	}
	for _, members := range groups {
		var nulls [][]float64
		var observed []float64
		for _, i := range members {
			nulls, observed = append(nulls, rows[i].Null), append(observed, rows[i].Observed)
		}
		adjusted, err := perm.MaxT(nulls, observed)
		if err != nil {
			return nil, err
		}
		for k, i := range members {
			p[i] = min(1, adjusted[k]*float64(len(groups)))
		}
	}
	return p, nil
}
