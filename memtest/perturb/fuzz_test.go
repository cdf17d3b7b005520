package perturb

import (
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
)

// FuzzParse: whatever is accepted has a name that parses to the same name, and
// makes copies of its whole set of promises at a level that Check accepts.
func FuzzParse(f *testing.F) {
	for _, text := range append(compositions, "gaussian", "", "+", "rotate:", "rotate:1e300", "flip:-0") {
		f.Add(text, 0.5)
	}
	s := datasets.Shape{Height: 5, Width: 4, Channels: 1}
	x := make([]float32, 3*s.Size())
	for i := range x {
		x[i] = float32(i) / 60
	}
	f.Fuzz(func(t *testing.T, text string, level float64) {
		p, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(p.Name())
		if err != nil || again.Name() != p.Name() {
			t.Fatalf("%q has the name %q: %v", text, p.Name(), err)
		}
		if p.Check(level, s) != nil {
			return
		}
		if _, err := Rows(x, s, p, level, 1); err != nil {
			t.Fatalf("%s at level %v passed Check, then: %v", p.Name(), level, err)
		}
	})
}
