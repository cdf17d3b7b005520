package oracle_test

import (
	"bytes"
	"encoding/csv"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/internal/oracle"
	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
)

// measured is a scenario with what memtest said of it.
type measured struct {
	scenario
	used, logits []features.Features
	words        []string
	fits         []*fit // of each features, probe by probe
	cells        []memtest.Cell
	rows         []result.Row // complete
	again        map[int]*again
	told         []told // of each row
}

// told is what the oracle says of a row.
type told struct {
	fields  oracle.Fields
	cell    oracle.Cell
	flagged *oracle.Flagged
	fresh   float64 // tolerance of the fresh accuracy
	errors  float64 // tolerance of errors over images, of metrics other than accuracy
	chosen  float64 // L2 penalty that was chosen; 0 = none was
}

// again is what the oracle's own probe says in place of a fit.
type again struct {
	penalty float64
	parents []float64       // of each level; nil = no neighbours
	nearest []float64       // likewise, of raw inputs by their values; nil = of a network
	scores  []oracle.Scores // [sets][levels and fresh][n][K]; nil = the oracle has no such probe
	scale   string
	columns int // that the probe saw
	dropped int
	floored int
	within  float64
	varies  bool
}

func (m *measured) measure(t *testing.T, e *xla.Engine) {
	t.Helper()
	o := m.options
	o.Seed, o.Halves = seedOfRuns, -1 // errors by halves are not computed again
	if o.Permutations == 0 {
		o.Permutations = 19
	}
	if o.Alpha == 0 {
		o.Alpha = 0.05
	}
	m.options, m.words, m.again = o, strings.Fields(m.probes), map[int]*again{}
	o.OwnProbes = recorders(t, m.probes, &m.fits)
	for cell, err := range memtest.Measure(t.Context(), e, features.Stream(m.used...), o) {
		if err != nil {
			t.Fatal(err)
		}
		m.cells = append(m.cells, cell)
		m.rows = append(m.rows, cell.Row)
	}
	if len(m.fits) != len(m.used)*len(m.words) {
		t.Fatalf("%d fits of %d features by %d probes", len(m.fits), len(m.used), len(m.words))
	}
	evidence := func(cell string) (memtest.Evidence, bool) {
		i := slices.IndexFunc(m.cells, func(c memtest.Cell) bool { return c.Cell() == cell })
		return m.cells[i].Evidence, true
	}
	var err error
	if m.rows, err = memtest.Complete(m.rows, evidence); err != nil {
		t.Fatal(err)
	}
}

// of finds the features that a row is of, all networks' of a full refit, with the
// numbers of probe and level.
func (m *measured) of(t *testing.T, r result.Row) (used []int, word, level int) {
	t.Helper()
	for i, f := range m.used {
		if f.Role == r.Role && (f.Seed == r.Seed) && f.EpochNumber() == r.Epoch && f.Layer == r.Layer {
			used = append(used, i)
			level = slices.Index(f.Levels, r.Level)
		}
	}
	word = slices.Index(m.words, r.Probe)
	if len(used) == 0 || word < 0 || level < 0 || r.Role != features.Refit && len(used) != 1 {
		t.Fatalf("%s is of %d features, probe %d, level %d", r.Cell(), len(used), word, level)
	}
	slices.SortFunc(used, func(a, b int) int { return m.used[a].LabelSet - m.used[b].LabelSet })
	return used, word, level
}

