package report

import (
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
func memorizedPOf(r result.Row) float64   { return r.MemorizationP }
func freshOf(r result.Row) *float64       { return r.Fresh }
func trainAccuracy(r result.Row) *float64 { return r.TrainAccuracy }
func testAccuracy(r result.Row) *float64  { return r.TestAccuracy }

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

func metricUnit(r result.Row) string {
	switch r.Metric {
	case "", "balanced":
		return " (share)"
	case "log-loss":
		return " (mean log probability)"
	}
	return ""
}
