package counts

import (
	"fmt"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/xla"
)

// blockBytes bounds what a program may make for parts and reshuffles where XLA does not
// get by without: the indicators of the parts, and moved predictions.
const blockBytes = 1 << 30

// mostExamples is the most that sums of ones in float32 can tell.
const mostExamples = 1 << 24

// Fits says whether label sets of a layout can be counted on a device: with very many
// parts the indicators of them would take more than blockBytes.
func Fits(l perm.Layout) bool {
	return l.Examples < mostExamples && max(l.Blocks.Number, l.Strata.Number) <= blockBytes/4/l.Examples
}

// Counter counts for the tallies of one layout, on any device.
type Counter struct {
	layout perm.Layout
	bytes  int                        // blockBytes, but for tests
	on     map[*xla.Engine]*[2]placed // blocks and strata on a device
}

// NewCounter uploads nothing yet.
func NewCounter(l perm.Layout) *Counter {
	return &Counter{layout: l, bytes: blockBytes, on: map[*xla.Engine]*[2]placed{}}
}

// Close frees the devices' memory.
func (c *Counter) Close() {
	for _, both := range c.on {
		both[0].free()
		both[1].free()
	}
}

// Count counts the label sets from..to−1 of the predictions on a set of copies, given the
// hits of their classes.
func (c *Counter) Count(p *Predicted, copies, from, to int, classHits [][]int32) (perm.Counted, error) {
	out := perm.Counted{ClassHits: classHits[from:to]}
	both, err := c.place(p)
	if err != nil {
		return out, err
	}
	counts := make([]int32, p.labels.Shape().Dim(0))
	for i := from; i < to; i++ {
		counts[i] = 1
	}
	weights, err := xla.Tensor(p.engine, counts, len(counts))
	if err != nil {
		return out, err
	}
	defer xla.Free(weights)
	sets := counted{Predicted: p, predictions: p.copies[copies], counts: weights, from: from, to: to, perExample: c.layout.PerExample}
	if out.Recalled, err = sets.recalled(); err != nil {
		return out, err
	}
	if out.Predicted, out.Labels, err = sets.blocks(both[0], &out.Blocks); err != nil || c.layout.Strata.Number == 0 {
		return out, err
	}
	out.StratumPairs, err = sets.strata(both[1], &out.Strata)
	return out, err
}

// place uploads the partings to the device of predictions, once.
func (c *Counter) place(p *Predicted) (*[2]placed, error) {
	if both := c.on[p.engine]; both != nil {
		return both, nil
	}
	both := &[2]placed{}
	for i, parting := range []perm.Parting{c.layout.Blocks, c.layout.Strata} {
		var err error
		if both[i], err = newPlaced(p.engine, parting, max(1, c.bytes/(4*c.layout.Examples*p.labels.Shape().Dim(0)))); err != nil {
			both[0].free()
			return nil, err
		}
	}
	c.on[p.engine] = both
	return both, nil
}

// counted are the label sets at hand on one set of copies.
type counted struct {
	*Predicted
	predictions *tensors.Tensor // [P, n]
	counts      *tensors.Tensor // int32 [P]: 1 for the label sets from..to−1
	from, to    int
	perExample  bool
}

// recalled are the hits of each copy, nil where no sums per example are kept.
func (s counted) recalled() ([]int32, error) {
	if !s.perExample {
		return nil, nil
	}
	t, err := s.engine.Call("hits of copies", func(args []*Node) *Node { return recalled(args[0], args[1], args[2]) }, s.labels, s.predictions, s.counts)
	if err != nil {
		return nil, err
	}
	defer xla.Free(t)
	return xla.Download[int32](t)
}

// blocks are predictions and labels of each class in each block [sets][blocks·K]; sums
// takes the sums.
func (s counted) blocks(q placed, to *perm.CountedSums) (predicted, labels [][]int32, err error) {
	res, err := s.within(q, to)
	if err != nil {
		return nil, nil, err
	}
	defer xla.Free(res...)
	if predicted, err = s.table(res[0], q.number); err != nil {
		return nil, nil, err
	}
	labels, err = s.table(res[1], q.number)
	return predicted, labels, err
}

// strata are the equal pairs of each stratum [sets][strata]; to takes the sums.
func (s counted) strata(q placed, to *perm.CountedSums) ([][]int64, error) {
	res, err := s.within(q, to)
	if err != nil {
		return nil, err
	}
	defer xla.Free(res...)
	flat, err := xla.Download[int64](res[2])
	if err != nil {
		return nil, err
	}
	return split(flat, q.number)[s.from:s.to], nil
}

// table brings a table [K, P, parts] to the form [sets][parts·K].
func (s counted) table(t *tensors.Tensor, number int) ([][]int32, error) {
	flat, err := xla.Download[int32](t)
	if err != nil {
		return nil, err
	}
	all, most := make([][]int32, 0, s.to-s.from), t.Shape().Dim(1)
	for set := s.from; set < s.to; set++ {
		to := make([]int32, number*s.classes)
		for k := range s.classes {
			for g := range number {
				to[g*s.classes+k] = flat[(k*most+set)*number+g]
			}
		}
		all = append(all, to)
	}
	return all, nil
}

// within counts within a parting: the tables of predictions and labels [K, P, parts] and
// the equal pairs [P, parts], which are the caller's; to takes the sums.
func (s counted) within(q placed, to *perm.CountedSums) (res []*tensors.Tensor, err error) {
	if to.Reshuffled, err = s.reshuffled(q); err != nil {
		return nil, err
	}
	k, perExample := s.classes, s.perExample
	number, args := q.number, []any{s.labels, s.predictions, s.counts}
	if q.of != nil {
		args = append(args, q.of)
	}
	program, err := s.engine.Program(fmt.Sprintf("counts of %d classes in %d parts, per example %v", k, number, perExample), func(args []*Node) []*Node {
		labels, predicted, counts, q := args[0], args[1], args[2], parts{number: number}
		if len(args) > 3 {
			q.of = args[3]
		}
		byPrediction, byLabel := q.table(predicted, k), q.table(labels, k)
		out := []*Node{byPrediction, byLabel, pairs(byPrediction, byLabel)}
		if perExample {
			out = append(out, sums(labels, predicted, q.same(predicted, byLabel), counts)...)
		}
		return out
	})
	if err != nil {
		return nil, err
	}
	if res, err = program.Run(args...); err != nil || !perExample {
		return res, err
	}
	for i, sum := range []*[]int64{&to.Share, &to.ShareHit, &to.ShareSq} {
		if *sum, err = xla.Download[int64](res[3+i]); err != nil {
			break
		}
	}
	xla.Free(res[3:]...)
	if err != nil {
		xla.Free(res[:3]...)
	}
	return res[:3], err
}
