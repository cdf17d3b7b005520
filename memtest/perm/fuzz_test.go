package perm

import (
	"math"
	"slices"
	"testing"
)

// bytesToLabels reads one label a byte, -128..127.
func bytesToLabels(data []byte) []int32 {
	labels := make([]int32, len(data))
	for i, b := range data {
		labels[i] = int32(int8(b))
	}
	return labels
}

// Labels that pass the check can be shuffled and counted; the others are
// refused everywhere. Nothing panics.
func FuzzCheckLabels(f *testing.F) {
	f.Add([]byte{0, 1, 2, 1}, 3)
	f.Add([]byte{0, 0, 0}, 2)
	f.Add([]byte{0, 255}, 2)
	f.Add([]byte{}, -1)
	f.Fuzz(func(t *testing.T, data []byte, classes int) {
		labels := bytesToLabels(data)
		bad := classes < 2 || len(labels) < classes || len(labels) == 0 || slices.Min(labels) < 0 || int(slices.Max(labels)) >= classes || slices.Min(labels) == slices.Max(labels)
		err := checkLabels(labels, classes)
		if (err != nil) != bad {
			t.Fatalf("labels %v of %d classes: %v", labels, classes, err)
		}
		s, shuffleErr := NewShuffled(labels, classes, nil, 1)
		if (shuffleErr != nil) != bad {
			t.Fatalf("shuffled: %v, checked: %v", shuffleErr, err)
		}
		if _, err := given(labels, [][]int32{labels}, classes); (err != nil) != bad {
			t.Fatalf("given: %v", err)
		}
		if bad {
			return
		}
		tally := must(NewTally(len(labels), classes, TallyOptions{Reshuffles: 3, PerExample: true}))
		for b, y := range Sets(s, 0, 3) {
			if err := tally.Add(b, y, labels); err != nil {
				t.Fatal(err)
			}
		}
		v, err := Judge(tally.Counts(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if v.Observed != 1 || v.LearningP <= 0 || v.LearningP > 1 || math.IsNaN(v.Memorization+v.Z+v.MemorizationP) {
			t.Fatalf("%+v", v)
		}
	})
}

// Groups of any kind are either refused or kept by every shuffle.
func FuzzGroups(f *testing.F) {
	f.Add([]byte{0, 1, 0, 1}, []byte{5, 5, 9, 9}, uint64(1))
	f.Add([]byte{0, 1, 0, 1}, []byte{5, 5, 9}, uint64(1))
	f.Add([]byte{0, 1, 1, 1}, []byte{5, 5, 9, 9}, uint64(1))
	f.Add([]byte{0, 1, 0, 1}, []byte{5, 5, 200, 200}, uint64(1))
	f.Fuzz(func(t *testing.T, data, groups []byte, s uint64) {
		labels, g := bytesToLabels(data), bytesToLabels(groups)
		shuffled, err := NewShuffled(labels, 3, g, s)
		if err != nil {
			return
		}
		for _, set := range Sets(shuffled, 0, 4) {
			if !equalCounts(blockCounts(set, g), blockCounts(labels, g)) {
				t.Fatalf("labels %v, groups %v: %v", labels, g, set)
			}
		}
	})
}

// What is enumerated has as many sets as it says, all distinct, all
// rearrangements within groups.
func FuzzEnumerate(f *testing.F) {
	f.Add([]byte{0, 1, 2, 1}, []byte{}, 3, 100)
	f.Add([]byte{0, 1, 0, 1}, []byte{1, 1, 0, 0}, 2, 4)
	f.Add([]byte{0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, []byte{}, 2, math.MaxInt)
	f.Add([]byte{0, 1}, []byte{}, 2, -1)
	f.Fuzz(func(t *testing.T, data, groups []byte, classes, most int) {
		labels, g := bytesToLabels(data), bytesToLabels(groups)
		if len(g) == 0 {
			g = nil
		}
		e, err := enumerated(labels, classes, g, most)
		if err != nil {
			return
		}
		if e.Len() > most {
			t.Fatalf("%d labelings, at most %d asked for", e.Len(), most)
		}
		seen := map[string]bool{}
		for b := range min(e.Len(), 500) {
			set := Sets(e, b, b+1)[0]
			if !equalCounts(blockCounts(set, g), blockCounts(labels, g)) {
				t.Fatalf("set %d of %v is %v", b, labels, set)
			}
			key := make([]byte, len(set))
			for i, y := range set {
				key[i] = byte(y)
			}
			seen[string(key)] = true
		}
		if len(seen) != min(e.Len(), 500) {
			t.Fatalf("%d of %d sets are distinct", len(seen), min(e.Len(), 500))
		}
	})
}
