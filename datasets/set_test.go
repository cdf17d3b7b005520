package datasets

import (
	"math"
	"slices"
	"testing"
)

func TestCheckRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(s *Set)
		words []string
	}{
		"no values":      {func(s *Set) { s.Shape = Shape{} }, []string{"0×0×0"}},
		"too few values": {func(s *Set) { s.X = s.X[1:] }, []string{"4 labels", "need 4 values", "there are 3"}},
		"few groups":     {func(s *Set) { s.Groups = s.Groups[1:] }, []string{"3 groups"}},
		"label too high": {func(s *Set) { s.Y[2] = 2 }, []string{"label 2 of example 2", "0..1"}},
		"negative label": {func(s *Set) { s.Y[2] = -1 }, []string{"label -1"}},
		"one class":      {func(s *Set) { s.Y = []int32{1, 1, 1, 1} }, []string{"1 class", "two"}},
		"single example": {func(s *Set) { s.Y = []int32{1, 0, 0, 0} }, []string{`class "1"`, "single"}},
		"NaN":            {func(s *Set) { s.X[3] = float32(math.NaN()) }, []string{"value 0 of example 3", "NaN"}},
		"infinite":       {func(s *Set) { s.X[1] = float32(math.Inf(-1)) }, []string{"example 1", "-Inf"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := numbered(0, 1, 0, 1)
			if err := s.Check(); err != nil {
				t.Fatal(err)
			}
			c.spoil(s)
			refused(t, s.Check(), append(c.words, "numbered")...)
		})
	}
}

func TestSubsetAndHead(t *testing.T) {
	s := numbered(0, 1, 2, 0, 1, 2)
	part := s.Subset([]int{5, 0, 5})
	if !slices.Equal(part.X, []float32{5, 0, 5}) || !slices.Equal(part.Y, []int32{2, 0, 2}) || !slices.Equal(part.Groups, []int32{1, 0, 1}) {
		t.Errorf("subset %+v", part)
	}
	part.X[0] = 9
	if s.X[5] != 5 {
		t.Error("a subset shares values with its set")
	}
	head := s.Head(4)
	if head.Len() != 4 || len(head.X) != 4 || len(head.Groups) != 4 || s.Head(0) != s || s.Head(7) != s {
		t.Errorf("head %+v", head)
	}
}

func TestHashSeesEveryChange(t *testing.T) {
	hashes := map[string]string{}
	for name, change := range map[string]func(s *Set){
		"nothing": func(*Set) {},
		"value":   func(s *Set) { s.X[5] = 5.5 },
		"label":   func(s *Set) { s.Y[5] = 1 },
		"shape":   func(s *Set) { s.Shape, s.Y = Shape{Height: 2, Width: 1, Channels: 1}, s.Y[:3] },
		"classes": func(s *Set) { s.Classes = append(s.Classes, "more") },
		"groups":  func(s *Set) { s.Groups[5] = 7 },
		"no more": func(s *Set) { s.Groups = nil },
		"mask":    func(s *Set) { s.Tokens = &Vocabulary{Mask: 1} },
		"another": func(s *Set) { s.Tokens = &Vocabulary{Mask: 2} },
		"columns": func(s *Set) { s.Columns = []Column{{Categories: []string{"a"}}} },
		"missing": func(s *Set) { s.Columns = []Column{{Missing: true}} },
	} {
		s := numbered(0, 1, 2, 0, 1, 2)
		change(s)
		h := s.Hash()
		for other, seen := range hashes {
			if seen == h {
				t.Errorf("%s and %s have one hash", name, other)
			}
		}
		hashes[name] = h
	}
	// The hash of a set without groups stands in the manifests of many runs.
	if got := (&Set{Shape: Shape{Height: 1, Width: 1, Channels: 1}, Classes: []string{"a", "b"}, X: []float32{0, 1}, Y: []int32{0, 1}}).Hash(); got != "690e02a5bd31518f6994324f9c761481ca46273f99741aca5bb560d7228673fb" {
		t.Errorf("the hash of a set without groups is now %s", got)
	}
	named := numbered(0, 1, 2, 0, 1, 2) // as of a table whose columns are all numbers
	if named.Columns = []Column{{Name: "a"}}; named.Hash() != numbered(0, 1, 2, 0, 1, 2).Hash() {
		t.Error("names of columns change the hash")
	}
	if numbered(0, 1).Hash() != numbered(0, 1).Hash() {
		t.Error("equal sets have two hashes")
	}
}
