package report

import (
	"math"
	"slices"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// difference is an effect of a cell less that of a reference, seed by seed.
type difference struct{ values, errors []float64 }

// interval is that of the mean over the seeds.
func (d difference) interval(confidence float64) perm.Interval {
	return perm.OverSeedsAndImages(d.values, d.errors, confidence)
}

// less is the difference of a cell to a reference.
func (c cell) less(o cell, e effect) difference {
	var d difference
	for _, r := range c.rows {
		value, se := between(r, o.ofSeed(r.Seed), e)
		d.values, d.errors = append(d.values, value), append(d.errors, se)
	}
	return d
}

// ofSeed is the row of a training seed. Of a seed that the cell lacks, as the raw input
// all but one, its first row serves.
func (c cell) ofSeed(seed uint64) result.Row {
	for _, r := range c.rows {
		if r.Seed == seed {
			return r
		}
	}
	return c.rows[0]
}

// between is the difference of two rows and its standard error: that which the run
// found image by image, else that of rows taken as independent, which is no less
// where images that are easy for one are easy for the other. Where no error over
// images is known, it is of the shuffles alone.
func between(r, other result.Row, e effect) (value, se float64) {
	value = e.of(r) - e.of(other)
	for _, d := range r.Differences {
		if d.Cell == other.Cell() {
			if v, se := e.paired(d); !math.IsNaN(v) {
				return v, se
			}
		}
	}
	if a, b := e.se(r), e.se(other); a != nil && b != nil {
		return value, math.Hypot(*a, *b)
	}
	return value, shufflesError(r, other)
}

// shufflesError is the standard error of the difference of two nulls' means, label
// set by label set where the rows keep them.
func shufflesError(r, other result.Row) float64 {
	if b := len(r.Null); b > 1 && b == len(other.Null) {
		return perm.ShufflesSE(r.Null, other.Null)
	}
	return math.Hypot(r.NullSD/math.Sqrt(float64(max(1, r.Permutations))), other.NullSD/math.Sqrt(float64(max(1, other.Permutations))))
}

// comparison is a subject at its level beside one reference.
type comparison struct {
	name string
	cell
}

// beside are the references of a subject, at the level of its cell, that it is
// compared with in an effect. Memorization by neighbours is none of the network's, so
// it is compared with nothing; of blends no difference has an error.
func (v *view) beside(s setting, c cell, e effect) []comparison {
	var all []comparison
	if e.name != learningEffect.name && c.optional(parents) != nil || mixed(s.perturbation) {
		return nil
	}
	for _, r := range v.references(s) {
		if o, ok := v.at(r.setting, c.level); ok {
			all = append(all, comparison{r.name, o})
		}
	}
	return all
}

// byShuffles says whether a row says no error over images.
func (v *view) byShuffles() bool {
	return slices.ContainsFunc(v.rows, func(r result.Row) bool { return r.LearningSE == nil && !mixed(r.Perturbation) })
}

// confidence is that of the interval of each comparison of the page, such that all
// hold at once at the level of the run's tests.
func (v *view) confidence() float64 {
	return perm.Simultaneous(v.rows[0].AlphaOrDefault(), v.comparisons())
}

// comparisons is how many intervals of differences the sentences of a page rest on: both
// effects of each probe at its level, and learning at the other levels above 0 for the
// probe of the verdict, whose curves may cross; and one of shares, of copies and of new
// examples, where the network itself says both.
func (v *view) comparisons() int {
	if v.compared > 0 {
		return v.compared
	}
	n := 0
	for _, network := range v.subjects() {
		for _, perturbation := range v.perturbations {
			for _, probe := range v.probes {
				if s, ok := v.subject(network, probe, perturbation); ok {
					c := v.read(s).cell
					for _, e := range v.effects() {
						n += len(v.beside(s, c, e))
					}
				}
			}
			if s, ok := v.primary(network, perturbation); ok {
				n += v.otherLevels(s)
			}
		}
	}
	v.compared = n
	return n
}

// otherLevels is how many comparisons of learning there are at levels above 0 that are
// not read, and of the network's own shares.
func (v *view) otherLevels(s setting) int {
	n := 0
	read := v.read(s).cell
	for _, c := range v.cells[s] {
		if c.level > 0 && c.level != read.level {
			n += len(v.beside(s, c, learningEffect))
		}
	}
	if read.optional(ownAccuracy) != nil && read.optional(testAccuracy) != nil {
		n++
	}
	return n
}

// margin is the difference below which two cells count as the same.
func (v *view) margin() float64 {
	if m := v.rows[0].Margin; m > 0 {
		return m
	}
	return perm.DefaultMargin
}
