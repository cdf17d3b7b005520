package paper

import (
	"cmp"
	"slices"

	"github.com/seed-1a417598/memtest/memtest/perm"
)

// values are those of a quantity by training seed.
func (res *results) values(c condition, of quantity) []float64 {
	var out []float64
	for _, r := range res.rows(c) {
		out = append(out, of(r))
	}
	return out
}

// mean is the mean over training seeds with its 95 % interval.
func (res *results) mean(c condition, of quantity) perm.Interval {
	return res.interval(c.String(), res.values(c, of))
}

// paired are the values of x less those of y, paired by training seed.
func (res *results) paired(x, y condition, of quantity) []float64 {
	p, q := res.rows(x), res.rows(y)
	if len(p) != len(q) {
		res.fail("%v: %d rows against %d of %v", x, len(p), len(q), y)
		return nil
	}
	var out []float64
	for i := range p {
		if p[i].Seed != q[i].Seed {
			res.fail("%v and %v are of different seeds", x, y)
		}
		out = append(out, of(p[i])-of(q[i]))
	}
	return out
}

// difference is the mean over training seeds of x less y, paired by seed.
func (res *results) difference(x, y condition, of quantity) perm.Interval {
	return res.interval(x.String(), res.paired(x, y, of))
}

// calibrated is calibrated learning over training seeds; false where the scale
// is not defined for each of them.
func (res *results) calibrated(c condition) (perm.Interval, bool) {
	var values []float64
	for _, r := range res.rows(c) {
		if r.Calibrated == nil {
			return perm.Interval{}, false
		}
		values = append(values, *r.Calibrated)
	}
	return res.interval(c.String(), values), true
}

// interval is the mean of values, one a training seed, with its 95 % interval.
func (res *results) interval(what string, values []float64) perm.Interval {
	return res.intervalAt(what, values, perm.DefaultConfidence)
}

func (res *results) intervalAt(what string, values []float64, confidence float64) perm.Interval {
	v, err := perm.SeedInterval(values, confidence)
	if err != nil {
		res.fail("%s: %v", what, err)
	}
	return v
}

// rankCorrelation is Spearman's correlation over networks with its 95 % interval.
func (res *results) rankCorrelation(what string, x, y []float64) perm.Interval {
	v, err := perm.SpearmanInterval(x, y, 0)
	if err != nil {
		res.fail("%s: %v", what, err)
	}
	return v
}

// estimate is an interval and what it is of.
type estimate struct {
	of string
	perm.Interval
}

// extremes are those with the least and the greatest estimate.
func extremes(all []estimate) (least, most estimate) {
	by := func(x, y estimate) int { return cmp.Compare(x.Estimate, y.Estimate) }
	return slices.MinFunc(all, by), slices.MaxFunc(all, by)
}
