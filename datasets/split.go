package datasets

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// Counts is the number of examples of each class.
func (s *Set) Counts() []int {
	counts := make([]int, len(s.Classes))
	for _, y := range s.Y {
		counts[y]++
	}
	return counts
}

// Stratified returns n examples drawn without replacement, the classes in the
// proportions of the whole set, in their order in the set. n = 0 means all. The
// same seed gives the same examples, and those of a smaller n of balanced
// classes are among those of a larger one.
func Stratified(s *Set, n int, seed uint64) (*Set, error) {
	if n == 0 || n == s.Len() {
		return s, nil
	}
	if n < 0 || n > s.Len() {
		return nil, fmt.Errorf("data set %q: a subset of %d was asked for, but there are %d examples; ask for 1..%d, or 0 for all", s.Name, n, s.Len(), s.Len())
	}
	picked, _ := stratify(s, n, seed)
	return s.Subset(picked), nil
}

// Split cuts the set in two: about share of each class goes to the second part,
// the rest to the first, both in the order of the set. share is in (0,1).
func Split(s *Set, share float64, seed uint64) (first, second *Set, err error) {
	rest, picked, err := split(s, share, seed)
	if err != nil {
		return nil, nil, err
	}
	return s.Subset(rest), s.Subset(picked), nil
}

// split is Split by the numbers of the examples; only their classes are looked at.
func split(s *Set, share float64, seed uint64) (rest, picked []int, err error) {
	n := int(share*float64(s.Len()) + 0.5)
	if !(share > 0 && share < 1) || n == 0 || n == s.Len() {
		return nil, nil, fmt.Errorf("data set %q: a share of %v of %d examples leaves one part empty; give a share between 0 and 1", s.Name, share, s.Len())
	}
	picked, rest = stratify(s, n, seed)
	return rest, picked, nil
}

// stratify draws n indices, the classes in proportion, and returns them and the
// others, each sorted.
func stratify(s *Set, n int, root uint64) (picked, rest []int) {
	byClass := make([][]int, len(s.Classes))
	for i, y := range s.Y {
		byClass[y] = append(byClass[y], i)
	}
	take := proportional(s.Counts(), n)
	for k, members := range byClass {
		r := seed.Stream(root, "stratify", k)
		r.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		picked = append(picked, members[:take[k]]...)
		rest = append(rest, members[take[k]:]...)
	}
	slices.Sort(picked)
	slices.Sort(rest)
	return picked, rest
}
