package perm

import (
	"fmt"
	"math"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/memory"
)

// Design is which labels the examples have, and within which blocks they may be
// exchanged. It is checked once; label sets are made from it.
type Design struct {
	labels  []int32
	classes int // K; labels are in 0..K-1
	blocks  blocks
}

// NewDesign checks labels [n] and the groups [n] that they may be exchanged
// within. There must be one group per example, no group below 0, and each block
// must hold every class that the labels name: where a class is missing from a
// block, labels of that class never reach its examples, and the null is narrower
// than the reader thinks. Nil groups are one block.
func NewDesign(labels []int32, classes int, groups []int32) (*Design, error) {
	if err := checkLabels(labels, classes); err != nil {
		return nil, err
	}
	if groups != nil && len(groups) != len(labels) {
		return nil, fmt.Errorf("groups: %d groups for %d labels; give one group per example", len(groups), len(labels))
	}
	for i, g := range groups {
		if g < 0 {
			return nil, fmt.Errorf("groups: group %d of example %d is below 0; number the groups from 0", g, i)
		}
	}
	d := &Design{slices.Clone(labels), classes, newBlocks(len(labels), groups)}
	if g, k := d.blocks.lacking(labels, classes); g >= 0 {
		return nil, fmt.Errorf("groups: group %d has no example of class %d; merge groups until each holds every class, or give the permuted labels yourself", groups[d.blocks.block(g)[0]], k)
	}
	return d, nil
}

// Shuffled is the label sets that a permutation test draws.
func (d *Design) Shuffled(seed uint64) *ShuffledLabels { return &ShuffledLabels{d, seed} }

// Null is the label sets that stand for the null: every distinct labeling where
// there are no more than permutations + 1 of them, which is then said, else so
// many random shuffles from the seed. b is the number of sets beside the observed
// one.
func (d *Design) Null(permutations int, seed uint64) (sets LabelSets, b int, enumerated bool) {
	if all, err := d.Enumerated(permutations + 1); err == nil {
		return all, all.Len() - 1, true
	}
	return d.Shuffled(seed), permutations, false
}

// Given is exactly these label sets, beside the observed one. They need not be
// rearrangements of the observed labels, but must be as long and of the same
// classes; whether they are a fair null is the user's claim.
func (d *Design) Given(permuted [][]int32) (*GivenLabels, error) {
	if len(permuted) == 0 {
		return nil, fmt.Errorf("permuted labels: none are given; at least one set is needed, and 19 for a level of 0.05")
	}
	g := &GivenLabels{sets: [][]int32{d.labels}, classes: d.classes}
	for b, set := range permuted {
		if len(set) != len(d.labels) {
			return nil, fmt.Errorf("permuted labels: set %d has %d labels, but there are %d examples", b+1, len(set), len(d.labels))
		}
		if err := checkRange(fmt.Sprintf("permuted labels, set %d", b+1), set, d.classes); err != nil {
			return nil, err
		}
		g.sets = append(g.sets, slices.Clone(set))
	}
	return g, nil
}

// Fixed returns the training labels for every b, for a network trained on them.
func (d *Design) Fixed() LabelSets { return fixed{d} }

type fixed struct{ design *Design }

func (f fixed) Examples() int { return len(f.design.labels) }
func (f fixed) Classes() int  { return f.design.classes }

// Set writes the training labels, for any b ≥ 0.
func (f fixed) Set(b int, dst []int32) {
	checkSet(b, -1, len(f.design.labels), dst)
	copy(dst, f.design.labels)
}

// mostPermutations is far more than anyone can wait for; below it, numbers of label
// sets multiply without overflow.
const mostPermutations = 1_000_000_000

// setBytes is what a label set costs in the counts of a cell while it is measured:
// slice headers, scalars, an entry of a map, and, of each class, numbers of 20 bytes
// in all, rounded up by the allocator.
func setBytes(classes int) int { return 440 + 22*classes }

// CountsBytes is about how much memory the counts of so many permutations take, of labels
// of this many classes, in so many cells that are measured at a time.
func CountsBytes(permutations, classes, cells int) float64 {
	return memory.Product(permutations, setBytes(classes), max(1, cells))
}

// CheckPermutations says whether b permutations of labels of this many classes
// can be counted in so many cells at a time: at least one, and counts that fit
// into the memory that is free.
func CheckPermutations(b, classes, cells int) error {
	there, known := memory.Free()
	if !known {
		there = math.MaxInt64
	}
	return checkPermutations(b, classes, cells, float64(there))
}

func checkPermutations(b, classes, cells int, free float64) error {
	each := memory.Product(setBytes(classes), max(1, cells))
	most := int(min(mostPermutations, free/each))
	switch {
	case b < 1:
		return fmt.Errorf("permutations: %d; at least one is needed, and 19 for a level of 0.05", b)
	case b > most && b <= mostPermutations:
		return fmt.Errorf("permutations: %d need about %s of memory for the counts of %d cells with %d classes and %s are free; ask for at most %d",
			b, memory.Size(float64(b)*each), max(1, cells), classes, memory.Size(free), most)
	case b > most:
		return fmt.Errorf("permutations: %d are too many; ask for at most %d", b, most)
	}
	return nil
}
