package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// csvColumns are the fields of a row, by their names in rows.jsonl, all but the
// null distribution itself, which stays there.
var csvColumns = []struct {
	name  string
	value func(r result.Row) string
}{
	{"data", func(r result.Row) string { return cellWord(r.Data) }},
	{"network", func(r result.Row) string { return cellWord(r.Network) }},
	{"role", func(r result.Row) string { return string(r.Upgraded().Role) }},
	{"seed", func(r result.Row) string { return strconv.FormatUint(r.Seed, 10) }},
	{"epoch", func(r result.Row) string { return strconv.Itoa(r.Epoch) }},
	{"layer", func(r result.Row) string { return cellWord(r.Layer) }},
	{"probe", func(r result.Row) string { return cellWord(r.Probe) }},
	{"perturbation", func(r result.Row) string { return cellWord(r.Perturbation) }},
	{"level", func(r result.Row) string { return number.Exact(r.Level) }},
	{"unit", func(r result.Row) string { return cellWord(r.Unit) }},
	{"n", func(r result.Row) string { return strconv.Itoa(r.N) }},
	{"features", func(r result.Row) string { return strconv.Itoa(r.Features) }},
	{"classes", func(r result.Row) string { return strconv.Itoa(r.Classes) }},
	{"permutations", func(r result.Row) string { return strconv.Itoa(r.Permutations) }},
	{"alpha", func(r result.Row) string { return number.Exact(r.AlphaOrDefault()) }},
	{"two_sided", func(r result.Row) string { return strconv.FormatBool(r.TwoSided) }},
	{"stop", func(r result.Row) string { return strconv.Itoa(r.Stop) }},
	{"observed", func(r result.Row) string { return number.Exact(r.Observed) }},
	{"null_mean", func(r result.Row) string { return number.Exact(r.NullMean) }},
	{"null_sd", func(r result.Row) string { return number.Exact(r.NullSD) }},
	{"chance", func(r result.Row) string { return number.Exact(r.Chance) }},
	{"fresh", func(r result.Row) string { return exactOrEmpty(r.Fresh) }},
	{"learning", func(r result.Row) string { return number.Exact(r.Learning) }},
	{"learning_se", func(r result.Row) string { return exactOrEmpty(r.LearningSE) }},
	{"learning_low", func(r result.Row) string { return exactOrEmpty(r.LearningLow) }},
	{"learning_high", func(r result.Row) string { return exactOrEmpty(r.LearningHigh) }},
	{"learning_sets_se", func(r result.Row) string { return exactOrEmpty(r.LearningSetsSE) }},
	{"memorization", func(r result.Row) string { return number.Exact(r.Memorization) }},
	{"memorization_se", func(r result.Row) string { return exactOrEmpty(r.MemorizationSE) }},
	{"memorization_low", func(r result.Row) string { return exactOrEmpty(r.MemorizationLow) }},
	{"memorization_high", func(r result.Row) string { return exactOrEmpty(r.MemorizationHigh) }},
	{"memorization_sets_se", func(r result.Row) string { return exactOrEmpty(r.MemorizationSetsSE) }},
	{"halves", func(r result.Row) string { return strconv.Itoa(r.Halves) }},
	{"memorization_class", func(r result.Row) string { return exactOrEmpty(r.MemorizationClass) }},
	{"memorization_own", func(r result.Row) string { return exactOrEmpty(r.MemorizationOwn) }},
	{"memorization_own_se", func(r result.Row) string { return exactOrEmpty(r.MemorizationOwnSE) }},
	{"memorization_own_p", func(r result.Row) string { return exactOrEmpty(r.MemorizationOwnP) }},
	{"parents", func(r result.Row) string { return exactOrEmpty(r.Parents) }},
	{"nearest", func(r result.Row) string { return exactOrEmpty(r.Nearest) }},
	{"z", func(r result.Row) string { return exactOrEmpty(r.Z) }},
	{"learning_p", func(r result.Row) string { return number.Exact(r.LearningP) }},
	{"learning_p_low", func(r result.Row) string { return number.Exact(r.LearningPLow) }},
	{"learning_p_high", func(r result.Row) string { return number.Exact(r.LearningPHigh) }},
	{"learning_p_adjusted", func(r result.Row) string { return exactOrEmpty(r.LearningPAdjusted) }},
	{"memorization_p", func(r result.Row) string { return memorizationP(r) }},
	{"exact", func(r result.Row) string { return strconv.FormatBool(r.Exact) }},
	{"train_accuracy", func(r result.Row) string { return exactOrEmpty(r.TrainAccuracy) }},
	{"test_accuracy", func(r result.Row) string { return exactOrEmpty(r.TestAccuracy) }},
	{"own_gap", func(r result.Row) string { return exactOrEmpty(r.OwnGap) }},
	{"own_accuracy", func(r result.Row) string { return exactOrEmpty(r.OwnAccuracy) }},
	{"own_loss", func(r result.Row) string { return exactOrEmpty(r.OwnLoss) }},
	{"own_train_loss", func(r result.Row) string { return exactOrEmpty(r.OwnTrainLoss) }},
	{"own_fresh_loss", func(r result.Row) string { return exactOrEmpty(r.OwnFreshLoss) }},
	{"own_loss_gap", func(r result.Row) string { return exactOrEmpty(r.OwnLossGap) }},
	{"membership_auc", func(r result.Row) string { return exactOrEmpty(r.MembershipAUC) }},
	{"within_class", func(r result.Row) string { return exactOrEmpty(r.WithinClass) }},
	{"flags", func(r result.Row) string { return cellWord(strings.Join(r.Flags, "; ")) }},
}

// CSV writes the rows, in the order given, with a header line. Numbers have all
// their digits and a point; a value that a row lacks is empty.
func CSV(w io.Writer, rows []result.Row) error {
	if _, err := newView(rows); err != nil {
		return err
	}
	if len(rows) == 0 {
		return ErrNoRows
	}
	out := csv.NewWriter(w)
	record := make([]string, len(csvColumns))
	for i, c := range csvColumns {
		record[i] = c.name
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for _, r := range rows {
		for i, c := range csvColumns {
			record[i] = c.value(r)
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func exactOrEmpty(v *float64) string {
	if v == nil {
		return ""
	}
	return number.Exact(*v)
}

// memorizationP is that p-value, empty where there is none.
func memorizationP(r result.Row) string {
	if r.MemorizationP == 0 {
		return ""
	}
	return number.Exact(r.MemorizationP)
}

// cellWord is a name in CSV. A spreadsheet runs a cell that begins with one of
// these signs as a formula, so such a name gets an apostrophe before it, unless it
// is a number; a tab or a line break before the sign is replaced.
func cellWord(s string) string {
	s = word.Plain(s)
	if _, err := strconv.ParseFloat(s, 64); err != nil && strings.IndexAny(s, "=+-@＝＋－＠") == 0 {
		return "'" + s
	}
	return s
}
