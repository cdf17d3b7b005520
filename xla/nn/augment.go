package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/seed"
)

// Augmentation changes each training image at random, anew each time. Its zero
// value changes nothing.
type Augmentation struct {
	Shift int  `yaml:"shift,omitempty"` // at most so many pixels along either axis, zeros moving in
	Flip  bool `yaml:"flip,omitempty"`  // left and right exchanged, half the time
}

func (a Augmentation) check(shape datasets.Shape) error {
	if a != (Augmentation{}) && shape.Sequence() {
		return fmt.Errorf("augment: shift and flip are for images, but examples are %s, %v; leave augment out", shape.KindOf(), shape)
	}
	if a.Shift < 0 || a.Shift >= max(shape.Height, shape.Width) {
		return fmt.Errorf("augment: shift: %d pixels are outside 0..%d for images of %v", a.Shift, max(shape.Height, shape.Width)-1, shape)
	}
	return nil
}

// draw decides for each example of an epoch how it is changed: three numbers,
// pixels down, pixels right, and whether it is flipped.
func (a Augmentation) draw(base uint64, epoch, n int) []int32 {
	r := seed.Stream(base, "augment", epoch)
	out := make([]int32, 3*n)
	for i := range n {
		if a.Shift > 0 {
			out[3*i] = int32(r.IntN(2*a.Shift+1) - a.Shift)
			out[3*i+1] = int32(r.IntN(2*a.Shift+1) - a.Shift)
		}
		if a.Flip {
			out[3*i+2] = int32(r.IntN(2))
		}
	}
	return out
}

// apply changes images x [batch, H, W, C] as changes [batch, 3] says. A matrix
// of zeros and ones moves the rows, another one the columns; both products are
// exact.
func (a Augmentation) apply(x, changes *Node) *Node {
	d := x.Shape().Dimensions
	changes.AssertDims(d[0], 3)
	column := func(i int) *Node { return Reshape(Slice(changes, AxisRange(), AxisElem(i)), d[0], 1, 1) }
	// moves [batch, size, size] is 1 where the new place (axis 1) takes its value from the old (axis 2).
	moves := func(size int, by, flip *Node) *Node {
		shape := shapes.Make(dtypes.Int32, d[0], size, size)
		from := Sub(Iota(x.Graph(), shape, 1), BroadcastToShape(by, shape))
		if flip != nil {
			on := BroadcastToShape(flip, shape)
			from = Where(GreaterThan(on, ZerosLike(on)), Sub(Scalar(x.Graph(), dtypes.Int32, size-1), from), from)
		}
		return ConvertDType(Equal(from, Iota(x.Graph(), shape, 2)), x.DType())
	}
	rows, columns := moves(d[1], column(0), nil), moves(d[2], column(1), column(2))
	x = DotGeneral(rows, []int{2}, []int{0}, x, []int{1}, []int{0})    // [batch, H, W, C]
	x = DotGeneral(columns, []int{2}, []int{0}, x, []int{2}, []int{0}) // [batch, W, H, C]
	x = TransposeAllAxes(x, 0, 2, 1, 3)
	x.AssertDims(d...)
	return x
}