// want computes all fields of row i that follow from its features.
func (m *measured) want(t *testing.T, i int) told {
	r := m.rows[i]
	used, word, level := m.of(t, r)
	first, number := m.used[used[0]], m.number(used[0], word)
	c := m.cell(t, used, word, level, m.cells[i])
	m.examples(t, i, c)
	a, noted := m.again[number], m.fits[number]
	f := c.Row()
	f["features"], f["exact"] = float64(a.columns), 0
	chosen := strings.HasSuffix(m.words[word], "gcv")
	if r.Role == features.Refit || !chosen && (r.Role == features.Input || r.Role == features.Untrained) {
		f["exact"] = 1
	}
	if a.varies && r.Role != features.Refit {
		f["within_class"] = a.within
	}
	if a.penalty > 0 {
		f["l2_strength"] = a.penalty
	}
	if l, known := m.logitsOf(first); known {
		maps.Copy(f, oracle.OwnRow(wide(l.Train), wide(copiesOf(t, l)[level]), wide(l.Fresh), whole(l.Labels), whole(l.FreshLabels)))
	}
	labels, fresh := whole(first.FreshLabels), noted.fresh
	f["fresh"], f["fresh_chance"], f["fresh_n"] = float64(hitsOf(fresh, labels))/float64(len(labels)), oracle.Chance(fresh, labels), float64(len(labels))
	out := told{f, c, m.flagged(first, a, level), 1e-12, 1e-9, 0}
	out.flagged.OneClass = c.OneClass()
	switch {
	case c.Values == nil && c.Metric != oracle.Accuracy:
		out.errors = 1e-7 // parts by image are float32
	case c.Values != nil:
		out.errors = scoreTolerance[strings.SplitN(r.Probe, ":", 2)[0]]
	}
	if chosen {
		out.chosen = a.penalty
	}
	if a.scores != nil {
		f["fresh"] = float64(hitsOf(oracle.Predict(a.scores[0][len(first.Levels)]), labels)) / float64(len(labels))
		if a.penalty > 0 {
			out.fresh = 1.5 / float64(len(labels))
		}
	}
	if a.parents != nil {
		f["parents"] = a.parents[level]
	}
	if a.nearest != nil {
		f["nearest"] = a.nearest[level]
	}
	for v, l := range first.Levels {
		if l > 0 { // the smallest comes first
			copies, real := noted.predicted[v][0], noted.sets[0]
			f["level"], out.flagged.Doubtful = r.Level, oracle.Doubtful(hitsOf(copies, real), len(real), oracle.Chance(copies, real), hitsOf(fresh, labels), len(labels), f["fresh_chance"])
			break
		}
	}
	if r.Metric != c.Metric || r.Scale != a.scale {
		t.Errorf("%s: metric %q, scale %q, by definition %q, %q", m.where(i), r.Metric, r.Scale, c.Metric, a.scale)
	}
	return out
}

// number is that of the fit of a probe to some features.
func (m *measured) number(used, word int) int { return used*len(m.words) + word }

// cell gathers what row i follows from and compares predictions and scores on the
// way.
func (m *measured) cell(t *testing.T, used []int, word, level int, measured memtest.Cell) oracle.Cell {
	t.Helper()
	first := m.used[used[0]]
	c := oracle.Cell{Classes: first.Classes, Groups: whole(first.Groups), Metric: m.options.Metric, TwoSided: m.options.TwoSided,
		Alpha: m.options.Alpha, Seed: m.options.Seed, Values: measured.Values, Chance: slices.Clone(measured.Evidence.Chance)}
	b := m.options.Permutations
	if len(used) > 1 {
		b = len(used) - 1
	}
	if c.Metric == memtest.MetricAccuracy {
		c.Metric = oracle.Accuracy
	}
	sets := oracle.LabelSets(whole(first.Labels), c.Groups, m.options.Seed, b)
	for _, u := range used {
		n := m.number(u, word)
		noted := m.fits[n]
		if m.again[n] == nil {
			m.again[n] = m.fit(t, m.used[u], m.words[word], sets)
		}
		for s, predicted := range noted.predicted[level] {
			at := s + m.used[u].LabelSet
			if at >= len(sets) || !slices.Equal(noted.sets[s], sets[at]) {
				t.Fatalf("%s: label set %d is another", measured.Cell(), at)
			}
			c.Sets, c.Predicted = append(c.Sets, sets[at]), append(c.Predicted, predicted)
		}
	}
	if m.options.Stop > 0 && len(used) == 1 {
		c.Stop, c.Most = m.options.Stop, b
		values := m.accuracies(m.number(used[0], word))
		drawn, decided := oracle.Drawn(values, c.Stop, b)
		if decided {
			differences.add("cells of which a set decided", differences["cells of which a set decided"]+1)
			c.Decided = values[level][drawn : drawn+1]
			drawn--
		}
		c.Sets, c.Predicted = c.Sets[:drawn+1], c.Predicted[:drawn+1]
	}
	if c.Values == nil && (c.Metric == oracle.AUC || c.Metric == oracle.LogLoss) {
		t.Fatalf("%s: no values of the metric", measured.Cell())
	}
	m.predictions(t, used, word, level, &c, measured)
	return c
}

// accuracies are those of each level, [levels][sets].
func (m *measured) accuracies(number int) (all [][]float64) {
	f := m.fits[number]
	for _, level := range f.predicted {
		var values []float64
		for s, predicted := range level {
			values = append(values, float64(hitsOf(predicted, f.sets[s]))/float64(len(predicted)))
		}
		all = append(all, values)
	}
	return all
}

