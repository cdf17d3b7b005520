package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// told is what Conclusions say about rows, as one text.
func told(t *testing.T, rows []result.Row) string {
	t.Helper()
	s, err := Conclusions(rows)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(s, "\n")
}

// toy is a row by hand: n = 1000 and 10 classes, with B = 3 null accuracies
// around null.
func toy(network string, epoch int, level, observed, null float64) result.Row {
	r := result.Row{
		Format: result.Format, Data: "toy", Network: network, Seed: 1, Epoch: epoch, Layer: "hidden", Probe: "ridge", Perturbation: "gaussian", Level: level,
		N: 1000, Features: 8, Classes: 10, Permutations: 3,
		Observed: observed, NullMean: null, NullSD: 0.002, Null: []float64{null - 0.002, null, null + 0.002}, Chance: 0.1,
		Learning: observed - null, Memorization: null - 0.1, LearningP: 0.005, MemorizationP: 0.001, Exact: epoch <= 0,
	}
	if network == string(features.Input) {
		r.Layer = "input"
	}
	fresh, freshChance, se := 0.6, 0.1, 0.005
	r.Fresh, r.FreshChance, r.FreshN = &fresh, &freshChance, 1000
	r.LearningSE, r.MemorizationSE = &se, &se
	return r
}

// toyRun is a network that learned, beside its references, at levels 0, 0.3
// and 0.5.
func toyRun() []result.Row {
	var rows []result.Row
	for _, level := range []float64{0, 0.3, 0.5} {
		rows = append(rows,
			toy(string(features.Input), result.EpochNone, level, 0.70-level/10, 0.30),
			toy("mlp", 0, level, 0.72-level/10, 0.24),
			toy("mlp", 9, level, 0.95-level/10, 0.24+level/100),
			toy(string(features.Twin), 9, level, 0.50-level/10, 0.40),
		)
	}
	return rows
}

func TestConclusionsOfANetworkThatLearned(t *testing.T) {
	s := told(t, toyRun())
	for _, want := range []string{
		// Of 0, 0.3 and 0.5 the level is 0.5, the upper middle of the two above 0:
		// observed 0.90, null 0.245.
		"Seen by the ridge probe at gaussian 0.5, mlp after epoch 9 (layer hidden) learned more than the untrained network, the raw input and the shuffled-label twin; " +
			"it memorized the same within 0.05 as the untrained network, less than the raw input and the shuffled-label twin.",
		// 6 comparisons at level 0.05, two errors of 0.005: 0.225 ± 2.638·0.00707; and 0.655 ± 1.96·0.005.
		"learning +0.655 [95% interval over images: +0.645 to +0.665] against untrained network +0.430 (difference +0.225, +0.206 to +0.244), raw input +0.350 (difference +0.305, +0.286 to +0.324) and",
		"against untrained network +0.140 (difference +0.005, −0.014 to +0.024), raw input +0.200 (difference −0.055,",
		"There the ridge probe gives 0.900 of the copies their real label, and 0.245 ± 0.0020 a shuffled one; chance is 0.100.",
		// (0.655 − 0.05) / (1 − 0.1 − 0.05) = 0.7118
		"its learning is +0.712.",
		"From level 0.3 to 0.5, learning goes from +0.677 to +0.655 and memorization from +0.143 to +0.145.",
		"Fresh examples get their label with accuracy 0.600.",
		"The learning p-values of mlp and twin are descriptive",
		"3 permutations are too few to say that a learning p-value is below 0.05: the smallest that they can give is 0.250.",
		"not adjusted for the 12 cells",
		"At level 0 a copy is its parent",
		"There is one training seed",
	} {
		if !strings.Contains(s, want) {
			t.Errorf("conclusions lack %q:\n%s", want, s)
		}
	}
	if strings.Contains(s, "There is no row of") {
		t.Errorf("a reference is said to be missing:\n%s", s)
	}
}

