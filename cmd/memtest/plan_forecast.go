package main

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// planPower is the probability with which what a plan calls seen is seen.
const planPower = 0.8

// plan is what a run of some size can be expected to show.
type plan struct {
	perm.Size
	Alpha  float64 `json:"alpha"`
	Margin float64 `json:"margin"`
	Power  float64 `json:"power"`
	// Comparisons is how many intervals of differences a page holds, and Confidence
	// that of each so that all hold at once; Cells is how many p-values are adjusted
	// together.
	Comparisons int     `json:"comparisons"`
	Confidence  float64 `json:"confidence"`
	Cells       int     `json:"cells"`
	// SmallestP is the smallest learning p that there can be, and SmallestAdjusted
	// the smallest adjusted over the cells.
	SmallestP        float64   `json:"smallest_p"`
	SmallestAdjusted float64   `json:"smallest_p_adjusted"`
	Pilot            string    `json:"pilot"`
	Quantities       []planned `json:"quantities"`

	pilotSeeds int
}

// Quantities of a plan.
const (
	planLearning     = "learning"
	planMemorization = "memorization"
)

// planned is a quantity of a cell, or its difference to a reference, and what can be
// expected of it: at first at the size asked for, then at others.
type planned struct {
	Of           string     `json:"of"` // the cell, in words
	Probe        string     `json:"probe"`
	Perturbation string     `json:"perturbation"`
	Level        float64    `json:"level"`
	Quantity     string     `json:"quantity"`
	Beside       string     `json:"beside,omitempty"` // the reference that it is a difference to
	Pilot        perm.Pilot `json:"variances"`
	Sizes        []forecast `json:"sizes"`
}

// forecast is what can be expected at a size.
type forecast struct {
	perm.Size
	HalfWidth float64 `json:"half_width"` // of the 95 % interval
	// Detectable is the smallest that is seen with the plan's power: of a difference,
	// that its interval of the plan's confidence leaves out 0; of learning, that its
	// adjusted p reaches alpha. Nil where no p can, and of memorization itself.
	Detectable *float64 `json:"detectable"`
	// SameWithin, of a difference, is the smallest margin within which cells that do
	// not differ are called the same with the plan's power.
	SameWithin *float64 `json:"same_within,omitempty"`
}

// plan makes a plan from a pilot.
func (f planFlags) plan(p pilot) (plan, error) {
	compared, comparisons, err := report.Comparisons(p.rows)
	if err != nil {
		return plan{}, err
	}
	first := compared[0].Rows[0]
	out := plan{Size: f.size, Alpha: f.alpha, Margin: f.margin, Power: planPower, Comparisons: comparisons, Pilot: p.about, pilotSeeds: len(compared[0].Rows)}
	fill(&out.N, p.size.N)
	fill(&out.B, p.size.B)
	fill(&out.Seeds, p.size.Seeds)
	fill(&out.Alpha, first.AlphaOrDefault())
	fill(&out.Margin, first.Margin)
	fill(&out.Margin, perm.DefaultMargin)
	if !(perm.Pilot{Seeds: out.pilotSeeds}).Knows(out.Size) {
		return plan{}, fmt.Errorf("seeds: %s has one training, which tells nothing of others; give a pilot with --seeds 2 or more, or leave --seeds out", p.about)
	}
	out.Confidence = perm.Simultaneous(out.Alpha, comparisons)
	out.Cells = p.cells * out.Seeds
	if p.cells == 0 {
		out.Cells = family(p.rows, first) * out.Seeds / out.pilotSeeds
	}
	sides := 1.0
	if first.TwoSided {
		sides = 2
	}
	out.SmallestP = min(1, sides*perm.Floor(out.B))
	out.SmallestAdjusted = out.SmallestP
	if first.Stop > 0 { // label sets differ then, and Holm's procedure serves
		out.SmallestAdjusted = min(1, float64(out.Cells)*out.SmallestP)
	}
	for _, c := range compared {
		if err := out.add(c, p.evidence, sides); err != nil {
			return plan{}, err
		}
	}
	return out, nil
}

// family is the number of rows that p-values are adjusted over with those of a row.
func family(rows []result.Row, of result.Row) int {
	n := 0
	for _, r := range rows {
		if r.Upgraded().Role == of.Role && r.Network == of.Network {
			n++
		}
	}
	return n
}

// fill sets what is not given.
func fill[T comparable](to *T, value T) {
	var zero T
	if *to == zero {
		*to = value
	}
}

// add plans for a cell and its differences to what it is compared with.
func (p *plan) add(c report.Compared, evidence func(string) (memtest.Evidence, bool), sides float64) error {
	l, m, err := memtest.Pilots(c.Rows, nil, evidence)
	if err != nil {
		return err
	}
	p.Quantities = append(p.Quantities, p.quantity(c, planLearning, "", l, func(f *forecast) {
		// Of a test of two sides each has half of the level.
		if least, ok := l.DetectableLearning(f.Size, p.Alpha/sides, p.Cells/p.Seeds*f.Seeds, p.Power); ok {
			f.Detectable = &least
		}
	}))
	for _, r := range c.Learning {
		if err := p.difference(c, planLearning, r, evidence); err != nil {
			return err
		}
	}
	p.Quantities = append(p.Quantities, p.quantity(c, planMemorization, "", m, func(*forecast) {}))
	for _, r := range c.Memorization {
		if err := p.difference(c, planMemorization, r, evidence); err != nil {
			return err
		}
	}
	return nil
}

// difference plans for that of a cell to a reference.
func (p *plan) difference(c report.Compared, quantity string, r report.Reference, evidence func(string) (memtest.Evidence, bool)) error {
	d, m, err := memtest.Pilots(c.Rows, r.Rows, evidence)
	if err != nil {
		return err
	}
	if quantity == planMemorization {
		d = m
	}
	p.Quantities = append(p.Quantities, p.quantity(c, quantity, r.Name, d, func(f *forecast) {
		least, same := d.Detectable(f.Size, p.Confidence, p.Power), d.SameWithin(f.Size, p.Confidence, p.Power)
		f.Detectable, f.SameWithin = &least, &same
	}))
	return nil
}

// quantity forecasts one at all sizes; more fills in what depends on its kind.
func (p *plan) quantity(c report.Compared, name, beside string, pilot perm.Pilot, more func(*forecast)) planned {
	row := c.Rows[0]
	q := planned{Of: c.Title, Probe: row.Probe, Perturbation: row.Perturbation, Level: row.Level, Quantity: name, Beside: beside, Pilot: pilot}
	for _, s := range p.sizes() {
		f := forecast{Size: s, HalfWidth: pilot.HalfWidth(s, perm.DefaultConfidence)}
		more(&f)
		q.Sizes = append(q.Sizes, f)
	}
	return q
}

// sizes are that asked for and others in which one number differs.
func (p *plan) sizes() []perm.Size {
	all := []perm.Size{p.Size}
	add := func(s perm.Size) {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	for _, times := range []int{2, 4} {
		add(perm.Size{N: times * p.N, B: p.B, Seeds: p.Seeds})
	}
	for _, b := range []int{99, 199, 999} {
		add(perm.Size{N: p.N, B: b, Seeds: p.Seeds})
	}
	for _, seeds := range []int{1, 3, 5} {
		if s := (perm.Size{N: p.N, B: p.B, Seeds: seeds}); (perm.Pilot{Seeds: p.pilotSeeds}).Knows(s) {
			add(s)
		}
	}
	return all
}
