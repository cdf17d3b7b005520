package probe

import (
	"context"
	"fmt"
	"math"
	"slices"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
)

// KNN votes among the K nearest training examples in Euclidean distance, the
// smallest class of equal votes, as scikit-learn's KNeighborsClassifier does.
// The search is exact and does not depend on labels, so it is done once; a
// label set costs n·K look-ups.
type KNN struct {
	K int // neighbours, 1 or more
}

func (k KNN) Name() string {
	if k.K == 5 {
		return "knn"
	}
	return fmt.Sprintf("knn:%d", k.K)
}

func (k KNN) Prepare(ctx context.Context, e *xla.Engine, d Data) (Fitted, error) {
	if k.K > d.Train.Rows {
		return nil, fmt.Errorf("%d neighbours are more than the %d training examples; choose fewer", k.K, d.Train.Rows)
	}
	s, err := newSearch(e, d.Train, k.K)
	if err != nil {
		return nil, err
	}
	defer s.close()
	f := &neighbours{k: k.K, classes: d.Classes}
	for _, v := range d.Valid {
		found, err := s.nearest(ctx, v)
		if err != nil {
			return nil, err
		}
		f.valid = append(f.valid, found)
		f.parents = append(f.parents, parentShare(found, k.K))
	}
	if d.Fresh.Rows > 0 {
		f.fresh, err = s.nearest(ctx, d.Fresh)
	}
	return f, err
}

// neighbours is a fitted k-NN probe: for every row the numbers of its k nearest
// training examples, nearest first.
type neighbours struct {
	k, classes int
	valid      [][]int32 // [sets of copies][n·k]
	fresh      []int32   // [m·k]
	parents    []float64 // see Predictions
}

// parentShare is the share of rows that have the example of their own number
// among their neighbours.
func parentShare(found []int32, k int) float64 {
	rows, have := len(found)/k, 0
	for i := range rows {
		if slices.Contains(found[i*k:(i+1)*k], int32(i)) {
			have++
		}
	}
	return float64(have) / float64(rows)
}

func (f *neighbours) Chunk() int { return 64 }
func (f *neighbours) Close()     {}

func (f *neighbours) Predict(ctx context.Context, labels [][]int32, observed bool) (Predictions, error) {
	out := Predictions{Parents: f.parents}
	for _, found := range f.valid {
		sets := make([][]int32, len(labels))
		xla.Parallel(len(labels), func(p int) { sets[p] = f.vote(found, labels[p]) })
		out.Valid = append(out.Valid, sets)
	}
	if observed {
		out.Fresh = f.vote(f.fresh, labels[0])
		for _, found := range f.valid {
			out.Margins = append(out.Margins, f.margins(found, labels[0]))
		}
	}
	return out, ctx.Err()
}

// vote returns the most frequent label of each row's neighbours.
func (f *neighbours) vote(found, labels []int32) []int32 {
	out := make([]int32, len(found)/f.k)
	votes := make([]int32, f.classes)
	for i := range out {
		mine := found[i*f.k : (i+1)*f.k]
		best, most := int32(0), int32(0)
		for _, j := range mine {
			y := labels[j]
			votes[y]++
			if v := votes[y]; v > most || v == most && y < best {
				best, most = y, v
			}
		}
		for _, j := range mine {
			votes[labels[j]] = 0
		}
		out[i] = best
	}
	return out
}

// margins are the share of a row's votes for its own label less that for the
// best other class.
func (f *neighbours) margins(found, labels []int32) []float32 {
	out := make([]float32, len(labels))
	votes := make([]float32, f.classes)
	for i := range out {
		clear(votes)
		for _, j := range found[i*f.k : (i+1)*f.k] {
			votes[labels[j]] += 1 / float32(f.k)
		}
		out[i] = margin(votes, labels[i])
	}
	return out
}

// margin is the score of a class less the best score of the others.
func margin(scores []float32, class int32) float32 {
	best := float32(math.Inf(-1))
	for k, s := range scores {
		if int32(k) != class {
			best = max(best, s)
		}
	}
	return scores[class] - best
}

// search finds nearest training examples: XLA computes blocks of distances in
// float32, Go picks candidates from them and ranks these in float64.
type search struct {
	engine  *xla.Engine
	train   xla.Matrix
	x       *tensors.Tensor // [n, d]
	norms   *tensors.Tensor // [n] squared lengths
	blockOf *xla.Program    // rows [block, d], x, norms -> |t|² − 2r·t [block, n]
	block   int
	k, more int // neighbours wanted; candidates ranked
}

// spare candidates beyond k are ranked in float64, so that float32 rounding of
// the distances does not decide which of near-equal ones are neighbours.
const spare = 8

func newSearch(e *xla.Engine, train xla.Matrix, k int) (_ *search, err error) {
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
	norms := make([]float32, train.Rows)
	xla.Parallel(train.Rows, func(i int) {
		sum := 0.0
		for _, v := range train.Row(i) {
			sum += float64(v) * float64(v)
		}
		norms[i] = float32(sum)
	})
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
func (s *search) nearest(ctx context.Context, rows xla.Matrix) ([]int32, error) {
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
		n := s.train.Rows
		err = xla.View(res[0], func(distances []float32) {
			xla.Parallel(count, func(i int) {
				s.rank(rows.Row(first+i), distances[i*n:(i+1)*n], out[(first+i)*s.k:(first+i+1)*s.k])
			})
		})
		xla.Free(res...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// candidate is a training example and its distance to the row at hand.
type candidate struct {
	index    int32
	distance float64
}

// rank writes the nearest examples of a row, given float32 distances to all.
func (s *search) rank(row, distances []float32, out []int32) {
	best := make([]candidate, 0, s.more)
	limit := float32(math.Inf(1))
	for j, v := range distances {
		if v >= limit && len(best) == s.more {
			continue
		}
		best = insert(best, candidate{int32(j), float64(v)}, s.more)
		if len(best) == s.more {
			limit = float32(best[s.more-1].distance)
		}
	}
	exact := make([]candidate, 0, s.more)
	for _, c := range best {
		sum := 0.0
		for j, v := range s.train.Row(int(c.index)) {
			diff := float64(row[j]) - float64(v)
			sum += diff * diff
		}
		exact = insert(exact, candidate{c.index, sum}, s.more)
	}
	for i := range out {
		out[i] = exact[i].index
	}
}

// insert puts c in its place in a list that is sorted by distance, then index,
// and holds at most size.
func insert(list []candidate, c candidate, size int) []candidate {
	if len(list) < size {
		list = append(list, c)
	}
	i := len(list) - 1
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

func (s *search) close() {
	xla.Free(s.x, s.norms)
}
