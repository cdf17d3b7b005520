package perturb

import (
	"math/rand/v2"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
)

// mix blends in another example of the set that it was fitted to.
func mix() []Kind {
	return []Kind{{
		name: "mix", unit: "share of the other example", kinds: []datasets.Kind{datasets.Image, datasets.Table}, max: upTo(1), levels: []float64{0, 0.1, 0.25, 0.4},
		about: "blends each example with another one of the set, drawn at random; above 0.5 the other one prevails",
		fit: func(set *datasets.Set) (maker, error) {
			x, d := set.X, set.Shape.Size()
			return func(level float64, _ datasets.Shape) Copy {
				f := float32(level)
				return func(dst, src []float32, r *rand.Rand) {
					other := another(x, d, r.IntN(len(x)/d), src)
					for j, v := range src {
						dst[j] = v + f*(other[j]-v)
					}
				}
			}, nil
		},
	}}
}

// another is row j of x, or the next one after it that is not src itself; src
// where all rows are equal to it.
func another(x []float32, d, j int, src []float32) []float32 {
	n := len(x) / d
	for k := range n {
		i := (j + k) % n
		if row := x[i*d : (i+1)*d]; !slices.Equal(row, src) {
			return row
		}
	}
	return src
}
