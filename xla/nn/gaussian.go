package nn

import (
	"fmt"
	"strconv"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/memory"
	"github.com/seed-1a417598/memtest/datasets/seed"
)

// gaussianExampleBytes is what an example takes beside its values: its label, its
// place in the shuffle, and at most half of a class with its name.
const gaussianExampleBytes = 4 + 8 + 32

// Gaussian is a data set that holds nothing to learn: n images of standard
// normal values, and labels drawn at random, each class as often as n allows.
// Sets of different streams, such as "train" and "fresh", are independent.
func Gaussian(n int, shape datasets.Shape, classes int, base uint64, stream string) (*datasets.Set, error) {
	if shape.Height < 1 || shape.Width < 1 || shape.Channels < 1 {
		return nil, fmt.Errorf("gaussian: shape %v must be at least 1×1×1", shape)
	}
	if classes < 2 {
		return nil, fmt.Errorf("gaussian: %d classes are too few; at least 2 are needed", classes)
	}
	if classes > n/2 {
		return nil, fmt.Errorf("gaussian: %d examples are too few for two of each of %d classes", n, classes)
	}
	need := 4*memory.Product(n, shape.Height, shape.Width, shape.Channels) + float64(gaussianExampleBytes)*float64(n)
	if need > 1<<46 {
		return nil, fmt.Errorf("gaussian: %d examples of %v are more values than can be counted; ask for fewer", n, shape)
	}
	if err := memory.Enough(need, fmt.Sprintf("gaussian: a set of %d examples of %v", n, shape)); err != nil {
		return nil, fmt.Errorf("%w; ask for fewer or smaller examples, as in gaussian:5000:28x28x1:10", err)
	}
	s := &datasets.Set{Name: "gaussian", Shape: shape, X: make([]float32, n*shape.Size()), Y: make([]int32, n)}
	for k := range classes {
		s.Classes = append(s.Classes, strconv.Itoa(k))
	}
	r := seed.Stream(base, "gaussian", stream, "images")
	for i := range s.X {
		s.X[i] = float32(r.NormFloat64())
	}
	for i, place := range seed.Stream(base, "gaussian", stream, "labels").Perm(n) {
		s.Y[place] = int32(i % classes)
	}
	return s, nil
}
