package probe

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/parallel"
	"github.com/seed-1a417598/memtest/xla"
)

// mostPicked is the most candidates that are picked on the device, one after the other.
const mostPicked = 64

// pickOnDevice has candidates picked where the distances are, so that of a row's
// distances to all examples only its nearest leave the device.
func (s *search) pickOnDevice() (err error) {
	if s.more > mostPicked {
		return nil
	}
	count := s.more // the program must not hold the features
	s.pick, err = s.engine.Program(fmt.Sprintf("the %d nearest", count), func(args []*Node) []*Node { return pickNearest(args[0], count) })
	return err
}

// pickNearest are the smallest of each row's distances [rows, n] and the numbers of their
// examples, [rows, count] each, in rising order, the smaller number of equal ones first:
// each is the least that comes after the one before. GoMLX's BottomK sorts all n.
func pickNearest(distances *Node, count int) []*Node {
	rows, n := distances.Shape().Dim(0), distances.Shape().Dim(1)
	full := func(of *Node) *Node { return BroadcastToDims(of, rows, n) }
	number := Iota(distances.Graph(), shapes.Make(dtypes.Int32, rows, n), 1)
	far, last := AddScalar(ZerosLike(distances), math.Inf(1)), AddScalar(ZerosLike(number), n)
	left := Equal(number, number) // all
	var values, numbers []*Node
	for range count {
		value := ExpandAxes(ReduceMin(Where(left, distances, far), -1), -1)
		here := And(left, Equal(distances, full(value)))
		index := ExpandAxes(ReduceMin(Where(here, number, last), -1), -1)
		values, numbers = append(values, value), append(numbers, index)
		left = Or(GreaterThan(distances, full(value)), And(Equal(distances, full(value)), GreaterThan(number, full(index))))
	}
	return []*Node{Concatenate(values, -1), Concatenate(numbers, -1)}
}

// rankPicked is rankBlock with candidates that are picked on the device. All distances
// leave it only where those of some row do not settle which are the nearest.
func (s *search) rankPicked(r ranker, distances *tensors.Tensor, b block) error {
	picked, err := s.pick.Run(distances)
	if err != nil {
		return err
	}
	defer xla.Free(picked...)
	values, err := xla.Download[float32](picked[0])
	if err != nil {
		return err
	}
	numbers, err := xla.Download[int32](picked[1])
	if err != nil {
		return err
	}
	reaches, unsure := make([]float64, b.rows.Rows), make([]bool, b.rows.Rows)
	parallel.For(b.rows.Rows, func(i int) {
		best := make([]candidate, r.more)
		for q := range best {
			best[q] = candidate{numbers[i*r.more+q], float64(values[i*r.more+q])}
		}
		reach, sure := r.rankBest(b.rows.Row(i), best, b.nearest(i))
		reaches[i], unsure[i] = reach, !sure
	})
	var open []int
	for i, is := range unsure {
		if is {
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return nil
	}
	n := r.train.Rows
	return xla.View(distances, func(flat []float32) {
		parallel.For(len(open), func(at int) {
			i := open[at]
			r.rankWithin(b.rows.Row(i), flat[i*n:(i+1)*n], reaches[i], b.nearest(i))
		})
	})
}
