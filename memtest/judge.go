package memtest

import (
	"fmt"

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
	row.Format = result.Format
	row.N, row.Classes, row.Permutations, row.Alpha = ev.Counts.N, ev.Counts.Classes, v.Permutations, v.Alpha
	row.Observed, row.Null, row.NullMean, row.NullSD, row.Chance, row.Fresh = v.Observed, v.Null, v.NullMean, v.NullSD, v.Chance, ev.Fresh
	row.Learning, row.Memorization = v.Learning, v.Memorization
	if v.ZDefined {
		row.Z = &v.Z
	}
	row.LearningP, row.LearningPLow, row.LearningPHigh = v.LearningP, v.LearningPLow, v.LearningPHigh
	// Networks of a refit were trained together, so none was left out by a stop.
	if m.Stop > 0 && !of.enumerated && row.Role != features.Refit {
		// The test of its own cell: sets drawn for other levels do not count.
		s, err := perm.Sequential{H: m.Stop, Max: of.permutations}.Hits(ev.Counts.Hits[0], ev.Counts.Hits[1:], 0)
		if err != nil {
			return row, err
		}
		row.LearningP, row.LearningPLow, row.LearningPHigh = s.P, s.Low, s.High
	}
	row.MemorizationP = v.MemorizationP
	row.Penalty = ev.Strength
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
	return row, nil
}

// verdict judges evidence by the metric that was asked for.
func (m *measurement) verdict(ev Evidence, enumerated bool) (perm.Verdict, error) {
	o := perm.Options{Alpha: m.Alpha, Sides: m.sides, Metric: m.metric.counts, Enumerated: enumerated}
	hits, err := perm.Judge(ev.Counts, o)
	if err != nil || ev.Values == nil {
		return hits, err
	}
	v, err := perm.JudgeStatistic(ev.Values, ev.Chance, o)
	v.MemorizationP, v.PerClass = hits.MemorizationP, hits.PerClass
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
	if s := chosenAtEdge(kind, ev.Strength, ev.Counts.Classes); s != "" {
		all = append(all, s)
	}
	if ev.Parents >= ceilingShare {
		all = append(all, fmt.Sprintf("%s: parent among the neighbours of %.1f %% of the copies", result.FlagCeiling, 100*ev.Parents))
	}
	return all
}

// chosenAtEdge is the flag of an L2 penalty that cross-validation chose at either
// end of its grid; "" where it did not. The penalty of softmax is that of ridge
// over the number of classes.
func chosenAtEdge(kind probe.Probe, penalty float64, classes int) string {
	alpha := penalty
	switch k := kind.(type) {
	case probe.Ridge:
		if k.Alpha != 0 {
			return ""
		}
	case probe.SoftmaxRegression:
		if k.Lambda != 0 {
			return ""
		}
		alpha *= float64(classes)
	default:
		return ""
	}
	grid := probe.Penalties()
	if alpha > 1.01*grid[0] && alpha < 0.99*grid[len(grid)-1] {
		return ""
	}
	return fmt.Sprintf("%s: %.3g", result.FlagPenalty, penalty)
}
