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

// toy is a row by hand: n = 1000 and 10 classes, with B = 19 null accuracies
// around null.
func toy(network string, epoch int, level, observed, null float64) result.Row {
	r := result.Row{
		Format: result.Format, Data: "toy", Network: network, Seed: 1, Epoch: epoch, Layer: "hidden", Probe: "ridge", Perturbation: "gaussian", Level: level,
		N: 1000, Features: 8, Classes: 10, Permutations: 19,
		Observed: observed, NullMean: null, NullSD: 0.002, Chance: 0.1,
		Learning: observed - null, Memorization: null - 0.1, LearningP: 0.005, MemorizationP: 0.001, Exact: epoch <= 0,
	}
	for b := range r.Permutations {
		r.Null = append(r.Null, null+0.002*float64(b%3-1))
	}
	if network == string(features.Input) {
		r.Layer = "input"
	}
	fresh, freshChance, se := 0.6, 0.1, 0.005
	r.Fresh, r.FreshChance, r.FreshN = &fresh, &freshChance, 1000
	r.LearningSE, r.MemorizationSE = &se, &se
	return r
}

// toyRun is a network that learned, beside its references, at levels 0, 0.3 and 0.5: the
// twin's learning, 0.1 at level 0, is 0.04 at 0.3 and 0 at 0.5.
func toyRun() []result.Row {
	var rows []result.Row
	for _, level := range []float64{0, 0.3, 0.5} {
		rows = append(rows,
			toy(string(features.Input), result.EpochNone, level, 0.70-level/10, 0.30),
			toy("mlp", 0, level, 0.72-level/10, 0.24),
			toy("mlp", 9, level, 0.95-level/10, 0.24+level/100),
			toy(string(features.Twin), 9, level, 0.50-level/5, 0.40),
		)
	}
	return rows
}

