package perturb

import (
	"math/rand/v2"

	"github.com/seed-1a417598/memtest/datasets"
)

const sharePixels = "share of pixels"

// pixels is what happens to single pixels; all channels of a pixel share its
// fate. A pixel that is hit at one level is hit at every higher one.
func pixels() []Kind {
	return []Kind{
		{
			name: "salt-pepper", unit: sharePixels, max: upTo(1), levels: []float64{0, 0.05, 0.15, 0.3}, kinds: onlyImages,
			about: "makes pixels black or white, half of each",
			at: func(level float64, s datasets.Shape) Copy {
				return func(dst, src []float32, r *rand.Rand) {
					for p := 0; p < len(src); p += s.Channels {
						bits := r.Uint64()
						hit, salt := unit(bits) < level, float32(bits&1)
						for j := p; j < p+s.Channels; j++ {
							if dst[j] = src[j]; hit {
								dst[j] = salt
							}
						}
					}
				}
			},
		},
		{
			name: "replace", unit: sharePixels, max: upTo(1), levels: []float64{0, 0.1, 0.3, 0.5}, kinds: onlyImages,
			about: "replaces pixels by values drawn uniformly from 0..1",
			at: func(level float64, s datasets.Shape) Copy {
				return func(dst, src []float32, r *rand.Rand) {
					for p := 0; p < len(src); p += s.Channels {
						hit := unit(r.Uint64()) < level
						for j := p; j < p+s.Channels; j++ {
							other := r.Float32()
							if dst[j] = src[j]; hit {
								dst[j] = other
							}
						}
					}
				}
			},
		},
		{
			name: "dropout", unit: sharePixels, max: upTo(1), levels: []float64{0, 0.1, 0.3, 0.5}, kinds: onlyImages,
			about: "makes pixels black",
			at: func(level float64, s datasets.Shape) Copy {
				return func(dst, src []float32, r *rand.Rand) {
					for p := 0; p < len(src); p += s.Channels {
						hit := unit(r.Uint64()) < level
						for j := p; j < p+s.Channels; j++ {
							if dst[j] = src[j]; hit {
								dst[j] = 0
							}
						}
					}
				}
			},
		},
		{
			name: "occlusion", unit: "side of the square in pixels", max: longSide, levels: []float64{0, 4, 8, 14}, kinds: onlyImages,
			about: "covers a black square at a random place, cut off at the border",
			at:    occlusion,
		},
	}
}

// unit turns the upper 53 of 64 random bits into a number in [0,1).
func unit(bits uint64) float64 { return float64(bits>>11) / (1 << 53) }

// occlusion covers the pixels whose centre lies within a square around a random
// point: squares at a higher level hold those at a lower one.
func occlusion(level float64, s datasets.Shape) Copy {
	return func(dst, src []float32, r *rand.Rand) {
		copy(dst, src)
		top, bottom := covered(r.Float64()*float64(s.Height), level, s.Height)
		left, right := covered(r.Float64()*float64(s.Width), level, s.Width)
		for y := top; y < bottom; y++ {
			clear(dst[(y*s.Width+left)*s.Channels : (y*s.Width+right)*s.Channels])
		}
	}
}

// covered is the range of pixels i with |i + 1/2 − center| ≤ side/2 in 0..n−1.
func covered(center, side float64, n int) (from, to int) {
	from, to = n, n
	for i := range n {
		if d := float64(i) + 0.5 - center; d >= -side/2 && d <= side/2 {
			from, to = min(from, i), i+1
		}
	}
	return from, to
}
