package perturb

import (
	"math"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
)

// Draws do not depend on the level: what is hit at one level is hit at every higher one,
// and becomes the same.
func TestHitsAreNested(t *testing.T) {
	for _, name := range []string{"token-replace", "token-mask", "channel-dropout", "column-resample", "corrupt", "missing"} {
		for _, set := range kindSets() {
			if !slices.Contains(copied[name], set.Shape.KindOf()) {
				continue
			}
			last := set
			for _, level := range []float64{0.1, 0.3, 0.55, 0.8, 1} {
				next := copies(t, set, mustParse(t, name), level, 4)
				for j, v := range last.X {
					if v != set.X[j] && v != next.X[j] {
						t.Fatalf("%s of %s: value %d was %v, became %v at a lower level and %v at %v", name, set.Name, j, set.X[j], v, next.X[j], level)
					}
				}
				last = next
			}
		}
	}
}

// What is left at one level is left at every lower one, in the same order; of a crop the
// window lies within that of a lower level.
func TestRestsAreNested(t *testing.T) {
	for name, set := range map[string]*datasets.Set{"token-delete": numbered(200, 20), "token-crop": numbered(200, 20), "window-crop": lines(200, 20)} {
		last := set
		for _, level := range []float64{0.05, 0.2, 0.33, 0.6, 0.9, 1} {
			next := copies(t, set, mustParse(t, name), level, 4)
			for i := range set.Len() {
				rest := realSteps(last, i)
				for _, v := range realSteps(next, i) {
					k := slices.Index(rest, v)
					if k < 0 {
						t.Fatalf("%s at level %v: %v of %v", name, level, realSteps(next, i), realSteps(last, i))
					}
					rest = rest[k:]
				}
			}
			last = next
		}
	}
}

// A pair that is swapped at one level is swapped at every higher one.
func TestSwapsAreNested(t *testing.T) {
	set := numbered(200, 21)
	last := set
	for _, level := range []float64{0.1, 0.5, 1} {
		next := copies(t, set, mustParse(t, "token-swap"), level, 4)
		for j, v := range last.X {
			if v != set.X[j] && v != next.X[j] {
				t.Fatalf("place %d of a text is %v at a lower level, and %v at %v", j%set.Shape.RowSize(), v, next.X[j], level)
			}
		}
		last = next
	}
}

// Noise and factors at two levels are the same, scaled; times move in proportion.
func TestAmountsAreProportional(t *testing.T) {
	for _, c := range []struct {
		name string
		set  *datasets.Set
	}{{"jitter", curves()}, {"scaling", curves()}, {"column-noise", people()}, {"time-warp", lines(20, 30)}} {
		low, high := copies(t, c.set, mustParse(t, c.name), 0.25, 4), copies(t, c.set, mustParse(t, c.name), 0.5, 4)
		for j, v := range c.set.X {
			if d := high.X[j] - v - 2*(low.X[j]-v); math.Abs(float64(d)) > 1e-4*math.Abs(float64(v))+1e-5 {
				t.Fatalf("%s: value %d was %v, became %v and %v", c.name, j, v, low.X[j], high.X[j])
			}
		}
	}
}
