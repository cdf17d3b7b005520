package perm

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// DefaultConfidence is the confidence of intervals where none is asked for.
const DefaultConfidence = 0.95

// Interval is an estimate with a confidence interval.
type Interval struct {
	Estimate float64 `json:"estimate"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
}

// clopperLow and clopperHigh are the ends of the exact interval of a probability
// of which k of n independent trials came true, n ≥ 1: Clopper and Pearson (1934),
// by quantiles of the beta distribution. It covers with 1 − 2·tail or more.
// clopperLow is the p at which k or more of n have probability tail.
func clopperLow(k, n int, tail float64) float64 {
	if k == 0 {
		return 0
	}
	return distuv.Beta{Alpha: float64(k), Beta: float64(n - k + 1)}.Quantile(tail)
}

// clopperHigh is the p at which k or fewer of n have probability tail.
func clopperHigh(k, n int, tail float64) float64 {
	if k == n {
		return 1
	}
	return distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}.Quantile(1 - tail)
}

// SeedInterval is the mean of a quantity over training seeds with Student's t
// interval: the range for the mean over all training seeds, data and
// permutations held fixed. Confidence 0 = DefaultConfidence. Networks of
// different seeds must be trained independently.
func SeedInterval(values []float64, confidence float64) (Interval, error) {
	if len(values) < 2 {
		return Interval{}, fmt.Errorf("interval over training seeds: %d values; at least two seeds are needed", len(values))
	}
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return Interval{}, fmt.Errorf("interval over training seeds: value %d is %v; values must be finite", i, v)
		}
	}
	if confidence == 0 {
		confidence = DefaultConfidence
	}
	if err := checkShare("confidence", confidence); err != nil {
		return Interval{}, err
	}
	return meanInterval(values, confidence), nil
}

// meanInterval is the mean of two or more finite values with Student's t
// interval.
func meanInterval(values []float64, confidence float64) Interval {
	n := float64(len(values))
	mean, sd := stat.MeanStdDev(values, nil)
	half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(1-(1-confidence)/2) * sd / math.Sqrt(n)
	return Interval{mean, mean - half, mean + half}
}
