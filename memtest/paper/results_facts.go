package paper

import (
	"cmp"
	"slices"

	"github.com/seed-1a417598/memtest/memtest/perm"
)

// facts are the values of a fact by training seed; there must be some.
func (res *results) facts(run, name, probe string, level float64) []float64 {
	var found []Fact
	for _, f := range res.Facts {
		if f.Run == run && f.Name == name && f.Probe == probe && f.Level == level {
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(x, y Fact) int { return cmp.Compare(x.Seed, y.Seed) })
	var out []float64
	for _, f := range found {
		out = append(out, f.Value)
	}
	if len(out) == 0 {
		res.fail("run %s: there is no fact %s of probe %q at level %g", run, name, probe, level)
	}
	return out
}

// fact is the value of a fact of the copies, which belongs to no seed.
func (res *results) fact(run, name string, level float64) float64 {
	v := res.facts(run, name, "", level)
	if len(v) != 1 {
		res.fail("run %s: %d facts %s at level %g", run, len(v), name, level)
		return 0
	}
	return v[0]
}

// factMean is the mean of a fact over training seeds with its 95 % interval.
func (res *results) factMean(run, name, probe string, level float64) perm.Interval {
	return res.interval(name, res.facts(run, name, probe, level))
}

// distance is that of copies to their parents, as a multiple of the parents'
// distance to the nearest other example.
func (res *results) distance(run string, level float64) float64 {
	return res.fact(run, factDistanceRatio, level)
}
