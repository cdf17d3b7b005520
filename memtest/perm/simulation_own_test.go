package perm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/memtest/internal/uniform"
)

// ownDesign is data of 200 examples in classes whose means are far apart.
type ownDesign struct {
	name    string
	classes int
	groups  bool    // two groups, one shifted, within which labels are shuffled
	sigma   float64 // noise of the copies; 0 = they are independent draws of the class
}

var ownDesigns = []ownDesign{
	{name: "other draws of the class, K = 10", classes: 10},
	{name: "other draws of the class, K = 2", classes: 2},
	{name: "other draws of the class and group, K = 5, 2 groups", classes: 5, groups: true},
	{name: "copies, σ = 0.5, K = 10", classes: 10, sigma: 0.5},
}

// draw makes a training set [200][5] and its copies, labels and groups.
func (d ownDesign) draw(r *rand.Rand) (x, copies [][]float64, labels, groups []int32) {
	const n, columns, apart = 200, 5, 2.0
	means := gaussian(r, d.classes, columns)
	x = gaussian(r, n, columns)
	copies = gaussian(r, n, columns)
	for i := range n {
		labels = append(labels, int32(i%d.classes))
		shift := 0.0
		if d.groups {
			groups = append(groups, int32(i/d.classes%2))
			shift = 2 * float64(groups[i])
		}
		for j, m := range means[labels[i]] {
			x[i][j] += apart*m + shift
			copies[i][j] += apart*m + shift
		}
	}
	if d.sigma > 0 {
		copies = perturbed(r, x, d.sigma)
	}
	return x, copies, labels, groups
}

// simulateOwn: where the copies know nothing of their parents but the class, is
// the example's own part of memorization 0 and its p-value uniform, while
// memorization as a whole is there? And is it found where there is one?
func simulateOwn(t *testing.T) *table {
	const j = 99
	out := &table{head: []string{"validation set", "M, mean", "share of memorization p ≤ 0.05", "class part, mean", "own part, mean ± its error", "KS distance of own p", "KS p", "share of own p ≤ 0.05", "share of own p ≤ 0.10"}}
	for _, d := range ownDesigns {
		var all, p, even, owns []float64
		var m, class float64
		for set := range dataSets {
			r := seed.Stream(1, "simulation", "own", d.name, set)
			x, copies, labels, groups := d.draw(r)
			sets := must(NewShuffled(labels, d.classes, groups, r.Uint64()))
			c := counted(x, copies, sets, nullSets, TallyOptions{Reshuffles: j, Seed: r.Uint64(), Groups: groups, Strata: labels})
			v := must(Judge(c, Options{}))
			all, p = append(all, v.MemorizationP), append(p, v.MemorizationOwnP)
			m, class, owns = m+v.Memorization/dataSets, class+v.MemorizationClass/dataSets, append(owns, v.MemorizationOwn)
			hits := int64(0)
			for _, h := range c.Hits[1:] {
				hits += int64(h)
			}
			even = append(even, broken(hits, c.StratumReshuffled, r.Float64()))
		}
		distance, ks := uniform.Kolmogorov(even)
		own, sd := meanSD(owns)
		se := sd / math.Sqrt(dataSets)
		found := uniform.ShareAtMost(p, 0.05)
		out.add(d.name, m, uniform.ShareAtMost(all, 0.05), class, fmt.Sprintf("%.5f ± %.5f", own, se), distance, ks, found, uniform.ShareAtMost(p, 0.1))
		if d.sigma > 0 {
			if own < 0.02 || found < 0.9 {
				t.Errorf("own part, %s: mean %v, found in %v of the data sets", d.name, own, found)
			}
			continue
		}
		checkUniform(t, "own part, "+d.name, ks, p)
		if share := uniform.ShareAtMost(all, 0.05); m < 0.005 || share < 0.5 {
			t.Errorf("own part, %s: memorization as a whole is %v, found in %v of the data sets only, so the test could not see a fault", d.name, m, share)
		}
		if math.Abs(own) > 3*se {
			t.Errorf("own part, %s: the mean is %v ± %v, want 0", d.name, own, se)
		}
	}
	return out
}
