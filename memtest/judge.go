package memtest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// Evidence is what a cell's row is computed from. Kept, it lets a run be
// continued with more permutations without repeating those it has.
type Evidence struct {
	Counts    *perm.Counts
	Margins   []float32 // [n] score of the copy's real label less the best other, by the fit to the real labels
	Predicted []int32   // [n] class of the copy by that fit
	Fresh     *float64  // accuracy of that fit on fresh examples; nil = there are none
	Parents   float64   // share of copies with their parent among their neighbours; 0 = the probe has no neighbours
	Strength  float64   // L2 strength of the fits; 0 = the probe has none

	// Values and Chance are the metric that was asked for and its mean under
	// random pairing, label set by label set; nil for metrics that follow from the
	// counts.
	Values, Chance []float64
}

// plan is how the probes of an experiment are judged.
type plan struct {
	permutations int     // B
	stop         int     // exceedances after which a cell draws no more label sets; 0 = never
	alpha        float64 // level of the tests
	sides        perm.Sides
	metric       string  // one of Metrics
	groups       []int32 // [n] blocks within which labels are shuffled; nil = one block
	seed         uint64
	devices      int              // that share the label sets; 0 = 1
	reshuffles   *perm.Reshuffles // of the copies, for memorization p
}

// labelSets are the sets that stand for these labels: every distinct labelling
// where there are no more than B + 1 of them, else B random shuffles. b is the
// number of sets beside the observed one.
func (p plan) labelSets(labels []int32, classes int) (sets perm.LabelSets, b int, enumerated bool, err error) {
	if all, err := perm.Enumerate(labels, classes, p.groups, p.permutations+1); err == nil {
		return all, all.Len() - 1, true, nil
	}
	shuffled, err := perm.NewShuffled(labels, classes, p.groups, p.seed)
	return shuffled, p.permutations, false, err
}

// gather runs one probe under label sets and collects the evidence on each set
// of copies, going on from prior where that is given (one for each set of
// copies). heard is told the number of label sets done, now and then.
func (p plan) gather(ctx context.Context, e *xla.Engine, kind probe.Probe, d probe.Data, sets perm.LabelSets, b int, freshLabels []int32, prior []Evidence, heard func(sets int)) ([]Evidence, error) {
	tallies, err := p.tallies(d)
	if err != nil {
		return nil, err
	}
	out := make([]Evidence, len(d.Valid))
	first := 0
	watch := newWatch(p, b, len(d.Valid))
	if len(prior) > 0 {
		copy(out, prior)
		first = prior[0].Counts.Permutations() + 1
		for v := range prior {
			watch.remember(v, prior[v].Counts)
		}
	}
	if first <= b && !watch.done() {
	batches:
		for batch, err := range probe.Run(ctx, e, kind, d, sets, first, b+1-first, p.options()) {
			if err != nil {
				return nil, err
			}
			if batch.First == 0 {
				out = observedEvidence(batch, freshLabels)
			}
			for i, labels := range batch.Labels {
				for v, t := range tallies {
					if err := t.Add(batch.First+i, labels, batch.Valid[v][i]); err != nil {
						return nil, err
					}
					watch.add(v, accurate(batch.Valid[v][i], labels))
					out[v].addValue(batch, v, i)
				}
				// Sets of this chunk beyond the stop are not counted: where a
				// test stops must not depend on the size of chunks.
				if watch.done() {
					break batches
				}
			}
			heard(batch.First + len(batch.Labels) - 1)
		}
	}
	for v, t := range tallies {
		counts := t.Counts()
		if len(prior) > 0 {
			if err := counts.Merge(prior[v].Counts); err != nil {
				return nil, err
			}
		}
		out[v].Counts = counts
	}
	return out, nil
}

