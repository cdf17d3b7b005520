package result

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Cell names what the row measured: network, seed, epoch, layer, probe,
// perturbation and level. Two rows of a run with the same cell measured the
// same thing, so a resumed run leaves out the cells it already has. Names are
// quoted, so no two different cells share a name.
func (r Row) Cell() string {
	return fmt.Sprintf("network %q seed %d epoch %d layer %q probe %q perturbation %q level %s",
		r.Network, r.Seed, r.Epoch, r.Layer, r.Probe, r.Perturbation, strconv.FormatFloat(r.Level, 'g', -1, 64))
}

// Place is the cell in a sentence: as Cell, without an epoch where there is none.
func (r Row) Place() string {
	if r.Epoch != EpochNone {
		return r.Cell()
	}
	return strings.Replace(r.Cell(), fmt.Sprintf(" seed %d epoch %d layer ", r.Seed, r.Epoch), fmt.Sprintf(" seed %d layer ", r.Seed), 1)
}

// Fingerprint is a short hash of what a row says of its evidence and of what was
// measured, by which a row is held against the evidence that was kept of it: 16
// hexadecimal digits. What is added to a row when all rows are there, such as
// adjusted p-values, does not change it.
func (r Row) Fingerprint() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s n %d features %d classes %d permutations %d observed %v null %v %v chance %v",
		r.Cell(), r.N, r.Features, r.Classes, r.Permutations, r.Observed, r.NullMean, r.NullSD, r.Chance))
	return hex.EncodeToString(sum[:8])
}

// Check says what is wrong with the row, as one sentence that begins with the
// field, or nil: a number that is not finite or outside its range, a field
// left empty, or a null distribution whose length is not B.
func (r Row) Check() error {
	for _, f := range []struct{ name, value string }{
		{"network", r.Network}, {"layer", r.Layer}, {"probe", r.Probe}, {"perturbation", r.Perturbation},
	} {
		if f.value == "" {
			return fmt.Errorf("field %q is empty", f.name)
		}
	}
	for _, f := range []struct {
		name       string
		value, min int
	}{
		{"epoch", r.Epoch, EpochNone}, {"n", r.N, 1}, {"features", r.Features, 0}, {"classes", r.Classes, 2}, {"permutations", r.Permutations, 0}, {"stop", r.Stop, 0},
	} {
		if f.value < f.min {
			return fmt.Errorf("field %q is %d, but the least is %d", f.name, f.value, f.min)
		}
	}
	// A log-loss, as the mean logarithm of a probability, has no lower end.
	low, high := 0.0, 1.0
	least, most := -1.0, 1.0
	if r.Metric == "log-loss" {
		low, high, least, most = math.Inf(-1), math.Inf(1), math.Inf(-1), math.Inf(1)
	}
	limits := []limit{
		{"level", &r.Level, math.Inf(-1), math.Inf(1)},
		{"observed", &r.Observed, low, high}, {"null_mean", &r.NullMean, low, high}, {"null_sd", &r.NullSD, 0, high},
		{"chance", &r.Chance, low, high}, {"fresh", r.Fresh, 0, 1},
		{"learning", &r.Learning, least, most}, {"memorization", &r.Memorization, least, most}, {"z", r.Z, math.Inf(-1), math.Inf(1)},
		{"learning_p", &r.LearningP, 0, 1}, {"learning_p_low", &r.LearningPLow, 0, 1}, {"learning_p_high", &r.LearningPHigh, 0, 1},
		{"learning_p_adjusted", r.LearningPAdjusted, 0, 1}, {"memorization_p", &r.MemorizationP, 0, 1},
		{"train_accuracy", r.TrainAccuracy, 0, 1}, {"test_accuracy", r.TestAccuracy, 0, 1}, {"within_class", r.WithinClass, 0, 1},
		{"learning_se", r.LearningSE, 0, most}, {"learning_low", r.LearningLow, math.Inf(-1), math.Inf(1)}, {"learning_high", r.LearningHigh, math.Inf(-1), math.Inf(1)}, {"learning_sets_se", r.LearningSetsSE, 0, most},
		{"memorization_se", r.MemorizationSE, 0, most}, {"memorization_low", r.MemorizationLow, math.Inf(-1), math.Inf(1)}, {"memorization_high", r.MemorizationHigh, math.Inf(-1), math.Inf(1)},
		{"memorization_sets_se", r.MemorizationSetsSE, 0, most}, {"memorization_class", r.MemorizationClass, -1, 1}, {"memorization_own", r.MemorizationOwn, -1, 1},
		{"memorization_own_se", r.MemorizationOwnSE, 0, 1}, {"memorization_own_p", r.MemorizationOwnP, 0, 1}, {"parents", r.Parents, 0, 1}, {"nearest", r.Nearest, 0, 1}, {"fresh_chance", r.FreshChance, 0, 1},
		{"own_accuracy", r.OwnAccuracy, 0, 1}, {"own_loss", r.OwnLoss, 0, math.Inf(1)}, {"own_train_loss", r.OwnTrainLoss, 0, math.Inf(1)}, {"own_fresh_loss", r.OwnFreshLoss, 0, math.Inf(1)},
		{"own_gap", r.OwnGap, -1, 1}, {"own_loss_gap", r.OwnLossGap, math.Inf(-1), math.Inf(1)}, {"membership_auc", r.MembershipAUC, 0, 1},
	}
	for b := range r.Null {
		limits = append(limits, limit{"null", &r.Null[b], low, high})
	}
	for _, l := range limits {
		if err := l.check(); err != nil {
			return err
		}
	}
	if len(r.Null) > 0 && len(r.Null) != r.Permutations {
		return fmt.Errorf("field %q has %d values, but there are %d permutations", "null", len(r.Null), r.Permutations)
	}
	return nil
}

// limit is a finite number and the range it must lie in; a nil value is
// absent, and right.
type limit struct {
	name     string
	value    *float64
	min, max float64
}

// slack lets sums of shares end a rounding error outside their range.
const slack = 1e-9

func (l limit) check() error {
	switch {
	case l.value == nil:
		return nil
	case math.IsNaN(*l.value) || math.IsInf(*l.value, 0):
		return fmt.Errorf("field %q is %v, which is not a number to report", l.name, *l.value)
	case *l.value < l.min-slack || *l.value > l.max+slack:
		return fmt.Errorf("field %q is %g, outside %g..%g", l.name, *l.value, l.min, l.max)
	}
	return nil
}
