package perturb

import (
	"math"
	"math/rand/v2"

	"github.com/seed-1a417598/memtest/datasets"
)

// maxNoise is far beyond any use: at 100 nothing of a picture in 0..1 is left.
const maxNoise = 100

// noise is what is added to every value, whatever its neighbours are.
func noise() []Kind {
	return []Kind{
		{
			name: "gaussian", unit: "σ in pixel units, 1 = black to white", plain: "σ in the units of the data", max: upTo(maxNoise), levels: []float64{0, 0.1, 0.3, 0.5},
			about: "adds independent normal noise to every value",
			at: func(level float64, _ datasets.Shape) Copy {
				sd := float32(level)
				return func(dst, src []float32, r *rand.Rand) {
					for j, v := range src {
						dst[j] = v + sd*float32(r.NormFloat64())
					}
				}
			},
		},
		{
			name: "uniform", unit: "half-width in pixel units, 1 = black to white", plain: "half-width in the units of the data", max: upTo(maxNoise), levels: []float64{0, 0.2, 0.5, 0.9},
			about: "adds independent uniform noise in −level..level to every value",
			at: func(level float64, _ datasets.Shape) Copy {
				half := float32(level)
				return func(dst, src []float32, r *rand.Rand) {
					for j, v := range src {
						dst[j] = v + half*(2*r.Float32()-1)
					}
				}
			},
		},
		{
			name: "column-noise", unit: "standard deviations of the column", max: upTo(maxNoise), levels: []float64{0, 0.1, 0.3, 0.5},
			about: "adds independent normal noise to every column of a table or of features, in units of the column's own spread; constant columns stay",
			kinds: []datasets.Kind{datasets.Image, datasets.Table},
			fit: func(set *datasets.Set) func(float64, datasets.Shape) Copy {
				sd := columnSD(set.X, set.Shape.Size())
				return func(level float64, _ datasets.Shape) Copy {
					scale := make([]float32, len(sd))
					for j, v := range sd {
						scale[j] = float32(level * v)
					}
					return func(dst, src []float32, r *rand.Rand) {
						for j, v := range src {
							dst[j] = v + scale[j]*float32(r.NormFloat64())
						}
					}
				}
			},
		},
	}
}

// columnSD is the standard deviation, with divisor n, of each of d columns. The
// first row is subtracted before squaring, so that a large mean costs no digits.
// The scaler of probes sums in two passes, which differs in the last bits: with
// one function for both, rows would no longer be those of earlier versions.
func columnSD(x []float32, d int) []float64 {
	n := float64(len(x) / d)
	sum, square := make([]float64, d), make([]float64, d)
	for i, v := range x {
		j := i % d
		c := float64(v) - float64(x[j])
		sum[j] += c
		square[j] += c * c
	}
	sd := make([]float64, d)
	for j := range sd {
		mean := sum[j] / n
		sd[j] = math.Sqrt(max(0, square[j]/n-mean*mean))
	}
	return sd
}
