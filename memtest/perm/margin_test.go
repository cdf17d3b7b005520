package perm

import (
	"math"
	"testing"
)

// Margins worked out by hand.
func TestMargin(t *testing.T) {
	one := func(values ...float64) []Null { return []Null{{values, 0.05}} }
	narrow := Interval{0.5, 0.5, 0.5}
	for _, c := range []struct {
		name         string
		a, b         []Null
		overA, overB Interval
		want         float64
	}{
		// The differences are 0.1, 0.1, 0.1: no spread, however wide the nulls are.
		{"nulls that move together", one(0.1, 0.2, 0.3), one(0, 0.1, 0.2), narrow, narrow, 0},
		// The differences are −0.2, 0, 0.2: standard deviation 0.2.
		{"nulls that move apart", one(0.1, 0.2, 0.3), one(0.3, 0.2, 0.1), narrow, narrow, 0.4},
		// Without the T_b: 2·√(0.05² + 0.05²).
		{"no values", one(), one(), narrow, narrow, 2 * math.Sqrt(0.005)},
		{"values of one", one(0.1, 0.2), one(), narrow, narrow, 2 * math.Sqrt(0.005)},
		{"other numbers of permutations", one(0.1, 0.2), one(0.1, 0.2, 0.3), narrow, narrow, 2 * math.Sqrt(0.005)},
		{"one permutation", one(0.1), one(0.2), narrow, narrow, 2 * math.Sqrt(0.005)},
		{"the wider seed counts", append(one(0.1, 0.2, 0.3), one(0.1, 0.2, 0.3)...), append(one(0, 0.1, 0.2), one(0.3, 0.2, 0.1)...), narrow, narrow, 0.4},
		{"a seed that the other lacks", append(one(0.1, 0.2, 0.3), Null{nil, 9}), one(0.3, 0.2, 0.1), narrow, narrow, 0.4},
		// Widths 0.6 and 0.8: √(0.36 + 0.64)/2.
		{"wide over seeds", one(0.1, 0.2, 0.3), one(0.3, 0.2, 0.1), Interval{0.5, 0.2, 0.8}, Interval{0.5, 0.1, 0.9}, 0.5},
		{"nothing", nil, nil, narrow, narrow, 0},
	} {
		if got := Margin(c.a, c.b, c.overA, c.overB); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %g, want %g", c.name, got, c.want)
		}
	}
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		a, b, margin float64
		want         int
	}{{0.5, 0.25, 0.125, 1}, {0.5, 0.25, 0.25, 0}, {0.5, 0.25, 0.3, 0}, {0.25, 0.5, 0.25, 0}, {0.25, 0.5, 0.125, -1}, {0.5, 0.5, 0, 0}} {
		if got := Compare(c.a, c.b, c.margin); got != c.want {
			t.Errorf("%g and %g with a margin of %g: %d, want %d", c.a, c.b, c.margin, got, c.want)
		}
	}
}