func TestConclusionsByCase(t *testing.T) {
	only := func(f func(result.Row) bool) []result.Row {
		return slices.DeleteFunc(toyRun(), func(r result.Row) bool { return !f(r) })
	}
	edit := func(f func(*result.Row)) []result.Row {
		rows := toyRun()
		for i := range rows {
			f(&rows[i])
		}
		return rows
	}
	chanceLevel := 0.102
	for name, c := range map[string]struct {
		rows      []result.Row
		want, not string
	}{
		"no learning":          {edit(func(r *result.Row) { r.LearningP = 0.4 }), "shows no learning; it memorized", "learned more"},
		"no memorization":      {edit(func(r *result.Row) { r.MemorizationP = 0.3 }), "it shows no memorization.", "memorized more"},
		"p of no memorization": {edit(func(r *result.Row) { r.MemorizationP = 0.3 }), "memorization +0.145 [95% interval over images: +0.135 to +0.155] (p = 0.300)", "memorization +0.145 against"},
		"within the margin": {edit(func(r *result.Row) {
			if r.Epoch == 0 {
				r.Observed, r.Learning = 0.897, 0.652 // 0.003 below the trained network's
			}
		}), "learned more than the raw input and the shuffled-label twin, the same within 0.05 as the untrained network;", ""},
		"a margin of one's own": {edit(func(r *result.Row) {
			r.Margin = 0.02
			if r.Epoch == 0 {
				r.Observed, r.Learning = 0.897, 0.652
			}
		}), "learned more than the raw input and the shuffled-label twin, with no difference shown to the untrained network;", ""},
		"a stricter level": {edit(func(r *result.Row) {
			r.Alpha, r.LearningP, r.MemorizationP = 1e-9, 1e-12, 1e-12
			if r.Epoch == 0 {
				r.Observed, r.Learning = 0.86, 0.615 // 0.04 below: 5.7 standard errors
			}
		}), "with no difference shown to the untrained network;", ""},
		"differences image by image": {edit(func(r *result.Row) {
			if r.Epoch == 9 && r.Network == "mlp" {
				o := toy("mlp", 0, r.Level, 0, 0)
				r.Differences = []result.Difference{{Reference: features.Untrained, Cell: o.Cell(), Learning: 0.01, LearningSE: 0.001}}
			}
		}), "untrained network +0.430 (difference +0.010, +0.007 to +0.013)", ""},
		"few examples":     {edit(func(r *result.Row) { r.N = 250 }), "With 250 examples the intervals are too short", ""},
		"halves":           {edit(func(r *result.Row) { r.N, r.Halves = 250, 10 }), "", "too short"},
		"images not known": {edit(func(r *result.Row) { r.LearningSE, r.MemorizationSE = nil, nil }), "against untrained network +0.430 (difference +0.225, +0.225 to +0.225)", "over images"},
		"neighbours":       {edit(func(r *result.Row) { share := 0.97; r.Parents = &share }), "and its memorization by this probe is only that 97.0% of the copies have their parent among their neighbours.", "it memorized"},
		"own memorization": {edit(func(r *result.Row) {
			own, p := r.Memorization/2, 0.001
			if r.Network == "mlp" && r.Epoch == 9 {
				p = 0.2
			}
			r.MemorizationOwn, r.MemorizationOwnP, r.MemorizationOwnSE = &own, &p, r.MemorizationSE
		}), "it shows no memorization.", "it memorized"},
		"no twin":         {only(func(r result.Row) bool { return r.Network != string(features.Twin) }), "There is no row of the shuffled-label twin to compare with", "On the scale"},
		"no untrained":    {only(func(r result.Row) bool { return r.Epoch != 0 }), "There is no row of the untrained network to compare with", ""},
		"no references":   {only(func(r result.Row) bool { return r.Network == "mlp" && r.Epoch == 9 }), "learned, compared with nothing; it memorized, compared with nothing.", ""},
		"only level 0":    {only(func(r result.Row) bool { return r.Level == 0 }), "Only level 0 was measured", "From level"},
		"only references": {only(func(r result.Row) bool { return r.Network == string(features.Input) }), "gaussian 0.5, the raw input learned, compared with nothing", "mlp"},
		"saturated": {edit(func(r *result.Row) {
			if r.Level == 0.5 {
				r.Flags = []string{result.FlagSaturated}
			}
		}), "Seen by the ridge probe at gaussian 0.3, mlp", "at gaussian 0.5, mlp"},
		"saturated is said": {edit(func(r *result.Row) {
			if r.Level == 0 {
				r.Flags = []string{result.FlagSaturated}
			}
		}), "Observed and null are both at 1, so these cells tell nothing. (4 rows: input, mlp and twin; probe ridge; level 0.)", ""},
		"ceiling":   {edit(func(r *result.Row) { r.Flags = []string{result.FlagCeiling + ": 5 of 5"} }), "Nearly every copy finds its own parent among its nearest neighbours", ""},
		"constant":  {edit(func(r *result.Row) { r.Flags = []string{result.FlagConstant} }), "The features have no variation at all", ""},
		"one class": {edit(func(r *result.Row) { r.Flags = []string{result.FlagOneClass + ": class 0 for 100 % of the copies"} }), "--metric balanced weighs classes alike", ""},
		"wide":      {edit(func(r *result.Row) { r.Flags = []string{result.FlagWide} }), "as many columns as examples", ""},
		"augmented": {edit(func(r *result.Row) { r.Flags = []string{result.FlagAugmented} }), "taught to take copies for their parents", ""},
		"doubtful copies": {edit(func(r *result.Row) {
			if r.Level > 0 {
				r.Flags, r.LearningP, r.MemorizationP = []string{result.FlagDoubtful + ": right at level 0.3 12.0 %, fresh examples 80.0 %"}, 0.4, 0.4
			}
		}), "cannot be told to have learned by such copies; it cannot be told to have memorized by such copies.", "shows no"},
		"copies that strayed": {edit(func(r *result.Row) {
			share := map[float64]float64{0: 1, 0.3: 0.96, 0.5: 0.9449}[r.Level]
			if r.Network == string(features.Input) {
				r.Nearest = &share
			}
		}), "at gaussian 0.5 (where only 94.5% of the copies have their parent as the nearest training example), mlp after", ""},
		"copies that did not": {edit(func(r *result.Row) {
			share := 0.95
			if r.Network == string(features.Input) {
				r.Nearest = &share
			}
		}), "at gaussian 0.5, mlp after", "nearest training example"},
		"twin apart":          {edit(func(r *result.Row) { r.Flags = []string{result.FlagTwinAccuracy} }), "reached different training accuracies", ""},
		"fresh at chance":     {edit(func(r *result.Row) { r.Fresh = &chanceLevel }), "accuracy 0.102, which is chance: what it learned holds near the training examples and does not generalize.", ""},
		"no fresh":            {edit(func(r *result.Row) { r.Fresh = nil }), "There are no fresh examples, so nothing is said about generalization.", "Fresh examples get"},
		"exact":               {edit(func(r *result.Row) { r.Exact = true }), "", "descriptive"},
		"given label sets":    {edit(func(r *result.Row) { r.Exact = false }), "those features have seen the labels, or their label sets came with them", ""},
		"enough permutations": {edit(func(r *result.Row) { r.Permutations, r.Null = 199, nil }), "No learning p-value can be below 0.005 with 199 permutations", "too few"},
		"adjusted":            {edit(func(r *result.Row) { r.LearningPAdjusted = &r.LearningP }), "", "not adjusted"},
		"twin as good as the ideal": {edit(func(r *result.Row) {
			if r.Network == string(features.Twin) {
				r.Observed, r.NullMean, r.Learning, r.Null = 1, 0.1, 0.9, nil
			}
		}), "less than the shuffled-label twin", "On the scale"},
		"features from a file": {edit(func(r *result.Row) {
			if r.Network == "mlp" {
				r.Network, r.Epoch, r.Layer = "my.npz", result.EpochNone, "train"
			}
		})[1:2], "my.npz learned, compared with nothing", "epoch"},
	} {
		s := told(t, c.rows)
		if !strings.Contains(s, c.want) {
			t.Errorf("%s: conclusions lack %q:\n%s", name, c.want, s)
		}
		if c.not != "" && strings.Contains(s, c.not) {
			t.Errorf("%s: conclusions hold %q:\n%s", name, c.not, s)
		}
	}
}

