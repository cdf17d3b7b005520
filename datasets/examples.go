package datasets

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// examples is what a reader gives: one part of a set, before its labels are
// numbered. A reader fills shape, x, labels and, where there are any, groups.
type examples struct {
	shape  Shape
	x      []float32
	labels arrays.Labels
	groups arrays.Labels

	classes []string // names of the classes in order, where the files tell; nil = the labels that occur
	notes   []string // a sentence each: what was left out, or is doubtful
}

// set makes a checked Set of the examples. classes nil means the labels that
// occur; a class that no example has is then impossible.
func (e examples) set(name string, classes []string) (*Set, error) {
	numbers := arrays.NewClasses(e.labels)
	if classes != nil {
		numbers = arrays.ClassesOf(classes)
	}
	y, err := numbers.Encode(e.labels, fmt.Sprintf("data set %q", name))
	if err != nil {
		return nil, err
	}
	s := &Set{Name: name, Shape: e.shape, Classes: numbers.Names, X: e.x, Y: y}
	if e.groups.Len() > 0 {
		if s.Groups, err = arrays.NewClasses(e.groups).Encode(e.groups, fmt.Sprintf("groups of data set %q", name)); err != nil {
			return nil, err
		}
	}
	return s, s.Check()
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
