package memtest

import (
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/counts"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// countsOnDevice says whether predictions are counted where they are made. On an
// accelerator they are far away and are many beside what is counted of them; on a processor they
// are at hand, and bit planes count them faster. Metrics other than accuracy need
// predictions, or scores, of each example and label set.
func (m *measurement) countsOnDevice(e *xla.Engine, c *collector) bool {
	return m.onDevice(e) && m.metric.name == MetricAccuracy && counts.Fits(c.tallies[0].Layout())
}

// addOnDevice is addBatch of predictions that stayed on a device. Hits of each label set
// come first, as many as are drawn by them are counted then, and the others of the
// chunk are left out of every sum.
func (c *collector) addOnDevice(batch probe.Batch, fresh []int32, test *perm.Stopping) error {
	first := batch.First
	for _, part := range batch.OnDevice {
		hits := make([][][]int32, len(c.tallies))
		for v := range c.tallies {
			var err error
			if hits[v], err = part.ClassHits(v); err != nil {
				return err
			}
		}
		from := 0
		if first == 0 { // which begins the evidence: before the test notes in it where it stopped
			if err := c.addObserved(batch, part, fresh); err != nil {
				return err
			}
			from = 1
		}
		to := c.drawn(part.Sets(), hits, test)
		if err := c.addCounted(part, first, from, to, hits); err != nil || test.Done() {
			return err
		}
		first += part.Sets()
	}
	return nil
}

// drawn is how many of so many label sets are drawn, by their hits [levels][sets][K], until a
// sequential test needs no more, without one that ended it.
func (c *collector) drawn(sets int, hits [][][]int32, test *perm.Stopping) int {
	for i := range sets {
		for v := range c.tallies {
			test.Add(v, total(hits[v][i]))
		}
		if test.LastDecided() {
			for v := range c.evidence {
				c.evidence[v].Decided = []int{total(hits[v][i])}
			}
			return i
		}
		if test.Done() {
			return i + 1
		}
	}
	return sets
}

func total(hits []int32) int {
	n := 0
	for _, h := range hits {
		n += int(h)
	}
	return n
}

// addObserved keeps and counts what the fit to the real labels says, the first of a
// part. Its predictions are evidence, so they leave the device.
func (c *collector) addObserved(batch probe.Batch, part *counts.Predicted, fresh []int32) error {
	predicted := make([][]int32, len(c.tallies))
	for v, t := range c.tallies {
		var err error
		if predicted[v], err = part.First(v); err != nil {
			return err
		}
		if err := t.Add(0, batch.Labels[0], predicted[v]); err != nil {
			return err
		}
	}
	c.observed(batch, fresh, func(v int) []int32 { return predicted[v] })
	return nil
}

// addCounted counts the label sets from..to−1 of a part whose first is number first.
func (c *collector) addCounted(part *counts.Predicted, first, from, to int, hits [][][]int32) error {
	if from >= to {
		return nil
	}
	for v, t := range c.tallies {
		counted, err := c.counter.Count(part, v, from, to, hits[v])
		if err != nil {
			return err
		}
		if err := t.AddCounted(first+from, counted); err != nil {
			return err
		}
	}
	return nil
}
