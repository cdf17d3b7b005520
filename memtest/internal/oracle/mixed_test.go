package oracle_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/internal/oracle"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// mixedFeatures are the raw pixels of the examples, whose classes overlap.
func mixedFeatures(levels ...float64) features.Features {
	train, fresh := examples("made", 126, 1), examples("fresh", 48, 2)
	return features.Features{
		Train: train.Raw(), Labels: train.Y, Fresh: fresh.Raw(), FreshLabels: fresh.Y, Classes: 3,
		Network: "net", Layer: "h", Levels: levels, Perturbation: features.MixClass,
	}
}

// absentOfMixed are the fields that rows of mix-class do not have.
var absentOfMixed = []string{
	"memorization_p", "reshuffles", "memorization_class", "memorization_own", "memorization_own_p", "memorization_own_se", "nearest",
	"learning_se", "learning_low", "learning_high", "learning_sets_se", "memorization_se", "memorization_low", "memorization_high", "memorization_sets_se",
	"differences", "halves", "own_accuracy", "own_loss",
}

// Rows of mix-class are those of probes that score blends which were really built, for each
// label set with its own partners, in float64: ridge and softmax but for a hit in a label
// set, centroid exactly.
func TestMixedRows(t *testing.T) {
	levels := []float64{0, 0.25, 0.5}
	f := mixedFeatures(levels...)
	var groups []int32
	for i := range f.Labels {
		groups = append(groups, int32(i/6%4))
	}
	for _, c := range []struct {
		metric string
		groups []int32
		probes []string
	}{
		{memtest.MetricAccuracy, nil, []string{"ridge", "softmax", "centroid"}},
		{memtest.MetricAccuracy, groups, []string{"ridge", "centroid"}},
		{memtest.MetricBalanced, nil, []string{"ridge", "centroid"}},
		{memtest.MetricAUC, groups, []string{"ridge", "centroid"}},
		{memtest.MetricLogLoss, nil, []string{"softmax"}},
	} {
		f.Groups = c.groups
		t.Run(fmt.Sprintf("%s, groups %t", c.metric, c.groups != nil), func(t *testing.T) { compareMixed(t, f, c.probes, c.metric) })
	}
}

func compareMixed(t *testing.T, f features.Features, probes []string, metric string) {
	const b = 19
	e := engine(t, "")
	rows, err := memtest.Rows(memtest.Measure(t.Context(), e, features.Stream(f), memtest.Options{Probes: probes, Metric: metric, Permutations: b, Seed: seedOfRuns}))
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(probes)*len(f.Levels) {
		t.Fatalf("%d rows", len(rows))
	}
	scaling := oracle.NewScaling(wide(f.Train), oracle.Floor)
	train := scaling.Apply(wide(f.Train))
	sets := oracle.LabelSets(whole(f.Labels), whole(f.Groups), seedOfRuns, b)
	for first := 0; first < len(rows); first += len(f.Levels) { // a probe
		word := rows[first].Probe
		penalty := oracle.Penalty(word, train, sets[0], f.Classes)
		cells := make([]oracle.Cell, len(f.Levels))
		for v := range cells {
			cells[v] = oracle.Cell{Sets: sets, Classes: f.Classes, Groups: whole(f.Groups), Metric: metric, Alpha: 0.05, Seed: seedOfRuns}
			if metric == memtest.MetricAccuracy {
				cells[v].Metric = oracle.Accuracy
			}
		}
		for s, labels := range sets {
			var blends [][][]float64
			for _, level := range f.Levels {
				blends = append(blends, oracle.Blends(train, oracle.Partners(labels, seedOfRuns, s), level))
			}
			for v, scores := range oracle.NewProbe(word, train, blends, f.Classes)(labels, penalty) {
				addScored(&cells[v], scores, labels)
			}
		}
		for v, c := range cells {
			compareMixedRow(t, rows[first+v], c)
		}
	}
}

// addScored adds what the scores of a label set say to a cell.
func addScored(c *oracle.Cell, scores [][]float64, labels []int) {
	c.Predicted = append(c.Predicted, oracle.Predict(scores))
	if c.Metric != oracle.AUC && c.Metric != oracle.LogLoss {
		return
	}
	c.Values = append(c.Values, oracle.Scored(c.Metric, scores, labels))
	c.Chance = append(c.Chance, oracle.ScoredChance(c.Metric, scores, labels, c.Groups))
	parts, chances := oracle.ScoredParts(c.Metric, scores, labels, c.Groups)
	c.Parts, c.ChanceParts = append(c.Parts, parts), append(c.ChanceParts, chances)
}

