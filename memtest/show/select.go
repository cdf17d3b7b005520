package show

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// Where returns the rows for which keep is true, in their order.
func Where(rows []result.Row, keep func(result.Row) bool) []result.Row {
	var kept []result.Row
	for _, r := range rows {
		if keep(r) {
			kept = append(kept, r)
		}
	}
	return kept
}

// At returns the one row of a network at an epoch as one probe sees it at one
// level. It is an error where there is none, or where several layers or seeds
// have one: pick with Where first.
func At(rows []result.Row, network string, epoch int, probe string, level float64) (result.Row, error) {
	found := Where(rows, func(r result.Row) bool {
		return r.Network == network && r.Epoch == epoch && r.Probe == probe && r.Level == level
	})
	if len(found) != 1 {
		return result.Row{}, fmt.Errorf("%d rows are of %s, epoch %d, %s, level %g; one was asked for", len(found), network, epoch, probe, level)
	}
	return found[0], nil
}
