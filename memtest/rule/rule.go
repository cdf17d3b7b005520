// Package rule asks measured rows whether a condition holds, so that a script can act
// on what was measured:
//
//	memorization > 0.2
//	learning - twin < 0.1
//	any(memorization_own > 0.3) probe=knn level=0.5
//
// A rule compares a number of a row (<, <=, >, >=) with a limit. It is asked of the row
// that a Table calls the headline's, of those that its selectors network=, layer=,
// probe=, level= and epoch= leave; any(…) asks all of these. A name with spaces stands
// in double quotes.
package rule

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Table says what can be asked of records of a type.
type Table[T any] struct {
	Numbers map[string]func(T) *float64 // by name; nil where a record has no such number
	Row     func(T) result.Row          // the row by which selectors choose a record
	// Headline are those of the records that selectors left, at least one, whose mean is
	// asked where a rule does not say any(…): one a training seed. All records are there
	// for what decides which they are; named says that there were selectors.
	Headline func(left, all []T, named bool) ([]T, error)
}

// Rule is a condition on records.
type Rule[T any] struct {
	table     Table[T]
	text      string
	all       bool // any(…): each record is asked
	name      string
	op        string
	limit     float64
	selectors []selector
}

// selector keeps the rows whose field, as a word, is a value.
type selector struct{ key, value string }

// keys are the fields by which selectors choose.
var keys = map[string]func(result.Row) string{
	"network": func(r result.Row) string { return r.Network },
	"layer":   func(r result.Row) string { return r.Layer },
	"probe":   func(r result.Row) string { return r.Probe },
	"level":   func(r result.Row) string { return number.Exact(r.Level) },
	"epoch":   func(r result.Row) string { return strconv.Itoa(r.Epoch) },
}

const comparison = `([a-z][a-z0-9_.]*)(?:\s*-\s*([a-z]+))?\s*(<=|>=|<|>)\s*([^\s()]+)`

var (
	one     = regexp.MustCompile(`^` + comparison + `(?:\s+|$)`)
	every   = regexp.MustCompile(`^any\s*\(\s*` + comparison + `\s*\)(?:\s+|$)`)
	chooses = regexp.MustCompile(`^([a-z]+)=("(?:[^"\\]|\\.)*"|[^\s"]+)(?:\s+|$)`)
)

// Parse reads a rule. What is wrong with it is said in one sentence.
func (t Table[T]) Parse(text string) (Rule[T], error) {
	r := Rule[T]{table: t, text: strings.TrimSpace(text)}
	parts := one.FindStringSubmatch(r.text)
	if parts == nil {
		parts = every.FindStringSubmatch(r.text)
		r.all = true
	}
	if parts == nil {
		return r, fmt.Errorf("%q is no rule: type one as in 'memorization > 0.2', 'learning - twin < 0.1' or 'any(memorization_own > 0.3) probe=knn'", text)
	}
	r.name, r.op = parts[1], parts[3]
	if parts[2] != "" {
		r.name += " - " + parts[2]
	}
	if t.Numbers[r.name] == nil {
		return r, fmt.Errorf("%q: there is no number called %q; type one of %s", text, r.name, strings.Join(slices.Sorted(maps.Keys(t.Numbers)), ", "))
	}
	var err error
	if r.limit, err = strconv.ParseFloat(parts[4], 64); err != nil || math.IsInf(r.limit, 0) || math.IsNaN(r.limit) {
		return r, fmt.Errorf("%q: %q is no number to compare with; type one as 0.2", text, parts[4])
	}
	r.selectors, err = selectors(r.text[len(parts[0]):])
	if err != nil {
		return r, fmt.Errorf("%q: %w", text, err)
	}
	return r, nil
}

// selectors reads those of a rule.
func selectors(text string) ([]selector, error) {
	var all []selector
	for text != "" {
		parts := chooses.FindStringSubmatch(text)
		if parts == nil {
			return nil, fmt.Errorf("%q chooses no rows: type it as probe=knn, network=\"my net\"", text)
		}
		text = text[len(parts[0]):]
		s := selector{parts[1], parts[2]}
		if keys[s.key] == nil {
			return nil, fmt.Errorf("rows are not chosen by %q; type one of %s", s.key, strings.Join(slices.Sorted(maps.Keys(keys)), ", "))
		}
		if slices.ContainsFunc(all, func(o selector) bool { return o.key == s.key }) {
			return nil, fmt.Errorf("%s= is there twice; rows have one", s.key)
		}
		if err := s.read(); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// read makes the value that was typed one that rows can be compared with.
func (s *selector) read() error {
	typed := s.value
	if strings.HasPrefix(typed, `"`) {
		var err error
		if s.value, err = strconv.Unquote(typed); err != nil {
			return fmt.Errorf("%s=%s is not a name in double quotes; type \\\" for a quote within", s.key, typed)
		}
	}
	switch s.key {
	case "level":
		v, err := strconv.ParseFloat(s.value, 64)
		if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
			return fmt.Errorf("level=%s is no number; type one as level=0.3", typed)
		}
		s.value = number.Exact(v)
	case "epoch":
		v, err := strconv.Atoi(s.value)
		if err != nil {
			return fmt.Errorf("epoch=%s is no whole number; type one as epoch=20", typed)
		}
		s.value = strconv.Itoa(v)
	}
	return nil
}

// String is the rule as it can be typed.
func (r Rule[T]) String() string {
	s := fmt.Sprintf("%s %s %s", r.name, r.op, number.Exact(r.limit))
	if r.all {
		s = "any(" + s + ")"
	}
	for _, c := range r.selectors {
		s += fmt.Sprintf(" %s=%s", c.key, strconv.Quote(c.value))
	}
	return s
}
