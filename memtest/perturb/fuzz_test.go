package perturb

import (
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
)

// FuzzParse: whatever is accepted has a name that parses to the same name, and
// makes copies, of examples of all kinds, at a level that Check accepts.
func FuzzParse(f *testing.F) {
	for _, text := range append(compositions, "gaussian", "", "+", "rotate:", "rotate:1e300", "flip:-0",
		"corrupt", "time-shift:1e-9", "channel-dropout", "token-crop", "token-mask:1+token-swap:1", "token-delete:1+token-crop:1") {
		f.Add(text, 0.5)
	}
	sets := []*datasets.Set{people().Head(20), curves().Head(25), words().Head(20),
		{Name: "pictures", Shape: datasets.Shape{Height: 5, Width: 4, Channels: 1}, Classes: []string{"a", "b"}, X: make([]float32, 80), Y: []int32{0, 1, 0, 1}}}
	for i := range sets[3].X {
		sets[3].X[i] = float32(i) / 80
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
		if CheckExamples(p) != nil {
			return
		}
		for _, set := range sets {
			if p.Check(level, set.Shape) != nil {
				continue
			}
			got, err := Copies(set, p, level, 1)
			if err == nil {
				err = got.Check()
			}
			if err != nil {
				t.Fatalf("%s at level %v of %s passed Check, then: %v", p.Name(), level, set.Name, err)
			}
		}
	})
}
