package memtest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/counts"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// gather fits a probe to all label sets and collects its evidence at each level,
// going on from what is known of a run with fewer permutations.
func (m *measurement) gather(ctx context.Context, e *xla.Engine, p prepared, kind namedProbe) ([]Evidence, error) {
	c, err := m.newCollector(p)
	if err != nil {
		return nil, err
	}
	stop := m.Stop
	if p.null.enumerated { // the labelings come in their own order, not by chance
		stop = 0
	}
	test := perm.Sequential{H: stop, Max: p.null.permutations}.Stopping(len(p.levels))
	prior := m.prior(p, kind)
	first := 0
	if prior != nil {
		copy(c.evidence, prior)
		first = prior[0].Counts.Permutations() + 1
		for v := range prior {
			c.evidence[v].Decided = nil // that set is drawn again
			for _, hits := range prior[v].Counts.Hits {
				test.Add(v, hits)
			}
		}
	}
	if b := p.null.permutations; first <= b && !test.Done() {
		pace, keeping := pace{}, keeping{last: time.Now()}
		progress := func(last int) error {
			now := time.Now()
			left := pace.left(last, b, now)
			if stop > 0 { // it may end long before the last
				left = 0
			}
			m.reportLeft(left, "%s, %s, permutation %d of %d%s", p.where, kind.name, last, b, toTheLast(left))
			if !keeping.due(now) {
				return nil
			}
			err := m.keep(p, kind, c, prior)
			keeping.kept(now, time.Now())
			return err
		}
		if err := m.fit(ctx, e, p, kind, first, b+1-first, c, test, progress); err != nil {
			if ctx.Err() != nil {
				err = errors.Join(err, m.keep(p, kind, c, prior))
			}
			return nil, err
		}
	}
	evidence, err := c.collected(prior)
	if err != nil || len(p.halves) == 0 || prior != nil && prior[0].Halves != nil && len(prior[0].Halves.Learning) == len(p.halves) {
		return evidence, err
	}
	return evidence, m.onHalves(ctx, e, p, kind, evidence)
}

// fit fits a probe to label sets and adds what it says to a collector, until a
// sequential test needs no more. progress is told the last label set so far.
func (m *measurement) fit(ctx context.Context, e *xla.Engine, p prepared, kind namedProbe, first, count int, c *collector, test *perm.Stopping, progress func(last int) error) error {
	o := probe.Options{Seed: m.Seed, Devices: m.Devices, Metric: m.metric.scores, Groups: p.groups, Bare: p.bare, OnDevice: m.countsOnDevice(e, c) && !p.mixed, Mixing: p.mixing(m.Seed)}
	if o.OnDevice {
		c.counter = counts.NewCounter(c.tallies[0].Layout()) // the same of all levels
		defer c.counter.Close()
	}
	for batch, err := range probe.Run(ctx, e, kind.Probe, p.data, p.sets, first, count, o) {
		if err != nil {
			return err
		}
		add := c.addBatch
		if batch.OnDevice != nil {
			add = c.addOnDevice
		}
		if err := add(batch, p.fresh, test); err != nil || test.Done() {
			return err
		}
		if err := progress(batch.First + len(batch.Labels) - 1); err != nil {
			return err
		}
	}
	return nil
}

// keep keeps what was collected so far of a probe's cells.
func (m *measurement) keep(p prepared, kind namedProbe, c *collector, prior []Evidence) error {
	if m.Keep == nil || !c.begun() {
		return nil
	}
	evidence, err := c.collected(prior)
	if err != nil {
		return err
	}
	row := p.row
	row.Probe = kind.name
	for v, level := range p.levels {
		row.Level = level
		if err := m.Keep(row.Cell(), evidence[v]); err != nil {
			return err
		}
	}
	return nil
}

// prior is what is known of a probe's cells from a run with fewer permutations,
// one for each level; nil where it is not known of all of them alike.
func (m *measurement) prior(p prepared, kind namedProbe) []Evidence {
	if m.Known == nil {
		return nil
	}
	var all []Evidence
	row := p.row
	row.Probe = kind.name
	for _, row.Level = range p.levels {
		e, ok := m.Known.Evidence(row.Cell())
		if !ok {
			return nil
		}
		had := e.Counts.Permutations()
		if e.Counts.Strata == 0 && !p.mixed { // of an older version: counted again, so that all sets are split
			return nil
		}
		if had > m.Permutations || p.null.enumerated && had != p.null.permutations || len(all) > 0 && had != all[0].Counts.Permutations() {
			return nil
		}
		all = append(all, e)
	}
	return all
}

// collector gathers what the fits of one probe say on the copies of each level.
type collector struct {
	metric   metric
	tallies  []*perm.Tally
	parts    []*perm.Parts // of metrics other than accuracy, else nil
	evidence []Evidence
	counter  *counts.Counter // of predictions that stay on a device, while a probe is fitted
}

