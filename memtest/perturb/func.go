package perturb

import (
	"fmt"
	"math/rand/v2"

	"github.com/seed-1a417598/memtest/datasets"
)

// Func is a perturbation of one's own: a name, a unit and a function.
type Func struct {
	Label string // its name; letters, digits and dashes
	In    string // unit of the level
	Max   float64
	// Make writes a near-copy of src at a level above 0 into dst. It must not
	// change src, nor draw more or less from r at another level. Of a sequence the last
	// value is its length, as in Copy.
	Make func(dst, src []float32, s datasets.Shape, level float64, r *rand.Rand)
}

func (f Func) Name() string { return f.Label }
func (f Func) Unit() string { return f.In }

func (f Func) Check(level float64, s datasets.Shape) error {
	if f.Label == "" || f.Make == nil || !(f.Max > 0) {
		return fmt.Errorf("perturbation Func %q needs a Label, a Make and a Max above 0", f.Label)
	}
	return checkLevel(f.Label, f.In, level, f.Max)
}

func (f Func) At(level float64, s datasets.Shape) Copy {
	return func(dst, src []float32, r *rand.Rand) { f.Make(dst, src, s, level, r) }
}
