package perturb

import (
	"math"
	"math/rand/v2"

	"github.com/seed-1a417598/memtest/datasets"
)

// timing moves the values of a series in time.
func timing() []Kind {
	return []Kind{
		{
			name: "time-shift", unit: "steps", max: func(s datasets.Shape) float64 { return float64(s.Height) }, levels: []float64{0, 1, 2, 4}, kinds: onlySeries, moves: true,
			about: "moves the series by so many steps, earlier or later at random; its first or last value moves in, and the length stays",
			at: func(level float64, s datasets.Shape) Copy {
				return retimed(s, func(r *rand.Rand, _ int) func(int) float64 {
					by := sign(r) * level
					return func(step int) float64 { return float64(step) + by }
				})
			},
		},
		{
			name: "time-warp", unit: "share of the speed of time, 0.2 = faster or slower by at most a fifth", max: upTo(1), levels: []float64{0, 0.1, 0.2, 0.4}, kinds: onlySeries, moves: true,
			about: "lets time run faster and slower in smooth waves, always forwards; the ends and the length stay",
			at: func(level float64, s datasets.Shape) Copy {
				return retimed(s, func(r *rand.Rand, n int) func(int) float64 { return warp(level, n, r) })
			},
		},
		{
			name: "window-crop", unit: shareLength, max: upTo(1), levels: []float64{0, 0.1, 0.25, 0.5}, kinds: onlySeries, moves: true,
			about: "cuts this share of the length away, on average, and leaves a random window of at least one step",
			at:    crop,
		},
	}
}

// retimed looks each step of the copy up at the time that is drawn for it, in steps of the
// parent: between two steps by linear interpolation, beyond the ends as at the ends.
func retimed(s datasets.Shape, draw func(r *rand.Rand, n int) func(step int) float64) Copy {
	return func(dst, src []float32, r *rand.Rand) {
		n := s.Length(src)
		time := draw(r, n)
		for step := range n {
			at := min(max(time(step), 0), float64(n-1))
			before := int(at)
			after, share := min(before+1, n-1), float32(at-float64(before))
			for c := range s.Channels {
				dst[step*s.Channels+c] = (1-share)*src[before*s.Channels+c] + share*src[after*s.Channels+c]
			}
		}
		end(dst, n, s)
	}
}

// warpWaves is the number of half waves of the fastest of those that a warp is made of.
const warpWaves = 3

// warp draws waves, whose amplitudes add up to 1, for a series of n steps.
func warp(level float64, n int, r *rand.Rand) func(step int) float64 {
	var waves [warpWaves]float64
	total := 0.0
	for k := range waves {
		waves[k] = r.NormFloat64()
		total += math.Abs(waves[k])
	}
	for k := range waves {
		waves[k] *= level / total
	}
	last := float64(n - 1)
	return func(step int) float64 { return last * warped(waves, float64(step)/max(last, 1)) }
}

// warped is the time that a time t becomes, both as shares of the length: the integral up to
// t of the speed 1 + Σ_k a_k·cos(πkt), which is t + Σ_k a_k·sin(πkt)/(πk). With Σ|a_k| ≤ 1
// no time comes before an earlier one.
func warped(a [warpWaves]float64, t float64) float64 {
	at := t
	for k := range a {
		wave := math.Pi * float64(k+1)
		at += a[k] / wave * math.Sin(wave*t)
	}
	return at
}
