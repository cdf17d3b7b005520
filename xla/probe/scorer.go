package probe

import (
	"context"
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/parallel"
	"github.com/seed-1a417598/memtest/xla"
)

// scorer classifies copies and fresh examples by scores: that of class k is
// w_k·x + b_k.
//
// Arrays are class-major: the row of class k under label set p is k·P+p. Then
// the scores [K·P, n] compare class by class in runs of n values. P is the same
// in every call, so that each program is compiled once; fewer label sets are
// filled up.
type scorer struct {
	engine   *xla.Engine
	classes  int
	chunk    int  // P
	resident bool // predictions stay on the device
	metric   Metric
	bare     bool            // only classes and the metric are wanted
	within   blocks          // of the metric's chance
	penalty  float64         // L2 penalty of the fits
	soft     bool            // scores are logarithms of probabilities but for a constant of the row
	less     [][]float32     // [sets of copies][n] taken off the scores of a row for the metric; nil = nothing
	mixing   bool            // the scores themselves are wanted, of the training features: see Mixing
	mixed    arrays.Matrix   // the training features, where lengths of their blends are taken off; else empty
	train    *tensors.Tensor // [n, d] centred, where it is on the device
	valid    []scored        // copies that are the training examples themselves may be train
	fresh    scored
	classify *xla.Program // weights, biases, features [rows, d] -> classes [P, rows], and scores [K·P, rows] if the metric needs them
	scores   *xla.Program // of one label set: weights [K, d], biases [K], features [rows, d] -> scores [rows, K]
}

// chunkBytes is the size of the largest array of a chunk, the scores of one set
// of copies: large enough to keep the cores busy, small enough that memory does
// not grow with the number of label sets.
const chunkBytes = 32 << 20

func chunkOf(n, classes int) int { return min(32, max(1, chunkBytes/(4*n*classes))) }

// bareScorer has no features and no programs yet.
func bareScorer(e *xla.Engine, p Problem) *scorer {
	return &scorer{engine: e, classes: p.Classes, chunk: chunkOn(e.Accelerator(), p.Train.Rows, p.Train.Cols, p.Classes), resident: p.resident(), metric: p.Metric, bare: p.Bare, within: newBlocks(p.Groups), mixing: p.Mixing != nil}
}

// scoring says whether the host needs scores, and not classes alone.
func (s *scorer) scoring() bool { return s.mixing || s.metric != Accuracy }

// newScorer uploads copies and fresh examples, centred, unless they are too large to stay
// on the device, and compiles nothing yet. train is the training features on the device,
// nil where they are not there; the scorer owns it, in the case of an error too.
func newScorer(e *xla.Engine, p Problem, c center, train *tensors.Tensor) (_ *scorer, err error) {
	s := bareScorer(e, p)
	s.train = train
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	for _, v := range p.Valid {
		if train != nil && v.Same(p.Train) && s.few(v.Rows) {
			s.valid = append(s.valid, scored{count: v.Rows, whole: train})
			continue
		}
		f, err := s.place(c.of(v))
		if err != nil {
			return nil, err
		}
		s.valid = append(s.valid, f)
	}
	if p.Fresh.Rows > 0 {
		if s.fresh, err = s.place(c.of(p.Fresh)); err != nil {
			return nil, err
		}
	}
	return s, s.compile(p.Classes)
}

// compile makes the programs of a scorer; they are compiled when they are first run.
func (s *scorer) compile(classes int) (err error) {
	e, scoring := s.engine, s.scoring()
	// The engine keeps programs, and what their functions name with them: that must not
	// be the features.
	size := fmt.Sprintf("of %d classes", classes)
	s.classify, err = e.Program(fmt.Sprintf("classify %s, scores %v", size, scoring), func(args []*Node) []*Node {
		w, b, x := args[0], args[1], args[2]
		rows, d := w.Shape().Dim(0), x.Shape().Dim(1)
		w.AssertDims(rows, d)
		b.AssertDims(rows)
		scores := Add(DotGeneral(w, []int{1}, nil, x, []int{1}, nil), ExpandAxes(b, -1))
		out := []*Node{argMaxClass(scores, classes)}
		if scoring {
			out = append(out, scores)
		}
		return out
	})
	if err != nil {
		return err
	}
	s.scores, err = e.Program("scores "+size, func(args []*Node) []*Node {
		w, b, x := args[0], args[1], args[2]
		w.AssertDims(classes, x.Shape().Dim(1))
		b.AssertDims(classes)
		return []*Node{Add(DotGeneral(x, []int{1}, nil, w, []int{1}, nil), ExpandAxes(b, 0))}
	})
	return err
}

