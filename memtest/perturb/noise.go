package perturb

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
)

// maxNoise is far beyond any use: at 100 nothing of a picture in 0..1 is left.
const maxNoise = 100

// noise is what is added to every value, whatever its neighbours are.
func noise() []Kind {
	return []Kind{
		{
			name: "gaussian", unit: "σ in pixel units, 1 = black to white", plain: "σ in the units of the data", max: upTo(maxNoise), levels: []float64{0, 0.1, 0.3, 0.5},
			about: "adds independent normal noise to every value; of a table with categories, to its numbers", numbers: true,
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
			about: "adds independent uniform noise in −level..level to every value; of a table with categories, to its numbers", numbers: true,
			at: func(level float64, _ datasets.Shape) Copy {
				half := float32(level)
				return func(dst, src []float32, r *rand.Rand) {
					for j, v := range src {
						dst[j] = v + half*(2*r.Float32()-1)
					}
				}
			},
		},
		columnNoise(),
	}
}

// columnNoise is the noise for tables, whose columns have units of their own.
func columnNoise() Kind {
	return Kind{
		name: "column-noise", unit: "standard deviations of the column", max: upTo(maxNoise), levels: []float64{0, 0.1, 0.3, 0.5},
		about: "adds independent normal noise to every column of a table or of features, in units of the column's own spread; constant columns, categories and what is missing stay",
		kinds: []datasets.Kind{datasets.Image, datasets.Table},
		fit: func(set *datasets.Set) (maker, error) {
			columns, err := columnsOf(set)
			if err != nil {
				return nil, err
			}
			if err := noNumber(columns); err != nil {
				return nil, err
			}
			numbers, marked := numbersOf(columns)
			sd := columnSD(set.X, set.Shape.Size(), numbers)
			return func(level float64, _ datasets.Shape) Copy {
				scale := make([]float32, len(sd))
				for j, v := range sd {
					scale[j] = float32(level * v)
				}
				return func(dst, src []float32, r *rand.Rand) {
					for j, v := range src {
						dst[j] = v + scale[j]*float32(r.NormFloat64())
					}
					keepMissing(dst, src, marked)
				}
			}, nil
		},
	}
}

// columnSD is the standard deviation, with divisor n, of each of d values of a row over the
// examples that have it; of what is no number 0. The first row is subtracted before
// squaring, so that a large mean costs no digits.
// The scaler of probes sums in two passes, which differs in the last bits: with
// one function for both, rows would no longer be those of earlier versions.
func columnSD(x []float32, d int, numbers []number) []float64 {
	n, sum, square, sd := make([]float64, d), make([]float64, d), make([]float64, d), make([]float64, d)
	for row := range slices.Chunk(x, d) {
		for _, number := range numbers {
			if number.missing(row) {
				continue
			}
			j := number.at
			v := float64(row[j]) - float64(x[j])
			n[j]++
			sum[j] += v
			square[j] += v * v
		}
	}
	for j := range sd {
		if n[j] > 0 {
			mean := sum[j] / n[j]
			sd[j] = math.Sqrt(max(0, square[j]/n[j]-mean*mean))
		}
	}
	return sd
}