func (m *measurement) newCollector(p prepared) (*collector, error) {
	c := &collector{metric: m.metric, evidence: make([]Evidence, len(p.levels))}
	o := perm.TallyOptions{Seed: m.Seed, Groups: m.groups, Shared: m.reshuffles, Strata: p.strata, SharedWithin: m.within, PerExample: true}
	if p.mixed { // see mixedRow
		o = perm.TallyOptions{Reshuffles: -1, Groups: p.groups}
	}
	for range p.levels {
		t, err := perm.NewTally(p.data.Train.Rows, p.data.Classes, o)
		if err != nil {
			return nil, err
		}
		c.tallies = append(c.tallies, t)
		if m.metric.name != MetricAccuracy && !p.mixed {
			c.parts = append(c.parts, perm.NewParts(p.data.Train.Rows))
		}
	}
	return c, nil
}

// addBatch counts a batch, up to where a sequential test needs no more; it keeps what the
// fit to the real labels says, fresh being the labels of the fresh examples.
func (c *collector) addBatch(batch probe.Batch, fresh []int32, test *perm.Stopping) error {
	if batch.First == 0 {
		c.observed(batch, fresh, func(v int) []int32 { return slices.Clone(batch.Valid[v][0]) })
	}
	for i, labels := range batch.Labels {
		for v := range c.tallies {
			test.Add(v, hits(batch.Valid[v][i], labels))
		}
		if test.LastDecided() {
			for v := range c.evidence {
				c.evidence[v].Decided = []int{hits(batch.Valid[v][i], labels)}
			}
			return nil
		}
		if err := c.add(batch, i, labels); err != nil {
			return err
		}
		// Sets of this chunk beyond the stop are not counted: where a test stops
		// must not depend on the size of chunks.
		if test.Done() {
			return nil
		}
	}
	return nil
}

// observed keeps what only the fit to the real labels says: predictions, margins,
// penalty, and accuracy on fresh examples.
func (c *collector) observed(batch probe.Batch, fresh []int32, predicted func(level int) []int32) {
	for v := range c.evidence {
		e := Evidence{Predicted: predicted(v), Strength: batch.Penalty}
		if batch.Margins != nil {
			e.Margins = batch.Margins[v]
		}
		if batch.Parents != nil {
			e.Parents = &batch.Parents[v]
		}
		if len(batch.Fresh) > 0 {
			share := float64(hits(batch.Fresh, fresh)) / float64(len(fresh))
			e.Fresh, e.FreshN, e.FreshByChance = &share, len(fresh), byChance(batch.Fresh, fresh)
		}
		c.evidence[v] = e
	}
}

// begun says whether anything was collected that can be gone on with: at least the
// fit to the real labels.
func (c *collector) begun() bool { return len(c.evidence) > 0 && c.evidence[0].Predicted != nil }

// add counts what the fit to label set i of a batch says.
func (c *collector) add(batch probe.Batch, i int, labels []int32) error {
	for v, t := range c.tallies {
		if err := t.Add(batch.First+i, labels, batch.Valid[v][i]); err != nil {
			return err
		}
		if e := &c.evidence[v]; batch.Values != nil {
			e.Values, e.Chance = append(e.Values, batch.Values[v][i]), append(e.Chance, batch.Chance[v][i])
		}
		c.addParts(v, batch, i, labels)
	}
	return nil
}

// addParts adds the parts by example of what the fit to label set i of a batch says
// on the copies of a level.
func (c *collector) addParts(v int, batch probe.Batch, i int, labels []int32) {
	switch {
	case c.parts == nil:
	case batch.Parts != nil:
		c.parts[v].Add(batch.First+i, batch.Parts[v][i], batch.ChanceParts[v][i])
	default:
		c.parts[v].Add(batch.First+i, perm.BalancedParts(labels, batch.Valid[v][i], c.tallies[v].Classes()), nil)
	}
}

// collected is the evidence with its counts, those of before included.
func (c *collector) collected(prior []Evidence) ([]Evidence, error) {
	for v, t := range c.tallies {
		counts := t.Counts()
		if prior != nil {
			if err := counts.Merge(prior[v].Counts); err != nil {
				return nil, err
			}
		}
		c.evidence[v].Counts = counts
		if c.parts == nil {
			continue
		}
		c.evidence[v].Parts = c.parts[v]
		if prior == nil {
			continue
		}
		c.evidence[v].Parts = nil
		if before := prior[v].Parts; before != nil {
			merged, err := c.parts[v].Merged(before)
			if err != nil {
				return nil, err
			}
			c.evidence[v].Parts = merged
		}
	}
	return c.evidence, nil
}

// byChance is the mean share of hits when predictions and labels are paired at
// random: the sum over the classes of the share of predictions times that of labels.
func byChance(predicted, labels []int32) float64 {
	counts := make([]int64, max(slices.Max(predicted), slices.Max(labels))+1)
	for _, y := range labels {
		counts[y]++
	}
	pairs := int64(0)
	for _, p := range predicted {
		pairs += counts[p]
	}
	n := float64(len(labels))
	return float64(pairs) / n / n
}

// hits counts the predictions that equal their labels.
func hits(predicted, labels []int32) int {
	n := 0
	for i, p := range predicted {
		if p == labels[i] {
			n++
		}
	}
	return n
}
