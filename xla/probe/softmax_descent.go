package probe

import (
	"math"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
)

// descent is P fits under way, each in a place.
type descent struct {
	*softmax
	sets   []int              // [P] the label set in each place; −1 = it has been taken, or there was none
	ages   []int              // [P] iterations since it began
	flat   []int32            // [P·n] the labels in all places
	labels *tensors.Tensor    // the same [P, n]
	begins [2]*tensors.Tensor // the places that begin with the next iteration, see buildStep
	none   [2]*tensors.Tensor // the same where none does
	bends  *tensors.Tensor    // the preconditioner of a single fit [K, d, d]; nil = M⁻¹ and corrections
	state  []*tensors.Tensor  // see stateV
}

// absent is the intercept of a class without examples: its probability is 0 in
// float32, so that nothing draws at it, and it is never predicted.
const absent = -200

// begin makes p empty places for label sets of n labels.
func (f *softmax) begin(n, p int) (_ *descent, err error) {
	at := &descent{softmax: f, sets: slices.Repeat([]int{-1}, p), ages: make([]int, p), flat: make([]int32, p*n)}
	defer func() {
		if err != nil {
			at.free()
		}
	}()
	kp, d := f.classes*p, f.white.Shape().Dim(0)
	if at.none, err = at.beginnings(slices.Repeat([]float32{1}, kp), make([]float32, kp)); err != nil {
		return nil, err
	}
	for i := range stateSize {
		size, dims := kp*d, []int{kp, d}
		switch i {
		case stateZV:
			size, dims = (kp-p)*n, []int{kp - p, n}
		case stateBefore, stateSlope:
			size, dims = p, []int{p}
		}
		t, err := xla.Tensor(f.engine, make([]float32, size), dims...)
		if err != nil {
			return nil, err
		}
		at.state = append(at.state, t)
	}
	return at, nil
}

func (at *descent) free() {
	xla.Free(at.labels, at.bends)
	xla.Free(at.begins[:]...)
	xla.Free(at.none[:]...)
	xla.Free(at.state...)
}

// beginnings uploads which places begin, and their intercepts.
func (at *descent) beginnings(keep, intercepts []float32) (out [2]*tensors.Tensor, err error) {
	for i, flat := range [][]float32{keep, intercepts} {
		if out[i], err = xla.Tensor(at.engine, flat, len(flat), 1); err != nil {
			return out, err
		}
	}
	return out, nil
}

// fill gives the free places to the label sets from number next on and returns
// the number after them. At first, places that are left are filled up with the
// first label set.
func (at *descent) fill(labels [][]int32, next int) (int, error) {
	p := len(at.sets)
	n := len(at.flat) / p
	keep, intercepts := slices.Repeat([]float32{1}, at.classes*p), make([]float32, at.classes*p)
	first := next
	for i, set := range at.sets {
		y := labels[0]
		switch {
		case set < 0 && next < len(labels):
			y = labels[next]
			at.sets[i], at.ages[i] = next, 0
			next++
		case set >= 0 || at.labels != nil:
			continue
		}
		for to, row := range at.order {
			at.flat[i*n+to] = y[row]
		}
		counts := make([]float64, at.classes)
		for _, k := range y {
			counts[k]++
		}
		for k, c := range counts {
			keep[k*p+i], intercepts[k*p+i] = 0, absent
			if c > 0 {
				intercepts[k*p+i] = float32(math.Log(c / float64(n)))
			}
		}
	}
	if next == first {
		return next, nil
	}
	xla.Free(at.labels, at.bends)
	at.labels, at.bends = nil, nil
	var err error
	if at.labels, err = xla.Tensor(at.engine, at.flat, p, n); err != nil {
		return next, err
	}
	at.begins, err = at.beginnings(keep, intercepts)
	return next, err
}

// iterate runs one iteration and returns f and the estimated distance of f to its
// minimum before it [P].
func (at *descent) iterate() (loss, gap []float32, err error) {
	begins := at.none
	if at.begins[0] != nil {
		begins = at.begins
	}
	args := []any{at.labels, at.white, at.factor, at.penalty, begins[0], begins[1]}
	for _, t := range at.state {
		donated, err := at.engine.Donate(t)
		if err != nil {
			return nil, nil, err
		}
		args = append(args, donated)
	}
	step := at.step
	if at.bends != nil {
		step, args = at.bent, append(args, at.bends)
	} else {
		args = append(args, at.squares, at.others, at.share, at.basis)
	}
	res, err := step.Run(args...)
	if err != nil {
		return nil, nil, err
	}
	xla.Free(at.begins[:]...)
	at.begins = [2]*tensors.Tensor{}
	for i := range at.ages {
		at.ages[i]++
	}
	at.state = res[2:]
	defer xla.Free(res[:2]...)
	if loss, err = xla.Download[float32](res[0]); err != nil {
		return nil, nil, err
	}
	gap, err = xla.Download[float32](res[1])
	return loss, gap, err
}

// take copies the weights V of the label sets in some places to out and frees the
// places.
func (at *descent) take(places []int, out [][]float32) error {
	p, d := len(at.sets), at.white.Shape().Dim(0)
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
