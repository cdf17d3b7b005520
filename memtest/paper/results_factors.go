package paper

import (
	"slices"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// factor lists the values that rows take, in order of appearance.
func factor[T comparable](rows []result.Row, of func(result.Row) T) []T {
	var out []T
	for _, r := range rows {
		if v := of(r); !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// levels are those of a run, ascending.
func (res *results) levels(run string) []float64 {
	all := factor(res.Rows[run], func(r result.Row) float64 { return r.Level })
	slices.Sort(all)
	return all
}

// innerLevels are those above 0 and below the largest: at 0 a copy is its parent,
// and at the other end little of it is left.
func (res *results) innerLevels(run string) []float64 {
	all := res.levels(run)
	return all[1 : len(all)-1]
}

func (res *results) probes(run string) []string {
	return factor(res.Rows[run], func(r result.Row) string { return r.Probe })
}

// layers are those of the networks of a run.
func (res *results) layers(run string) []string {
	return factor(res.ofNetworks(run), func(r result.Row) string { return r.Layer })
}

// epochs are those of the networks of a run, ascending.
func (res *results) epochs(run string) []int {
	all := factor(res.ofNetworks(run), func(r result.Row) int { return r.Epoch })
	slices.Sort(all)
	return all
}

// epochsAfterStart are those after the start of training.
func (res *results) epochsAfterStart(run string) []int {
	return slices.DeleteFunc(res.epochs(run), func(e int) bool { return e == 0 })
}

func (res *results) lastEpoch(run string) int { return slices.Max(res.epochs(run)) }

// ofNetworks are the rows of a run without those of the raw inputs.
func (res *results) ofNetworks(run string) []result.Row {
	return slices.DeleteFunc(slices.Clone(res.Rows[run]), func(r result.Row) bool { return r.Epoch == result.EpochNone })
}

// unperturbed is a condition of a run for what depends neither on the probe nor on
// the level; at the first level copies mostly are their parents.
func (res *results) unperturbed(run string, epoch int) condition {
	return condition{run: run, epoch: epoch, probe: res.probes(run)[0], level: res.levels(run)[0]}
}

// conditions crosses the probes of a run with levels, at one epoch.
func (res *results) conditions(run string, epoch int, levels []float64) []condition {
	var all []condition
	for _, probe := range res.probes(run) {
		for _, level := range levels {
			all = append(all, condition{run: run, epoch: epoch, probe: probe, level: level})
		}
	}
	return all
}
