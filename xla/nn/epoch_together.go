package nn

import (
	"context"
	"fmt"
	"iter"
	"slices"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"
)

// mostTogether is the most steps that one call of a program does: beyond it, the calls
// cost nothing beside the steps, and an interruption would have to wait for long.
const mostTogether = 256

// doTogether has at most so many steps done in one call of a program.
func (r *trainer) doTogether(most int) (err error) {
	loop := manySteps{step: r.step, changing: 3, networks: len(r.labels)} // rows, counts, scalars
	if r.Augment != (Augmentation{}) {
		loop.changing++
	}
	if r.net.drawn {
		loop.changing++
	}
	r.most = most
	r.loop, err = r.net.compiled(loop.name(), r.settings(), loop.build)
	return err
}

// resultsTogether is results with many steps in one call of a program, a loop around the
// graph of a step, as on an accelerator: there a step is so short that starting it, and
// waiting for its losses, takes as long. On a processor XLA's loops are slower than single
// steps, and fuse in another way, so that last digits differ.
func (r *trainer) resultsTogether(ctx context.Context, order []int, changes []int32) iter.Seq2[[]float32, error] {
	return func(yield func([]float32, error) bool) {
		width := 2 * len(r.labels)
		for first := 0; first < len(order); first += r.most * r.Batch {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			last := min(len(order), first+r.most*r.Batch)
			all, err := r.runTogether(order[first:last], changes[3*first:3*last])
			if err != nil {
				yield(nil, err)
				return
			}
			for one := range slices.Chunk(all, width) {
				if !yield(one, nil) {
					return
				}
			}
		}
	}
}

// runTogether does steps on the examples of these rows, a batch each, and returns what
// each gives, one after the other.
func (r *trainer) runTogether(rows []int, changes []int32) ([]float32, error) {
	var all changing
	for first := 0; first < len(rows); first += r.Batch {
		r.steps++
		last := min(len(rows), first+r.Batch)
		c := r.changing(rows[first:last], changes[3*first:3*last])
		all.rows, all.counts, all.scalars = append(all.rows, c.rows...), append(all.counts, c.counts...), append(all.scalars, c.scalars...)
		all.changes, all.random = append(all.changes, c.changes...), append(all.random, c.random...)
	}
	steps := len(all.counts)
	args := []any{tensors.FromFlatDataAndDimensions(all.rows, steps, r.Batch), tensors.FromFlatDataAndDimensions(all.counts, steps), tensors.FromFlatDataAndDimensions(all.scalars, steps, 3)}
	if all.changes != nil {
		args = append(args, tensors.FromFlatDataAndDimensions(all.changes, steps, r.Batch, 3))
	}
	if all.random != nil {
		args = append(args, tensors.FromFlatDataAndDimensions(all.random, steps, 3))
	}
	return r.runProgram(r.loop, args)
}

// manySteps is the graph of many steps, one after the other. Arguments are those of a
// step, but what changes from step to step has an axis of steps before its own. Results
// are those of a step, the first of all steps: [steps, 2·networks].
type manySteps struct {
	step
	changing int // arguments that change from step to step
	networks int
}

func (t manySteps) name() string { return t.step.name() + ", many in a loop" }

func (t manySteps) build(args []*Node) []*Node {
	x, y, changing, moving := args[0], args[1], args[2:2+t.changing], args[2+t.changing:]
	g, steps, width := x.Graph(), changing[0].Shape().Dim(0), 2*t.networks
	// GoMLX v0.27.0 keeps scalars such as zeros and ones for all uses of their value, in closures or
	// not, but what is made of nodes from outside alone is not part of a closure. So none are made
	// outside: Const does not keep.
	state := append([]*Node{Const(g, int32(0)), BroadcastToDims(Const(g, float32(0)), steps, width)}, moving...)
	parameters := func(g *Graph) []*Node {
		var all []*Node
		for i, s := range state {
			all = append(all, Parameter(g, fmt.Sprintf("state%d", i), s.Shape()))
		}
		return all
	}
	goOn := NewClosure(g, func(g *Graph) []*Node {
		return []*Node{LessThan(parameters(g)[0], Const(g, int32(steps)))}
	})
	body := NewClosure(g, func(g *Graph) []*Node {
		p := parameters(g)
		at, given := p[0], []*Node{x, y}
		for _, all := range changing {
			given = append(given, element(all, at))
		}
		out := t.step.build(append(given, p[2:]...))
		results := DynamicUpdateSlice(p[1], Reshape(out[0], 1, width), []*Node{at, Const(g, int32(0))})
		return append([]*Node{Add(at, Const(g, int32(1))), results}, out[1:]...)
	})
	return While(goOn, body, state...)[1:]
}

// element is all[at], along the first axis.
func element(all, at *Node) *Node {
	dims := slices.Clone(all.Shape().Dimensions)
	starts := []*Node{at}
	for range dims[1:] {
		starts = append(starts, Const(at.Graph(), int32(0)))
	}
	dims[0] = 1
	return Reshape(DynamicSlice(all, starts, dims), dims[1:]...)
}
