package perturb

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
)

// kindSets are sets of all kinds of examples, images and tables of two sorts each.
func kindSets() []*datasets.Set {
	return []*datasets.Set{images(), colors(), table(), people(), curves(), words()}
}

// people is a table with numbers, of which one is missing here and there, and two categories,
// one of which is missing at times.
func people() *datasets.Set {
	s := &datasets.Set{Name: "people", Shape: datasets.Shape{Height: 1, Width: 1, Channels: 11}, Classes: []string{"a", "b"}, Columns: []datasets.Column{
		{Name: "age", First: 0, Missing: true},
		{Name: "town", First: 2, Categories: []string{"(missing)", "Ulm", "Rom"}},
		{Name: "height", First: 5},
		{Name: "work", First: 6, Categories: []string{"none", "some", "much", "more"}},
		{Name: "rooms", First: 10},
	}}
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 90 {
		row := make([]float32, 11)
		if row[0] = float32(20 + r.IntN(60)); i%7 == 3 {
			row[0], row[1] = 50, 1
		}
		row[2+r.IntN(3)] = 1
		row[5] = 170 + 10*float32(r.NormFloat64())
		row[6+r.IntN(4)] = 1
		row[10] = float32(1 + r.IntN(5))
		s.X, s.Y = append(s.X, row...), append(s.Y, int32(i%2))
	}
	return s
}

// curves are series of 1 to 24 steps of three channels, the last of which is constant.
func curves() *datasets.Set {
	s := &datasets.Set{Name: "curves", Shape: datasets.Shape{Height: 24, Width: 1, Channels: 3, Kind: datasets.Series}, Classes: []string{"a", "b"}}
	r := rand.New(rand.NewPCG(7, 8))
	for i := range 90 {
		row := make([]float32, s.Shape.RowSize())
		n, phase := 1+i%24, 10*r.Float64()
		for step := range n {
			row[3*step] = float32(math.Sin(float64(step)/3 + float64(i)))
			row[3*step+1] = float32(100 + 20*math.Sin(float64(step)/6+phase) + r.NormFloat64())
			row[3*step+2] = 4
		}
		row[s.Shape.Size()] = float32(n)
		s.X, s.Y = append(s.X, row...), append(s.Y, int32(i%2))
		s.Groups = append(s.Groups, int32(i%5))
	}
	return s
}

// words are texts of 1 to 12 of 9 tokens, of which low numbers are frequent; 8 hides a token.
func words() *datasets.Set {
	s := &datasets.Set{Name: "words", Shape: datasets.Shape{Height: 12, Width: 1, Channels: 1, Kind: datasets.Tokens, Vocabulary: 9}, Classes: []string{"a", "b"}}
	s.Tokens = &datasets.Vocabulary{Mask: 8}
	r := rand.New(rand.NewPCG(9, 10))
	for i := range 90 {
		row := make([]float32, s.Shape.RowSize())
		n := 1 + i%12
		for place := range n {
			row[place] = float32(min(r.IntN(8), r.IntN(8)))
		}
		row[s.Shape.Size()] = float32(n)
		s.X, s.Y = append(s.X, row...), append(s.Y, int32(i%2))
		s.ByChance = append(s.ByChance, i%9 == 0)
	}
	return s
}

// withGarbage is a set of sequences whose padding holds anything.
func withGarbage(set *datasets.Set) *datasets.Set {
	dirty := *set
	dirty.X = slices.Clone(set.X)
	garbage := []float32{-1e38, 3e38, 0.5, -7, 1e20}
	for i := range set.Len() {
		row := dirty.Row(i)
		for j := set.Shape.Length(row) * set.Shape.Channels; j < set.Shape.Size(); j++ {
			row[j] = garbage[(i+j)%len(garbage)]
		}
	}
	return &dirty
}