// fit fits the oracle's probe to all label sets of some features, or to that of
// the network of a full refit.
func (m *measured) fit(t *testing.T, f features.Features, word string, sets [][]int) *again {
	t.Helper()
	train, rows := wide(f.Train), [][][]float64{}
	for _, copies := range copiesOf(t, f) {
		rows = append(rows, wide(copies))
	}
	rows = append(rows, wide(f.Fresh))
	a := again{scale: m.options.Scale}
	if f.Role == features.Input {
		a.nearest = parents(train, rows[:len(f.Levels)], 1)
	}
	switch {
	case a.scale != "":
	case f.Role == features.Input: // images
		a.scale = oracle.Shared
	default:
		a.scale = oracle.Floor
	}
	if a.scale != oracle.None {
		scaling := oracle.NewScaling(train, a.scale)
		train, a.dropped, a.floored = scaling.Apply(train), scaling.Dropped(), scaling.Floored
		for v := range rows {
			rows[v] = scaling.Apply(rows[v])
		}
	}
	a.columns = len(train[0])
	a.within, a.varies = oracle.WithinClass(train, whole(f.Labels), f.Classes)
	if f.Role == features.Refit {
		sets = sets[f.LabelSet : f.LabelSet+1]
	}
	a.penalty = oracle.Penalty(word, train, sets[0], f.Classes)
	probe := oracle.NewProbe(word, train, rows, f.Classes)
	if probe == nil {
		return &a
	}
	for _, labels := range sets {
		a.scores = append(a.scores, probe(labels, a.penalty))
	}
	if strings.HasPrefix(word, "knn") {
		a.parents = parents(train, rows[:len(f.Levels)], neighbours(t, word))
	}
	return &a
}

