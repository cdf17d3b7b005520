package paper

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/memtest"
)

// design is one network of those whose generalization gaps are compared.
type design struct {
	width, depth int
	dropout      bool
	labelNoise   float64
	short        bool // trained for a few epochs only
}

// designs crosses width with label noise, and depth, dropout and the length of
// training with these such that each value of one meets each value of every
// other: 36 networks.
func designs() []design {
	var all []design
	for i, width := range []int{32, 128, 512} {
		for j, noise := range []float64{0, 0.2, 0.5} {
			for k := range 4 {
				all = append(all, design{width, 1 + (i+j+k)%3, k%2 == 1, noise, k/2 == 1})
			}
		}
	}
	return all
}

func generalizationRuns(s scale) []Run {
	var runs []Run
	for i, d := range designs() {
		r := newRun(fmt.Sprintf("net-%02d", i+1), s.fashion, s.generalization)
		r.Config.Refs, r.Config.Seeds, r.Config.Seed = []string{memtest.RefTwin}, 1, uint64(100+i)
		r.Config.Net, r.Config.LabelNoise = mlp(d.width, d.depth, d.dropout), d.labelNoise
		if d.short {
			r.Config.Epochs = []int{3}
		}
		runs = append(runs, r)
	}
	return runs
}

// network is a run of one network, of one seed.
type network struct {
	design
	run  string
	last int // epoch
}

// networks are those of all designs.
func networks(res *results) []network {
	var all []network
	designs := designs()
	for i, run := range names(generalizationRuns(res.scale)) {
		all = append(all, network{designs[i], run, res.lastEpoch(run)})
	}
	return all
}

// distinct lists the values that networks take, ascending.
func distinct[T int | float64](networks []network, of func(network) T) []T {
	var out []T
	for _, n := range networks {
		out = append(out, of(n))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
