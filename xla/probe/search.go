package probe

import (
	"cmp"
	"context"
	"math"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/parallel"
	"github.com/seed-1a417598/memtest/xla"
)

// search finds nearest training examples: XLA computes blocks of distances in
// float32, Go picks candidates from them, or an accelerator does (search_device.go), and
// Go ranks these in float64. Where the
// rounding of the float32 distances could have hidden a nearer example, all that
// could be one are ranked. Package perturb, which builds without cgo, has a simpler
// search of its own: it needs one distance, not which example it is to.
type search struct {
	ranker
	engine  *xla.Engine
	x       *tensors.Tensor // training examples [n, d]
	norms   *tensors.Tensor // [n] squared lengths
	blockOf *xla.Program    // rows [block, d], x, norms -> |t|² − 2r·t [block, n]
	pick    *xla.Program    // see pickOnDevice; nil = candidates are picked on the processor
	block   int
}

// ranker ranks training examples by their distance to a row.
type ranker struct {
	train   arrays.Matrix // [n, d]
	longest float64       // the largest length
	k, more int           // neighbours wanted; candidates ranked
}

// spare candidates beyond k are ranked in float64. With them a second look at
// the distances is hardly ever needed.
const spare = 8

func newSearch(e *xla.Engine, train centred, k int) (_ *search, err error) {
	n, d := train.Dims()
	s := &search{engine: e, ranker: ranker{train: arrays.Matrix{Rows: n, Cols: d}, k: k, more: min(n, k+spare)}}
	s.block = min(1024, max(16, chunkBytes/(4*n)))
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.x, err = e.UploadRows(train, 0, n); err != nil {
		return nil, err
	}
	norms := train.squaredLengths()
	for _, v := range norms {
		s.longest = max(s.longest, math.Sqrt(float64(v)))
	}
	if s.norms, err = xla.Tensor(e, norms, n); err != nil {
		return nil, err
	}
	s.blockOf, err = e.Program("distances", func(args []*Node) []*Node {
		rows, x, norms := args[0], args[1], args[2]
		return []*Node{Sub(ExpandAxes(norms, 0), MulScalar(DotGeneral(rows, []int{1}, nil, x, []int{1}, nil), 2))}
	})
	return s, err
}