// neighbours is k of the word of a k-NN probe.
func neighbours(t *testing.T, word string) int {
	t.Helper()
	_, setting, given := strings.Cut(word, ":")
	if !given {
		return 5
	}
	k, err := strconv.Atoi(setting)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// parents is, for each level, the share of copies that have their parent among
// their k nearest neighbours.
func parents(train [][]float64, levels [][][]float64, k int) (all []float64) {
	for _, copies := range levels {
		have := 0
		for i, near := range oracle.Nearest(train, copies, k) {
			if slices.Contains(near, i) {
				have++
			}
		}
		all = append(all, float64(have)/float64(len(copies)))
	}
	return all
}

// logitsOf are the logits of the network that features are of.
func (m *measured) logitsOf(f features.Features) (features.Features, bool) {
	i := slices.IndexFunc(m.logits, func(l features.Features) bool {
		return f.Role != features.Input && l.Role == f.Role && l.Seed == f.Seed && l.EpochNumber() == f.EpochNumber() && l.LabelSet == f.LabelSet
	})
	if i < 0 {
		return features.Features{}, false
	}
	return m.logits[i], true
}

// accuracy is the training accuracy of the network that features are of.
func (m *measured) accuracy(f features.Features) float64 {
	l, _ := m.logitsOf(f)
	accuracy, _ := oracle.Own(wide(l.Train), whole(l.Labels))
	return accuracy
}

// flagged is what the warnings of a row follow from.
func (m *measured) flagged(f features.Features, a *again, level int) *oracle.Flagged {
	out := &oracle.Flagged{TwoSided: m.options.TwoSided, Dropped: a.dropped, Floored: a.floored, Columns: f.Train.Cols}
	if a.parents != nil {
		out.Parents = a.parents[level]
	}
	if f.Role == features.Twin {
		network := f
		network.Role = features.Network
		out.Gap = m.accuracy(f) - m.accuracy(network)
	}
	return out
}

// predictions compares what memtest predicted with the oracle's probe: equal for
// centroid and knn, one hit of a label set for ridge, one in a thousand for
// softmax. Where the metric is of scores, its values are compared.
func (m *measured) predictions(t *testing.T, used []int, word, level int, c *oracle.Cell, measured memtest.Cell) {
	t.Helper()
	name, _, _ := strings.Cut(m.words[word], ":")
	different := 0
	for b := range c.Sets {
		a, set := m.again[m.number(used[0], word)], b
		if len(used) > 1 {
			a, set = m.again[m.number(used[b], word)], 0
		}
		if a.scores == nil {
			return
		}
		scores := a.scores[set][level]
		own := oracle.Predict(scores)
		different += differing(own, c.Predicted[b])
		if off := hitsOf(own, c.Sets[b]) - hitsOf(c.Predicted[b], c.Sets[b]); name == "ridge" && (off > 1 || off < -1) {
			t.Errorf("%s: label set %d has %d hits less than by definition", measured.Cell(), b, off)
		}
		if c.Values != nil {
			m.values(t, c, measured, name, scores, b)
		}
		if b == 0 {
			m.margins(t, measured, scores, c.Sets[0])
		}
	}
	all := len(c.Sets) * len(c.Sets[0])
	if different > map[string]int{"ridge": len(c.Sets), "softmax": all / 1000}[name] {
		t.Errorf("%s: %d of %d predictions are others than by definition", measured.Cell(), different, all)
	}
	differences.add("predictions of "+name, float64(different)/float64(all))
}

// scoreTolerance is by how much a metric of a probe's scores may differ. Scores of linear
// probes are float32, in which a pair of examples that nearly tie can change places; of
// these sizes a pair is 4e-5 of the AUC.
var scoreTolerance = map[string]float64{"softmax": 2e-3, "knn": 1e-6, "ridge": 1e-4, "centroid": 1e-4}

// values compares the metric of scores of a label set, and its chance, and adds
// their parts by image.
func (m *measured) values(t *testing.T, c *oracle.Cell, measured memtest.Cell, name string, scores [][]float64, b int) {
	t.Helper()
	if c.Metric == oracle.LogLoss && name == "knn" {
		scores = oracle.LogShares(scores, neighbours(t, measured.Probe))
	}
	value, chance := oracle.Scored(c.Metric, scores, c.Sets[b]), oracle.ScoredChance(c.Metric, scores, c.Sets[b], c.Groups)
	parts, chances := oracle.ScoredParts(c.Metric, scores, c.Sets[b], c.Groups)
	c.Parts, c.ChanceParts = append(c.Parts, parts), append(c.ChanceParts, chances)
	if _, known := m.known["chance"]; known {
		c.Chance[b] = chance
	}
	differences.add(c.Metric+" of "+name, math.Abs(value-c.Values[b]))
	differences.add("chance of "+c.Metric+" of "+name, math.Abs(chance-c.Chance[b]))
	if !near(value, c.Values[b], scoreTolerance[name]) || !near(chance, c.Chance[b], scoreTolerance[name]) {
		t.Errorf("%s: label set %d has %s %v, chance %v, by definition %v and %v", measured.Cell(), b, c.Metric, c.Values[b], c.Chance[b], value, chance)
	}
}

// marginTolerance is by how much the margin of a probe may differ, relative to a
// margin of 1 or more. Fits of softmax end within a tolerance of the objective, in
// which weights and margins show more than predictions.
var marginTolerance = map[string]float64{"ridge": 1e-4, "centroid": 1e-4, "knn": 1e-6, "softmax": 0.02}

// margins compares the margins of the fit to the real labels.
func (m *measured) margins(t *testing.T, measured memtest.Cell, scores [][]float64, labels []int) {
	t.Helper()
	name, _, _ := strings.Cut(measured.Probe, ":")
	for i, want := range oracle.Margins(scores, labels) {
		got := float64(measured.Margins[i])
		differences.add("margins of "+name, math.Abs(got-want))
		if !near(got, want, marginTolerance[name]*max(1, math.Abs(want))) {
			t.Errorf("%s: example %d has the margin %v, by definition %v", measured.Cell(), i, got, want)
			return
		}
	}
}

// examples compares what examples.csv says of a cell.
func (m *measured) examples(t *testing.T, i int, c oracle.Cell) {
	t.Helper()
	cell := m.cells[i]
	classes := make([]string, c.Classes)
	labels := make([]int32, len(c.Sets[0]))
	for k := range classes {
		classes[k] = strconv.Itoa(k)
	}
	for e, y := range c.Sets[0] {
		labels[e] = int32(y)
	}
	var text bytes.Buffer
	if err := report.ExamplesCSV(&text, slices.Values([]result.Cell{cell}), labels, classes, nil); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&text).ReadAll()
	if err != nil || len(lines) != 1+len(labels) {
		t.Fatalf("%d lines for %d examples: %v", len(lines), len(labels), err)
	}
	column := func(line int, name string) string { return lines[line][slices.Index(lines[0], name)] }
	for e, want := range c.Examples() {
		memorization, err := strconv.ParseFloat(column(e+1, "memorization"), 64)
		se, err2 := strconv.ParseFloat(column(e+1, "se"), 64)
		ok := err == nil && err2 == nil && near(memorization, want.Memorization, 1e-5) && near(se, want.SE, 1e-5)
		if !ok || column(e+1, "class") != strconv.Itoa(c.Sets[0][e]) || column(e+1, "predicted") != strconv.Itoa(c.Predicted[0][e]) {
			t.Errorf("%s: examples.csv says %v, by definition memorization %v ± %v, predicted %d", m.where(i), lines[e+1], want.Memorization, want.SE, c.Predicted[0][e])
			return
		}
		differences.add("examples.csv memorization", math.Abs(memorization-want.Memorization))
		differences.add("examples.csv se", math.Abs(se-want.SE))
	}
}

// differences are the largest that were seen beside the fields of rows.
var differences = extremes{}

type extremes map[string]float64

func (e extremes) add(name string, v float64) { e[name] = max(e[name], v) }
