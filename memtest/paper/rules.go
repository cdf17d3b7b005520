package paper

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// above and below say on which side of 0 a whole interval lies.
func above(v perm.Interval) bool { return v.Low > 0 }
func below(v perm.Interval) bool { return v.High < 0 }

// countOf is the number of values for which something is so.
func countOf[T any](all []T, so func(T) bool) int {
	n := 0
	for _, v := range all {
		if so(v) {
			n++
		}
	}
	return n
}

// every says whether something is so for all values.
func every[T any](all []T, so func(T) bool) bool { return countOf(all, so) == len(all) }

// risesAndFalls says in how many of its conditions, such as cells, a quantity has
// intervals above and below 0.
func risesAndFalls(probe string, all []perm.Interval, conditions string) string {
	return fmt.Sprintf("by the %s probe it rises in %s %s and falls in %d", probeName(probe), count(countOf(all, above), len(all)), conditions, countOf(all, below))
}

// combine is the holding of a claim whose parts hold or not.
func combine(parts ...bool) document.Holding {
	switch n := countOf(parts, func(p bool) bool { return p }); {
	case n == 0:
		return document.HoldsNot
	case n == len(parts):
		return document.HoldsYes
	}
	return document.HoldsPart
}

// verdict is a block that says how far a claim holds.
func verdict(h document.Holding, format string, args ...any) document.Block {
	return document.Block{Verdict: &document.Verdict{Holds: h, Text: fmt.Sprintf(format, args...)}}
}