// Doubt about the copies comes before all else, on a page too, and only where there is
// any.
func TestDoubtComesFirst(t *testing.T) {
	rows := toyRun()
	if s := told(t, rows); strings.Contains(s, "doubtful") {
		t.Errorf("no row is flagged, but: %s", s)
	}
	rows[6].Flags = []string{result.FlagDoubtful + ": right at level 0.3 12.0 %, fresh examples 80.0 %"}
	if s := told(t, rows); !strings.HasPrefix(s, "The copies are doubtful, and") || !strings.Contains(s, "1 row: mlp; probe ridge; level 0.3 (right at level 0.3 12.0 %, fresh examples 80.0 %).\nSeen by the ridge probe") {
		t.Errorf("%s", s)
	}
	var page strings.Builder
	if err := Markdown(&page, Page{Rows: rows}); err != nil {
		t.Fatal(err)
	}
	if _, conclusions, _ := strings.Cut(page.String(), "Conclusions\n"); !strings.HasPrefix(strings.TrimLeft(conclusions, "\n*- "), "The copies are doubtful") {
		t.Errorf("the page begins with %.200s", conclusions)
	}
}

// The sentence never gives a number that the rows do not: with two probes that
// disagree there are two verdicts.
func TestProbesThatDisagree(t *testing.T) {
	rows := toyRun()
	for _, r := range toyRun() {
		r.Probe = "knn"
		if r.Epoch == 9 && r.Network == "mlp" {
			r.Observed, r.Learning = 0.4, 0.4-r.NullMean
		}
		rows = append(rows, r)
	}
	s := told(t, rows)
	for _, want := range []string{"Seen by the ridge probe at gaussian 0.5, mlp after epoch 9 (layer hidden) learned more than", "Seen by the knn probe at gaussian 0.5, mlp after epoch 9 (layer hidden) learned more than the shuffled-label twin, less than the untrained network and the raw input;"} {
		if !strings.Contains(s, want) {
			t.Errorf("conclusions lack %q:\n%s", want, s)
		}
	}
	if s := told(t, append(toyRun(), func() []result.Row {
		all := toyRun()
		for i := range all {
			all[i].Probe = "knn"
		}
		return all
	}()...)); !strings.Contains(s, "Seen by the ridge and knn probes at gaussian 0.5, mlp") {
		t.Errorf("probes that agree are not joined:\n%s", s)
	}
}

