package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rule"
)

// heldError says which rule of --fail-if holds, and of which row.
type heldError struct{ error }

func (e heldError) Unwrap() error { return e.error }

// parseRules reads the rules of --fail-if.
func parseRules[T any](t rule.Table[T], typed []string) ([]rule.Rule[T], error) {
	var all []rule.Rule[T]
	for _, text := range typed {
		r, err := t.Parse(text)
		if err != nil {
			return nil, usage(errors.New("fail-if: " + err.Error()))
		}
		all = append(all, r)
	}
	return all, nil
}

// failIf asks the rules of --fail-if: the error is a heldError where any of them holds.
// One that cannot be asked comes before all others.
func failIf[T any](rules []rule.Rule[T], records []T) error {
	var answers []string
	for _, r := range rules {
		answer, err := r.Ask(records)
		if err != nil {
			return usage(errors.New("fail-if: " + err.Error()))
		}
		if answer != "" {
			answers = append(answers, answer)
		}
	}
	if len(answers) == 0 {
		return nil
	}
	return heldError{errors.New("fail-if: " + strings.Join(answers, "; "))}
}

// ofRows is what rules of rows ask, where they say no other: the cell that the first
// verdict on a page of these rows reads.
var ofRows = rule.Rows(report.Headline)

// ofComparisons is what rules of comparisons ask: the numbers of `compare --json`, an
// estimate also by the name of what it is of; of the pairs whose first row is the one
// that a page of the first run, whose rows run gives, reads, the line over the seeds where
// there is one.
func ofComparisons(run func() []result.Row) rule.Table[memtest.Comparison] {
	return rule.Table[memtest.Comparison]{
		Numbers: numbersOfComparisons(),
		Row:     func(c memtest.Comparison) result.Row { return c.A },
		Headline: func(left, _ []memtest.Comparison, named bool) ([]memtest.Comparison, error) {
			var rows []result.Row
			for _, c := range left {
				if c.Seeds == 0 {
					rows = append(rows, c.A)
				}
			}
			read, err := report.Headline(rows, run(), named)
			if err != nil {
				return nil, err
			}
			pairs := slices.DeleteFunc(slices.Clone(left), func(c memtest.Comparison) bool {
				return !slices.ContainsFunc(read, func(r result.Row) bool { return r.Cell() == c.A.Cell() })
			})
			if i := slices.IndexFunc(pairs, func(c memtest.Comparison) bool { return c.Seeds > 0 }); i >= 0 {
				return pairs[i : i+1], nil
			}
			return pairs, nil
		},
	}
}

// numbersOfComparisons are those of each comparison. The rows of a comparison over
// seeds are those of its first pair, and no numbers of its own.
func numbersOfComparisons() map[string]func(memtest.Comparison) *float64 {
	all := rule.NumbersOf[memtest.Comparison]()
	for name, of := range all {
		if strings.HasPrefix(name, "a.") || strings.HasPrefix(name, "b.") {
			all[name] = func(c memtest.Comparison) *float64 {
				if c.Seeds > 0 {
					return nil
				}
				return of(c)
			}
		}
	}
	all["learning"], all["memorization"] = all["learning.estimate"], all["memorization.estimate"]
	return all
}
