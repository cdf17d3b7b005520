package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// view is the rows of a run in reading order, with the values that each field
// takes, in the order of their first row (levels and epochs ascending).
type view struct {
	rows          []result.Row
	networks      []string                 // under test
	others        map[features.Role]string // names of those measured for comparison
	layers        []string
	probes        []string
	perturbations []string
	seeds         []uint64
	cells         map[setting][]cell // by level, ascending
	compared      int                // comparisons, once they are counted
	findingsMade  []document.Finding // verdicts, once they are made
}

func newView(rows []result.Row) (*view, error) {
	v := &view{rows: slices.Clone(rows), cells: map[setting][]cell{}, others: map[features.Role]string{}}
	for i, r := range v.rows {
		r = r.Upgraded()
		v.rows[i] = r
		if err := r.Check(); err != nil {
			return nil, fmt.Errorf("the row of %s cannot be reported: %w", r.Place(), err)
		}
		if r.UnderTest() {
			v.networks = once(v.networks, r.Network)
		} else {
			v.others[r.Role] = r.Network
		}
		v.layers = once(v.layers, r.Layer)
		v.probes = once(v.probes, r.Probe)
		v.perturbations = once(v.perturbations, r.Perturbation)
		v.seeds = once(v.seeds, r.Seed)
	}
	slices.Sort(v.seeds)
	slices.SortStableFunc(v.rows, func(a, b result.Row) int {
		return cmp.Or(
			cmp.Compare(slices.Index(v.perturbations, a.Perturbation), slices.Index(v.perturbations, b.Perturbation)),
			cmp.Compare(slices.Index(v.probes, a.Probe), slices.Index(v.probes, b.Probe)),
			cmp.Compare(v.rank(a), v.rank(b)),
			cmp.Compare(a.Seed, b.Seed),
			cmp.Compare(a.Epoch, b.Epoch),
			cmp.Compare(slices.Index(v.layers, a.Layer), slices.Index(v.layers, b.Layer)),
			cmp.Compare(a.Level, b.Level),
		)
	})
	for _, r := range v.rows {
		s := setting{roleOf(r), r.Network, r.Layer, r.Probe, r.Perturbation, r.Epoch}
		i, found := slices.BinarySearchFunc(v.cells[s], r.Level, func(c cell, level float64) int { return cmp.Compare(c.level, level) })
		if !found {
			v.cells[s] = slices.Insert(v.cells[s], i, cell{setting: s, level: r.Level})
		}
		v.cells[s][i].rows = append(v.cells[s][i].rows, r)
	}
	return v, nil
}

func once[T comparable](s []T, v T) []T {
	if slices.Contains(s, v) {
		return s
	}
	return append(s, v)
}

// rank orders networks: the raw input, what stands for the networks before their
// training, the networks under test, a full refit, the twin.
func (v *view) rank(r result.Row) int {
	switch role := roleOf(r); role {
	case features.Input:
		return -3
	case features.Untrained:
		return -2
	case features.Start:
		return -1
	case features.Refit:
		return len(v.networks)
	case features.Twin:
		return len(v.networks) + 1
	}
	return slices.Index(v.networks, r.Network)
}

// at is the cell of a setting at a level.
func (v *view) at(s setting, level float64) (cell, bool) {
	for _, c := range v.cells[s] {
		if c.level == level {
			return c, true
		}
	}
	return cell{}, false
}

// unit is that of a perturbation's levels.
func (v *view) unit(perturbation string) string {
	for _, r := range v.rows {
		if r.Perturbation == perturbation && r.Unit != "" {
			return word.Name(r.Unit)
		}
	}
	return ""
}

// place names a level of a perturbation in a sentence. Copies that came in a file have
// no perturbation to name.
func (v *view) place(perturbation string, level float64) string {
	if perturbation == features.Given {
		return "level " + number.Level(level)
	}
	return word.Name(perturbation) + " " + number.Level(level)
}

// examples is what a sentence calls the things that were perturbed.
func (v *view) examples(perturbation string) string {
	if strings.Contains(v.unit(perturbation), "pixel") {
		return "images"
	}
	return "examples"
}
