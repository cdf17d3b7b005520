package paper

import (
	"context"
	"fmt"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
)

// subsets holds what the probes say of single examples against mem(i), memorization in
// the sense of Feldman and Zhang, for each training seed.
func (r Run) subsets(ctx context.Context, e *xla.Engine, x *memtest.Experiment, rows []result.Row, of evidence, kept *answers) ([]Fact, error) {
	var facts []Fact
	var presence *perm.Presence
	for s := range x.Config.Seeds {
		seed := x.Config.Seed + uint64(s)
		var err error
		if presence == nil || x.Config.LabelNoise > 0 { // else all seeds are trained on the same labels
			if presence, err = kept.presence(ctx, e, x, seed, r.Subsets); err != nil {
				return nil, err
			}
		}
		m, err := r.held(ctx, e, x, seed, presence)
		if err != nil {
			return nil, err
		}
		for _, row := range lastRows(x, rows, seed) {
			single, err := r.singles(row, of)
			if err == nil {
				err = m.against(row, single)
			}
			if err != nil {
				return nil, fmt.Errorf("%s at level %g: %w", row.Probe, row.Level, err)
			}
		}
		facts = append(facts, m.facts...)
	}
	return facts, nil
}

// mem is mem(i) of the labels of one seed, and the facts about it.
type mem struct {
	of     []float64 // by example
	groups []group
	facts  []Fact
	fact   Fact // what those that are added next have in common
}

// group is which examples facts are of.
type group struct {
	suffix string // of their names
	among  []bool // nil = all examples
}

// within are the values of a group's examples.
func within[T any](g group, values []T) []T {
	if g.among == nil {
		return values
	}
	var out []T
	for i, v := range values {
		if g.among[i] {
			out = append(out, v)
		}
	}
	return out
}

// held is mem(i) of the labels of a seed, with the facts about it alone.
func (r Run) held(ctx context.Context, e *xla.Engine, x *memtest.Experiment, seed uint64, presence *perm.Presence) (*mem, error) {
	t, err := r.truth(ctx, e, x, seed)
	if err != nil {
		return nil, err
	}
	m := mem{groups: []group{{}}, fact: Fact{Run: r.Name, Seed: seed}}
	if m.of, err = presence.Memorization(); err != nil {
		return nil, err
	}
	if x.Config.LabelNoise > 0 {
		if err := m.plant(t.planted); err != nil {
			return nil, err
		}
	}
	for _, g := range m.groups {
		values := within(g, m.of)
		sure, err := presence.Sureness(g.among)
		if err != nil {
			return nil, err
		}
		sum, quarter := 0.0, 0.0
		for _, v := range values {
			sum += v
			if v >= 0.25 {
				quarter++
			}
		}
		n := float64(len(values))
		m.add(factMemExamples+g.suffix, n)
		m.add(factMemMean+g.suffix, sum/n)
		m.add(factMemQuarter+g.suffix, quarter/n)
		m.add(factMemSE+g.suffix, sure.SE)
		m.add(factMemReliability+g.suffix, sure.Reliability)
		if err := m.correlate(factMemForgetting, g, t.forgotten); err != nil {
			return nil, err
		}
	}
	return &m, nil
}

// plant adds the group of true labels, and the facts about planted ones.
func (m *mem) plant(planted []bool) error {
	others := make([]bool, len(planted))
	sum, n := 0.0, 0.0
	for i, p := range planted {
		others[i] = !p
		if p {
			sum += m.of[i]
			n++
		}
	}
	area, err := perm.ROCAUC(m.of, planted)
	if err != nil {
		return err
	}
	m.groups = append(m.groups, group{ofTrueLabels, others})
	m.add(factMemOfPlanted, sum/n)
	m.add(factMemFindsPlanted, area)
	return nil
}

// against holds a cell's scores against mem(i).
func (m *mem) against(row result.Row, s singles) error {
	m.fact.Probe, m.fact.Level = row.Probe, row.Level
	for _, g := range m.groups {
		for _, c := range []struct {
			name   string
			scores []float64
		}{{factMemWhole, memorized(s.whole)}, {factMemOwn, memorized(s.own)}, {factMemMargin, s.margins}} {
			if err := m.correlate(c.name, g, c.scores); err != nil {
				return err
			}
		}
		for _, c := range []struct {
			name     string
			examples []perm.Example
		}{{factWholeReliability, s.whole}, {factOwnReliability, s.own}} {
			v, err := perm.Reliability(within(g, c.examples))
			if err != nil {
				return err
			}
			m.add(c.name+g.suffix, v)
		}
	}
	return nil
}

// correlate adds the rank correlation of mem(i) with scores, over a group.
func (m *mem) correlate(name string, g group, scores []float64) error {
	rho, err := perm.Spearman(within(g, m.of), within(g, scores))
	m.add(name+g.suffix, rho)
	return err
}

func (m *mem) add(name string, value float64) {
	f := m.fact
	f.Name, f.Value = name, value
	m.facts = append(m.facts, f)
}
