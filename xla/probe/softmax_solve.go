package probe

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// softmaxTolerance bounds the estimated distance of f to its minimum, relative
// to f, before the last iteration. It is the largest at which the classes agree
// with scikit-learn's with a margin, see testdata/README.md: at 1e-5 losses agree
// to four digits, but under shuffled labels, where classes are nearly tied, one
// prediction in a hundred still changes.
const softmaxTolerance = 3e-8

// leastLoss is the mean loss of an example below which f counts as this: a fit
// that leaves nothing to explain has converged.
const leastLoss = 1e-3

// softmaxIterations ends a fit that does not converge: that is an error.
const softmaxIterations = 10_000

// solve fits up to p label sets together and returns their V [K·d]. Each is taken
// when it has converged, so that its fit does not depend on how long the others
// take. All p go on until the last has: with fewer of them XLA would add up in
// another order, and fits would depend on their company in the last digits.
func (f *softmax) solve(ctx context.Context, labels [][]int32, p int) ([][]float32, error) {
	at, err := f.begin(labels, p)
	if err != nil {
		return nil, err
	}
	defer at.free()
	out := make([][]float32, len(labels))
	least := leastLoss * float64(len(labels[0]))
	correct, gaps := 2, 2 // corrections at iterations 2, 4, 7, 11, 16 …
	for iteration, open := 0, len(labels); open > 0; iteration++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if iteration == softmaxIterations {
			return nil, fmt.Errorf("softmax did not converge in %d iterations; raise the L2 strength, as in softmax:100", softmaxIterations)
		}
		if iteration == correct {
			if err := at.correct(); err != nil {
				return nil, err
			}
			correct += gaps
			gaps++
		}
		loss, gap, err := at.iterate()
		if err != nil {
			return nil, err
		}
		var done []int
		for place, set := range at.sets {
			if set >= 0 && math.IsNaN(float64(gap[place])) {
				return nil, errors.New("softmax left the range of float32; scale the features, or raise the L2 strength, as in softmax:100")
			}
			if set >= 0 && float64(gap[place]) <= f.tolerance*max(float64(loss[place]), least) {
				done = append(done, place)
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
