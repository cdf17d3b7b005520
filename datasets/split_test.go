package datasets

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// numbered is a set whose example i holds the value i, with these labels.
func numbered(labels ...int32) *Set {
	s := &Set{Name: "numbered", Shape: Shape{Height: 1, Width: 1, Channels: 1}, Y: labels}
	for i, y := range labels {
		s.X = append(s.X, float32(i))
		s.Groups = append(s.Groups, int32(i/3))
		for int(y) >= len(s.Classes) {
			s.Classes = append(s.Classes, fmt.Sprint(len(s.Classes)))
		}
	}
	return s
}

func TestStratifiedKeepsProportions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := numbered(rapid.SliceOfN(rapid.Int32Range(0, 4), 2, 200).Draw(t, "labels")...)
		n := rapid.IntRange(1, s.Len()).Draw(t, "n")
		root := rapid.Uint64().Draw(t, "seed")
		part, err := Stratified(s, n, root)
		if err != nil {
			t.Fatal(err)
		}
		if part.Len() != n || !slices.IsSorted(part.X) {
			t.Fatalf("%d examples, want %d, in order", part.Len(), n)
		}
		counts := part.Counts()
		for k, c := range s.Counts() {
			exact := float64(n) * float64(c) / float64(s.Len())
			if d := float64(counts[k]) - exact; d <= -1 || d >= 1 {
				t.Fatalf("class %d has %d, its share is %v", k, counts[k], exact)
			}
		}
		for i := range part.Len() {
			from := int(part.X[i])
			if part.Y[i] != s.Y[from] || part.Groups[i] != s.Groups[from] {
				t.Fatalf("example %d lost its label or group", from)
			}
		}
		again, err := Stratified(s, n, root)
		if err != nil || !slices.Equal(again.X, part.X) {
			t.Fatal("the same seed gave another subset")
		}
	})
}

func TestSplitIsAPartition(t *testing.T) {
	var y []int32
	for i := range 100 {
		y = append(y, int32(i%4))
	}
	s := numbered(y...)
	a, b, err := Split(s, 0.2, 5)
	if err != nil {
		t.Fatal(err)
	}
	if a.Len() != 80 || b.Len() != 20 || !slices.Equal(b.Counts(), []int{5, 5, 5, 5}) {
		t.Errorf("split into %v and %v", a.Counts(), b.Counts())
	}
	all := append(slices.Clone(a.X), b.X...)
	slices.Sort(all)
	if !slices.Equal(all, s.X) {
		t.Error("examples were lost or doubled")
	}
	other, _, _ := Split(s, 0.2, 6)
	if slices.Equal(other.X, a.X) {
		t.Error("another seed gave the same split")
	}
}

func TestSplitRefuses(t *testing.T) {
	s := numbered(0, 1, 0, 1)
	for _, share := range []float64{0, 1, -1, 0.01, 0.99} {
		if _, _, err := Split(s, share, 1); err == nil {
			t.Errorf("share %v was accepted", share)
		}
	}
	for _, n := range []int{-1, 5} {
		_, err := Stratified(s, n, 1)
		refused(t, err, "1..4")
	}
}
