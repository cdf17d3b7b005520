package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// setting is what a curve over levels holds fixed, all seeds together.
type setting struct {
	role                                features.Role // of an untrained network that of the trained one
	network, layer, probe, perturbation string
	epoch                               int
}

// roleOf is the role by which settings are told apart: a network before and after
// training is one.
func roleOf(r result.Row) features.Role {
	if r.Role.UnderTest() {
		return features.Network
	}
	return r.Role
}

// cell is the rows of one setting at one level, one row a seed.
type cell struct {
	setting
	level float64
	rows  []result.Row
}

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
}

func newView(rows []result.Row) (*view, error) {
	v := &view{rows: slices.Clone(rows), cells: map[setting][]cell{}, others: map[features.Role]string{}}
	for i, r := range v.rows {
		r = r.Upgraded()
		v.rows[i] = r
		if err := r.Check(); err != nil {
			return nil, fmt.Errorf("the row of %s cannot be reported: %w", r.Cell(), err)
		}
		if r.Role.UnderTest() {
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

// rank orders networks: the raw input, the networks under test, a full refit, the
// twin.
func (v *view) rank(r result.Row) int {
	switch r.Role {
	case features.Input:
		return -1
	case features.Refit:
		return len(v.networks)
	case features.Twin:
		return len(v.networks) + 1
	}
	return slices.Index(v.networks, r.Network)
}

// epochs are the epochs of a network, ascending.
func (v *view) epochs(network string) []int {
	var all []int
	for s := range v.cells {
		if s.network == network {
			all = once(all, s.epoch)
		}
	}
	slices.Sort(all)
	return all
}

// lastLayer is the layer that conclusions are drawn from: the last one that
// came in the rows of this network and is not its output.
func (v *view) lastLayer(network string) string {
	last := ""
	for _, layer := range v.layersOf(network) {
		if last == "" || layer != "logits" && layer != "output" {
			last = layer
		}
	}
	return last
}

// layersOf are the layers of a network.
func (v *view) layersOf(network string) []string {
	var all []string
	for _, layer := range v.layers {
		for s := range v.cells {
			if s.network == network && s.layer == layer {
				all = once(all, layer)
			}
		}
	}
	return all
}

// subject is the setting that conclusions about a network are drawn from: its
// last epoch and last hidden layer, seen by one probe.
func (v *view) subject(n named, probe, perturbation string) (setting, bool) {
	layer := v.lastLayer(n.network)
	for _, epoch := range slices.Backward(v.epochs(n.network)) {
		s := setting{n.role, n.network, layer, probe, perturbation, epoch}
		if len(v.cells[s]) > 0 {
			return s, true
		}
	}
	return setting{}, false
}

// reference is a setting that a subject is compared with.
type reference struct {
	name string // for a sentence: "the raw input"
	setting
}

// references are those of the subject that were measured.
func (v *view) references(s setting) []reference {
	var all []reference
	if s.epoch > 0 {
		untrained := s
		untrained.epoch = 0
		if len(v.cells[untrained]) > 0 {
			all = append(all, reference{"the untrained network", untrained})
		}
	}
	input := setting{features.Input, v.others[features.Input], "", s.probe, s.perturbation, result.EpochNone}
	for _, layer := range v.layersOf(input.network) {
		if input.layer = layer; s.role != features.Input && len(v.cells[input]) > 0 {
			all = append(all, reference{"the raw input", input})
			break
		}
	}
	twin := v.other(s, features.Twin)
	for _, epoch := range slices.Backward(v.epochs(twin.network)) {
		if twin.epoch = epoch; s.role != features.Twin && epoch != 0 && len(v.cells[twin]) > 0 {
			all = append(all, reference{"the shuffled-label twin", twin})
			break
		}
	}
	return all
}

// other is the same setting of what was measured for comparison.
func (v *view) other(s setting, role features.Role) setting {
	s.role, s.network = role, v.others[role]
	return s
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

// headline is the level that sentences are about: the middle one of those above
// 0 that are not saturated. The rule looks at no result, so that a level cannot
// be picked for its outcome. Level 0, where a copy is its parent, is the last
// resort.
func (v *view) headline(s setting) cell {
	var useful []cell
	for _, c := range v.cells[s] {
		if c.level != 0 && !c.flagged(result.FlagSaturated) {
			useful = append(useful, c)
		}
	}
	if len(useful) == 0 {
		useful = v.cells[s]
	}
	return useful[len(useful)/2]
}

func (c cell) flagged(word string) bool {
	return slices.ContainsFunc(c.rows, func(r result.Row) bool {
		return slices.ContainsFunc(r.Flags, func(f string) bool { return flagWord(f) == word })
	})
}

// The quantities of a row.
func observed(r result.Row) float64     { return r.Observed }
func nullMean(r result.Row) float64     { return r.NullMean }
func nullSD(r result.Row) float64       { return r.NullSD }
func chance(r result.Row) float64       { return r.Chance }
func learning(r result.Row) float64     { return r.Learning }
func memorization(r result.Row) float64 { return r.Memorization }
func worstP(c cell) (learning, memorization float64) {
	for _, r := range c.rows {
		learning, memorization = max(learning, r.LearningP), max(memorization, r.MemorizationP)
	}
	return learning, memorization
}

// mean is a quantity's mean over the seeds.
func (c cell) mean(f func(result.Row) float64) float64 { return c.over(f).mean }

// fresh is the mean of the fresh accuracy; nil where no seed has one.
func (c cell) fresh() *float64 {
	return c.optional(func(r result.Row) *float64 { return r.Fresh })
}

func (c cell) optional(f func(result.Row) *float64) *float64 {
	sum, n := 0.0, 0
	for _, r := range c.rows {
		if x := f(r); x != nil {
			sum, n = sum+*x, n+1
		}
	}
	if n == 0 {
		return nil
	}
	sum /= float64(n)
	return &sum
}

// spread is a quantity over the training seeds: its mean, and an interval for
// that mean from three seeds on (95%, Student's t), the range for two, and no
// width for one.
type spread struct {
	mean, low, high float64
	seeds           int
}

func (c cell) over(f func(result.Row) float64) spread {
	x := make([]float64, len(c.rows))
	for i, r := range c.rows {
		x[i] = f(r)
	}
	s := spread{mean: stat.Mean(x, nil), low: slices.Min(x), high: slices.Max(x), seeds: len(x)}
	if n := float64(len(x)); n >= 3 {
		half := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975) * stat.StdDev(x, nil) / math.Sqrt(n)
		s.low, s.high = s.mean-half, s.mean+half
	}
	return s
}

// signed is the spread of a difference of shares for a sentence.
func (s spread) signed() string {
	switch {
	case s.seeds >= 3:
		return fmt.Sprintf("%s [95%% interval over %d seeds: %s to %s]", signed(s.mean), s.seeds, signed(s.low), signed(s.high))
	case s.seeds == 2:
		return fmt.Sprintf("%s [two seeds: %s and %s]", signed(s.mean), signed(s.low), signed(s.high))
	}
	return signed(s.mean)
}

// margin is what two cells must differ by before a sentence says so: twice the
// standard deviation of T_b in one minus T_b in the other. Both are scored
// with the same permutations, so the difference is taken for each b; without
// the T_b it is the root of the summed squares. With several seeds, the cells'
// intervals widen it.
func margin(a, b cell, f func(result.Row) float64) float64 {
	var worst float64
	for i := range min(len(a.rows), len(b.rows)) {
		x, y := a.rows[i], b.rows[i]
		sd := math.Hypot(x.NullSD, y.NullSD)
		if n := len(x.Null); n > 1 && n == len(y.Null) {
			d := make([]float64, n)
			for j := range d {
				d[j] = x.Null[j] - y.Null[j]
			}
			sd = stat.StdDev(d, nil)
		}
		worst = max(worst, 2*sd)
	}
	sa, sb := a.over(f), b.over(f)
	return max(worst, math.Hypot(sa.high-sa.low, sb.high-sb.low)/2)
}
