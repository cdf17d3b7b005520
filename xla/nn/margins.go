package nn

import (
	"context"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

// Margins are how far the logit of each example's label stands above the greatest
// of the others, and how steeply that changes.
type Margins struct {
	Differences []float32 // [N] f_y − f_j, j the class of greatest logit but y; below 0 where another class wins
	Slopes      []float32 // [N] the Euclidean norm of the gradient of f_y − f_j by the outputs of the layer
}

// Margins are those of a set's examples with its labels, in inference mode, by the
// outputs of a layer: a hidden layer's name, or "input" for the examples' own values.
// Of classes with equal logits j is the smallest.
func (s *Snapshot) Margins(ctx context.Context, set *datasets.Set, layer string) (Margins, error) {
	n := s.net
	x, err := n.inputs(set, layer)
	if err != nil {
		return Margins{}, err
	}
	if layer == LayerInput && n.spec.Input.Kind == datasets.Tokens {
		return Margins{}, fmt.Errorf("network %q: a margin has no gradient by tokens, which are whole numbers; ask for a hidden layer", n.spec.Name)
	}
	if layer == LayerLogits {
		return Margins{}, fmt.Errorf("network %q: the gradient of a margin by the logits is √2 always; ask for a hidden layer or %q", n.spec.Name, LayerInput)
	}
	if err := checkLabels(fmt.Sprintf("data set %q", set.Name), set.Y, n.spec.Classes); err != nil {
		return Margins{}, err
	}
	program, err := n.marginProgram(layer)
	if err != nil {
		return Margins{}, err
	}
	defer n.free(program)
	batches := xla.Batches{Rows: n.rows, Outputs: 2, Run: func(in *tensors.Tensor) ([]*tensors.Tensor, error) {
		args := []any{in}
		for _, w := range s.weights {
			args = append(args, w)
		}
		out, err := program.Run(args...)
		if err != nil {
			return nil, fmt.Errorf("network %q, margins at %s: %w", n.spec.Name, layer, err)
		}
		return out, nil
	}}
	var m Margins
	for first := 0; first < x.Rows; first += n.rows {
		out, err := batches.Compute(ctx, n.engine, labelled(x, set.Y, first, min(n.rows, x.Rows-first)))
		if err != nil {
			return Margins{}, err
		}
		m.Differences = append(m.Differences, out[0].Data...)
		m.Slopes = append(m.Slopes, out[1].Data...)
	}
	return m, nil
}

// labelled are rows of x with their labels in a last column, [rows, columns+1]: a
// batch has one input. No label is so great that a float32 would round it.
func labelled(x arrays.Matrix, y []int32, first, rows int) arrays.Matrix {
	out := arrays.Matrix{Rows: rows, Cols: x.Cols + 1, Data: make([]float32, rows*(x.Cols+1))}
	for i := range rows {
		row := out.Row(i)
		copy(row, x.Row(first+i))
		row[x.Cols] = float32(y[first+i])
	}
	return out
}

// marginProgram computes differences and slopes, each [rows, 1], of rows of labelled.
func (n *network) marginProgram(layer string) (*xla.Program, error) {
	p, err := n.compiled("margins", layer, func(args []*Node) []*Node {
		x, labels := split(args[0])
		b := &Builder{graph: x.Graph(), params: n.params, weights: args[1:], pooling: n.spec.pooling()}
		examples := n.feed(b, x)
		at, kept := examples, b.there
		logits := n.model(b, examples) // [rows, K]
		if layer != LayerInput {
			i := slices.Index(b.names, layer)
			at, kept = b.values[i], b.kept[i]
		}
		mine := OneHot(labels, n.spec.Classes, dtypes.Float32)
		others := StopGradient(Sub(logits, MulScalar(mine, hidden)))
		runnerUp := OneHot(ArgMax(others, -1, dtypes.Int32), n.spec.Classes, dtypes.Float32)
		difference := ReduceAndKeep(Mul(logits, Sub(mine, runnerUp)), ReduceSum, -1)
		difference.AssertDims(x.Shape().Dimensions[0], 1)
		// No example sees another, so the gradient of the sum holds that of each.
		slope := Gradient(ReduceAllSum(difference), at)[0]
		if kept != nil { // what stands in padding is no value of the layer
			slope = maskedBy(slope, kept)
		}
		gradient := flat(slope)
		return []*Node{difference, Sqrt(ReduceAndKeep(Square(gradient), ReduceSum, -1))}
	})
	if err != nil {
		return nil, fmt.Errorf("network %q: %w", n.spec.Name, err)
	}
	return p, nil
}

// hidden is taken off the logit of the label, so that another is greatest.
const hidden = 1e30

// split takes the rows of labelled apart: [rows, columns], and labels [rows].
func split(x *Node) (values, labels *Node) {
	d := x.Shape().Dimensions
	values = Slice(x, AxisRange(), AxisRange(0, d[1]-1))
	labels = ConvertDType(Reshape(Slice(x, AxisRange(), AxisRange(d[1]-1, d[1])), d[0]), dtypes.Int32)
	return values, labels
}
