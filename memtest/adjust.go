package memtest

import (
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// adjust returns the adjusted p-value of each row. Rows with equally many label
// sets share them and are adjusted together by the step-down maximum, of the sides
// that their own p-values have; where a run
// has two such groups, as one with a full refit, each bears half of the error.
// With more groups, as after sequential stops, Holm's procedure serves all.
func adjust(rows []result.Row) ([]float64, error) {
	type group struct {
		permutations int
		twoSided     bool
	}
	groups := map[group][]int{} // rows
	whole := true
	for i, r := range rows {
		g := group{r.Permutations, r.TwoSided}
		groups[g] = append(groups[g], i)
		whole = whole && len(r.Null) == r.Permutations
	}
	p := make([]float64, len(rows))
	if len(groups) > 2 || !whole {
		for i, r := range rows {
			p[i] = r.LearningP
		}
		return perm.Holm(p), nil
	}
	for g, members := range groups {
		var nulls [][]float64
		var observed []float64
		for _, i := range members {
			nulls, observed = append(nulls, rows[i].Null), append(observed, rows[i].Observed)
		}
		maximum := perm.MaxT
		if g.twoSided {
			maximum = perm.MaxTTwoSided
		}
		adjusted, err := maximum(nulls, observed)
		if err != nil {
			return nil, err
		}
		for k, i := range members {
			p[i] = min(1, adjusted[k]*float64(len(groups)))
		}
	}
	return p, nil
}