// nearest returns the numbers of the k nearest training examples of every row,
// nearest first, the smaller number of equally near ones first: [rows·k].
func (s *search) nearest(ctx context.Context, rows xla.Rows) ([]int32, error) {
	n, _ := rows.Dims()
	out := make([]int32, n*s.k)
	for first := 0; first < n; first += s.block {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := s.nearestOf(rows, first, out[first*s.k:min(n, first+s.block)*s.k]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// nearestOf is nearest of the rows of a block, from the first on, as many as out has
// room for.
func (s *search) nearestOf(rows xla.Rows, first int, out []int32) error {
	in, err := s.engine.UploadRows(rows, first, s.block)
	if err != nil {
		return err
	}
	defer xla.Free(in)
	res, err := s.blockOf.Run(in, s.x, s.norms)
	if err != nil {
		return err
	}
	defer xla.Free(res...)
	var ranked error
	err = xla.View(in, func(rows []float32) {
		err := xla.View(s.x, func(train []float32) {
			r := s.ranker
			r.train.Data = train
			b := block{arrays.Matrix{Rows: len(out) / s.k, Cols: s.train.Cols, Data: rows}, out}
			if s.pick != nil {
				ranked = s.rankPicked(r, res[0], b)
			} else {
				ranked = r.rankBlock(res[0], b)
			}
		})
		ranked = cmp.Or(ranked, err)
	})
	return cmp.Or(err, ranked)
}

// block is some rows, whose nearest examples go to out [rows·k].
type block struct {
	rows arrays.Matrix // more rows may follow, which fill the block up
	out  []int32
}

// nearest is where the nearest examples of row i go.
func (b block) nearest(i int) []int32 {
	k := len(b.out) / b.rows.Rows
	return b.out[i*k : (i+1)*k]
}

// rankBlock finds the nearest examples of a block from distances [block, n].
func (r ranker) rankBlock(distances *tensors.Tensor, b block) error {
	n := r.train.Rows
	return xla.View(distances, func(flat []float32) {
		parallel.For(b.rows.Rows, func(i int) { r.rank(b.rows.Row(i), flat[i*n:(i+1)*n], b.nearest(i)) })
	})
}

// candidate is a training example and its distance to the row at hand.
type candidate struct {
	index    int32
	distance float64
}

// rank writes the nearest examples of a row, given float32 distances to all.
func (r ranker) rank(row, distances []float32, out []int32) {
	best := make([]candidate, 0, r.more)
	limit := float32(math.Inf(1)) // no example left out is nearer by float32
	for j, v := range distances {
		if v >= limit {
			continue
		}
		best = insert(best, candidate{int32(j), float64(v)}, r.more)
		if len(best) == r.more {
			limit = float32(best[r.more-1].distance)
		}
	}
	if reach, sure := r.rankBest(row, best, out); !sure {
		r.rankWithin(row, distances, reach, out)
	}
}

// rankBest writes the nearest examples of a row, given the candidates that are nearest
// by float32, the nearest first. Where an example that is not among them may be nearer it
// is not sure: then the nearest are among those up to reach, by float32.
func (r ranker) rankBest(row []float32, best []candidate, out []int32) (reach float64, sure bool) {
	length := 0.0
	for _, v := range row {
		length += float64(v) * float64(v)
	}
	sum := math.Sqrt(length) + r.longest
	if sum*sum > math.MaxFloat32/2 { // float32 does not hold the distances
		r.rankAll(row, out)
		return 0, true
	}
	exact := make([]candidate, 0, r.more)
	for _, c := range best {
		exact = insert(exact, candidate{c.index, r.distance(row, c.index)}, r.more)
	}
	// An example may be among the k if its float32 distance is up to this. The
	// margin bounds the rounding of a sum of d products, in any order, and of the
	// features themselves, and what is lost of products that are flushed to zero.
	reach = exact[r.k-1].distance - length + float64(len(row)+8)*(0x1p-23*sum*sum+0x1p-125)
	if len(best) < r.train.Rows && best[len(best)-1].distance <= reach {
		return reach, false
	}
	write(out, exact)
	return reach, true
}

// rankWithin writes the nearest of the examples whose float32 distance is up to reach.
func (r ranker) rankWithin(row, distances []float32, reach float64, out []int32) {
	exact := make([]candidate, 0, r.k)
	for j, v := range distances {
		if float64(v) <= reach {
			exact = insert(exact, candidate{int32(j), r.distance(row, int32(j))}, r.k)
		}
	}
	write(out, exact)
}

func write(out []int32, nearest []candidate) {
	for i := range out {
		out[i] = nearest[i].index
	}
}

// rankAll writes the nearest examples of a row by the distances in float64 alone.
func (r ranker) rankAll(row []float32, out []int32) {
	exact := make([]candidate, 0, r.k)
	for j := range r.train.Rows {
		exact = insert(exact, candidate{int32(j), r.distance(row, int32(j))}, r.k)
	}
	write(out, exact)
}

// distance is the squared distance of a row to a training example.
func (r ranker) distance(row []float32, index int32) float64 {
	sum := 0.0
	for j, v := range r.train.Row(int(index)) {
		diff := float64(row[j]) - float64(v)
		sum += diff * diff
	}
	return sum
}

// insert puts c in its place in a list that is sorted by distance, then index,
// and holds at most size; c is left out where it comes after all of a full list.
func insert(list []candidate, c candidate, size int) []candidate {
	i := len(list)
	if i < size {
		list = append(list, c)
	} else if last := list[i-1]; last.distance < c.distance || last.distance == c.distance && last.index < c.index {
		return list
	} else {
		i--
	}
	for ; i > 0; i-- {
		p := list[i-1]
		if p.distance < c.distance || p.distance == c.distance && p.index < c.index {
			break
		}
		list[i] = p
	}
	list[i] = c
	return list
}

func (s *search) close() { xla.Free(s.x, s.norms) }
