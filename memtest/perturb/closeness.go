package perturb

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/parallel"
	"github.com/seed-1a417598/memtest/datasets/seed"
)

// Closeness says how near the copies at one level are to their parents, by
// Euclidean distance between the values, as datasets.Set.Raw gives them, of tables in units
// of the columns' standard deviations (see ClosenessOptions.Table), so that levels can be
// compared across perturbations and data sets: where Ratio is well below 1 and ParentNearest is
// 1, a copy is nearer to its parent than to anything else; where ParentNearest
// falls towards 0, the copies are no longer copies of anything in particular.
type Closeness struct {
	Perturbation string  `json:"perturbation"`
	Level        float64 `json:"level"`
	Copies       int     `json:"copies"`   // measured
	Pool         int     `json:"pool"`     // examples among which the nearest is sought, the parents included
	Distance     float64 `json:"distance"` // mean distance of a copy to its parent
	Nearest      float64 `json:"nearest"`  // mean distance of a parent to its nearest other example
	// Ratio is the median of distance to the parent / parent's distance to its
	// nearest other example; nil where most parents have doubles, at distance 0.
	Ratio         *float64 `json:"ratio"`
	ParentNearest float64  `json:"kept"` // share of copies whose nearest example is the parent, or one equal to it
}

// ClosenessOptions says how much is measured. More of the pool makes Nearest
// and ParentNearest smaller, so compare measurements of equal pools only.
type ClosenessOptions struct {
	Copies int    // parents drawn at random; 0 = 500
	Pool   int    // examples drawn at random that they are compared with; 0 = 5,000
	Seed   uint64 // of both draws and of the perturbation

	// Table says that columns have units of their own, as MeasureCloseness knows of tables
	// itself: distances are of columns divided by their standard deviations, but for those
	// of zeros and ones, as categories have. Constant columns count for nothing.
	Table bool
}

// divisors are what the columns of x, [n, d], are divided by; nil = by nothing, 0 = the
// column counts for nothing.
func (o ClosenessOptions) divisors(x []float32, d int) []float64 {
	if !o.Table {
		return nil
	}
	all := make([]number, d)
	for j := range all {
		all[j] = number{j, -1}
	}
	by := columnSD(x, d, all)
	for j, sd := range by {
		if sd > 0 && zerosAndOnes(x, d, j) {
			by[j] = 1
		}
	}
	return by
}

// zerosAndOnes says whether column j of x, [n, d], holds nothing else.
func zerosAndOnes(x []float32, d, j int) bool {
	for i := j; i < len(x); i += d {
		if x[i] != 0 && x[i] != 1 {
			return false
		}
	}
	return true
}

// divided is x, [n, columns], with its columns divided; x itself where they are not.
func divided(x []float32, by []float64) []float32 {
	if by == nil {
		return x
	}
	y := make([]float32, len(x))
	for i, v := range x {
		if sd := by[i%len(by)]; sd != 0 {
			y[i] = float32(float64(v) / sd)
		}
	}
	return y
}

// What ClosenessOptions stand for where they are 0.
const (
	closenessCopies = 500
	closenessPool   = 5000
)

// MeasureCloseness measures the closeness of copies at these levels. Parents and
// pool are the same for all levels. The cost is copies × pool × values per example
// for each level, in float32; the nearest found is measured again in float64.
func MeasureCloseness(ctx context.Context, set *datasets.Set, p Perturbation, levels []float64, o ClosenessOptions) ([]Closeness, error) {
	if o.Copies < 0 || o.Pool < 0 {
		return nil, fmt.Errorf("closeness of %d copies in a pool of %d: neither may be below 0", o.Copies, o.Pool)
	}
	pool := set.Subset(drawnRows(set.Len(), o.Pool, o.Seed))
	if pool.Len() < 2 {
		return nil, fmt.Errorf("data set %q: closeness needs at least two examples, not %d", set.Name, pool.Len())
	}
	parents := pool.Head(positive(o.Copies, closenessCopies))
	// The pool stands for the set, for perturbations that look at it too.
	p, err := Fitted(p, pool)
	if err != nil {
		return nil, err
	}
	x, candidates := parents.Raw(), pool.Raw()
	o.Table = set.Shape.Table()
	by := o.divisors(set.X, set.Shape.Size())
	x.Data, candidates.Data = divided(x.Data, by), divided(candidates.Data, by)
	others := nearestOthers(x.Data, candidates.Data, x.Cols)
	var all []Closeness
	for _, level := range levels {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		copies, err := Copies(parents, p, level, o.Seed)
		if err != nil {
			return nil, err
		}
		y := copies.Raw()
		y.Data = divided(y.Data, by)
		c := Closeness{Perturbation: p.Name(), Level: level, Copies: parents.Len(), Pool: pool.Len()}
		rivals := nearestOthers(y.Data, candidates.Data, x.Cols)
		ratios := make([]float64, parents.Len())
		for i := range ratios {
			d := distance(y.Row(i), x.Row(i))
			c.Distance += d / float64(c.Copies)
			c.Nearest += others[i] / float64(c.Copies)
			if d <= rivals[i] {
				c.ParentNearest += 1 / float64(c.Copies)
			}
			ratios[i] = ratio(d, others[i])
		}
		slices.Sort(ratios)
		if median := (ratios[(len(ratios)-1)/2] + ratios[len(ratios)/2]) / 2; !math.IsInf(median, 0) {
			c.Ratio = &median
		}
		all = append(all, c)
	}
	return all, nil
}

