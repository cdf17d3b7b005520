package memtest

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/datasets/seed"
)

// pooled are the pixels of images of 28×28 in means of 4×4, [n, 49], with noise of
// this sd on each pixel, cut off at 0 and 1 as pixels are.
func pooled(images [][]float32, sigma float64, name ...any) arrays.Matrix {
	r := seed.Stream(1, name...)
	m := arrays.Matrix{Rows: len(images), Cols: 49, Data: make([]float32, 49*len(images))}
	for i, image := range images {
		for p, v := range image {
			if sigma > 0 {
				v = float32(min(1, max(0, float64(v)+sigma*r.NormFloat64())))
			}
			m.Data[49*i+p/28/4*7+p%28/4] += v / 16
		}
	}
	return m
}

// Disjoint samples of real images: what L and M vary by from sample to sample is what
// their intervals say. docs/simulation.md has it of many more samples; of these 20 an
// interval of 95 % holds the mean in 16 or more with probability 0.997.
func TestIntervalsAreOverImages(t *testing.T) {
	const n, samples = 250, 20
	ctx, e := context.Background(), engine(t)
	train, _, err := datasets.Load(ctx, "fashion-mnist-sample", datasets.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	type found struct{ estimates, ses, widths []float64 }
	cells := map[string]*found{}
	add := func(what string, estimate, low, high, se float64) {
		if cells[what] == nil {
			cells[what] = &found{}
		}
		c := cells[what]
		c.estimates, c.ses, c.widths = append(c.estimates, estimate), append(c.ses, se), append(c.widths, high-low)
	}
	for s := range samples {
		f := sampleFeatures(train, s*n, (s+1)*n)
		for cell, err := range Measure(ctx, e, features.Stream(f), Options{Probes: []string{"ridge", "knn", "centroid"}, Permutations: 39, Halves: 10, Scale: ScaleFloor, Seed: uint64(s + 1)}) {
			if err != nil {
				t.Fatal(err)
			}
			r := cell.Row
			add(r.Probe+" learning", r.Learning, *r.LearningLow, *r.LearningHigh, *r.LearningSE)
			add(r.Probe+" memorization", r.Memorization, *r.MemorizationLow, *r.MemorizationHigh, *r.MemorizationSE)
		}
	}
	for what, c := range cells {
		truth, sd := stat.MeanStdDev(c.estimates, nil)
		held := 0
		for i, v := range c.estimates {
			if math.Abs(v-truth) <= c.widths[i]/2 {
				held++
			}
		}
		ratio := stat.Mean(c.widths, nil) / (2 * 1.96 * sd)
		t.Logf("%s: %.3f, sd over samples %.4f, mean SE %.4f, held %d of %d, width %.2f of what is needed", what, truth, sd, stat.Mean(c.ses, nil), held, samples, ratio)
		// The sd of 20 samples is itself off by up to a third.
		if held < 16 || ratio < 0.7 || ratio > 2 {
			t.Errorf("%s: intervals hold the mean in %d of %d samples, and are %.2f times as wide as needed", what, held, samples, ratio)
		}
	}
}

// sampleFeatures are the pooled pixels of some images, and of copies with noise.
func sampleFeatures(set *datasets.Set, from, to int) features.Features {
	var images [][]float32
	for i := from; i < to; i++ {
		images = append(images, set.Row(i))
	}
	return features.Features{
		Train: pooled(images, 0), Levels: []float64{0.2}, Copies: features.Matrices(pooled(images, 0.2, "copies", from)),
		Labels: set.Y[from:to], Classes: len(set.Classes),
	}
}
