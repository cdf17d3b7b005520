package nn

import (
	"math"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla"
)

// table is noise whose columns have units and places of their own; the last is constant.
func table(n, columns int) *datasets.Set {
	s := noise(n, shape(1, 1, columns), 3)
	for i, v := range s.X {
		c := i % columns
		s.X[i] = v*float32(math.Pow(10, float64(c-1))) + float32(100*c)
		if c == columns-1 {
			s.X[i] = 0.1
		}
	}
	return s
}

// A network that standardizes trains as one on columns that were standardized by hand,
// alone and together with others.
func TestStandardize(t *testing.T) {
	const columns = 4
	set := table(30, columns)
	by := *set
	by.X = slices.Clone(set.X)
	for c := range columns {
		mean, square := 0.0, 0.0
		for i := range set.Len() {
			mean += float64(set.X[i*columns+c]) / float64(set.Len())
		}
		for i := range set.Len() {
			square += math.Pow(float64(set.X[i*columns+c])-mean, 2) / float64(set.Len())
		}
		for i := range set.Len() {
			if by.X[i*columns+c] = 0; c < columns-1 {
				by.X[i*columns+c] = float32((float64(set.X[i*columns+c]) - mean) / math.Sqrt(square))
			}
		}
	}
	spec := MLP(set.Shape, 3, 5)
	bare := asTheyAre(spec)
	if !spec.Standardize {
		t.Fatal("the columns of a table are not standardized")
	}
	onBoth(t, func(t *testing.T, e *xla.Engine) {
		o := Training{Epochs: 4, Batch: 8, Seed: 3}
		s, plain := trainAll(t, e, spec, set, o)[0], trainAll(t, e, bare, &by, o)[0]
		together := many(t, e, spec, set, [][]int32{set.Y, set.Y}, o, manyBytes)[4]
		got, want := weightsOf(t, s), weightsOf(t, plain)
		if s.net.params[0].name != "input/mean" || s.net.params[1].name != "input/sd" || got[1][columns-1] != 1 || got[0][columns-1] != 0.1 {
			t.Fatalf("the statistics are %v", got[:2])
		}
		for k, w := range want {
			near(t, s.net.params[k+2].name, got[k+2], wide(w), 2e-4)
			for _, other := range together {
				near(t, "together, "+s.net.params[k+2].name, weightsOf(t, other)[k+2], wide(w), 2e-4)
			}
		}
		logits, err := s.Features(t.Context(), set, LayerLogits)
		if err != nil {
			t.Fatal(err)
		}
		byHand, err := plain.Features(t.Context(), &by, LayerLogits)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "logits", logits.Data, wide(byHand.Data), 2e-4)
	})
}

// Of a table whose columns are known only the numbers are standardized.
func TestStandardizeNumbers(t *testing.T) {
	set := &datasets.Set{Shape: shape(1, 1, 4), Y: []int32{0, 1, 0, 1}, X: []float32{
		1, 0, 1, 0,
		3, 1, 0, 1,
		5, 0, 1, 0,
		7, 0, 1, 0}}
	set.Columns = []datasets.Column{{Name: "age", Missing: true}, {Name: "town", First: 2, Categories: []string{"a", "b"}}}
	if got, want := columnMeans(set), []float32{4, 0, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("means %v, want %v", got, want)
	}
	if got, want := columnDeviations(set), []float32{float32(math.Sqrt(5)), 1, 1, 1}; !slices.Equal(got, want) {
		t.Errorf("standard deviations %v, want %v", got, want)
	}
	set.Columns = nil
	if got, want := columnMeans(set), []float32{4, 0.25, 0.75, 0.25}; !slices.Equal(got, want) {
		t.Errorf("means %v, want %v", got, want)
	}
}
