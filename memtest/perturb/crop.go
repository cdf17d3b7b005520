package perturb

import (
	"math/rand/v2"

	"github.com/seed-1a417598/memtest/datasets"
)

const shareLength = "share of the length"

// crop leaves a window of a sequence of n steps: n·level of them go, rounded up or down at
// random such that n·level is the mean, but never all. All windows are as likely, and one at
// a higher level lies within those at lower ones.
func crop(level float64, s datasets.Shape) Copy {
	return func(dst, src []float32, r *rand.Rand) {
		n := s.Length(src)
		up, place := r.Float64(), r.Float64()
		cut := min(int(level*float64(n)+up), n-1)
		first := int(place * float64(cut+1))
		copy(dst, src[first*s.Channels:(first+n-cut)*s.Channels])
		end(dst, n-cut, s)
	}
}
