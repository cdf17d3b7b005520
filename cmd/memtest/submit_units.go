package main

import (
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// missingShards are the shards of n, from 1, of which a unit is not finished in the
// folder of a run.
func missingShards(out string, units []memtest.Unit, n int) []int {
	var some []int
	for k := 1; k <= n; k++ {
		for _, u := range (memtest.Shard{Number: k, Of: n}).Units(units) {
			if !memtest.UnitFinished(rundir.PartFolder(out, k, n, u.String())) {
				some = append(some, k)
				break
			}
		}
	}
	return some
}
