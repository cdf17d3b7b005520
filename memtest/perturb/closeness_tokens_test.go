package perturb

import (
	"context"
	"math"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
)

// Two texts are √(2·places that differ) apart where both have a token, and each token of the
// longer one beyond the end of the other counts 1.
func apart(set *datasets.Set, a, b []float32) float64 {
	x, y := a[:set.Shape.Length(a)], b[:set.Shape.Length(b)]
	if len(x) > len(y) {
		x, y = y, x
	}
	square := len(y) - len(x)
	for i, v := range x {
		if v != y[i] {
			square += 2
		}
	}
	return math.Sqrt(float64(square))
}

// Texts 0000, 1111, 2222, of which all tokens are hidden: each copy is 4 places from its
// parent, and from all others; so it is no nearer to one than to another.
func TestClosenessOfHiddenTokens(t *testing.T) {
	set := texts(3, 4, 4, func(int) int { return 0 })
	for i := range 3 {
		for j := range 4 {
			set.Row(i)[j] = float32(i)
		}
	}
	set.Tokens.Mask = 3
	for i, c := range measure(t, set, "token-mask", 0, 1) {
		near(t, "distance", c.Distance, []float64{0, math.Sqrt(8)}[i], 1e-6)
		near(t, "nearest", c.Nearest, math.Sqrt(8), 1e-6)
		near(t, "ratio", *c.Ratio, float64(i), 1e-6)
		near(t, "kept", c.ParentNearest, 1, 1e-9) // as near as it
	}
}

// Every number by the definition in plain loops, for texts of unequal lengths with garbage
// for padding.
func TestClosenessOfTokens(t *testing.T) {
	set := withGarbage(words())
	p := fitted(t, "token-delete:0.2+token-replace:0.1", set)
	got, err := MeasureCloseness(context.Background(), set, p, []float64{1}, ClosenessOptions{Copies: set.Len(), Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	pool := set.Subset(drawnRows(set.Len(), 0, 2))
	copied := copies(t, pool, p, 1, 2)
	var distance, nearest, kept float64
	for i := range pool.Len() {
		d, other, rival := apart(set, copied.Row(i), pool.Row(i)), math.Inf(1), math.Inf(1)
		for j := range pool.Len() {
			if j != i {
				other, rival = min(other, apart(set, pool.Row(i), pool.Row(j))), min(rival, apart(set, copied.Row(i), pool.Row(j)))
			}
		}
		distance, nearest = distance+d/90, nearest+other/90
		if d <= rival {
			kept += 1. / 90
		}
	}
	near(t, "distance", got[0].Distance, distance, 1e-6)
	near(t, "nearest", got[0].Nearest, nearest, 1e-6)
	near(t, "kept", got[0].ParentNearest, kept, 1e-9)
	if kept < 0.2 || kept > 0.99 || distance == 0 {
		t.Errorf("kept %v at distance %v, which shows little", kept, distance)
	}
}
