package report

import (
	"fmt"
	"math"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// quantity is a number that every row has.
type quantity func(result.Row) float64

// The quantities of a row.
func observed(r result.Row) float64       { return r.Observed }
func nullMean(r result.Row) float64       { return r.NullMean }
func nullSD(r result.Row) float64         { return r.NullSD }
func chance(r result.Row) float64         { return r.Chance }
func learning(r result.Row) float64       { return r.Learning }
func memorization(r result.Row) float64   { return r.Memorization }
func learningPOf(r result.Row) float64    { return r.LearningP }
func freshOf(r result.Row) *float64       { return r.Fresh }
func parents(r result.Row) *float64       { return r.Parents }
func own(r result.Row) *float64           { return r.MemorizationOwn }
func freshChance(r result.Row) *float64   { return r.FreshChance }
func trainAccuracy(r result.Row) *float64 { return r.TrainAccuracy }
func testAccuracy(r result.Row) *float64  { return r.TestAccuracy }
func ownAccuracy(r result.Row) *float64   { return r.OwnAccuracy }
func ownLoss(r result.Row) *float64       { return r.OwnLoss }
func ownTrainLoss(r result.Row) *float64  { return r.OwnTrainLoss }
func ownFreshLoss(r result.Row) *float64  { return r.OwnFreshLoss }
func ownGap(r result.Row) *float64        { return r.OwnGap }
func ownLossGap(r result.Row) *float64    { return r.OwnLossGap }
func membershipAUC(r result.Row) *float64 { return r.MembershipAUC }

// memorizedPOf is that p-value; where there is none, nothing is shown.
func memorizedPOf(r result.Row) float64 {
	if r.MemorizationP == 0 {
		return 1
	}
	return r.MemorizationP
}

// effect is what sentences compare: a quantity, its standard error over other
// images, and the same of a difference to a reference. Errors are nil in rows of an
// older program.
type effect struct {
	name, verb string
	of         quantity
	se         func(result.Row) *float64
	p          quantity // of the test that there is any
	paired     func(result.Difference) (value, se float64)
	hits       bool // it is of hits, whatever the metric
}

var learningEffect = effect{
	"learning", "learned", learning, func(r result.Row) *float64 { return r.LearningSE }, learningPOf,
	func(d result.Difference) (float64, float64) { return d.Learning, d.LearningSE }, false,
}

// allMemorization is of the class of the parent and of the example together.
var allMemorization = effect{
	"memorization", "memorized", memorization, func(r result.Row) *float64 { return r.MemorizationSE }, memorizedPOf,
	func(result.Difference) (float64, float64) { return math.NaN(), math.NaN() }, false,
}

// ownMemorization is the part of the examples themselves.
var ownMemorization = effect{
	"memorization", "memorized", func(r result.Row) float64 { return *r.MemorizationOwn }, func(r result.Row) *float64 { return r.MemorizationOwnSE },
	func(r result.Row) float64 { return *r.MemorizationOwnP }, func(d result.Difference) (float64, float64) { return d.Own, d.OwnSE }, true,
}

// memorizationEffect is what sentences and figures call memorization: the examples'
// own part, or all of it where a row of an older program does not say that part.
func (v *view) memorizationEffect() effect {
	for _, r := range v.rows {
		if r.MemorizationOwn == nil || r.MemorizationOwnP == nil {
			return allMemorization
		}
	}
	return ownMemorization
}

// effects are those that each sentence is about.
func (v *view) effects() []effect { return []effect{learningEffect, v.memorizationEffect()} }

// metricName is what observed and null measure.
func metricName(r result.Row) string {
	switch r.Metric {
	case "":
		return "accuracy"
	case "balanced":
		return "balanced accuracy"
	}
	return word.Name(r.Metric)
}

// shortUnit is that of the metric in the head of a column.
func shortUnit(r result.Row) string {
	switch r.Metric {
	case "", "balanced":
		return "share"
	case "log-loss":
		return "log p"
	}
	return "AUC"
}

// metricUnit is that of the metric on an axis.
func metricUnit(r result.Row) string {
	switch r.Metric {
	case "", "balanced":
		return " (share)"
	case "log-loss":
		return " (mean log probability)"
	}
	return ""
}

// effectAxis is an effect's axis.
func (v *view) effectAxis(e effect) chart.Axis {
	r := v.rows[0]
	if e.hits {
		r.Metric = ""
	}
	return chart.Axis{Label: e.name + metricUnit(r)}
}

// metricSentence is what the probe of a cell reaches with the real labels and with
// shuffled ones.
func (c cell) metricSentence() string {
	values := fmt.Sprintf("%s with the real labels and of %s ± %s with shuffled ones; chance is %s", number.Share(c.mean(observed)), number.Share(c.mean(nullMean)), number.Deviation(c.mean(nullSD)), number.Share(c.mean(chance)))
	switch c.rows[0].Metric {
	case "":
		return fmt.Sprintf("gives %s of the copies their real label, and %s ± %s a shuffled one; chance is %s",
			number.Share(c.mean(observed)), number.Share(c.mean(nullMean)), number.Deviation(c.mean(nullSD)), number.Share(c.mean(chance)))
	case "auc":
		return "has on the copies an area under the ROC curve of " + values
	case "log-loss":
		return "gives the label of a copy a mean log probability of " + values
	}
	return "has on the copies a " + metricName(c.rows[0]) + " of " + values
}
