package datasets

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// examples is what a reader gives: one part of a set, before its labels are
// numbered. A reader fills shape, x, labels and, where there are any, groups.
type examples struct {
	shape  Shape
	x      []float32
	labels labels
	groups labels

	classes []string // names of the classes in order, where the files tell; nil = the labels that occur
}

// labels are either integers or names; the other one is nil.
type labels struct {
	ints  []int64
	names []string
}

func (l labels) len() int { return max(len(l.ints), len(l.names)) }

// text is label i as a class name.
func (l labels) text(i int) string {
	if l.names != nil {
		return l.names[i]
	}
	return strconv.FormatInt(l.ints[i], 10)
}

// distinct returns the labels that occur, integers by size and names by letters.
func (l labels) distinct() []string {
	if l.names != nil {
		return slices.Compact(slices.Sorted(slices.Values(l.names)))
	}
	var names []string
	for _, v := range slices.Compact(slices.Sorted(slices.Values(l.ints))) {
		names = append(names, strconv.FormatInt(v, 10))
	}
	return names
}

// numeric turns names that are all whole numbers into numbers, so that class 10
// comes after class 9.
func (l labels) numeric() labels {
	ints := make([]int64, len(l.names))
	for i, n := range l.names {
		v, err := strconv.ParseInt(n, 10, 64)
		if err != nil || strconv.FormatInt(v, 10) != n {
			return l
		}
		ints[i] = v
	}
	return labels{ints: ints}
}

// encode numbers the labels by their place in classes.
func (l labels) encode(classes []string) ([]int32, error) {
	place := make(map[string]int32, len(classes))
	for k, c := range classes {
		place[c] = int32(k)
	}
	y := make([]int32, l.len())
	for i := range y {
		k, ok := place[l.text(i)]
		if !ok {
			return nil, fmt.Errorf("label %q of example %d is none of the training classes %s", l.text(i), i, list(classes))
		}
		y[i] = k
	}
	return y, nil
}

// set makes a checked Set of the examples. classes nil means the labels that
// occur; a class that no example has is then impossible.
func (e examples) set(name string, classes []string) (*Set, error) {
	if classes == nil {
		classes = e.labels.distinct()
	}
	y, err := e.labels.encode(classes)
	if err != nil {
		return nil, fmt.Errorf("data set %q: %w", name, err)
	}
	s := &Set{Name: name, Shape: e.shape, Classes: classes, X: e.x, Y: y}
	if e.groups.len() > 0 {
		if s.Groups, err = e.groups.encode(e.groups.distinct()); err != nil {
			return nil, fmt.Errorf("data set %q: %w", name, err)
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
