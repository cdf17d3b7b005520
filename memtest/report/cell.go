package report

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// cell is the rows of one setting at one level, one row a seed.
type cell struct {
	setting
	level float64
	rows  []result.Row
}

func (c cell) flagged(word string) bool {
	return slices.ContainsFunc(c.rows, func(r result.Row) bool {
		return slices.ContainsFunc(r.Flags, func(f string) bool { return flagWord(f) == word })
	})
}

// values are those of a quantity, seed by seed.
func (c cell) values(f quantity) []float64 {
	all := make([]float64, len(c.rows))
	for i, r := range c.rows {
		all[i] = f(r)
	}
	return all
}

// spread is a quantity over the training seeds and, where images is true, over
// other images of the same kind.
type spread struct {
	perm.Interval
	seeds  int
	images bool
}

func (c cell) over(f quantity) spread {
	return spread{perm.OverSeeds(c.values(f)), len(c.rows), false}
}

// effect is the mean of an effect over the seeds, with its 95 % interval over
// images where every row says its error.
func (c cell) effect(e effect) spread {
	var errors []float64
	for _, r := range c.rows {
		se := e.se(r)
		if se == nil {
			return c.over(e.of)
		}
		errors = append(errors, *se)
	}
	return spread{perm.OverSeedsAndImages(c.values(e.of), errors, perm.DefaultConfidence), len(c.rows), true}
}

// mean is a quantity's mean over the seeds.
func (c cell) mean(f quantity) float64 { return c.over(f).Estimate }

// fresh is the mean of the fresh accuracy; nil where no seed has one.
func (c cell) fresh() *float64 { return c.optional(freshOf) }

// optional is the mean over those seeds that have a value; nil where none has.
func (c cell) optional(f func(result.Row) *float64) *float64 {
	sum, n := 0.0, 0
	for _, r := range c.rows {
		if x := f(r); x != nil {
			sum, n = sum+*x, n+1
		}
	}
	if n == 0 {
		return nil
	}
	sum /= float64(n)
	return &sum
}

// plusMinus is the spread for a table: with half the width of the interval where it
// is over images.
func (s spread) plusMinus() string {
	if !s.images {
		return number.Signed(s.Estimate)
	}
	return number.Signed(s.Estimate) + " ± " + number.Share((s.High-s.Low)/2)
}

// signed is the spread of a difference of shares for a sentence.
func (s spread) signed() string {
	mean, low, high := number.Signed(s.Estimate), number.Signed(s.Low), number.Signed(s.High)
	switch {
	case s.images && s.seeds == 1:
		return fmt.Sprintf("%s [95%% interval over examples: %s to %s]", mean, low, high)
	case s.images:
		return fmt.Sprintf("%s [95%% interval over examples and %d seeds: %s to %s]", mean, s.seeds, low, high)
	case s.seeds >= 3:
		return fmt.Sprintf("%s [95%% interval over %d seeds: %s to %s]", mean, s.seeds, low, high)
	case s.seeds == 2:
		return fmt.Sprintf("%s [two seeds: %s and %s]", mean, low, high)
	}
	return mean
}

// band is the null of all seeds together.
func (c cell) band() perm.Interval {
	var all []float64
	for _, r := range c.rows {
		all = append(all, r.Null...)
	}
	return perm.NullBand(all, c.mean(nullMean), c.mean(nullSD))
}