// tallies are empty counts, one for each set of copies.
func (p plan) tallies(d probe.Data) ([]*perm.Tally, error) {
	var all []*perm.Tally
	for range d.Valid {
		t, err := perm.NewTally(d.Train.Rows, d.Classes, perm.TallyOptions{Seed: p.seed, Groups: p.groups, Rows: p.reshuffles, PerExample: true})
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// observedEvidence is what the batch with the real labels says of each set of
// copies, apart from counts.
func observedEvidence(batch probe.Batch, freshLabels []int32) []Evidence {
	out := make([]Evidence, len(batch.Valid))
	for v := range out {
		out[v].Predicted = slices.Clone(batch.Valid[v][0])
		out[v].Margins = batch.Margins[v]
		out[v].Strength = batch.Strength
		if batch.Parents != nil {
			out[v].Parents = batch.Parents[v]
		}
		if len(batch.Fresh) > 0 {
			share := float64(accurate(batch.Fresh, freshLabels)) / float64(len(freshLabels))
			out[v].Fresh = &share
		}
	}
	return out
}

// options are those of the probe's run.
func (p plan) options() probe.Options {
	o := probe.Options{Seed: p.seed, Devices: p.devices}
	if m, err := probe.ParseMetric(p.metric); err == nil {
		o.Metric = m
	}
	return o
}

// addValue adds the metric of label set i of a batch on copies v, where the
// probe gave it.
func (e *Evidence) addValue(batch probe.Batch, v, i int) {
	if batch.Values != nil {
		e.Values, e.Chance = append(e.Values, batch.Values[v][i]), append(e.Chance, batch.Chance[v][i])
	}
}

// accurate counts the predictions that equal their labels.
func accurate(predicted, labels []int32) int {
	hits := 0
	for i, p := range predicted {
		if p == labels[i] {
			hits++
		}
	}
	return hits
}

// watch tells when the sequential tests of all sets of copies have stopped.
type watch struct {
	test     perm.Sequential
	on       bool
	observed []int
	null     [][]int
}

func newWatch(p plan, b, copies int) *watch {
	return &watch{perm.Sequential{H: p.stop, Max: b}, p.stop > 0, make([]int, copies), make([][]int, copies)}
}

// add hears of the hits of the next label set on copies v; the first is the
// observed one.
func (w *watch) add(v, hits int) {
	if w.null[v] == nil {
		w.observed[v], w.null[v] = hits, []int{}
		return
	}
	w.null[v] = append(w.null[v], hits)
}

// remember hears of all label sets that were counted before.
func (w *watch) remember(v int, c *perm.Counts) {
	for _, hits := range c.Hits {
		w.add(v, hits)
	}
}

// done says whether no set of copies needs another label set.
func (w *watch) done() bool {
	if !w.on {
		return false
	}
	for v := range w.null {
		if s, err := w.test.Hits(w.observed[v], w.null[v], 0); err != nil || !s.Done {
			return false
		}
	}
	return true
}

// ceilingShare is the share of copies with their parent among their neighbours
// from which k-NN memorization is flagged as the vote's own ceiling.
const ceilingShare = 0.95

// row judges evidence. The row given says what was measured and how.
func (p plan) row(row result.Row, ev Evidence, enumerated bool, flags []string) (result.Row, error) {
	v, err := p.verdict(ev, enumerated)
	if err != nil {
		return row, err
	}
	row.Format = result.Format
	row.N, row.Classes, row.Permutations = ev.Counts.N, ev.Counts.Classes, v.Permutations
	row.Observed, row.Null, row.NullMean, row.NullSD, row.Chance, row.Fresh = v.Observed, v.Null, v.NullMean, v.NullSD, v.Chance, ev.Fresh
	row.Learning, row.Memorization = v.Learning, v.Memorization
	if v.ZDefined {
		row.Z = &v.Z
	}
	row.LearningP, row.LearningPLow, row.LearningPHigh = v.LearningP, v.LearningPLow, v.LearningPHigh
	if p.stop > 0 && !enumerated {
		// The test of its own cell: sets drawn for other levels do not count.
		s, err := perm.Sequential{H: p.stop, Max: p.permutations}.Hits(ev.Counts.Hits[0], ev.Counts.Hits[1:], 0)
		if err != nil {
			return row, err
		}
		row.LearningP, row.LearningPLow, row.LearningPHigh = s.P, s.Low, s.High
	}
	row.MemorizationP = v.MemorizationP
	row.Strength = ev.Strength
	if p.metric != MetricAccuracy {
		row.Metric = p.metric
	}
	reshuffles := len(ev.Counts.Reshuffled)
	row.Reshuffles = &reshuffles
	for _, c := range v.PerClass {
		row.PerClass = append(row.PerClass, result.ClassRow{Class: c.Class, Labels: c.Labels, Observed: c.Observed, NullMean: c.NullMean,
			Chance: c.Chance, Learning: c.Learning, Memorization: c.Memorization, LearningP: c.LearningP})
	}
	row.Flags = slices.Clone(flags)
	if v.Saturated() {
		row.Flags = append(row.Flags, result.FlagSaturated)
	}
	if v.FloorAboveLevel() {
		row.Flags = append(row.Flags, fmt.Sprintf("%s: %.3g is above the level %g", result.FlagFloor, v.Floor, v.Level))
	}
	if s := chosenAtEdge(row.Probe, ev.Strength, row.Classes); s != "" {
		row.Flags = append(row.Flags, s)
	}
	if ev.Parents >= ceilingShare {
		row.Flags = append(row.Flags, fmt.Sprintf("%s: parent among the neighbours of %.1f %% of the copies", result.FlagCeiling, 100*ev.Parents))
	}
	return row, nil
}

// Metrics by which probes can be scored. Learning and memorization are then
// differences of this metric; memorization p and what is said of classes and of
// single examples stay about hits.
const (
	MetricAccuracy = "accuracy"
	MetricBalanced = "balanced" // mean over the classes of the share of hits
	MetricAUC      = "auc"      // of each class against the rest, averaged
	MetricLogLoss  = "log-loss" // mean logarithm of the label's probability, at most 0
)

// Metrics lists the metrics.
func Metrics() []string {
	return []string{MetricAccuracy, MetricBalanced, MetricAUC, MetricLogLoss}
}

// verdict judges evidence by the plan's metric.
func (p plan) verdict(ev Evidence, enumerated bool) (perm.Verdict, error) {
	o := perm.Options{Level: p.alpha, Sides: p.sides, Enumerated: enumerated}
	if p.metric == MetricBalanced {
		o.Metric = perm.BalancedAccuracy
	}
	hits, err := perm.Judge(ev.Counts, o)
	if err != nil || ev.Values == nil {
		return hits, err
	}
	v, err := perm.JudgeStatistic(ev.Values, ev.Chance, o)
	v.MemorizationP, v.PerClass = hits.MemorizationP, hits.PerClass
	return v, err
}

// chosenAtEdge is the flag of an L2 strength that cross-validation chose at either
// end of its grid; "" where it did not. The strength of softmax is that of ridge
// over the number of classes.
func chosenAtEdge(name string, strength float64, classes int) string {
	kind, setting, _ := strings.Cut(name, ":")
	if setting != "gcv" {
		return ""
	}
	grid := probe.Strengths()
	alpha := strength
	if kind == "softmax" {
		alpha *= float64(classes)
	}
	if alpha > 1.01*grid[0] && alpha < 0.99*grid[len(grid)-1] {
		return ""
	}
	return fmt.Sprintf("%s: %.3g", result.FlagStrength, strength)
}
