package complexity

import (
	"context"
	"math"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// How sharpness is looked for, see Measures.Sharpness.
const (
	sharpnessExamples = 2_000
	sharpnessDraws    = 5
	firstOctave       = -1  // the octave of σ is looked for from 2^−1 on …
	leastOctave       = -10 // … down to 2^−10 …
	greatestOctave    = 2   // … or up to 2^2
	sharpnessSteps    = 7   // of the bisection within it
	tolerated         = 10  // one in so many examples may be lost
)

// perturbed tells how accuracy withstands noise in a network's weights.
type perturbed struct {
	snapshot *nn.Snapshot
	weights  []nn.Weight
	noise    [][][]float32 // [draw][array][value], standard normal; none of statistics
	set      *datasets.Set
	right    int // examples that the network is right on
}

// sharpness is that of Measures.
func sharpness(ctx context.Context, s *nn.Snapshot, weights []nn.Weight, set *datasets.Set, base uint64) (float64, error) {
	p := perturbed{snapshot: s, weights: weights, set: some(set, base)}
	predicted, err := s.Predict(ctx, p.set)
	if err != nil {
		return 0, err
	}
	p.right = hits(predicted, p.set.Y)
	for draw := range sharpnessDraws {
		p.noise = append(p.noise, noise(weights, draw, base))
	}
	return p.search(ctx)
}

// some are the examples that accuracy is measured on.
func some(set *datasets.Set, base uint64) *datasets.Set {
	if set.Len() <= sharpnessExamples {
		return set
	}
	chosen := seed.Stream(base, "complexity", "sharpness", "examples").Perm(set.Len())[:sharpnessExamples]
	slices.Sort(chosen)
	return set.Subset(chosen)
}

// noise is one draw for all trained values.
func noise(weights []nn.Weight, draw int, base uint64) [][]float32 {
	out := make([][]float32, len(weights))
	for i, w := range weights {
		if w.Statistic {
			continue
		}
		r := seed.Stream(base, "complexity", "sharpness", draw, w.Name)
		out[i] = make([]float32, len(w.Values))
		for j := range out[i] {
			out[i][j] = float32(r.NormFloat64())
		}
	}
	return out
}

// search finds the octave of σ, then halves it.
func (p perturbed) search(ctx context.Context) (float64, error) {
	low, high, err := p.octave(ctx)
	if err != nil || math.IsNaN(low) {
		return low, err
	}
	for range sharpnessSteps {
		middle := (low + high) / 2
		ok, err := p.withstands(ctx, math.Exp2(middle))
		if err != nil {
			return 0, err
		}
		if ok {
			low = middle
		} else {
			high = middle
		}
	}
	return math.Exp2(-2 * low), nil
}

// octave is the first one, from firstOctave on, at whose lower end the network
// withstands the noise and at whose upper end it does not; NaN where there is none.
func (p perturbed) octave(ctx context.Context) (low, high float64, err error) {
	at := float64(firstOctave)
	first, err := p.withstands(ctx, math.Exp2(at))
	if err != nil {
		return 0, 0, err
	}
	way := -1.0
	if first {
		way = 1
	}
	for at+way >= leastOctave && at+way <= greatestOctave {
		at += way
		ok, err := p.withstands(ctx, math.Exp2(at))
		if err != nil {
			return 0, 0, err
		}
		if ok != first {
			return min(at, at-way), max(at, at-way), nil
		}
	}
	return math.NaN(), math.NaN(), nil
}

// withstands says whether noise of size sigma takes off at most a tenth of accuracy,
// counted in whole examples over all draws.
func (p perturbed) withstands(ctx context.Context, sigma float64) (bool, error) {
	lost := 0
	for draw := range p.noise {
		n, err := p.hits(ctx, draw, sigma)
		if err != nil {
			return false, err
		}
		lost += p.right - n
	}
	return tolerated*lost <= p.set.Len()*len(p.noise), nil
}

// hits is how many examples the network with noise is right on.
func (p perturbed) hits(ctx context.Context, draw int, sigma float64) (int, error) {
	other, err := p.snapshot.With(p.moved(draw, float32(sigma)))
	if err != nil {
		return 0, err
	}
	defer other.Close()
	predicted, err := other.Predict(ctx, p.set)
	return hits(predicted, p.set.Y), err
}

// moved are the weights with noise.
func (p perturbed) moved(draw int, sigma float32) [][]float32 {
	out := make([][]float32, len(p.weights))
	for i, w := range p.weights {
		if w.Statistic {
			out[i] = w.Values
			continue
		}
		out[i] = make([]float32, len(w.Values))
		for j, v := range w.Values {
			out[i][j] = v * (1 + sigma*p.noise[draw][i][j])
		}
	}
	return out
}
