package rundir

import (
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/result"
)

func TestInOrder(t *testing.T) {
	row := func(level float64) result.Row { return sample(level) }
	cell := func(level float64) string { return sample(level).Cell() }
	for name, c := range map[string]struct {
		rows  []float64
		order []string
		want  []float64
	}{
		"nothing is known":      {[]float64{3, 1, 2}, nil, []float64{3, 1, 2}},
		"measured again":        {[]float64{1, 3, 2}, []string{cell(1), cell(2), cell(3)}, []float64{1, 2, 3}},
		"lines that were lost":  {[]float64{2, 1, 3, 4}, []string{"", cell(2), "", ""}, []float64{1, 2, 3, 4}},
		"new ones":              {[]float64{1, 3, 2, 4}, []string{cell(1), cell(2)}, []float64{1, 2, 3, 4}},
		"fewer than there were": {[]float64{3, 1}, []string{cell(1), cell(2), cell(3)}, []float64{1, 3}},
	} {
		var rows []result.Row
		for _, level := range c.rows {
			rows = append(rows, row(level))
		}
		var got []float64
		for _, r := range inOrder(rows, c.order) {
			got = append(got, r.Level)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
