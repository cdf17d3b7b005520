package probe

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// softmaxTolerance bounds the estimated distance of f to its minimum, relative
// to f, before the last iteration of a fit of up to fewIterations. It is the
// largest at which the classes agree with scikit-learn's with a margin, see
// testdata/README.md: at 1e-5 losses agree to four digits, but under shuffled
// labels, where classes are nearly tied, one prediction in a hundred still changes.
const softmaxTolerance, fewIterations = 7e-8, 12

// leastTolerance is how far slow fits are followed; float32 tells a ten-thousandth
// of it.
const leastTolerance = 1e-10

// bound is the tolerance of a fit of age iterations. A fit is slow where f bends
// much less than M says: with conjugate directions iterations grow with the root
// of the ratio of greatest to least curvature. The estimate takes M for the
// Hessian and is as much too small there, and the same distance of f leaves the
// weights as much farther from theirs, each with the square of the iterations.
func (f *softmax) bound(age int) float64 {
	slow := math.Min(1, float64(fewIterations)/float64(age))
	return math.Max(leastTolerance, f.tolerance*math.Pow(slow, 4))
}

// leastLoss is the mean loss of an example below which f counts as this: a fit
// that leaves nothing to explain has converged.
const leastLoss = 1e-3

// softmaxIterations ends a fit that does not converge: that is an error.
const softmaxIterations = 10_000

// solve fits label sets, p at a time, and returns their V [K·d]. Each is taken
// when it has converged, and its place goes to the next, so that no fit waits for
// another. There are always p places, if need be empty ones: with fewer XLA would
// add up in another order, and fits would depend on their company in the last
// digits.
func (f *softmax) solve(ctx context.Context, labels [][]int32, p int) ([][]float32, error) {
	at, err := f.begin(len(labels[0]), p)
	if err != nil {
		return nil, err
	}
	defer at.free()
	out := make([][]float32, len(labels))
	least := leastLoss * float64(len(labels[0]))
	for next, open := 0, len(labels); open > 0; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if next, err = at.fill(labels, next); err != nil {
			return nil, err
		}
		if f.single(p) {
			if err := at.bend(ctx); err != nil {
				return nil, err
			}
		}
		loss, gap, err := at.iterate()
		if err != nil {
			return nil, err
		}
		var done []int
		for place, set := range at.sets {
			switch {
			case set < 0:
			case math.IsNaN(float64(gap[place])):
				return nil, errors.New("softmax left the range of float32; scale the features, or raise the L2 penalty, as in softmax:100")
			case float64(gap[place]) <= f.bound(at.ages[place])*max(float64(loss[place]), least):
				done = append(done, place)
			case at.ages[place] == f.iterations:
				return nil, fmt.Errorf("softmax did not converge in %d iterations; raise the L2 penalty, as in softmax:100", f.iterations)
			}
		}
		if len(done) == 0 {
			continue
		}
		if err := at.take(done, out); err != nil {
			return nil, err
		}
		open -= len(done)
	}
	return out, nil
}
