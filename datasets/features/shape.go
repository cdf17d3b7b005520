package features

import (
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
)

// ShapeOf is the shape of one example whose values lie along these axes, in their
// own order: feature maps, tokens, images. Axes of length 1 say nothing; where one
// is left or none, the shape is zero.
func ShapeOf(dims []int) (s datasets.Shape) {
	dims = slices.DeleteFunc(slices.Clone(dims), func(d int) bool { return d == 1 })
	if len(dims) < 2 {
		return s
	}
	s = datasets.Shape{Height: dims[0], Width: dims[1], Channels: 1}
	for _, d := range dims[2:] {
		s.Channels *= d
	}
	return s
}
