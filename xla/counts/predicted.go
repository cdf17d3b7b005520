package counts

import (
	"fmt"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
)

// Predicted are predictions on a device, of some label sets on one or more sets of
// copies.
type Predicted struct {
	engine  *xla.Engine
	classes int               // K
	sets    int               // label sets
	labels  *tensors.Tensor   // [P, n], P ≥ sets: the rest fills up
	copies  []*tensors.Tensor // [sets of copies] predicted classes [P, n]
}

// NewPredicted uploads label sets [sets][n] beside the predictions of P ≥ sets fits,
// int32 [P, n] for each set of copies, which it owns, in the case of an error too.
func NewPredicted(e *xla.Engine, labels [][]int32, classes int, predictions []*tensors.Tensor) (*Predicted, error) {
	p := &Predicted{engine: e, classes: classes, sets: len(labels), copies: predictions}
	most, n := predictions[0].Shape().Dim(0), len(labels[0])
	flat := make([]int32, most*n)
	for i, y := range labels {
		copy(flat[i*n:], y)
	}
	var err error
	if p.labels, err = xla.Tensor(e, flat, most, n); err != nil {
		p.Free()
		return nil, err
	}
	return p, nil
}

// Sets is the number of label sets.
func (p *Predicted) Sets() int { return p.sets }

// Free frees the device's memory.
func (p *Predicted) Free() {
	xla.Free(p.labels)
	xla.Free(p.copies...)
}

// First are the predictions [n] of the first label set on a set of copies.
func (p *Predicted) First(copies int) ([]int32, error) {
	row, err := p.engine.Call("first of predictions", func(args []*Node) *Node { return Slice(args[0], AxisElem(0)) }, p.copies[copies])
	if err != nil {
		return nil, err
	}
	defer xla.Free(row)
	return xla.Download[int32](row)
}

// ClassHits are, for each label set and class [sets][K], how many copies with this label
// have it predicted.
func (p *Predicted) ClassHits(copies int) ([][]int32, error) {
	k := p.classes
	hits, err := p.engine.Call(fmt.Sprintf("hits of %d classes", k), func(args []*Node) *Node {
		labels, predicted := args[0], args[1]
		return hitsOfClasses(labels, predicted, k)
	}, p.labels, p.copies[copies])
	if err != nil {
		return nil, err
	}
	defer xla.Free(hits)
	flat, err := xla.Download[int32](hits)
	if err != nil {
		return nil, err
	}
	return split(flat, k)[:p.sets], nil
}

// split cuts values into runs of so many.
func split[T any](flat []T, size int) [][]T {
	var all [][]T
	for ; len(flat) > 0; flat = flat[size:] {
		all = append(all, flat[:size:size])
	}
	return all
}
