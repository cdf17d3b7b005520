package perturb

import (
	"context"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
)

// BenchmarkCopies perturbs 60,000 images of 28×28, the sample twelve times over,
// or as many rows of a table, series or texts, by every kind at the last level of its sweep.
func BenchmarkCopies(b *testing.B) {
	sample, _, err := datasets.Load(context.Background(), "fashion-mnist-sample", datasets.Options{})
	if err != nil {
		b.Fatal(err)
	}
	const rows = 60_000
	repeated := func(set *datasets.Set) *datasets.Set {
		all := make([]int, rows)
		for i := range all {
			all[i] = i % set.Len()
		}
		return set.Subset(all)
	}
	sets := []*datasets.Set{repeated(sample), repeated(people()), repeated(curves()), repeated(words())}
	for _, k := range All() {
		if MixesFeatures(k.Name()) {
			continue
		}
		b.Run(k.Name(), func(b *testing.B) {
			levels := k.Levels()
			set := sets[slices.IndexFunc(sets, func(s *datasets.Set) bool { return k.Check(levels[1], s.Shape) == nil })]
			for b.Loop() {
				if _, err := Copies(set, k, levels[len(levels)-1], 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkMeasure measures one level with the default numbers of copies and pool.
func BenchmarkMeasure(b *testing.B) {
	set, _, err := datasets.Load(context.Background(), "fashion-mnist-sample", datasets.Options{})
	if err != nil {
		b.Fatal(err)
	}
	p, err := Parse("gaussian")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := MeasureCloseness(context.Background(), set, p, []float64{0.3}, ClosenessOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
