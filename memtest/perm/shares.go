package perm

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// ShareDifference is the difference a − b of the shares of hits of two samples of
// independent trials, with an interval of this confidence in (0, 1): the hybrid of
// Wilson's score intervals, method 10 of Newcombe (1998, Statistics in Medicine 17,
// 873–890), which stays within −1..1 and holds for shares near 0 and 1 too. Chance is
// not looked at.
func ShareDifference(a, b Scored, confidence float64) Interval {
	z := distuv.UnitNormal.Quantile(1 - (1-confidence)/2)
	pa, pb := float64(a.Hits)/float64(a.N), float64(b.Hits)/float64(b.N)
	lowA, highA := wilson(pa, float64(a.N), z)
	lowB, highB := wilson(pb, float64(b.N), z)
	d := pa - pb
	return Interval{d, d - math.Hypot(pa-lowA, highB-pb), d + math.Hypot(highA-pa, pb-lowB)}
}

// ShareInterval is the share of hits of independent trials with Wilson's score interval
// (1927) of this confidence in (0, 1).
func ShareInterval(a Scored, confidence float64) Interval {
	p := float64(a.Hits) / float64(a.N)
	low, high := wilson(p, float64(a.N), distuv.UnitNormal.Quantile(1-(1-confidence)/2))
	return Interval{p, low, high}
}

// wilson is the score interval of a share p of n trials (Wilson 1927), z being the
// quantile of the normal distribution.
func wilson(p, n, z float64) (low, high float64) {
	middle := p + z*z/(2*n)
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return (middle - half) / (1 + z*z/n), (middle + half) / (1 + z*z/n)
}
