package memtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// family names the rows that p-values are adjusted over together: those of one
// network in one role. The network under test, the untrained network, raw inputs,
// twin and refit are a family each, since each asks a question of its own: is
// there anything that *these* features show? So exact p-values, of references, do
// not pay for descriptive ones, and a refit reaches what its own cells allow.
type family struct {
	role    features.Role
	network string
}

// adjust fills in the adjusted p-value of each row, family by family, and flags
// rows whose adjusted p-value could not reach the level whatever was measured. The
// flags and pointers of the rows given are not changed.
func adjust(rows []result.Row) error {
	families := map[family][]int{} // rows
	drawn := 0                     // most label sets of any row, but for refits, whose sets are networks
	for i, r := range rows {
		f := family{r.Upgraded().Role, r.Network}
		families[f] = append(families[f], i)
		if f.role != features.Refit {
			drawn = max(drawn, r.Permutations)
		}
	}
	for _, members := range families {
		of := make([]result.Row, len(members))
		for k, i := range members {
			of[k] = rows[i]
		}
		p, floor, err := adjusted(of, drawn)
		if err != nil {
			return err
		}
		for k, i := range members {
			rows[i].LearningPAdjusted = &p[k]
			rows[i].Flags = withFloor(rows[i], len(members), floor)
		}
	}
	return nil
}

// adjusted is the adjusted p-value of each row of a family, and the least that
// there could have been. Rows with equally many label sets share them and
// are adjusted by the step-down maximum, of the sides that their own p-values
// have, whose floor is that of one cell. Where label sets differ, as after
// sequential stops, Holm's procedure serves; its floor is that of one cell, with as
// many sets as any row of the run drew, times the number of cells.
func adjusted(rows []result.Row, drawn int) (p []float64, floor float64, err error) {
	one := rows[0]
	sides := 1.0
	if one.TwoSided {
		sides = 2
	}
	if slices.ContainsFunc(rows, func(r result.Row) bool {
		return r.Permutations != one.Permutations || r.TwoSided != one.TwoSided || len(r.Null) != r.Permutations || r.Stop > 0
	}) {
		for _, r := range rows {
			p = append(p, r.LearningP)
		}
		return perm.Holm(p), min(1, float64(len(rows))*sides*perm.Floor(drawn)), nil
	}
	var nulls [][]float64
	var observed []float64
	for _, r := range rows {
		nulls, observed = append(nulls, r.Null), append(observed, r.Observed)
	}
	maximum := perm.MaxT
	if one.TwoSided {
		maximum = perm.MaxTTwoSided
	}
	p, err = maximum(nulls, observed)
	return p, min(1, sides*perm.Floor(one.Permutations)), err
}

// adjustedFloor begins the flag of an adjusted p-value that cannot reach the
// level; the rest of the flag says why.
const adjustedFloor = result.FlagFloor + ": adjusted "

// withFloor are the flags of a row, with one on the floor of its family of so many
// cells where that is above the level. A row whose own p-value cannot reach the
// level says so already.
func withFloor(r result.Row, cells int, floor float64) []string {
	flags := slices.DeleteFunc(slices.Clone(r.Flags), func(f string) bool { return strings.HasPrefix(f, adjustedFloor) })
	if alpha := r.AlphaOrDefault(); floor > alpha && !slices.ContainsFunc(flags, func(f string) bool { return strings.HasPrefix(f, result.FlagFloor) }) {
		flags = append(flags, fmt.Sprintf("%sfor %d cells, %.3g is above the level %g", adjustedFloor, cells, floor, alpha))
	}
	return flags
}
