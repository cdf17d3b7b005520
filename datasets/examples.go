package datasets

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// examples is what a reader gives: one part of a set, before its labels are
// numbered. A reader fills shape, x, labels and, where there are any, groups.
type examples struct {
	shape  Shape
	x      []float32
	labels arrays.Labels
	groups arrays.Labels

	tokens  *Vocabulary // of tokens
	columns []Column    // of a table whose columns are known
	raw     *raw        // examples that are not encoded yet; x is then nil

	classes []string // names of the classes in order, where the files tell; nil = the labels that occur
	notes   []string // a sentence each: what was left out, or is doubtful
}

// there says whether there are any.
func (e *examples) there() bool { return e.x != nil || e.raw != nil }

// set makes a checked Set of the examples. classes nil means the labels that
// occur; a class that no example has is then impossible.
func (e examples) set(name string, classes []string) (*Set, error) {
	s, err := e.numbered(name, classes)
	if err != nil {
		return nil, err
	}
	return s, s.Check()
}

// numbered is set without the check.
func (e examples) numbered(name string, classes []string) (*Set, error) {
	numbers := arrays.NewClasses(e.labels)
	if classes != nil {
		numbers = arrays.ClassesOf(classes)
	}
	y, err := numbers.Encode(e.labels, fmt.Sprintf("data set %q", name))
	if err != nil {
		return nil, err
	}
	s := &Set{Name: name, Shape: e.shape, Classes: numbers.Names, X: e.x, Y: y, Tokens: e.tokens, Columns: e.columns}
	if e.groups.Len() > 0 {
		if s.Groups, err = arrays.NewClasses(e.groups).Encode(e.groups, fmt.Sprintf("groups of data set %q", name)); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// leftOut notes what lies at a path and is not read.
func (e *examples) leftOut(path, what string) {
	e.notes = append(e.notes, shown(fmt.Sprintf("data %s: left out: %s", path, what)))
}

// shown is a text fit for a terminal: characters that are not printed, such as those
// that move its cursor, are replaced.
func shown(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// plural is a number of things.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// list joins names for an error message; a long list is cut after ten.
func list[T any](names []T) string {
	if len(names) > 10 {
		return fmt.Sprintf("%v and %d more", names[:10], len(names)-10)
	}
	return fmt.Sprint(names)
}

// proportional shares n among the counts as evenly as whole numbers allow
// (largest remainder; of equal remainders the first).
func proportional(counts []int, n int) []int {
	total := 0
	for _, c := range counts {
		total += c
	}
	share := make([]int, len(counts))
	order := make([]int, len(counts))
	rest := n
	for k, c := range counts {
		share[k] = n * c / total
		rest -= share[k]
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(n*counts[b]%total, n*counts[a]%total)
	})
	for _, k := range order[:rest] {
		share[k]++
	}
	return share
}
