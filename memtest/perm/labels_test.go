package perm

import (
	"math"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/seed"
	"pgregory.net/rapid"
)

// drawLabels draws labels in which every class occurs in every group, and the
// groups (nil at times).
func drawLabels(t *rapid.T) (labels []int32, classes int, groups []int32) {
	classes = rapid.IntRange(2, 5).Draw(t, "classes")
	blocks := rapid.IntRange(1, 3).Draw(t, "blocks")
	for g := range blocks {
		n := rapid.IntRange(classes, classes+12).Draw(t, "rows")
		for i := range n {
			y := i
			if i >= classes {
				y = rapid.IntRange(0, classes-1).Draw(t, "label")
			}
			labels, groups = append(labels, int32(y)), append(groups, int32(g*7))
		}
	}
	order := rapid.Permutation(seq(len(labels))).Draw(t, "order")
	l, g := make([]int32, len(labels)), make([]int32, len(labels))
	for i, j := range order {
		l[i], g[i] = labels[j], groups[j]
	}
	if blocks == 1 && rapid.Bool().Draw(t, "nil groups") {
		g = nil
	}
	return l, classes, g
}

func seq(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}

// blockCounts is the number of labels per block and class.
func blockCounts(labels, groups []int32) map[[2]int32]int {
	counts := map[[2]int32]int{}
	for i, y := range labels {
		g := int32(0)
		if groups != nil {
			g = groups[i]
		}
		counts[[2]int32{g, y}]++
	}
	return counts
}

func equalCounts(a, b map[[2]int32]int) bool {
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return len(a) == len(b)
}

// Set 0 is the labels; every set keeps the labels of each block; sets do not
// depend on when they are asked for; the input stays as it was.
func TestShuffledProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		labels, classes, groups := drawLabels(t)
		before := slices.Clone(labels)
		s, err := NewShuffled(labels, classes, groups, rapid.Uint64().Draw(t, "seed"))
		if err != nil {
			t.Fatal(err)
		}
		sets := Sets(s, 0, 6)
		if !slices.Equal(sets[0], labels) {
			t.Fatalf("set 0 is %v, labels are %v", sets[0], labels)
		}
		for b := 5; b >= 0; b-- {
			again := make([]int32, len(labels))
			s.Set(b, again)
			if !slices.Equal(again, sets[b]) {
				t.Fatalf("set %d is %v, then %v", b, sets[b], again)
			}
			if !equalCounts(blockCounts(again, groups), blockCounts(labels, groups)) {
				t.Fatalf("set %d moves labels between blocks: %v", b, again)
			}
		}
		if !slices.Equal(labels, before) {
			t.Fatal("labels were changed")
		}
	})
}

// One group for all rows is no groups at all.
func TestOneGroupIsNone(t *testing.T) {
	labels := randomLabels(seed.Stream(1, "test"), 50, 4)
	a := must(NewShuffled(labels, 4, nil, 9))
	b := must(NewShuffled(labels, 4, slices.Repeat([]int32{5}, 50), 9))
	for i, set := range Sets(a, 0, 20) {
		if !slices.Equal(set, Sets(b, i, i+1)[0]) {
			t.Fatalf("set %d differs", i)
		}
	}
}

// Printed by this test itself: they change only if the streams change, and then
// every published row changes with them.
func TestShuffledPinned(t *testing.T) {
	s := must(NewShuffled(classLabels(3, 3, 2), 3, nil, 1))
	want := [][]int32{{0, 0, 0, 1, 1, 1, 2, 2}, {0, 0, 1, 1, 2, 1, 2, 0}, {2, 0, 1, 0, 1, 0, 2, 1}}
	for b, set := range Sets(s, 0, 3) {
		if !slices.Equal(set, want[b]) {
			t.Errorf("set %d is %v, was %v", b, set, want[b])
		}
	}
}

// All distinct labelings of 2+2+1 labels come equally often: chi-square with 29
// degrees of freedom, upper 0.001 point 58.30.
func TestShuffledUniform(t *testing.T) {
	labels := classLabels(2, 2, 1)
	s := must(NewShuffled(labels, 3, nil, 3))
	const draws = 6000
	seen := map[[5]int32]int{}
	for b := 1; b <= draws; b++ {
		var set [5]int32
		s.Set(b, set[:])
		seen[set]++
	}
	if len(seen) != 30 { // 5!/(2!2!1!)
		t.Fatalf("%d distinct labelings, 30 exist", len(seen))
	}
	var chi float64
	for _, c := range seen {
		chi += math.Pow(float64(c)-draws/30, 2) / (draws / 30)
	}
	if chi > 58.30 {
		t.Errorf("chi-square %v", chi)
	}
}

func TestGiven(t *testing.T) {
	observed, permuted := []int32{0, 1, 0, 1}, [][]int32{{1, 1, 1, 0}, {0, 0, 1, 1}}
	g := must(given(observed, permuted, 2))
	permuted[0][0] = 0 // the sets are the user's copy no longer
	if g.Len() != 3 || g.Examples() != 4 || g.Classes() != 2 {
		t.Fatalf("%d sets of %d examples, %d classes", g.Len(), g.Examples(), g.Classes())
	}
	want := [][]int32{{0, 1, 0, 1}, {1, 1, 1, 0}, {0, 0, 1, 1}}
	for b, set := range Sets(g, 0, 3) {
		if !slices.Equal(set, want[b]) {
			t.Errorf("set %d is %v, want %v", b, set, want[b])
		}
	}
}
