package perturb

import (
	"math"
	"math/rand/v2"

	"github.com/seed-1a417598/memtest/datasets"
)

// blur loses detail and draws nothing at random.
func blur() []Kind {
	return []Kind{{
		name: "blur", unit: "σ in pixels", max: longSide, levels: []float64{0, 0.5, 1, 2}, kinds: onlyImages,
		about: "averages over neighbours with a Gaussian window; edge pixels are replicated beyond the border",
		at:    blurAt,
	}}
}

// blurAt applies the window along rows, then along columns.
func blurAt(level float64, s datasets.Shape) Copy {
	window := gaussWindow(level)
	radius := len(window) / 2
	row := s.Width * s.Channels
	half := make([]float32, s.Size())
	line := make([]float32, max(s.Width, s.Height)+2*radius)
	pass := func(dst, src []float32, start, step, n int) {
		for i := range n + 2*radius {
			line[i] = src[start+step*min(max(i-radius, 0), n-1)]
		}
		for i := range n {
			sum := float32(0)
			for k, w := range window {
				sum += w * line[i+k]
			}
			dst[start+step*i] = sum
		}
	}
	return func(dst, src []float32, _ *rand.Rand) {
		for y := range s.Height {
			for c := range s.Channels {
				pass(half, src, y*row+c, s.Channels, s.Width)
			}
		}
		for i := range row {
			pass(dst, half, i, row, s.Height)
		}
	}
}

// gaussWindow is a Gaussian cut off at 3σ whose weights add up to 1.
func gaussWindow(sd float64) []float32 {
	radius := int(math.Ceil(3 * sd))
	w := make([]float64, 2*radius+1)
	total := 0.0
	for i := range w {
		d := float64(i-radius) / sd
		w[i] = math.Exp(-d * d / 2)
		total += w[i]
	}
	window := make([]float32, len(w))
	for i, v := range w {
		window[i] = float32(v / total)
	}
	return window
}
