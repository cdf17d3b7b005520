package memtest

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// ceilingShare is the share of copies with their parent among their neighbours
// from which k-NN memorization is flagged as the vote's own ceiling.
const ceilingShare = 0.95

// judge fills in what evidence says. The row given says what was measured and
// how, with the flags that are known so far.
func (m *measurement) judge(row result.Row, kind probe.Probe, ev Evidence, of null) (result.Row, error) {
	v, err := m.verdict(ev, of.enumerated)
	if err != nil {
		return row, err
	}
	row.Format, row.Margin, row.TwoSided = result.Format, m.Margin, m.TwoSided
	row.N, row.Classes, row.Permutations, row.Alpha = ev.Counts.N, ev.Counts.Classes, v.Permutations, v.Alpha
	row.Observed, row.Null, row.NullMean, row.NullSD, row.Chance, row.Fresh = v.Observed, v.Null, v.NullMean, v.NullSD, v.Chance, ev.Fresh
	if ev.FreshN > 0 {
		row.FreshChance, row.FreshN = &ev.FreshByChance, ev.FreshN
	}
	row.Learning, row.Memorization = v.Learning, v.Memorization
	if v.ZDefined {
		row.Z = &v.Z
	}
	row.LearningP, row.LearningPLow, row.LearningPHigh = v.LearningP, v.LearningPLow, v.LearningPHigh
	// Networks of a refit were trained together, so none was left out by a stop.
	if m.Stop > 0 && !of.enumerated && row.Role != features.Refit {
		// The test of its own cell: sets drawn for other levels do not count.
		row.Stop = m.Stop
		s, err := sequential(m.Stop, of.permutations, ev)
		if err != nil {
			return row, err
		}
		row.LearningP, row.LearningPLow, row.LearningPHigh = s.P, s.Low, s.High
	}
	row.MemorizationP = v.MemorizationP
	if v.SplitDefined {
		row.MemorizationClass, row.MemorizationOwn, row.MemorizationOwnP = &v.MemorizationClass, &v.MemorizationOwn, &v.MemorizationOwnP
	}
	row.Parents = ev.Parents
	row.Penalty = ev.Strength
	// A penalty that was chosen on the real labels favours them. Each network of a
	// refit has its own chosen on its own labels.
	row.Exact = row.Exact && (!choosesOnLabels(kind) || row.Role == features.Refit)
	if m.metric.name != MetricAccuracy {
		row.Metric = m.metric.name
	}
	reshuffles := len(ev.Counts.Reshuffled)
	row.Reshuffles = &reshuffles
	for _, c := range v.PerClass {
		row.PerClass = append(row.PerClass, result.ClassRow{Class: c.Class, Labels: c.Labels, Observed: c.Observed, NullMean: c.NullMean,
			Chance: c.Chance, Learning: c.Learning, Memorization: c.Memorization, LearningP: c.LearningP})
	}
	fillErrors(&row, ev, of.enumerated)
	row.Flags = append(row.Flags[:len(row.Flags):len(row.Flags)], flags(v, ev, kind)...)
	if v.Permutations < perm.LeastSets && !of.enumerated { // all labelings that there are leave nothing to estimate
		row.Flags = append(row.Flags, fmt.Sprintf("%s: %d", result.FlagFewSets, v.Permutations))
	}
	if s := wideFlag(kind, row.Features, row.N); s != "" {
		row.Flags = append(row.Flags, s)
	}
	if ev.Values == nil { // the metric is one of hits
		if s := oneClassFlag(ev.Counts); s != "" {
			row.Flags = append(row.Flags, s)
		}
	}
	return row, nil
}

// sequential is the test of a cell by all label sets that were drawn for it, the
// one that ended it included.
func sequential(stop, permutations int, ev Evidence) (perm.Stop, error) {
	null := append(slices.Clone(ev.Counts.Hits[1:]), ev.Decided...)
	return perm.Sequential{H: stop, Max: permutations}.Hits(ev.Counts.Hits[0], null, 0)
}

// verdict judges evidence by the metric that was asked for. Memorization p, the
// two parts of memorization and what is said of classes are of hits always.
func (m *measurement) verdict(ev Evidence, enumerated bool) (perm.Verdict, error) {
	o := perm.Options{Alpha: m.Alpha, Sides: m.sides, Metric: m.metric.counts, Enumerated: enumerated}
	hits, err := perm.Judge(ev.Counts, o)
	if err != nil || ev.Values == nil {
		return hits, err
	}
	v, err := perm.JudgeStatistic(ev.Values, ev.Chance, o)
	v.MemorizationP, v.PerClass = hits.MemorizationP, hits.PerClass
	v.SplitDefined, v.MemorizationClass, v.MemorizationOwn, v.MemorizationOwnP = hits.SplitDefined, hits.MemorizationClass, hits.MemorizationOwn, hits.MemorizationOwnP
	return v, err
}

// flags are the warnings that a verdict and its evidence give.
func flags(v perm.Verdict, ev Evidence, kind probe.Probe) []string {
	var all []string
	if v.Saturated() {
		all = append(all, result.FlagSaturated)
	}
	if v.FloorAboveAlpha() {
		all = append(all, fmt.Sprintf("%s: %.3g is above the level %g", result.FlagFloor, v.Floor, v.Alpha))
	}
	if s := chosenAtEdge(kind, ev.Strength); s != "" {
		all = append(all, s)
	}
	if ev.Parents != nil && *ev.Parents >= ceilingShare {
		all = append(all, fmt.Sprintf("%s: parent among the neighbours of %.1f %% of the copies", result.FlagCeiling, 100**ev.Parents))
	}
	return all
}

// choosesOnLabels says whether a probe takes a setting from the real labels, which
// a probe of one's own says by the same method.
func choosesOnLabels(p probe.Probe) bool {
	c, ok := p.(interface{ ChoosesOnLabels() bool })
	return ok && c.ChoosesOnLabels()
}

// chosenAtEdge is the flag of an L2 penalty that cross-validation chose at either
// end of its grid; "" where it did not.
func chosenAtEdge(kind probe.Probe, penalty float64) string {
	switch kind.(type) { // a probe of one's own has a grid of its own
	case probe.Ridge, probe.SoftmaxRegression:
	default:
		return ""
	}
	grid := probe.Penalties()
	if !choosesOnLabels(kind) || penalty > 1.01*grid[0] && penalty < 0.99*grid[len(grid)-1] {
		return ""
	}
	return fmt.Sprintf("%s: %.3g", result.FlagPenalty, penalty)
}