// compareMixedRow holds a row to what follows from a cell.
func compareMixedRow(t *testing.T, r result.Row, c oracle.Cell) {
	t.Helper()
	line, err := r.Line()
	if err != nil {
		t.Fatal(err)
	}
	var said map[string]any
	if err := json.Unmarshal(line, &said); err != nil {
		t.Fatal(err)
	}
	for _, name := range absentOfMixed {
		if v, has := said[name]; has {
			t.Errorf("%s: field %s is %v, but blends have none", r.Cell(), name, v)
		}
	}
	tolerance := 1e-9
	if c.Values != nil {
		tolerance = 5 * scoreTolerance[map[bool]string{true: "softmax", false: "ridge"}[r.Probe == "softmax"]]
	} else if r.Probe != "centroid" { // a hit in each label set
		tolerance = 1.01 / float64(r.N)
		if c.Metric == oracle.Balanced {
			tolerance = 1.01 / 3 / 21 // the smallest class has 21
		}
	}
	want := c.Row()
	got := map[string]float64{"observed": r.Observed, "null_mean": r.NullMean, "null_sd": r.NullSD, "chance": r.Chance, "learning": r.Learning, "memorization": r.Memorization}
	for i, v := range r.Null {
		got[fmt.Sprintf("null[%d]", i)] = v
	}
	for name, v := range got {
		if !near(v, want[name], tolerance) {
			t.Errorf("%s: %s is %v, of blends that were built %v", r.Cell(), name, v, want[name])
		}
		differences.add("mix-class "+r.Probe+" "+c.Metric, math.Abs(v-want[name]))
	}
	if r.Probe == "centroid" && c.Values == nil {
		for name, v := range map[string]float64{"learning_p": r.LearningP, "learning_p_low": r.LearningPLow, "learning_p_high": r.LearningPHigh} {
			if !near(v, want[name], 1e-9) {
				t.Errorf("%s: %s is %v, of blends that were built %v", r.Cell(), name, v, want[name])
			}
		}
		for k, class := range r.PerClass {
			name := fmt.Sprintf("per_class[%d].", k)
			if !near(class.Observed, want[name+"observed"], 1e-9) || !near(class.Memorization, want[name+"memorization"], 1e-9) || !near(class.LearningP, want[name+"learning_p"], 1e-9) {
				t.Errorf("%s: class %d is %+v", r.Cell(), k, class)
			}
		}
	}
}

// At level 0 blends are the training features: rows are those of copies that are.
func TestMixedAtZeroIsTheTrainingFeatures(t *testing.T) {
	e := engine(t, "")
	mixed := mixedFeatures(0)
	given := mixed
	given.Perturbation, given.Copies = "", features.Matrices(given.Train)
	o := memtest.Options{Probes: []string{"ridge", "softmax", "centroid"}, Permutations: 19, Seed: seedOfRuns}
	var rows [2][]result.Row
	for i, f := range []features.Features{mixed, given} {
		var err error
		if rows[i], err = memtest.Rows(memtest.Measure(t.Context(), e, features.Stream(f), o)); err != nil || len(rows[i]) != 3 {
			t.Fatalf("%d rows (%v)", len(rows[i]), err)
		}
	}
	for i, r := range rows[0] {
		want := rows[1][i]
		if r.Observed != want.Observed || !slices.Equal(r.Null, want.Null) || r.Chance != want.Chance || r.LearningP != want.LearningP || *r.Fresh != *want.Fresh {
			t.Errorf("%s: %v, null %v, of the training features %v, null %v", r.Probe, r.Observed, r.Null, want.Observed, want.Null)
		}
	}
}

// Where the copies of a level do not lie in one piece on the device, or there are more
// columns than examples, blends are scored in other ways.
func TestMixedRowsOfWideFeatures(t *testing.T) {
	f := mixedFeatures(0.3)
	n := 24
	f.Train, f.Labels = arrays.Matrix{Rows: n, Cols: 25, Data: f.Train.Data[:n*25]}, f.Labels[:n]
	compareMixed(t, f, []string{"ridge", "centroid"}, memtest.MetricAccuracy)
}
