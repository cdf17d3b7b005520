package probe

import (
	"math"

	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
)

// descent is P fits under way, each in a place.
type descent struct {
	*softmax
	sets   []int             // [P] the label set in each place; −1 = it has been taken, or there is none
	labels *tensors.Tensor   // [P, n]
	extra  *tensors.Tensor   // [K·P, d] corrections, see buildCorrection
	state  []*tensors.Tensor // see stateV
}

// absent is the intercept of a class without examples: its probability is 0 in
// float32, so that nothing draws at it, and it is never predicted.
const absent = -200

// begin begins the fits of up to p label sets; places that are left are filled up
// with the first.
func (f *softmax) begin(labels [][]int32, p int) (_ *descent, err error) {
	at := &descent{softmax: f, sets: make([]int, p)}
	defer func() {
		if err != nil {
			at.free()
		}
	}()
	n := len(labels[0])
	flat := make([]int32, 0, p*n)
	intercepts := make([]float32, f.classes*p)
	for i := range p {
		y := labels[0]
		if at.sets[i] = -1; i < len(labels) {
			y, at.sets[i] = labels[i], i
		}
		flat = append(flat, y...)
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
	if at.labels, err = xla.Tensor(f.engine, flat, p, n); err != nil {
		return at, err
	}
	b, err := xla.Tensor(f.engine, intercepts, len(intercepts), 1)
	if err != nil {
		return at, err
	}
	defer xla.Free(b)
	res, err := f.start.Run(b, f.white, f.factor)
	if err != nil {
		return at, err
	}
	at.extra, at.state = res[0], res[1:]
	return at, nil
}

func (at *descent) free() {
	xla.Free(at.labels, at.extra)
	xla.Free(at.state...)
}

// correct makes the corrections anew.
func (at *descent) correct() error {
	res, err := at.correction.Run(at.state[stateZV], at.train, at.penalize)
	if err != nil {
		return err
	}
	xla.Free(at.extra)
	at.extra = res[0]
	return nil
}

// iterate runs one iteration and returns f and the estimated distance of f to its
// minimum before it [P].
func (at *descent) iterate() (loss, gap []float32, err error) {
	args := []any{at.labels, at.white, at.factor, at.inverse, at.penalty, at.extra}
	for _, t := range at.state {
		donated, err := at.engine.Donate(t)
		if err != nil {
			return nil, nil, err
		}
		args = append(args, donated)
	}
	res, err := at.step.Run(args...)
	if err != nil {
		return nil, nil, err
	}
	at.state = res[2:]
	defer xla.Free(res[:2]...)
	if loss, err = xla.Download[float32](res[0]); err != nil {
		return nil, nil, err
	}
	gap, err = xla.Download[float32](res[1])
	return loss, gap, err
}

// take copies the weights V of the label sets in some places to out and marks the
// places.
func (at *descent) take(places []int, out [][]float32) error {
	p, d := len(at.sets), at.white.Shape().Dim(1)
	return xla.View(at.state[stateV], func(flat []float32) {
		for _, i := range places {
			v := make([]float32, 0, at.classes*d)
			for k := range at.classes {
				row := k*p + i
				v = append(v, flat[row*d:(row+1)*d]...)
			}
			out[at.sets[i]], at.sets[i] = v, -1
		}
	})
}