// noProbabilities is the error of a probe that cannot give what the metric needs.
func noProbabilities(p Problem, name string) error {
	if p.Metric != LogLoss {
		return nil
	}
	return fmt.Errorf("the metric %v needs probabilities, which %s does not give; use softmax, knn or forest, or the metric %v", p.Metric, name, AUC)
}

func (s *scorer) newPredictions() Predictions {
	return Predictions{Valid: make([][][]int32, len(s.valid)), Penalty: s.penalty}
}

// model is what up to P label sets gave: weights [K·P, d] and biases [K·P].
type model []*tensors.Tensor

// free frees what models hold.
func free(models []model) {
	for _, m := range models {
		xla.Free(m...)
	}
}

// add classifies all copies by models of P label sets each, of which the last may be
// filled up, and appends what they say. Copies that do not stay on the device are brought
// there once for all models.
func (s *scorer) add(ctx context.Context, out *Predictions, models []model, labels [][]int32) error {
	if s.resident {
		return s.addOnDevice(ctx, out, models, labels)
	}
	together := len(models)
	if s.scoring() { // of which the host holds the scores of a model
		together = 1
	}
	for first := 0; first < len(models); first += together {
		last := min(len(models), first+together)
		part := labels[first*s.chunk : min(len(labels), last*s.chunk)]
		for v := range s.valid {
			if err := s.addTo(ctx, out, v, models[first:last], part); err != nil {
				return err
			}
		}
	}
	return nil
}

// addTo is add for a set of copies.
func (s *scorer) addTo(ctx context.Context, out *Predictions, v int, models []model, labels [][]int32) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	n := s.valid[v].count
	classes := make([][]int32, len(labels))
	for p := range classes {
		classes[p] = make([]int32, n)
	}
	scores := newHeld(s, n)
	err := s.blocks(ctx, s.valid[v], func(x *tensors.Tensor, first int) error {
		for i, m := range models {
			res, err := s.classify.Run(m[0], m[1], x)
			if err != nil {
				return err
			}
			err = xla.View(res[0], func(flat []int32) {
				rows := x.Shape().Dim(0)
				for p, to := range classes[i*s.chunk : min(len(labels), (i+1)*s.chunk)] {
					copy(to[first:], flat[p*rows:(p+1)*rows])
				}
			})
			if err == nil && s.scoring() {
				err = scores.put(res[1], first)
			}
			xla.Free(res...)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if s.mixing {
		out.unmixed.of = s
		out.unmixed.sets = append(out.unmixed.sets, scores.views(s, len(labels))...)
		return err
	}
	out.Valid[v] = append(out.Valid[v], classes...)
	if err == nil && s.metric != Accuracy {
		s.addValues(out, v, scores.flat, labels)
	}
	return err
}

// addValues appends the metric of scores [K·P, n] of a set of copies.
func (s *scorer) addValues(out *Predictions, v int, flat []float32, labels [][]int32) {
	n := len(labels[0])
	all := make([]measured, len(labels))
	parallel.For(len(labels), func(p int) {
		mine := newClassScores(s.classes, n)
		for k, column := range mine {
			copy(column, flat[(k*s.chunk+p)*n:])
			if s.less != nil {
				for i, less := range s.less[v] {
					column[i] -= less
				}
			}
		}
		if s.soft {
			mine.logSoftmax()
		}
		all[p] = s.metric.measure(mine, labels[p], s.within)
	})
	out.measured(v, all...)
}

// Chunk is how many label sets Predict takes: P, and more where features are brought to
// the device for each call.
func (s *scorer) Chunk() int {
	for _, f := range slices.Concat(s.valid, []scored{s.fresh}) {
		if f.rows == nil {
			continue
		}
		rows, d := f.rows.Dims()
		each := 4 * (rows*(len(s.valid)+1) + s.classes*(d+1) + s.heldScores())
		return s.chunk * max(1, min(rounds, roundBytes/each/s.chunk))
	}
	return s.chunk
}

func (s *scorer) Close() {
	all := []*tensors.Tensor{s.train, s.fresh.whole}
	for _, v := range s.valid {
		if v.whole != s.train {
			all = append(all, v.whole)
		}
	}
	xla.Free(all...)
}
