package rundir

import (
	"slices"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// inOrder puts rows into the order in which the folder had them when it was opened
// to go on. Rows that were damaged and measured again come to their old places, those
// whose line could not be read to the places of such lines, in the order in which
// they were measured; new rows come last.
func inOrder(rows []result.Row, order []string) []result.Row {
	place := map[string]int{}
	var lost []int // places of which it is not known whose they are
	for i, cell := range order {
		if cell == "" {
			lost = append(lost, i)
		} else {
			place[cell] = i
		}
	}
	at := make([]int, len(rows))
	for i, r := range rows {
		p, known := place[r.Cell()]
		switch {
		case known:
		case len(lost) > 0:
			p, lost = lost[0], lost[1:]
		default:
			p = len(order)
		}
		at[i] = p
	}
	indices := make([]int, len(rows))
	for i := range indices {
		indices[i] = i
	}
	slices.SortStableFunc(indices, func(a, b int) int { return at[a] - at[b] })
	sorted := make([]result.Row, len(rows))
	for i, j := range indices {
		sorted[i] = rows[j]
	}
	return sorted
}
