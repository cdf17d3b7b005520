package probe

import (
	"context"
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/memory"
	"github.com/seed-1a417598/memtest/datasets/parallel"
	"github.com/seed-1a417598/memtest/xla"
)

// KNN votes among the K nearest training examples in Euclidean distance, the
// smallest class of equal votes, as scikit-learn's KNeighborsClassifier does; of
// equally near examples the earlier one is nearer. The search is exact and does
// not depend on labels, so it is done once; a label set costs n·K look-ups.
type KNN struct {
	K int // neighbours, 1 or more; 0 = 5
}

const defaultNeighbours = 5

func (k KNN) neighbours() int {
	if k.K == 0 {
		return defaultNeighbours
	}
	return k.K
}

func (k KNN) Name() string { return named("knn", k.neighbours(), defaultNeighbours) }

func (k KNN) Prepare(ctx context.Context, e *xla.Engine, p Problem) (Fitted, error) {
	if err := k.fits(p.Train.Rows, len(p.Valid)); err != nil {
		return nil, err
	}
	want := k.neighbours()
	p.Data, _ = p.inUnit()
	c := p.center() // distances do not change with the origin, but their float32 rounding does
	s, err := newSearch(e, c.of(p.Train), want)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if p.OnDevice || e.Accelerator() {
		if err := s.pickOnDevice(); err != nil {
			return nil, err
		}
	}
	f := &neighbours{k: want, n: p.Train.Rows, classes: p.Classes, metric: p.Metric, within: newBlocks(p.Groups)}
	for _, v := range p.Valid {
		found, err := s.nearest(ctx, c.of(v))
		if err != nil {
			return nil, err
		}
		f.valid = append(f.valid, found)
		f.parents = append(f.parents, parentShare(found, want))
	}
	if p.Fresh.Rows > 0 {
		if f.fresh, err = s.nearest(ctx, c.of(p.Fresh)); err != nil {
			return nil, err
		}
	}
	if p.resident() && p.Classes <= manyClasses { // more would take XLA long to compile
		return f.onDevice(e, p)
	}
	return f, nil
}

// fits needs as many examples as neighbours, and the memory that the numbers of those
// take.
func (k KNN) fits(rows, copies int) error {
	want := k.neighbours()
	if want > rows {
		return fmt.Errorf("%d neighbours are more than the %d training examples; choose fewer", want, rows)
	}
	if err := memory.Enough(4*memory.Product(rows, want, copies), fmt.Sprintf("a list of %d neighbours of each of %d copies", want, rows)); err != nil {
		return fmt.Errorf("%w; choose fewer", err)
	}
	return nil
}

// neighbours is a fitted k-NN probe: for every row the numbers of its k nearest
// training examples, nearest first.
type neighbours struct {
	k, n, classes int
	metric        Metric
	within        blocks
	valid         [][]int32 // [sets of copies][n·k]
	fresh         []int32   // [m·k]
	parents       []float64 // see Predictions
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

// Chunk holds up to 64 label sets, fewer where labels and classes would take
// more than chunkBytes.
func (f *neighbours) Chunk() int {
	return max(1, min(64, chunkBytes/(4*f.n*(len(f.valid)+1))))
}

func (f *neighbours) Close() {}

func (f *neighbours) Predict(ctx context.Context, labels [][]int32, observed bool) (Predictions, error) {
	out := Predictions{Parents: f.parents}
	for v, found := range f.valid {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		sets := make([][]int32, len(labels))
		parallel.For(len(labels), func(p int) { sets[p] = f.vote(found, labels[p]) })
		out.Valid = append(out.Valid, sets)
		if f.metric != Accuracy {
			all := make([]measured, len(labels))
			parallel.For(len(labels), func(p int) {
				shares := f.shares(found, labels[p])
				if f.metric == LogLoss {
					shares.logShares(f.k)
				}
				all[p] = f.metric.measure(shares, labels[p], f.within)
			})
			out.measured(v, all...)
		}
	}
	if observed {
		f.addObserved(&out, labels[0])
	}
	return out, ctx.Err()
}

// addObserved adds what is wanted of the real labels only.
func (f *neighbours) addObserved(out *Predictions, labels []int32) {
	if f.fresh != nil {
		out.Fresh = f.vote(f.fresh, labels)
	}
	for _, found := range f.valid {
		out.Margins = append(out.Margins, f.margins(found, labels))
	}
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

// shares are the shares of each row's votes.
func (f *neighbours) shares(found, labels []int32) classScores {
	rows := len(found) / f.k
	out := newClassScores(f.classes, rows)
	for i := range rows {
		for _, j := range found[i*f.k : (i+1)*f.k] {
			out[labels[j]][i]++
		}
	}
	for _, column := range out {
		for i := range column {
			column[i] /= float32(f.k)
		}
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
			votes[labels[j]]++
		}
		out[i] = margin(votes, labels[i]) / float32(f.k)
	}
	return out
}
