package memtest

import (
	"context"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// halfSets is the most label sets that each half of the examples has beside its
// real labels. What so few add to an error is known and taken off again.
const halfSets = 19

// half is one half of the examples with label sets of its own.
type half struct {
	rows   []int // of the examples, ascending
	sets   perm.LabelSets
	groups []int32
}

// Where nothing is said, fewer examples than enoughExamples are split so often: of
// a few hundred, intervals by example alone are too short (docs/simulation.md), of
// thousands nearly as wide, and halves would take longer than all else.
const (
	enoughExamples = 1000
	usualSplits    = 10
)

// splits is how often n examples are split.
func (m *measurement) splits(n int) int {
	if m.Halves == 0 && n < enoughExamples {
		return usualSplits
	}
	return max(0, m.Halves)
}

// drawHalves draws random splits of the examples into two halves. The halves and
// their label sets depend on the labels and the seed only, so that cells share
// them. There are none where the classes of a half do not allow shuffles.
func (m *measurement) drawHalves(labels []int32, classes int, groups []int32) [][2]half {
	var all [][2]half
	for split := range m.splits(len(labels)) {
		order := make([]int, len(labels))
		for i := range order {
			order[i] = i
		}
		r := seed.Stream(m.Seed, "halves", split)
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		var pair [2]half
		for side := range pair {
			rows := slices.Sorted(slices.Values(order[side*len(order)/2 : (side+1)*len(order)/2]))
			h := half{rows: rows}
			if groups != nil {
				h.groups = picked(groups, rows)
			}
			design, err := perm.NewDesign(picked(labels, rows), classes, h.groups)
			if err != nil {
				return nil
			}
			h.sets = design.Shuffled(r.Uint64())
			pair[side] = h
		}
		all = append(all, pair)
	}
	return all
}

// picked are some of the values.
func picked[T any](values []T, rows []int) []T {
	to := make([]T, len(rows))
	for i, row := range rows {
		to[i] = values[row]
	}
	return to
}

// pickedRows are some rows of a matrix.
func pickedRows(m arrays.Matrix, rows []int) arrays.Matrix {
	to := arrays.Matrix{Rows: len(rows), Cols: m.Cols, Data: make([]float32, 0, len(rows)*m.Cols)}
	for _, row := range rows {
		to.Data = append(to.Data, m.Row(row)...)
	}
	return to
}

// of are the prepared features of the half alone.
func (h half) of(p prepared) (prepared, error) {
	d := probe.Data{Train: pickedRows(p.data.Train, h.rows), Classes: p.data.Classes}
	for _, v := range p.data.Valid {
		d.Valid = append(d.Valid, pickedRows(v, h.rows))
	}
	var err error
	p.data, err = d.Checked()
	p.sets, p.groups, p.fresh, p.strata, p.bare = h.sets, h.groups, nil, picked(p.strata, h.rows), true
	return p, err
}

// onHalves repeats a probe on the halves of the examples and adds what it finds to
// the evidence of each level.
func (m *measurement) onHalves(ctx context.Context, e *xla.Engine, p prepared, kind namedProbe, evidence []Evidence) error {
	halves := make([]*result.Halves, len(evidence))
	for v := range halves {
		halves[v] = &result.Halves{}
	}
	kind.Probe = halfPenalty(kind.Probe)
	for i, pair := range p.halves {
		m.report("%s, %s, half %d of %d", p.where, kind.name, 2*i, 2*len(p.halves))
		var learning, memorization, own = make([]perm.Halves, len(halves)), make([]perm.Halves, len(halves)), make([]perm.Halves, len(halves))
		for side, h := range pair {
			found, err := m.onHalf(ctx, e, p, kind, h)
			if err != nil {
				return err
			}
			for v, ev := range found {
				learning[v][side], memorization[v][side], own[v][side] = m.halfOf(ev)
			}
		}
		for v, h := range halves {
			h.Learning, h.Memorization, h.Own = append(h.Learning, learning[v]), append(h.Memorization, memorization[v]), append(h.Own, own[v])
		}
	}
	for v := range evidence {
		evidence[v].Halves = halves[v]
	}
	return nil
}

// onHalf is the evidence of a probe on one half.
func (m *measurement) onHalf(ctx context.Context, e *xla.Engine, p prepared, kind namedProbe, h half) ([]Evidence, error) {
	p, err := h.of(p)
	if err != nil {
		return nil, err
	}
	c := &collector{metric: m.metric, evidence: make([]Evidence, len(p.levels))}
	for range p.levels {
		t, err := perm.NewTally(len(h.rows), p.data.Classes, perm.TallyOptions{Reshuffles: -1, Groups: h.groups, Strata: p.strata})
		if err != nil {
			return nil, err
		}
		c.tallies = append(c.tallies, t)
	}
	sets := min(halfSets, p.null.permutations)
	all := perm.Sequential{Max: sets}.Stopping(len(p.levels))
	if err := m.fit(ctx, e, p, kind, 0, sets+1, c, all, func(int) error { return nil }); err != nil {
		return nil, err
	}
	return c.collected(nil)
}

// halfOf are learning, memorization and its own part on one half.
func (m *measurement) halfOf(ev Evidence) (learning, memorization, own perm.Half) {
	values, chance := ev.Counts.Statistics(m.metric.counts)
	hits, _ := ev.Counts.Statistics(perm.Accuracy)
	if ev.Values != nil {
		values, chance = ev.Values, ev.Chance
	}
	learning.Observed = values[0]
	for b := 1; b < len(values); b++ {
		learning.Sets = append(learning.Sets, -values[b])
		memorization.Sets = append(memorization.Sets, values[b]-chance[b])
		own.Sets = append(own.Sets, hits[b]-ev.Counts.StratumChance[b])
	}
	return learning, memorization, own
}

// halfPenalty is the probe for half of the examples. A penalty that was given is
// halved, as the sums over examples that it is weighed against are.
func halfPenalty(p probe.Probe) probe.Probe {
	switch k := p.(type) {
	case probe.Ridge:
		k.Alpha /= 2
		return k
	case probe.SoftmaxRegression:
		if k.Lambda == 0 {
			k.Lambda = 1 // its default does not grow with the examples
		}
		k.Lambda /= 2
		return k
	}
	return p
}