func TestSpreadOverSeeds(t *testing.T) {
	var c cell
	for _, x := range []float64{0.1, 0.2, 0.3} {
		c.rows = append(c.rows, result.Row{Learning: x})
	}
	// Mean 0.2, sd 0.1, t with 2 degrees of freedom at 0.975 = 4.302653 (any
	// table), so the half width is 4.302653·0.1/√3 = 0.248414.
	s := c.over(learning)
	if math.Abs(s.Estimate-0.2) > 1e-12 || math.Abs(s.High-0.448414) > 1e-6 || math.Abs(s.Low+0.048414) > 1e-6 {
		t.Errorf("interval %+v", s)
	}
	if got := s.signed(); got != "+0.200 [95% interval over 3 seeds: −0.048 to +0.448]" {
		t.Errorf("said as %s", got)
	}
	c.rows = c.rows[:2]
	if got := c.over(learning).signed(); got != "+0.150 [two seeds: +0.100 and +0.200]" {
		t.Errorf("two seeds said as %s", got)
	}
}

func TestHeadlineLooksAtNoResult(t *testing.T) {
	for _, c := range []struct {
		levels []float64
		want   float64
	}{
		{[]float64{0}, 0}, {[]float64{0, 0.1}, 0.1}, {[]float64{0, 0.1, 0.3}, 0.3}, {[]float64{0.5, 0, 0.3, 0.1}, 0.3}, {[]float64{1, 2, 3, 4}, 3},
	} {
		for _, observed := range []float64{0.3, 0.9} {
			var rows []result.Row
			for i, l := range c.levels {
				rows = append(rows, toy("mlp", 9, l, observed-0.05*float64(i), 0.2))
			}
			v, err := newView(rows)
			if err != nil {
				t.Fatal(err)
			}
			s, _ := v.subject(named{features.Network, "mlp"}, "ridge", "gaussian")
			if got := v.headline(s).level; got != c.want {
				t.Errorf("levels %v: %g, want %g", c.levels, got, c.want)
			}
		}
	}
}
