package probe

import (
	"context"
	"fmt"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
)

// votes is neighbours whose votes are counted on the device.
type votes struct {
	*neighbours
	engine *xla.Engine
	chunk  int               // P
	placed []*tensors.Tensor // [sets of copies] int32 [n, k]
	count  *xla.Program      // labels [P, n], neighbours [n, k] -> classes [P, n]
}

// onDevice uploads the neighbours of each set of copies.
func (f *neighbours) onDevice(e *xla.Engine, p Problem) (_ *votes, err error) {
	// The largest arrays are the labels of all neighbours and, in package counts, the
	// indicators of the classes.
	v := &votes{neighbours: f, engine: e, chunk: chunkOn(e.Accelerator(), f.n, 0, max(f.k, f.classes, len(f.valid)+1))}
	defer func() {
		if err != nil {
			v.Close()
		}
	}()
	for _, found := range f.valid {
		t, err := xla.Tensor(e, found, f.n, f.k)
		if err != nil {
			return nil, err
		}
		v.placed = append(v.placed, t)
	}
	classes := f.classes // the program must not hold the features
	v.count, err = e.Program(fmt.Sprintf("votes of neighbours of %d classes", classes), func(args []*Node) []*Node {
		return []*Node{mostVotes(args[0], args[1], classes)}
	})
	return v, err
}

func (v *votes) Chunk() int { return v.chunk }

func (v *votes) Close() { xla.Free(v.placed...) }

func (v *votes) Predict(ctx context.Context, labels [][]int32, observed bool) (Predictions, error) {
	out := Predictions{Parents: v.parents}
	flat := make([]int32, v.chunk*v.n)
	for i, y := range labels {
		copy(flat[i*v.n:], y)
	}
	all, err := xla.Tensor(v.engine, flat, v.chunk, v.n)
	if err != nil {
		return out, err
	}
	defer xla.Free(all)
	err = out.keep(v.engine, labels, v.classes, len(v.placed), func(copies int) (*tensors.Tensor, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		res, err := v.count.Run(all, v.placed[copies])
		if err != nil {
			return nil, err
		}
		return res[0], nil
	})
	if observed {
		v.addObserved(&out, labels[0])
	}
	return out, err
}

// mostVotes is the most frequent label of each row's neighbours, the smallest of equally
// frequent ones: labels [P, n], neighbours [rows, k] -> [P, rows]. It goes class by class.
func mostVotes(labels, neighbours *Node, classes int) *Node {
	mine := Gather(Transpose(labels, 0, 1), ExpandAxes(neighbours, -1)) // [rows, k, P]
	g, rows, p := labels.Graph(), neighbours.Shape().Dim(0), labels.Shape().Dim(0)
	best, most := Zeros(g, shapes.Make(dtypes.Int32, rows, p)), Zeros(g, shapes.Make(dtypes.Int32, rows, p))
	for k := range classes {
		class := AddScalar(ZerosLike(mine), k)
		votes := ReduceSum(ConvertDType(Equal(mine, class), dtypes.Int32), 1)
		more := GreaterThan(votes, most)
		best, most = Where(more, AddScalar(ZerosLike(best), k), best), Where(more, votes, most)
	}
	return Transpose(best, 0, 1)
}
