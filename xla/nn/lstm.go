package nn

import (
	. "github.com/gomlx/gomlx/pkg/core/graph"

	"github.com/seed-1a417598/memtest/xla"
)

const (
	kindLSTM = "lstm"
	// mostSteps is how many steps a recurrent layer takes: its steps are written out one
	// after the other in a program, as loops have no gradient.
	mostSteps = 64
)

// lstm is a layer of long short-term memory (Hochreiter and Schmidhuber 1997, with the
// forget gate of Gers et al. 2000): x [batch, steps, C] → [batch, steps, units], of the
// first mostSteps steps. Along the last axis of its weights [C, 4·units], [units, 4·units]
// and [4·units] lie the input gate, the forget gate, the candidate and the output gate, as
// in PyTorch, of whose two biases this one is the sum. Padding comes last, so the states of
// the steps there reach no other.
func (b *Builder) lstm(name string, x *Node, units int) *Node {
	x = b.cropped(x, mostSteps)
	d := x.Shape().Dimensions
	batch, steps, in := d[0], d[1], d[2]
	w := b.Weights(name+"/weights", FanIn(in, false), in, 4*units)
	u := b.Weights(name+"/recurrent", FanIn(units, false), units, 4*units)
	bias := b.Weights(name+"/biases", Start{}, 4*units)
	// Steps come first, so that those of one step lie together.
	rows := Reshape(TransposeAllAxes(x, 1, 0, 2), steps*batch, in)
	z := Add(b.multiply(rows, w, DotProduct), ExpandAxes(bias, 0))
	h := b.recurrence(Reshape(z, steps, batch, 4*units), u)
	h.AssertDims(steps, batch, units)
	return TransposeAllAxes(h, 1, 0, 2)
}

// Steps is how many steps of a sequence reach the classes, and how many there are: fewer
// where a recurrent layer leaves the last ones away. Of other examples, and of a Model
// written by hand, both are 0.
func (s Spec) Steps() (kept, of int) {
	all, err := s.sizes()
	if err != nil || !s.Input.Sequence() {
		return 0, 0
	}
	kept = s.Input.Height
	for _, size := range all {
		if size.Sequence() {
			kept = min(kept, size.Height)
		}
	}
	return kept, s.Input.Height
}

// recurrence are the states h [steps, batch, units] of an LSTM given what its gates get from
// the input, z [steps, batch, 4·units]: at each step they also get h·u of the step before,
// which is zero before the first.
//
// Its gradient is written out, as that which GoMLX derives adds up, for each step, an array
// of all steps, and a product for u, of which this one makes one of all steps.
func (b *Builder) recurrence(z, u *Node) *Node {
	d := z.Shape().Dimensions
	steps, bend := d[0], newBend(z)
	var gates, cells, states []*Node
	for t := range steps {
		sum := stepOf(z, t)
		if t > 0 {
			sum = Add(sum, b.multiply(states[t-1], u, DotProduct))
		}
		a := bend.at(sum)
		cell := Mul(quarter(a, 0), quarter(a, 2))
		if t > 0 {
			cell = Add(cell, Mul(quarter(a, 1), cells[t-1]))
		}
		gates, cells, states = append(gates, a), append(cells, cell), append(states, Mul(quarter(a, 3), Tanh(cell)))
	}
	return xla.WithGradient(Stack(states, 0), []*Node{z, u}, func(v *Node) []*Node {
		byGates := b.gradientOfGates(bend, gates, cells, u, v)
		before := Concatenate(append([]*Node{ZerosLike(states[0])}, states[:steps-1]...), 0)
		after := Reshape(byGates, steps*d[1], d[2])
		byU := b.multiply(before, after, func(x, y *Node) *Node { return DotGeneral(x, []int{0}, nil, y, []int{0}, nil) })
		return []*Node{byGates, byU}
	})
}

// gradientOfGates is that by what goes into the gates [steps, batch, 4·units], of an LSTM with
// these gates and cells at each step, v [steps, batch, units] being that of its states: back
// through the steps, from the last to the first.
func (b *Builder) gradientOfGates(bend bend, gates, cells []*Node, u, v *Node) *Node {
	steps := len(gates)
	all := make([]*Node, steps)
	var byCell *Node
	for t := steps - 1; t >= 0; t-- {
		byState := stepOf(v, t)
		if t < steps-1 {
			byState = Add(byState, b.multiply(all[t+1], u, func(x, u *Node) *Node {
				return DotGeneral(x, []int{1}, nil, u, []int{1}, nil)
			}))
		}
		bent, before := Tanh(cells[t]), ZerosLike(cells[t])
		if t > 0 {
			before = cells[t-1]
		}
		own := Mul(byState, Mul(quarter(gates[t], 3), OneMinus(Square(bent))))
		if t < steps-1 {
			own = Add(own, Mul(byCell, quarter(gates[t+1], 1)))
		}
		byCell = own
		// What each gate is multiplied with, of the gradient by the cell or, the last, the state.
		factors := Concatenate([]*Node{quarter(gates[t], 2), before, quarter(gates[t], 0), bent}, -1)
		all[t] = Mul(Mul(Concatenate([]*Node{own, own, own, byState}, -1), factors), bend.slope(gates[t]))
	}
	return Stack(all, 0)
}

// bend is the logistic function of three gates and tanh of the candidate, between which they
// lie, in one: scale·tanh(scale·x) + offset, as the logistic function is half of
// 1 + tanh(x/2).
type bend struct{ scale, offset *Node }

// newBend is for the gates of a step, whose last axis is that of z.
func newBend(z *Node) bend {
	units := z.Shape().Dim(-1) / 4
	of := func(gate, candidate float64) *Node {
		all := make([]float64, 4*units)
		for i := range all {
			all[i] = gate
			if i/units == 2 {
				all[i] = candidate
			}
		}
		return ExpandAxes(ConstAsDType(z.Graph(), z.DType(), all), 0)
	}
	return bend{of(0.5, 1), of(0.5, 0)}
}

func (c bend) at(x *Node) *Node { return Add(Mul(c.scale, Tanh(Mul(c.scale, x))), c.offset) }

// slope is the derivative where the value is y: scale² − (y − offset)².
func (c bend) slope(y *Node) *Node { return Sub(Square(c.scale), Square(Sub(y, c.offset))) }

// stepOf is x[t] of x [steps, batch, values].
func stepOf(x *Node, t int) *Node { return Squeeze(SliceAxis(x, 0, AxisElem(t)), 0) }

// quarter is the i-th of the four parts of the last axis of x.
func quarter(x *Node, i int) *Node {
	units := x.Shape().Dim(-1) / 4
	return SliceAxis(x, -1, AxisRange(i*units, (i+1)*units))
}
