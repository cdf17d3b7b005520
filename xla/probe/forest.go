package probe

import (
	"context"
	"fmt"
	"math"
	"unsafe"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/memory"
	"github.com/seed-1a417598/memtest/datasets/parallel"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/xla"
)

// Forest is a random forest (Breiman 2001) by the rule of scikit-learn's
// RandomForestClassifier: each tree is grown on a bootstrap sample, looks at √d
// columns for a split, and the class of greatest mean share in the leaves wins.
//
// It is slow: label sets share nothing but the order of the columns, so each
// costs a whole fit, seconds for thousands of examples. It runs on the
// processor, whatever the backend.
//
// Tree t draws from the stream "forest", t of the seed, whatever the label set:
// a forest is then a function of its labels, like every other probe. Its draws
// go by the number of an example, so another order of the examples gives another
// forest.
type Forest struct {
	Trees int // 1 or more; 0 = 100
}

const (
	defaultTrees = 100
	mostTrees    = 100_000
)

func (f Forest) trees() int {
	if f.Trees == 0 {
		return defaultTrees
	}
	return f.Trees
}

func (f Forest) Name() string { return named("forest", f.trees(), defaultTrees) }

func (f Forest) Prepare(ctx context.Context, _ *xla.Engine, p Problem) (Fitted, error) {
	if err := f.fits(p.Train.Rows, len(p.Valid)); err != nil {
		return nil, err
	}
	return &forest{Problem: p, trees: f.trees(), columns: newColumns(p.Train), within: newBlocks(p.Groups)}, ctx.Err()
}

// fits needs the memory of the trees: one that is grown out has about half as many
// inner nodes as there are examples, at the least.
func (f Forest) fits(rows, _ int) error {
	if rows > math.MaxInt32 {
		return fmt.Errorf("%d examples are too many for a forest", rows)
	}
	if err := memory.Enough(memory.Product(f.trees(), rows/2, int(unsafe.Sizeof(node{}))), fmt.Sprintf("a forest of %d trees on %d examples", f.trees(), rows)); err != nil {
		return fmt.Errorf("%w; choose fewer trees", err)
	}
	return nil
}

// forest is a Forest that knows its features.
type forest struct {
	Problem
	trees   int
	columns columns
	within  blocks // of the metric's chance
}

func (f *forest) Chunk() int { return 1 }
func (f *forest) Close()     {}

func (f *forest) Predict(ctx context.Context, labels [][]int32, observed bool) (Predictions, error) {
	out := Predictions{Valid: make([][][]int32, len(f.Valid))}
	for p, y := range labels {
		trees, err := f.grow(ctx, y)
		if err != nil {
			return out, err
		}
		for v, copies := range f.Valid {
			shares := f.shares(trees, copies)
			out.Valid[v] = append(out.Valid[v], classesOf(shares, f.Classes))
			if f.Metric != Accuracy {
				out.measured(v, f.measure(shares, y))
			}
			if observed && p == 0 {
				margins := make([]float32, len(y))
				for i := range margins {
					margins[i] = margin(shares[i*f.Classes:(i+1)*f.Classes], y[i])
				}
				out.Margins = append(out.Margins, margins)
			}
		}
		if observed && p == 0 && f.Fresh.Rows > 0 {
			out.Fresh = classesOf(f.shares(trees, f.Fresh), f.Classes)
		}
	}
	return out, ctx.Err()
}

// grow grows the trees of one label set.
func (f *forest) grow(ctx context.Context, labels []int32) ([]tree, error) {
	trees := make([]tree, f.trees)
	parallel.For(f.trees, func(t int) {
		if ctx.Err() != nil {
			return
		}
		g := grower{columns: f.columns, labels: labels, classes: f.Classes, random: seed.Stream(f.Seed, "forest", t)}
		g.tries = max(1, int(math.Sqrt(float64(f.Train.Cols))))
		trees[t] = g.grow()
	})
	return trees, ctx.Err()
}

// shares are the mean shares of the classes in the leaves of each row [rows·K].
func (f *forest) shares(trees []tree, m arrays.Matrix) []float64 {
	out := make([]float64, m.Rows*f.Classes)
	const rows = 64 // a task: a tree stays in the cache for all of them
	parallel.For((m.Rows+rows-1)/rows, func(task int) {
		for _, t := range trees {
			for i := task * rows; i < min(m.Rows, (task+1)*rows); i++ {
				mine := out[i*f.Classes : (i+1)*f.Classes]
				if leaf := t.leaf(m.Row(i)); leaf.left >= 0 {
					mine[leaf.left]++
				} else {
					for k, s := range leaf.shares {
						mine[k] += s
					}
				}
			}
		}
		for i := task * rows * f.Classes; i < min(len(out), (task+1)*rows*f.Classes); i++ {
			out[i] /= float64(len(trees))
		}
	})
	return out
}

func classesOf(shares []float64, classes int) []int32 {
	out := make([]int32, len(shares)/classes)
	for i := range out {
		out[i] = argMax(shares[i*classes : (i+1)*classes])
	}
	return out
}

// measure is the metric of shares [n·K].
func (f *forest) measure(shares []float64, labels []int32) measured {
	scores := newClassScores(f.Classes, len(labels))
	for i := range labels {
		for k, column := range scores {
			column[i] = float32(shares[i*f.Classes+k])
		}
	}
	if f.Metric == LogLoss {
		scores.logShares(f.trees)
	}
	return f.Metric.measure(scores, labels, f.within)
}