func TestConclusionsOfANetworkThatLearned(t *testing.T) {
	s := told(t, toyRun())
	for _, want := range []string{
		"Mostly learned, and it generalizes. The ridge probe on hidden gives 92% of the near-copies their class back and 24% a shuffled label; a twin that could only memorize reaches 44%. On new examples the probe is right in 60%.",
		// 0.04 of 0.1.
		"Read at gaussian 0.3, the smallest level at which memory alone has faded: 40% is left of what the twin, which could only memorize, learned at level 0.",
		"Here it learned more than the untrained network, the raw input and the shuffled-label twin.",
		"Here it memorized the same within 0.05 as the untrained network, less than the raw input and the shuffled-label twin.",
		"The learning p-values of mlp and twin are descriptive",
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
	v, err := newView(toyRun())
	if err != nil {
		t.Fatal(err)
	}
	numbers := strings.Join(v.allNumbers(), "\n")
	for _, want := range []string{
		// 9 comparisons at level 0.05, two errors of 0.005: 0.216 ± 2.773·0.00707; and 0.677 ± 1.96·0.005.
		"learning +0.677 [95% interval over examples: +0.667 to +0.687] against untrained network +0.450 (difference +0.227, +0.207 to +0.247), raw input +0.370 (difference +0.307, +0.287 to +0.327) and",
		"against untrained network +0.140 (difference +0.003, −0.017 to +0.023), raw input +0.200 (difference −0.057,",
		"There the ridge probe gives 0.920 of the copies their real label, and 0.243 ± 0.0020 a shuffled one; chance is 0.100.",
		// (0.677 − 0.04) / (1 − 0.1 − 0.04) = 0.7407
		"its learning is +0.741.",
		"From level 0.3 to 0.5, learning goes from +0.677 to +0.655 and memorization from +0.143 to +0.145.",
		"Fresh examples get their label with accuracy 0.600.",
	} {
		if !strings.Contains(numbers, want) {
			t.Errorf("the numbers lack %q:\n%s", want, numbers)
		}
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
	trained := func(r *result.Row) bool { return r.Network == "mlp" && r.Epoch == 9 }
	chanceLevel := 0.102
	for name, c := range map[string]struct {
		rows      []result.Row
		want, not string
	}{
		"no learning":     {edit(func(r *result.Row) { r.LearningP = 0.4 }), "Nothing to see at this perturbation. The ridge probe on hidden gives 92% of the near-copies their class back and 24% a shuffled label; a twin that could only memorize reaches 44%; that is no more than chance may give (p = 0.400).", "learned more"},
		"no memorization": {edit(func(r *result.Row) { r.MemorizationP = 0.3 }), "learned more", "memorized"},
		"within the margin": {edit(func(r *result.Row) {
			if r.Epoch == 0 {
				r.Observed, r.Learning = 0.917, 0.674 // 0.003 below the trained network's
			}
		}), "Here it learned more than the raw input and the shuffled-label twin, the same within 0.05 as the untrained network.", ""},
		"a margin of one's own": {edit(func(r *result.Row) {
			r.Margin = 0.02
			if r.Epoch == 0 {
				r.Observed, r.Learning = 0.917, 0.674
			}
		}), "learned more than the raw input and the shuffled-label twin, with no difference shown to the untrained network.", ""},
		"a stricter level": {edit(func(r *result.Row) {
			r.Alpha, r.LearningP, r.MemorizationP = 1e-9, 1e-12, 1e-12
			if r.Epoch == 0 {
				r.Observed, r.Learning = 0.88, 0.637 // 0.04 below: 5.7 standard errors
			}
		}), "with no difference shown to the untrained network.", ""},
		"differences image by image": {edit(func(r *result.Row) {
			if trained(r) {
				o := toy("mlp", 0, r.Level, 0, 0)
				r.Differences = []result.Difference{{Reference: features.Untrained, Cell: o.Cell(), Learning: -0.01, LearningSE: 0.001}}
			}
		}), "learned more than the raw input and the shuffled-label twin, less than the untrained network.", ""},
		"curves that cross": {edit(func(r *result.Row) {
			if r.Epoch == 0 && r.Level == 0.5 {
				r.Observed, r.Learning = 0.95, 0.71
			}
		}), "The curves cross: it learned more than the untrained network at 0.3, and less at 0.5.", ""},
		"few examples": {edit(func(r *result.Row) { r.N = 250 }), "With 250 examples the intervals are too short", ""},
		"halves":       {edit(func(r *result.Row) { r.N, r.Halves = 250, 10 }), "", "too short"},
		"neighbours":   {edit(func(r *result.Row) { share := 0.97; r.Parents = &share }), "What a k-NN probe memorizes is only that 97% of the copies have their parent among their neighbours.", "memorized less"},
		"own memorization": {edit(func(r *result.Row) {
			own, p := r.Memorization/2, 0.001
			if trained(r) {
				p = 0.2
			}
			r.MemorizationOwn, r.MemorizationOwnP, r.MemorizationOwnSE = &own, &p, r.MemorizationSE
		}), "Mostly learned", "Here it memorized"},
		"partly": {edit(func(r *result.Row) {
			if r.Network == string(features.Twin) && r.Level == 0 {
				r.Observed, r.Learning = 1, 0.9
			}
			if r.Network == string(features.Twin) && r.Level == 0.3 {
				r.Observed, r.Learning = 0.70, 0.3
			}
		}), "Partly learned, and it generalizes.", ""},
		"no twin":         {only(func(r result.Row) bool { return r.Network != string(features.Twin) }), "There is no row of the shuffled-label twin to compare with", "memorize reaches"},
		"no untrained":    {only(func(r result.Row) bool { return r.Epoch != 0 }), "There is no row of the untrained network to compare with", ""},
		"no references":   {only(func(r result.Row) bool { return r.Network == "mlp" && r.Epoch == 9 }), "Cannot be said, because memory alone still does well at every level that was measured.", "Here it"},
		"only level 0":    {only(func(r result.Row) bool { return r.Level == 0 }), "Cannot be said, because no level above 0 was measured that tells anything.", "From level"},
		"only references": {only(func(r result.Row) bool { return r.Network == string(features.Input) }), "No network to judge: these rows are of the raw input. ", "mlp"},
		"untrained":       {only(func(r result.Row) bool { return r.Epoch <= 0 }), "Not trained: nothing learned yet. The ridge probe on hidden before training gives 67%", "Here it"},
		"right on its own examples by chance": {edit(func(r *result.Row) {
			if trained(r) {
				r.TrainAccuracy = &chanceLevel
			}
		}), "No better than chance on its own training examples.", "Here it"},
		"accuracy of unequal classes": {edit(func(r *result.Row) {
			for k, n := range []int{910, 10, 10, 10, 10, 10, 10, 10, 10, 10} {
				r.PerClass = append(r.PerClass, result.ClassRow{Class: k, Labels: n, LearningP: 0.005})
			}
			if trained(r) {
				r.TrainAccuracy = &chanceLevel
			}
		}), "Mostly learned", "No better"},
		"few new examples": {edit(func(r *result.Row) { all := 1.0; r.Fresh, r.FreshN = &all, 1 }), "Mostly learned; whether it generalizes is not known.", "which is chance"},
		"few new examples are said": {edit(func(r *result.Row) {
			all := 1.0
			r.Fresh, r.FreshN = &all, 1
		}), "On new examples the probe is right in 100%, but 1 is too few to tell that from chance.", ""},
		"hardly": {edit(func(r *result.Row) {
			little, train := 0.15, 1.0
			r.Fresh = &little
			if trained(r) {
				r.TrainAccuracy, r.TestAccuracy = &train, &little
			}
		}), "Hardly generalizes: learned near its training examples only. The ridge probe on hidden gives 92% of the near-copies their class back and 24% a shuffled label; a twin that could only memorize reaches 44%. On new examples the network itself is right in 15%, far less than on its training examples (100%).", ""},
		"a dead twin": {edit(func(r *result.Row) {
			if r.Network == string(features.Twin) {
				r.LearningP = 0.9
			}
		}), "Cannot be said, because the twin shows nothing of its labels, so it is no measure of memory.", "learned, and"},
		"a twin of another layer": {edit(func(r *result.Row) {
			if r.Network == string(features.Twin) {
				r.Layer = "elsewhere"
			}
		}), "There is a twin (twin), but it has no rows of layer hidden and epoch 9, so this verdict does without it.", ""},
		"little room": {edit(func(r *result.Row) {
			r.Chance = 0.9
			if trained(r) {
				r.Observed, r.NullMean = 0.50-r.Level/5, 0.40
				r.Learning, r.Null = r.Observed-r.NullMean, nil
			}
		}), "Cannot be said, because one class is nearly all that there is, or that the probe gives.", "memorized."},
		"old rows": {edit(func(r *result.Row) { r.LearningSE, r.MemorizationSE = nil, nil }), "Cannot be said, because these rows are of an older memtest, which said nothing of other examples.", ""},
		"saturated": {edit(func(r *result.Row) {
			if r.Level == 0.3 {
				r.Flags = []string{result.FlagSaturated}
			}
		}), "Read at gaussian 0.5,", "Read at gaussian 0.3"},
		"saturated is said": {edit(func(r *result.Row) {
			if r.Level == 0 {
				r.Flags = []string{result.FlagSaturated}
			}
		}), "Observed and null are both at 1, so these cells tell nothing. (4 rows: input, mlp and twin; probe ridge; level 0.)", ""},
		"ceiling":   {edit(func(r *result.Row) { r.Flags = []string{result.FlagCeiling + ": 5 of 5"} }), "Nearly every copy finds its own parent among its nearest neighbours", ""},
		"constant":  {edit(func(r *result.Row) { r.Flags = []string{result.FlagConstant} }), "The features have no variation at all", ""},
		"one class": {edit(func(r *result.Row) { r.Flags = []string{result.FlagOneClass + ": class 0 for 100 % of the copies"} }), "--metric balanced weighs classes alike", ""},
		"one class, nothing learned": {edit(func(r *result.Row) {
			r.LearningP, r.Flags = 1, []string{result.FlagOneClass}
		}), "Cannot be said, because one class is nearly all that there is, or that the probe gives.", ""},
		"wide":      {edit(func(r *result.Row) { r.Flags = []string{result.FlagWide} }), "as many columns as examples", ""},
		"augmented": {edit(func(r *result.Row) { r.Flags = []string{result.FlagAugmented} }), "taught to take copies for their parents", ""},
		"cropped":   {edit(func(r *result.Row) { r.Flags = []string{result.FlagCropped + ": the first 64 of 70 steps"} }), "takes only the first steps of each sequence", ""},
		"doubtful copies": {edit(func(r *result.Row) {
			if r.Level > 0 {
				r.Flags, r.LearningP, r.MemorizationP = []string{result.FlagDoubtful + ": right at level 0.3 12.0 %, fresh examples 80.0 %"}, 0.4, 0.4
			}
		}), "Cannot be said, because the copies do not look like copies of their parents.", "Nothing to see"},
		"copies that strayed": {edit(func(r *result.Row) {
			share := map[float64]float64{0: 1, 0.3: 0.9449, 0.5: 0.8}[r.Level]
			if r.Network == string(features.Input) {
				r.Nearest = &share
			}
		}), "Cannot be said, because the perturbation is too strong at every level that was measured.", "learned, and"},
		"copies that did not": {edit(func(r *result.Row) {
			share := 0.95
			if r.Network == string(features.Input) {
				r.Nearest = &share
			}
		}), "learned at level 0, and 95% of the copies still have their parent as the nearest training example.", ""},
		"pictures that moved": {edit(func(r *result.Row) {
			share := 0.2
			r.Perturbation, r.Unit = "shift", "pixels"
			if r.Network == string(features.Input) {
				r.Nearest = &share
			}
		}), "How near the copies are to their parents is not known: by pixel values a picture that was moved is near to nothing.", "too strong"},
		"copies of a file": {edit(func(r *result.Row) { r.Perturbation = features.Given }), "Read at level 0.3, the smallest", "given"},
		"twin apart":       {edit(func(r *result.Row) { r.Flags = []string{result.FlagTwinAccuracy} }), "reached different training accuracies", ""},
		"fresh at chance":  {edit(func(r *result.Row) { r.Fresh = &chanceLevel }), "Does not generalize: learned near its training examples only. The ridge probe on hidden gives 92% of the near-copies their class back and 24% a shuffled label; a twin that could only memorize reaches 44%. On new examples the probe is right in 10%, which is chance.", ""},
		"memorized": {edit(func(r *result.Row) {
			r.Fresh = &chanceLevel
			if trained(r) {
				r.Observed, r.NullMean = 0.50-r.Level/5, 0.40
				r.Learning, r.Memorization, r.Null = r.Observed-r.NullMean, 0.3, nil
			}
		}), "Does not generalize: memorized. The ridge probe on hidden gives 44% of the near-copies their class back and 40% a shuffled label; a twin that could only memorize reaches 44%.", ""},
		"the network knows, the layer does not": {edit(func(r *result.Row) {
			own := 0.97
			if r.Fresh = &chanceLevel; trained(r) {
				r.TestAccuracy = &own
			}
		}), "Cannot be said, because a probe of this layer knows nothing of new examples, while the network itself does.", "which is chance"},
		"in part": {edit(func(r *result.Row) {
			own, test := 0.94, 0.7
			if trained(r) {
				r.OwnAccuracy, r.TestAccuracy = &own, &test
			}
		}), "Mostly learned, and it generalizes in part. The ridge probe on hidden gives 92% of the near-copies their class back and 24% a shuffled label; a twin that could only memorize reaches 44%. On new examples the network itself is right in 70%, less often than on the near-copies (94%).", ""},
		"no fresh":             {edit(func(r *result.Row) { r.Fresh = nil }), "Mostly learned; whether it generalizes is not known.", "Fresh examples get"},
		"no fresh is said":     {edit(func(r *result.Row) { r.Fresh = nil }), "There are no fresh examples, so nothing is said about generalization.", ""},
		"exact":                {edit(func(r *result.Row) { r.Exact = true }), "", "descriptive"},
		"given label sets":     {edit(func(r *result.Row) { r.Exact = false }), "those features have seen the labels, or their label sets came with them", ""},
		"too few permutations": {edit(func(r *result.Row) { r.Permutations, r.Null = 3, nil }), "3 permutations are too few to say that a learning p-value is below 0.05: the smallest that they can give is 0.250.", "learned, and"},
		"enough permutations":  {edit(func(r *result.Row) { r.Permutations, r.Null = 199, nil }), "No learning p-value can be below 0.005 with 199 permutations", "too few"},
		"adjusted":             {edit(func(r *result.Row) { r.LearningPAdjusted = &r.LearningP }), "", "not adjusted"},
		"features from a file": {edit(func(r *result.Row) {
			if r.Network == "mlp" {
				r.Network, r.Epoch, r.Layer = "my.npz", result.EpochNone, "train"
			}
		})[5:6], "Learned, and it generalizes. The ridge probe on train", "epoch"},
		"area under the curve": {edit(func(r *result.Row) { r.Metric, r.Chance = "auc", 0.5 }), "The ridge probe on hidden has on near-copies of the examples an area under the ROC curve of 0.920 with the real labels and 0.243 with shuffled ones; a twin that could only memorize reaches 0.440.", "gives"},
	} {
		s := told(t, c.rows)
		if !strings.Contains(s, c.want) {
			t.Errorf("%s: conclusions lack %q:\n%s", name, c.want, s)
		}
		if first, _, _ := strings.Cut(s, "\n"); c.not != "" && strings.Contains(first, c.not) {
			t.Errorf("%s: conclusions hold %q:\n%s", name, c.not, s)
		}
	}
}

// Probes that come to the same are joined; one that does not is quoted.
func TestOtherProbes(t *testing.T) {
	other := func(change func(*result.Row)) string {
		rows := toyRun()
		for _, r := range toyRun() {
			r.Probe = "centroid"
			change(&r)
			rows = append(rows, r)
		}
		return told(t, rows)
	}
	if s := other(func(*result.Row) {}); !strings.Contains(s, "The centroid probe comes to the same verdict.") {
		t.Errorf("a probe that agrees:\n%s", s)
	}
	s := other(func(r *result.Row) {
		if r.Epoch == 9 && r.Network == "mlp" {
			r.LearningP = 0.3
		}
	})
	if !strings.Contains(s, "By the centroid probe: nothing to see at this perturbation. The centroid probe on hidden gives 92%") {
		t.Errorf("a probe that does not agree:\n%s", s)
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

// The level that is read does not depend on what the network under test learned.
func TestReadingLooksAtNoLearning(t *testing.T) {
	for _, observed := range []float64{0.3, 0.6, 0.95} {
		rows := toyRun()
		for i := range rows {
			if r := &rows[i]; r.Network == "mlp" {
				r.Observed = observed - r.Level/10
				r.Learning = r.Observed - r.NullMean
			}
		}
		v, err := newView(rows)
		if err != nil {
			t.Fatal(err)
		}
		s, _ := v.subject(named{features.Network, "mlp"}, "ridge", "gaussian")
		if got := v.read(s).level; got != 0.3 {
			t.Errorf("observed %g: level %g is read", observed, got)
		}
	}
}

// The headline is that of a page of the whole run, also where the rows that decide its
// level are not among those asked; a level that is not among them is not asked for.
func TestHeadline(t *testing.T) {
	run := toyRun()
	only := func(levels ...float64) []result.Row {
		return slices.DeleteFunc(slices.Clone(run), func(r result.Row) bool { return r.Network != "mlp" || !slices.Contains(levels, r.Level) })
	}
	for name, c := range map[string]struct {
		rows []result.Row
		want float64
	}{
		"the whole run": {run, 0.3}, "the network alone": {only(0, 0.3, 0.5), 0.3}, "another level": {only(0.5), 0.5},
	} {
		rows, err := Headline(c.rows, run, false)
		if err != nil || len(rows) != 1 || rows[0].Level != c.want || rows[0].Epoch != 9 {
			t.Errorf("%s: %d rows, error %v: %+v", name, len(rows), err, rows)
		}
	}
}

// A condition on a run without a network is refused, unless it names a reference.
func TestHeadlineOfNoNetwork(t *testing.T) {
	input := slices.DeleteFunc(toyRun(), func(r result.Row) bool { return r.Network != string(features.Input) })
	if rows, err := Headline(input, input, false); err == nil || !strings.Contains(err.Error(), "there is no network in these rows") {
		t.Errorf("%d rows, error %v", len(rows), err)
	}
	if rows, err := Headline(input, input, true); err != nil || len(rows) != 1 {
		t.Errorf("a reference that is named, of a run that has no other: %d rows, error %v", len(rows), err)
	}
	if rows, err := Headline(input, toyRun(), true); err != nil || len(rows) != 1 {
		t.Errorf("a reference that is named: %d rows, error %v", len(rows), err)
	}
}

// The mean of trainings that come to different things is of no network.
func TestTrainingsThatDisagree(t *testing.T) {
	run := func(memorizes bool) []result.Row {
		var rows []result.Row
		for _, seed := range []uint64{1, 2} {
			for _, r := range toyRun() {
				if r.Seed = seed; r.Network == string(features.Input) && seed == 2 {
					continue
				}
				if little := 0.1; seed == 2 && memorizes && r.Network == "mlp" && r.Epoch == 9 {
					r.Fresh = &little
				}
				rows = append(rows, r)
			}
		}
		return rows
	}
	if s := told(t, run(false)); !strings.HasPrefix(s, "Mostly learned, and it generalizes.") {
		t.Errorf("trainings that agree:\n%s", s)
	}
	s := told(t, run(true))
	if !strings.HasPrefix(s, "Cannot be said, because the trainings do not agree.") || !strings.Contains(s, "Training seed 1 by itself: mostly learned, and it generalizes.") ||
		!strings.Contains(s, "Training seed 2 by itself: does not generalize: learned near its training examples only.") {
		t.Errorf("trainings that disagree:\n%s", s)
	}
	if first, _, _ := strings.Cut(s, "\n"); strings.Contains(first, "Here it") {
		t.Errorf("their mean is spoken of:\n%s", first)
	}
}

// A layer with a column for each class is the network's answer, whatever it is called.
func TestAnswersAreNotRead(t *testing.T) {
	rows := toyRun()
	for _, r := range toyRun() {
		if r.Network == "mlp" {
			r.Layer, r.Features = "fc2", r.Classes
			rows = append(rows, r)
		}
	}
	if s := told(t, rows); !strings.Contains(s, "The ridge probe on hidden gives") {
		t.Errorf("the answer is read:\n%s", s)
	}
}
