package probe

import (
	"context"
	"math"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/parallel"
	"github.com/seed-1a417598/memtest/xla"
)

// search finds nearest training examples: XLA computes blocks of distances in
// float32, Go picks candidates from them and ranks these in float64. Where the
// rounding of the float32 distances could have hidden a nearer example, all that
// could be one are ranked. Package perturb, which builds without cgo, has a simpler
// search of its own: it needs one distance, not which example it is to.
type search struct {
	engine  *xla.Engine
	train   arrays.Matrix
	x       *tensors.Tensor // [n, d]
	norms   *tensors.Tensor // [n] squared lengths
	longest float64         // the largest length
	blockOf *xla.Program    // rows [block, d], x, norms -> |t|² − 2r·t [block, n]
	pick    *xla.Program    // see pickOnDevice; nil = candidates are picked on the processor
	block   int
	k, more int // neighbours wanted; candidates ranked
}

// spare candidates beyond k are ranked in float64. With them a second look at
// the distances is hardly ever needed.
const spare = 8

func newSearch(e *xla.Engine, train arrays.Matrix, k int) (_ *search, err error) {
	s := &search{engine: e, train: train, k: k, more: min(train.Rows, k+spare)}
	s.block = min(1024, max(16, chunkBytes/(4*train.Rows)))
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.x, err = e.Upload(train); err != nil {
		return nil, err
	}
	norms := squaredLengths(train)
	for _, v := range norms {
		s.longest = max(s.longest, math.Sqrt(float64(v)))
	}
	if s.norms, err = xla.Tensor(e, norms, train.Rows); err != nil {
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
func (s *search) nearest(ctx context.Context, rows arrays.Matrix) ([]int32, error) {
	out := make([]int32, rows.Rows*s.k)
	d := rows.Cols
	for first := 0; first < rows.Rows; first += s.block {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		count := min(s.block, rows.Rows-first)
		part := rows.Data[first*d : (first+count)*d]
		if count < s.block {
			part = append(append(make([]float32, 0, s.block*d), part...), make([]float32, (s.block-count)*d)...)
		}
		in, err := xla.Tensor(s.engine, part, s.block, d)
		if err != nil {
			return nil, err
		}
		res, err := s.blockOf.Run(in, s.x, s.norms)
		xla.Free(in)
		if err != nil {
			return nil, err
		}
		err = s.rankBlock(res[0], block{rows, first, count, out[first*s.k : (first+count)*s.k]})
		xla.Free(res...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// block is some rows, whose nearest examples go to out [count·k].
type block struct {
	rows         arrays.Matrix
	first, count int
	out          []int32
}

func (b block) row(i int) []float32 { return b.rows.Row(b.first + i) }

// nearest is where the nearest examples of row i go.
func (b block) nearest(i int) []int32 {
	k := len(b.out) / b.count
	return b.out[i*k : (i+1)*k]
}

// rankBlock finds the nearest examples of a block from distances [block, n].
func (s *search) rankBlock(distances *tensors.Tensor, b block) error {
	if s.pick != nil {
		return s.rankPicked(distances, b)
	}
	n := s.train.Rows
	return xla.View(distances, func(flat []float32) {
		parallel.For(b.count, func(i int) { s.rank(b.row(i), flat[i*n:(i+1)*n], b.nearest(i)) })
	})
}

// candidate is a training example and its distance to the row at hand.
type candidate struct {
	index    int32
	distance float64
}

// rank writes the nearest examples of a row, given float32 distances to all.
func (s *search) rank(row, distances []float32, out []int32) {
	best := make([]candidate, 0, s.more)
	limit := float32(math.Inf(1)) // no example left out is nearer by float32
	for j, v := range distances {
		if v >= limit {
			continue
		}
		best = insert(best, candidate{int32(j), float64(v)}, s.more)
		if len(best) == s.more {
			limit = float32(best[s.more-1].distance)
		}
	}
	if reach, sure := s.rankBest(row, best, out); !sure {
		s.rankWithin(row, distances, reach, out)
	}
}

// rankBest writes the nearest examples of a row, given the candidates that are nearest
// by float32, the nearest first. Where an example that is not among them may be nearer it
// is not sure: then the nearest are among those up to reach, by float32.
func (s *search) rankBest(row []float32, best []candidate, out []int32) (reach float64, sure bool) {
	length := 0.0
	for _, v := range row {
		length += float64(v) * float64(v)
	}
	sum := math.Sqrt(length) + s.longest
	if sum*sum > math.MaxFloat32/2 { // float32 does not hold the distances
		s.rankAll(row, out)
		return 0, true
	}
	exact := make([]candidate, 0, s.more)
	for _, c := range best {
		exact = insert(exact, candidate{c.index, s.distance(row, c.index)}, s.more)
	}
	// An example may be among the k if its float32 distance is up to this. The
	// margin bounds the rounding of a sum of d products, in any order, and of the
	// features themselves, and what is lost of products that are flushed to zero.
	reach = exact[s.k-1].distance - length + float64(len(row)+8)*(0x1p-23*sum*sum+0x1p-125)
	if len(best) < s.train.Rows && best[len(best)-1].distance <= reach {
		return reach, false
	}
	write(out, exact)
	return reach, true
}

// rankWithin writes the nearest of the examples whose float32 distance is up to reach.
func (s *search) rankWithin(row, distances []float32, reach float64, out []int32) {
	exact := make([]candidate, 0, s.k)
	for j, v := range distances {
		if float64(v) <= reach {
			exact = insert(exact, candidate{int32(j), s.distance(row, int32(j))}, s.k)
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
func (s *search) rankAll(row []float32, out []int32) {
	exact := make([]candidate, 0, s.k)
	for j := range s.train.Rows {
		exact = insert(exact, candidate{int32(j), s.distance(row, int32(j))}, s.k)
	}
	write(out, exact)
}

// distance is the squared distance of a row to a training example.
func (s *search) distance(row []float32, index int32) float64 {
	sum := 0.0
	for j, v := range s.train.Row(int(index)) {
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
