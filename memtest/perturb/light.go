package perturb

import (
	"math/rand/v2"

	"github.com/seed-1a417598/memtest/datasets"
)

// light changes all values of a picture alike.
func light() []Kind {
	return []Kind{
		{
			name: "brightness", unit: "pixel units, 1 = black to white", max: upTo(1), levels: []float64{0, 0.1, 0.2, 0.4}, kinds: onlyImages,
			about: "makes the whole picture lighter or darker by this amount, at random",
			at: func(level float64, _ datasets.Shape) Copy {
				return func(dst, src []float32, r *rand.Rand) {
					add := float32(sign(r) * level)
					for j, v := range src {
						dst[j] = v + add
					}
				}
			},
		},
		{
			name: "contrast", unit: "share of the contrast, 1 = doubled or none left", max: upTo(1), levels: []float64{0, 0.2, 0.4, 0.8}, kinds: onlyImages,
			about: "stretches or shrinks the distance of all values from the picture's mean, at random",
			at: func(level float64, _ datasets.Shape) Copy {
				return func(dst, src []float32, r *rand.Rand) {
					f := float32(sign(r) * level)
					sum := 0.0
					for _, v := range src {
						sum += float64(v)
					}
					mean := float32(sum / float64(len(src)))
					for j, v := range src {
						dst[j] = v + f*(v-mean)
					}
				}
			},
		},
	}
}
