package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// unitNames are the parts of a run that are measured on their own, by the names of
// their folders: the raw inputs, each network with its twin, a refit.
func unitNames(c memtest.Config) []string {
	var names []string
	if slices.Contains(c.Refs, memtest.RefInput) {
		names = append(names, "input")
	}
	for i := range c.Seeds {
		names = append(names, fmt.Sprintf("network-%d", c.Seed+uint64(i)))
	}
	if c.Refit > 0 {
		names = append(names, "refit")
	}
	return names
}

// units is how many there are.
func units(c memtest.Config) int { return len(unitNames(c)) }

// missingShards are the shards of n, from 1, of which a unit is not finished: unit j
// is that of shard j mod n + 1, in the folder K-of-N/UNIT.
func missingShards(folder string, c memtest.Config, n int) []int {
	missing := make([]bool, n)
	for j, name := range unitNames(c) {
		k := j % n
		if !finishedRun(filepath.Join(folder, fmt.Sprintf("%d-of-%d", k+1, n), name)) {
			missing[k] = true
		}
	}
	var some []int
	for k, m := range missing {
		if m {
			some = append(some, k+1)
		}
	}
	return some
}

// finishedRun says whether a folder holds a run that came to its end.
func finishedRun(folder string) bool {
	d, err := rundir.Open(folder)
	if err != nil {
		return false
	}
	m, err := d.Manifest()
	return err == nil && !m.Unfinished
}
