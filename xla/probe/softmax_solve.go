package probe

import (
	"context"
	"fmt"
	"math"

	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
)

// softmaxTolerance bounds the estimated distance of f to its minimum, relative
// to f, before the last iteration. It is the largest at which the classes agree
// with scikit-learn's with a margin, see testdata/README.md: at 1e-5 losses agree
// to four digits, but under shuffled labels, where classes are nearly tied, one
// prediction in a hundred still changes.
const softmaxTolerance = 3e-8

// softmaxIterations ends a fit that does not converge: that is an error.
const softmaxIterations = 10_000

// leastLoss is the mean loss of an example below which f counts as this: a fit
// that leaves nothing to explain has converged.
const leastLoss = 1e-3

// absent is the intercept of a class without examples: its probability is 0 in
// float32, so that nothing draws at it, and it is never predicted.
const absent = -200

// solve fits p label sets together, filled up with repeats of the first, and
// returns their V [K·d]. Each is taken when it has converged, so that its fit
// does not depend on how long the others take.
func (f *softmax) solve(ctx context.Context, labels [][]int32, p int) ([][]float32, error) {
	n, d := len(labels[0]), f.white.Shape().Dim(1)
	flat := make([]int32, p*n)
	intercepts := make([]float32, f.classes*p)
	for i := range p {
		y := labels[0]
		if i < len(labels) {
			y = labels[i]
		}
		copy(flat[i*n:], y)
		counts := make([]float64, f.classes)
		for _, k := range y {
			counts[k]++
		}
		for k, c := range counts {
			intercepts[k*p+i] = absent
			if c > 0 {
				intercepts[k*p+i] = float32(math.Log(c / float64(n)))
			}
		}
	}
	y, err := xla.Tensor(f.engine, flat, p, n)
	if err != nil {
		return nil, err
	}
	defer xla.Free(y)
	b, err := xla.Tensor(f.engine, intercepts, len(intercepts), 1)
	if err != nil {
		return nil, err
	}
	defer xla.Free(b)
	res, err := f.start.Run(b, f.white, f.factor)
	if err != nil {
		return nil, err
	}
	extra, state := res[0], res[1:]
	defer func() {
		xla.Free(extra)
		xla.Free(state...)
	}()

	out := make([][]float32, len(labels))
	refresh := 2 // corrections at iterations 2, 4, 7, 11, 16 …
	for iteration, gaps, open := 0, 2, len(labels); open > 0; iteration++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if iteration == softmaxIterations {
			return nil, fmt.Errorf("softmax did not converge in %d iterations; raise the L2 strength, as in softmax:100", softmaxIterations)
		}
		if iteration == refresh {
			res, err := f.refresh.Run(state[stateZV], f.train, f.penalize)
			if err != nil {
				return nil, err
			}
			xla.Free(extra)
			extra = res[0]
			refresh += gaps
			gaps++
		}
		loss, gap, err := f.iterate(y, extra, state)
		if err != nil {
			return nil, err
		}
		var done []int
		for i := range out {
			if out[i] == nil && float64(gap[i]) <= f.tolerance*max(float64(loss[i]), leastLoss*float64(n)) {
				done = append(done, i)
			}
		}
		if len(done) == 0 {
			continue
		}
		err = xla.View(state[stateV], func(flat []float32) {
			for _, i := range done {
				out[i] = make([]float32, f.classes*d)
				for k := range f.classes {
					copy(out[i][k*d:(k+1)*d], flat[(k*p+i)*d:])
				}
			}
		})
		if err != nil {
			return nil, err
		}
		open -= len(done)
	}
	return out, nil
}

// iterate runs one iteration: state becomes the state after it.
func (f *softmax) iterate(labels, extra *tensors.Tensor, state []*tensors.Tensor) (loss, gap []float32, err error) {
	args := []any{labels, f.white, f.factor, f.inverse, f.penalty, extra}
	for _, t := range state {
		donated, err := f.engine.Donate(t)
		if err != nil {
			return nil, nil, err
		}
		args = append(args, donated)
	}
	res, err := f.step.Run(args...)
	if err != nil {
		return nil, nil, err
	}
	copy(state, res[2:])
	defer xla.Free(res[:2]...)
	if loss, err = xla.Download[float32](res[0]); err != nil {
		return nil, nil, err
	}
	gap, err = xla.Download[float32](res[1])
	return loss, gap, err
}
