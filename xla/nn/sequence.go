package nn

import (
	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"

	"github.com/seed-1a417598/memtest/datasets"
)

// sequence is the shape of steps with so many values each.
func sequence(steps, channels int) extent {
	return extent{Shape: datasets.Shape{Height: steps, Width: 1, Channels: channels, Kind: datasets.Series}}
}

// feed gives rows of a set, x [batch, RowSize], the form in which a model takes them:
// images and tables [batch, H, W, C]; series [batch, steps, C]; tokens [batch, steps],
// whole numbers. Padding is zeros, whatever stood there, and the lengths are noted.
func (n *network) feed(b *Builder, x *Node) *Node {
	in, batch := n.spec.Input, x.Shape().Dimensions[0]
	b.vocabulary = in.Vocabulary
	if !in.Sequence() {
		return Reshape(x, batch, in.Height, in.Width, in.Channels)
	}
	b.setLengths(Reshape(Slice(x, AxisRange(), AxisRange(in.Size(), in.Size()+1)), batch), in.Height)
	values := Reshape(Slice(x, AxisRange(), AxisRange(0, in.Size())), batch, in.Height, in.Channels)
	values = b.masked(values)
	if in.Kind == datasets.Tokens {
		return ConvertDType(Reshape(values, batch, in.Height), dtypes.Int32)
	}
	return values
}

// setLengths notes how many of so many steps each example has, lengths [batch].
func (b *Builder) setLengths(lengths *Node, steps int) {
	batch := lengths.Shape().Dimensions[0]
	shape := shapes.Make(dtypes.Int32, batch, steps)
	b.lengths = ConvertDType(lengths, dtypes.Int32)
	b.there = LessThan(Iota(lengths.Graph(), shape, 1), BroadcastToShape(ExpandAxes(b.lengths, -1), shape))
}

// Lengths are the numbers of steps of a batch of sequences [batch], int32, and which steps
// [batch, steps] each has, as booleans; nil for examples of other kinds.
func (b *Builder) Lengths() (lengths, there *Node) { return b.lengths, b.there }

// cropped is x [batch, steps, channels] without the steps after the first most; the lengths
// are then of what is left.
func (b *Builder) cropped(x *Node, most int) *Node {
	d := x.Shape().Dimensions
	if d[1] <= most {
		return x
	}
	b.setLengths(MinScalar(b.lengths, most), most)
	return SliceAxis(x, 1, AxisRange(0, most))
}

// masked is x [batch, steps, channels] with zeros for padding.
func (b *Builder) masked(x *Node) *Node { return maskedBy(x, b.there) }

// maskedBy is x [batch, steps, channels] with zeros for the steps that are not there
// [batch, steps].
func maskedBy(x, there *Node) *Node {
	return Where(BroadcastToShape(ExpandAxes(there, -1), shapes.Make(dtypes.Bool, x.Shape().Dimensions...)), x, ZerosLike(x))
}

// pooled is one vector [batch, channels] for the steps of x [batch, steps, channels], padding
// being zeros: their mean, or the last or the first of them.
func (b *Builder) pooled(x *Node, how string) *Node {
	if how == poolMean {
		return Div(ReduceSum(x, 1), ExpandAxes(ConvertDType(b.lengths, x.DType()), -1))
	}
	step := ZerosLike(b.lengths)
	if how == poolLast {
		step = SubScalar(b.lengths, 1)
	}
	d := x.Shape().Dimensions
	shape := shapes.Make(dtypes.Int32, d[0], d[1])
	chosen := Equal(Iota(x.Graph(), shape, 1), BroadcastToShape(ExpandAxes(step, -1), shape))
	return ReduceSum(Mul(x, ExpandAxes(ConvertDType(chosen, x.DType()), -1)), 1)
}

// Ways to make one vector of the steps of a sequence.
const (
	poolMean  = "mean"
	poolLast  = "last"
	poolFirst = "first"
)

// pooling is how the network pools, of its first layer that does; the mean where none does.
// The features of layers below are pooled in the same way.
func (s Spec) pooling() string {
	for _, l := range s.Layers {
		if l.Kind == kindPool {
			return l.withDefaults().Pool
		}
	}
	return poolMean
}

const kindPool = "pool"
