package perm

import (
	"fmt"
	"math"
)

// CheckLabels says what is wrong with a vector of labels, or returns nil: fewer
// than two classes asked for, fewer examples than classes, a label outside
// 0..classes-1 (the first one), or only one class present.
func CheckLabels(labels []int32, classes int) error {
	if classes < 2 {
		return fmt.Errorf("labels: %d classes; at least two are needed", classes)
	}
	if len(labels) < classes {
		return fmt.Errorf("labels: %d examples for %d classes; give at least one example per class", len(labels), classes)
	}
	if err := checkRange("labels", labels, classes); err != nil {
		return err
	}
	for _, y := range labels {
		if y != labels[0] {
			return nil
		}
	}
	return fmt.Errorf("labels: all %d examples are of class %d; at least two classes must be present", len(labels), labels[0])
}

// CheckClassSizes returns an error that names the first class which is present
// but has fewer than least examples. Labels must be in 0..classes-1.
func CheckClassSizes(labels []int32, classes, least int) error {
	if err := CheckLabels(labels, classes); err != nil {
		return err
	}
	for k, c := range countClasses(labels, classes) {
		if c > 0 && c < least {
			return fmt.Errorf("labels: class %d has %d of the %d examples that are needed; give it more, or leave it out", k, c, least)
		}
	}
	return nil
}

// CheckGroups says what is wrong with the blocks of a restricted shuffle, or
// returns nil. There must be one group per example, no group below 0, and each
// block must hold every class that the labels name: where a class is missing
// from a block, labels of that class never reach its examples, and the null is
// narrower than the reader thinks. Nil groups are one block.
func CheckGroups(labels []int32, classes int, groups []int32) error {
	if err := CheckLabels(labels, classes); err != nil {
		return err
	}
	if groups == nil {
		return nil
	}
	if len(groups) != len(labels) {
		return fmt.Errorf("groups: %d groups for %d labels; give one group per example", len(groups), len(labels))
	}
	for i, g := range groups {
		if g < 0 {
			return fmt.Errorf("groups: group %d of example %d is below 0; number the groups from 0", g, i)
		}
	}
	bl := newBlocks(len(labels), groups)
	whole := countClasses(labels, classes)
	part := make([]int, classes)
	for g := range bl.number() {
		clear(part)
		rows := bl.block(g)
		for _, i := range rows {
			part[labels[i]]++
		}
		for k, c := range whole {
			if c > 0 && part[k] == 0 {
				return fmt.Errorf("groups: group %d has no example of class %d; merge groups until each holds every class, or give the permuted labels yourself", groups[rows[0]], k)
			}
		}
	}
	return nil
}

// maxCounts bounds the memory that counts may take, in bytes.
const maxCounts = 2 << 30

// CheckPermutations says whether b permutations of labels of this many classes
// can be counted in so many cells at a time: at least one, and counts that fit
// in 2 GiB.
func CheckPermutations(b, classes, cells int) error {
	if b < 1 {
		return fmt.Errorf("permutations: %d; at least one is needed, and 19 for a level of 0.05", b)
	}
	// Per label set: three int32 and one float64 per class, and about 128 bytes
	// of slice headers and scalars.
	each := (20*classes + 128) * max(1, cells)
	if most := maxCounts / each; b > most {
		return fmt.Errorf("permutations: %d need %.1f GiB for the counts of %d cells with %d classes; ask for at most %d",
			b, float64(b)*float64(each)/(1<<30), max(1, cells), classes, most)
	}
	return nil
}

// checkRange names the first label outside 0..classes-1.
func checkRange(what string, labels []int32, classes int) error {
	for i, y := range labels {
		if y < 0 || int(y) >= classes {
			return fmt.Errorf("%s: label %d of example %d is outside 0..%d", what, y, i, classes-1)
		}
	}
	return nil
}

func checkShare(name string, v float64) error {
	if math.IsNaN(v) || v <= 0 || v >= 1 {
		return fmt.Errorf("%s: %v is not between 0 and 1", name, v)
	}
	return nil
}

func countClasses(labels []int32, classes int) []int {
	counts := make([]int, classes)
	for _, y := range labels {
		counts[y]++
	}
	return counts
}