// ParentNearest is the share of copies, rows of a matrix [n, d], whose nearest row of
// x, [n, d], is the row of the same number, their parent, or one as near as it: what
// MeasureCloseness measures of copies that it makes, with the same draws. d = 0 gives 1.
// The cost is copies × pool × d.
func ParentNearest(x, copies []float32, d int, o ClosenessOptions) float64 {
	if d == 0 {
		return 1
	}
	order := drawnRows(len(x)/d, o.Pool, o.Seed)
	pool, near := rowsOf(x, d, order), rowsOf(copies, d, order[:min(positive(o.Copies, closenessCopies), len(order))])
	by := o.divisors(x, d)
	pool, near = divided(pool, by), divided(near, by)
	kept := 0
	rivals := nearestOthers(near, pool, d)
	for i, rival := range rivals {
		if distance(row(near, d, i), row(pool, d, i)) <= rival {
			kept++
		}
	}
	return float64(kept) / float64(len(rivals))
}

// ratio is d/other; a copy that is equal to its parent is at ratio 0 even where
// the parent has a double, and any other one at infinity then.
func ratio(d, other float64) float64 {
	if d == 0 {
		return 0
	}
	return d / other
}

func positive(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

// drawnRows are pool of n examples in random order, or all where there are not more.
func drawnRows(n, pool int, root uint64) []int {
	order := seed.Stream(root, "closeness").Perm(n)
	return order[:min(positive(pool, closenessPool), n)]
}

// rowsOf are some rows of a matrix with d columns.
func rowsOf(x []float32, d int, order []int) []float32 {
	all := make([]float32, 0, len(order)*d)
	for _, i := range order {
		all = append(all, row(x, d, i)...)
	}
	return all
}

func row(x []float32, d, i int) []float32 { return x[i*d : (i+1)*d] }

func distance(a, b []float32) float64 {
	sum := 0.0
	for j, v := range a {
		d := float64(v) - float64(b[j])
		sum += d * d
	}
	return math.Sqrt(sum)
}

// nearestOthers returns the distance of each row i of x, [n, d], to its nearest
// row of pool, [m, d], that is not row i of the pool, its parent. It ranks by
// ‖b‖² − 2a·b, one matrix product a block, so that most of the work is in
// gonum's Gemm, then measures the best few again, without cancellation. The search
// of probe knn is another one: it runs on XLA, for which cgo is needed, and must
// find the k nearest even where float32 cannot tell them apart.
func nearestOthers(x, pool []float32, d int) []float64 {
	n, m := len(x)/d, len(pool)/d
	if most := max(largest(x), largest(pool)); most*most*float64(d) > math.MaxFloat32/4 { // as where 1e20 stands for a missing value
		return nearestByDistance(x, pool, d)
	}
	norms := make([]float32, m)
	for j := range norms {
		for _, v := range row(pool, d, j) {
			norms[j] += v * v
		}
	}
	best := make([]float64, n)
	parallel.Blocks(n, blockRows, func(blocks iter.Seq2[int, int]) {
		const width = 1024 // rows of the pool at a time: 64 × 1024 products are 256 KiB
		product := make([]float32, blockRows*width)
		for from, to := range blocks {
			var near [blockRows]candidates
			for left := 0; left < m; left += width {
				right := min(left+width, m)
				a := blas32.General{Rows: to - from, Cols: d, Stride: d, Data: x[from*d : to*d]}
				b := blas32.General{Rows: right - left, Cols: d, Stride: d, Data: pool[left*d : right*d]}
				c := blas32.General{Rows: to - from, Cols: right - left, Stride: right - left, Data: product[:(to-from)*(right-left)]}
				blas32.Gemm(blas.NoTrans, blas.Trans, -2, a, b, 0, c)
				for i := range to - from {
					for k, v := range row(c.Data, c.Cols, i) {
						if j := left + k; j != from+i {
							near[i].offer(j, norms[j]+v)
						}
					}
				}
			}
			for i := range to - from {
				best[from+i] = math.Inf(1)
				for _, j := range near[i].rows[:near[i].n] {
					best[from+i] = min(best[from+i], distance(row(x, d, from+i), row(pool, d, j)))
				}
			}
		}
	})
	return best
}

// nearestByDistance is nearestOthers in float64, for values whose squares float32
// does not hold.
func nearestByDistance(x, pool []float32, d int) []float64 {
	best := make([]float64, len(x)/d)
	parallel.For(len(best), func(i int) {
		best[i] = math.Inf(1)
		for j := range len(pool) / d {
			if j != i {
				best[i] = min(best[i], distance(row(x, d, i), row(pool, d, j)))
			}
		}
	})
	return best
}

// largest is the largest absolute value.
func largest(x []float32) float64 {
	var most float32
	for _, v := range x {
		most = max(most, v, -v)
	}
	return float64(most)
}

// candidates keeps the four rows with the smallest scores, best first.
type candidates struct {
	n      int
	rows   [4]int
	scores [4]float32
}

func (c *candidates) offer(j int, score float32) {
	if c.n == len(c.rows) && score >= c.scores[c.n-1] {
		return
	}
	c.n = min(c.n+1, len(c.rows))
	k := c.n - 1
	for ; k > 0 && c.scores[k-1] > score; k-- {
		c.rows[k], c.scores[k] = c.rows[k-1], c.scores[k-1]
	}
	c.rows[k], c.scores[k] = j, score
}
