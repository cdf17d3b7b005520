package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Ask asks records. Where the rule holds, the answer is a sentence that says of which
// row, and its number; where it does not, it is empty. That there is no record that
// it can be asked of is an error that counts as result.ErrInput.
func (r Rule[T]) Ask(records []T) (answer string, err error) {
	asked, err := r.chosen(records)
	if err != nil {
		return "", err
	}
	if !r.all {
		if asked, err = r.table.Headline(asked, records, len(r.selectors) > 0); err != nil {
			return "", err
		}
	}
	value := r.table.Numbers[r.name]
	asked = slices.DeleteFunc(slices.Clone(asked), func(record T) bool { return value(record) == nil })
	if len(asked) == 0 {
		return "", result.Inputf("%q can be asked of no row: those that it is about have no %s", r.text, r.name)
	}
	if r.all {
		return r.most(asked), nil
	}
	mean := 0.0
	for _, record := range asked {
		mean += *value(record) / float64(len(asked))
	}
	if !r.holds(mean) {
		return "", nil
	}
	answer = r.says(mean, asked[0])
	if len(asked) > 1 {
		answer += fmt.Sprintf(" and of %d more training seeds, in the mean", len(asked)-1)
	}
	return answer, nil
}

// chosen are the records that the selectors leave.
func (r Rule[T]) chosen(records []T) ([]T, error) {
	left := records
	for _, s := range r.selectors {
		of := func(record T) string { return keys[s.key](r.table.Row(record)) }
		kept := slices.DeleteFunc(slices.Clone(left), func(record T) bool { return of(record) != s.value })
		if len(kept) == 0 && len(left) > 0 {
			var there []string
			for _, record := range left {
				if v := fmt.Sprintf("%q", of(record)); !slices.Contains(there, v) {
					there = append(there, v)
				}
			}
			return nil, result.Inputf("%q can be asked of no row: none has %s=%q, but %s", r.text, s.key, s.value, strings.Join(there, ", "))
		}
		left = kept
	}
	if len(left) == 0 {
		return nil, result.Inputf("%q can be asked of no row: there are none", r.text)
	}
	return left, nil
}

// most says in which record the number is farthest beyond the limit, and in how many
// more it is beyond it; "" where in none.
func (r Rule[T]) most(asked []T) string {
	value := r.table.Numbers[r.name]
	held := slices.DeleteFunc(asked, func(record T) bool { return !r.holds(*value(record)) })
	if len(held) == 0 {
		return ""
	}
	farthest := slices.MaxFunc(held, func(a, b T) int {
		switch va, vb := *value(a), *value(b); {
		case va == vb:
			return 0
		case va > vb == (r.op[0] == '>'):
			return 1
		}
		return -1
	})
	answer := r.says(*value(farthest), farthest)
	if len(held) > 1 {
		answer += fmt.Sprintf(", and it holds in %d more", len(held)-1)
	}
	return answer
}

func (r Rule[T]) holds(v float64) bool {
	switch r.op {
	case "<":
		return v < r.limit
	case "<=":
		return v <= r.limit
	case ">":
		return v > r.limit
	}
	return v >= r.limit
}

func (r Rule[T]) says(v float64, record T) string {
	return fmt.Sprintf("%q holds: %s is %s in the row of %s", r.text, r.name, number.Exact(v), r.table.Row(record).Place())
}
