package softmax

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
)

// Fit fits label sets [sets][n], labels 0..K−1, up to slots of them at a time, and
// returns their weights. Each leaves when it has converged, and its slot goes to the next, so
// that no fit waits for another. There are always as many slots, if need be empty
// ones: with fewer, XLA would add up in another order. So a fit does not depend on
// the others, to the last digit.
//
// A single slot is for labels that can be learned: its fit takes Hessians of its
// own, see refreshHessians.
func (s *Solver) Fit(ctx context.Context, labels [][]int32, slots int) ([]Whitened, error) {
	b, err := s.newBatch(labels, slots)
	if err != nil {
		return nil, err
	}
	defer b.free()
	fits := make([]Whitened, len(labels))
	for open := len(labels); open > 0; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := b.refreshHessians(ctx); err != nil {
			return nil, err
		}
		loss, suboptimality, err := b.iterateOnce()
		if err != nil {
			return nil, err
		}
		done, err := b.converged(loss, suboptimality)
		if err != nil {
			return nil, err
		}
		if err := b.collect(done, fits); err != nil {
			return nil, err
		}
		open -= len(done)
	}
	return fits, nil
}

// batch is P fits under way, each in a slot.
type batch struct {
	*Solver
	labels   [][]int32         // all label sets
	next     int               // the first that had no slot yet
	sets     []int             // [P] the label set in each slot; −1 = none
	ages     []int             // [P] iterations since it began
	current  []int32           // [P·n] the labels in all slots
	uploaded *tensors.Tensor   // the same [P, n]
	state    []*tensors.Tensor // the iterate
	hessians *tensors.Tensor   // inverse Hessians of the classes of a single fit [K, d, d]; nil = none yet
}

func (s *Solver) newBatch(labels [][]int32, slots int) (_ *batch, err error) {
	b := &batch{Solver: s, labels: labels, sets: slices.Repeat([]int{-1}, slots), ages: make([]int, slots), current: make([]int32, slots*s.examples)}
	defer func() {
		if err != nil {
			b.free()
		}
	}()
	for _, dims := range (layout{s.classes, slots}).dims(s.examples, s.columns) {
		size := 1
		for _, d := range dims {
			size *= d
		}
		t, err := xla.Tensor(s.engine, make([]float32, size), dims...)
		if err != nil {
			return nil, err
		}
		b.state = append(b.state, t)
	}
	return b, nil
}

func (b *batch) free() {
	xla.Free(b.uploaded, b.hessians)
	xla.Free(b.state...)
}

// noIntercept is the intercept of a class without examples: its probability is 0 in
// float32, so that nothing draws at it, and it is never predicted.
const noIntercept = -200

// assign gives empty slots to the next label sets, and returns what restart takes.
// A fit begins with the best intercepts for weights of 0, the logarithms of the
// classes' shares.
func (b *batch) assign() (keep, intercepts []float32, err error) {
	p, n := len(b.sets), b.examples
	keep, intercepts = slices.Repeat([]float32{1}, b.classes*p), make([]float32, b.classes*p)
	first := b.next
	for slot, set := range b.sets {
		if set >= 0 || b.next == len(b.labels) {
			continue
		}
		y := b.labels[b.next]
		b.sets[slot], b.ages[slot] = b.next, 0
		b.next++
		for to, row := range b.order {
			b.current[slot*n+to] = y[row]
		}
		counts := make([]float64, b.classes)
		for _, k := range y {
			counts[k]++
		}
		for k, c := range counts {
			keep[k*p+slot], intercepts[k*p+slot] = 0, noIntercept
			if c > 0 {
				intercepts[k*p+slot] = float32(math.Log(c / float64(n)))
			}
		}
	}
	if b.next > first {
		xla.Free(b.uploaded, b.hessians)
		b.hessians = nil
		b.uploaded, err = xla.Tensor(b.engine, b.current, p, n)
	}
	return keep, intercepts, err
}

// iterateOnce runs one iteration and returns f and its estimated suboptimality
// before it [P].
func (b *batch) iterateOnce() (loss, suboptimality []float32, err error) {
	keep, intercepts, err := b.assign()
	if err != nil {
		return nil, nil, err
	}
	args := []any{b.uploaded, b.white, b.factor, b.penalty}
	for _, flat := range [][]float32{keep, intercepts} {
		t, err := xla.Tensor(b.engine, flat, len(flat), 1)
		if err != nil {
			return nil, nil, err
		}
		defer xla.Free(t)
		args = append(args, t)
	}
	for _, t := range b.state {
		args = append(args, t)
	}
	switch {
	case b.hessians != nil:
		args = append(args, b.hessians)
	case len(b.sets) > 1:
		args = append(args, b.squares, b.rest, b.rows)
	}
	res, err := b.iteration.Run(args...)
	if err != nil {
		return nil, nil, err
	}
	xla.Free(b.state...)
	b.state = res[2:]
	for i := range b.ages {
		b.ages[i]++
	}
	defer xla.Free(res[:2]...)
	if loss, err = xla.Download[float32](res[0]); err != nil {
		return nil, nil, err
	}
	suboptimality, err = xla.Download[float32](res[1])
	return loss, suboptimality, err
}

// converged are the slots whose fits end.
func (b *batch) converged(loss, suboptimality []float32) (slots []int, err error) {
	least := leastLoss * float64(b.examples)
	for slot, set := range b.sets {
		if set < 0 {
			continue
		}
		f, excess := math.Max(float64(loss[slot]), least), float64(suboptimality[slot])
		switch {
		case math.IsNaN(excess):
			return nil, fmt.Errorf("softmax left the range of float32; scale the features, or %w", ErrPenalty)
		case excess <= b.toleranceAt(b.ages[slot])*f && float64(loss[slot]) < nextToNone && severalClasses(b.labels[set]):
			return nil, fmt.Errorf("softmax separates all labels at a loss of %.1g in all, of which float32 does not tell the least; scale the features, or %w", loss[slot], ErrPenalty)
		case excess <= b.toleranceAt(b.ages[slot])*f:
			slots = append(slots, slot)
		case b.ages[slot] == b.maxIterations:
			return nil, fmt.Errorf("softmax did not converge in %d iterations; %w", b.maxIterations, ErrPenalty)
		}
	}
	return slots, nil
}

// severalClasses says whether not all labels are of one class, which a fit without
// weights explains.
func severalClasses(labels []int32) bool { return slices.Min(labels) != slices.Max(labels) }

// collect copies the weights of the fits in some slots to those of their label sets
// and empties the slots.
func (b *batch) collect(slots []int, fits []Whitened) error {
	if len(slots) == 0 {
		return nil
	}
	p, d := len(b.sets), b.columns
	return xla.View(b.state[iterateWeights], func(flat []float32) {
		for _, slot := range slots {
			v := make(Whitened, 0, b.classes*d)
			for k := range b.classes {
				row := k*p + slot
				v = append(v, flat[row*d:(row+1)*d]...)
			}
			fits[b.sets[slot]], b.sets[slot] = v, -1
		}
	})
}
