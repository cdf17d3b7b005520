package counts

import (
	"slices"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/xla"
)

// placed is a parting on a device.
type placed struct {
	number     int
	of         *tensors.Tensor   // int32 [n], nil = all copies are in one part
	orders     []*tensors.Tensor // int32 [at most J, n] each: the reshuffles
	reshuffles int               // J
}

// newPlaced uploads a parting, with its reshuffles in pieces of at most so many: all of
// one size, the last filled up.
func newPlaced(e *xla.Engine, p perm.Parting, most int) (q placed, err error) {
	q = placed{number: p.Number, reshuffles: len(p.Orders)}
	defer func() {
		if err != nil {
			q.free()
		}
	}()
	if p.Of != nil {
		if q.of, err = xla.Tensor(e, p.Of, len(p.Of)); err != nil {
			return q, err
		}
	}
	if len(p.Orders) == 0 {
		return q, nil
	}
	n, pieces := len(p.Orders[0]), (len(p.Orders)+most-1)/most
	size := (len(p.Orders) + pieces - 1) / pieces
	for piece := range slices.Chunk(p.Orders, size) {
		flat := make([]int32, size*n)
		for j, order := range piece {
			copy(flat[j*n:], order)
		}
		t, err := xla.Tensor(e, flat, size, n)
		if err != nil {
			return q, err
		}
		q.orders = append(q.orders, t)
	}
	return q, nil
}

func (q placed) free() {
	xla.Free(q.of)
	xla.Free(q.orders...)
}

// reshuffled are the hits under each reshuffle [J].
func (s counted) reshuffled(q placed) ([]int64, error) {
	hits := make([]int64, 0, q.reshuffles)
	for _, orders := range q.orders {
		t, err := s.engine.Call("hits under reshuffles", func(args []*Node) *Node {
			return reshuffled(args[0], args[1], args[2], args[3])
		}, s.labels, s.predictions, s.counts, orders)
		if err != nil {
			return nil, err
		}
		flat, err := xla.Download[int32](t)
		xla.Free(t)
		if err != nil {
			return nil, err
		}
		for _, h := range flat {
			hits = append(hits, int64(h))
		}
	}
	return hits[:q.reshuffles], nil
}
