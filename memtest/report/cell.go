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

// spread is a quantity over the training seeds.
type spread struct {
	perm.Interval
	seeds int
}

func (c cell) over(f quantity) spread {
	return spread{perm.OverSeeds(c.values(f)), len(c.rows)}
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

// signed is the spread of a difference of shares for a sentence.
func (s spread) signed() string {
	mean, low, high := number.Signed(s.Estimate), number.Signed(s.Low), number.Signed(s.High)
	switch {
	case s.seeds >= 3:
		return fmt.Sprintf("%s [95%% interval over %d seeds: %s to %s]", mean, s.seeds, low, high)
	case s.seeds == 2:
		return fmt.Sprintf("%s [two seeds: %s and %s]", mean, low, high)
	}
	return mean
}

// nulls are the null distributions, seed by seed.
func (c cell) nulls() []perm.Null {
	var all []perm.Null
	for _, r := range c.rows {
		all = append(all, perm.Null{Values: r.Null, SD: r.NullSD})
	}
	return all
}

// band is the null of all seeds together.
func (c cell) band() perm.Interval {
	var all []float64
	for _, r := range c.rows {
		all = append(all, r.Null...)
	}
	return perm.NullBand(all, c.mean(nullMean), c.mean(nullSD))
}
