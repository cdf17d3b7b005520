package complexity

import (
	"context"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// mixup is the accuracy on blends of examples of one label, see
// Measures.MixupAccuracy. Every label has two examples at least.
func mixup(ctx context.Context, s *nn.Snapshot, set *datasets.Set, base uint64) (float64, error) {
	blends := *set
	blends.X = make([]float32, 0, len(set.X))
	for i, j := range partners(set.Y, base) {
		other := set.Row(int(j))
		for k, v := range set.Row(i) {
			blends.X = append(blends.X, 0.5*v+0.5*other[k])
		}
	}
	predicted, err := s.Predict(ctx, &blends)
	return float64(hits(predicted, set.Y)) / float64(set.Len()), err
}

// partners are, for each example, another of the same label, drawn at random.
func partners(labels []int32, base uint64) []int32 {
	return datasets.Partners(labels, seed.Stream(base, "complexity", "mixup"))
}

// hits is how many predictions are the labels.
func hits(predicted, labels []int32) int {
	n := 0
	for i, p := range predicted {
		if p == labels[i] {
			n++
		}
	}
	return n
}
