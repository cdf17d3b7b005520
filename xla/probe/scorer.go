package probe

import (
	"context"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
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
	within   blocks            // of the metric's chance
	penalty  float64           // L2 penalty of the fits
	soft     bool              // scores are logarithms of probabilities but for a constant of the row
	less     [][]float32       // [sets of copies][n] taken off the scores of a row for the metric; nil = nothing
	train    *tensors.Tensor   // [n, d] centred, where it is on the device
	valid    []*tensors.Tensor // [n, d] centred; copies that are the training examples themselves are train
	fresh    *tensors.Tensor   // [m, d] centred, or nil
	classify *xla.Program      // weights, biases, features [n, d] -> classes [P, n], and scores [K·P, n] if the metric needs them
	scores   *xla.Program      // of one label set: weights [K, d], biases [K], features [r, d] -> scores [r, K]
}

// chunkBytes is the size of the largest array of a chunk, the scores of one set
// of copies: large enough to keep the cores busy, small enough that memory does
// not grow with the number of label sets.
const chunkBytes = 32 << 20

func chunkOf(n, classes int) int { return min(32, max(1, chunkBytes/(4*n*classes))) }

// bareScorer has no features and no programs yet.
func bareScorer(e *xla.Engine, p Problem) *scorer {
	return &scorer{engine: e, classes: p.Classes, chunk: chunkOn(e.Accelerator(), p.Train.Rows, p.Classes), resident: p.resident(), metric: p.Metric, within: newBlocks(p.Groups)}
}

// newScorer uploads copies and fresh examples, centred, and compiles nothing yet. train is
// the training features on the device, nil where they are not there; the scorer owns it,
// in the case of an error too.
func newScorer(e *xla.Engine, p Problem, c *centred, train *tensors.Tensor) (_ *scorer, err error) {
	s := bareScorer(e, p)
	s.train = train
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	for _, v := range p.Valid {
		if t := s.train; t != nil && v.Same(p.Train) {
			s.valid = append(s.valid, t)
			continue
		}
		t, err := e.Upload(c.of(v))
		if err != nil {
			return nil, err
		}
		s.valid = append(s.valid, t)
	}
	if p.Fresh.Rows > 0 {
		if s.fresh, err = e.Upload(c.of(p.Fresh)); err != nil {
			return nil, err
		}
	}
	return s, s.compile(p.Metric, p.Classes)
}

// compile makes the programs of a scorer; they are compiled when they are first run.
func (s *scorer) compile(metric Metric, classes int) (err error) {
	e := s.engine
	// The engine keeps programs, and what their functions name with them: that must not
	// be the features.
	size := fmt.Sprintf("of %d classes", classes)
	s.classify, err = e.Program(fmt.Sprintf("classify %s for %v", size, metric), func(args []*Node) []*Node {
		w, b, x := args[0], args[1], args[2]
		rows, d := w.Shape().Dim(0), x.Shape().Dim(1)
		w.AssertDims(rows, d)
		b.AssertDims(rows)
		scores := Add(DotGeneral(w, []int{1}, nil, x, []int{1}, nil), ExpandAxes(b, -1))
		out := []*Node{argMaxClass(scores, classes)}
		if metric != Accuracy {
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

// argMaxClass returns the class of greatest score, the smallest of equal ones:
// scores [K·P, n] -> [P, n]. K comparisons of whole rows run at the speed of
// memory; XLA's ArgMax on the CPU goes element by element.
func argMaxClass(scores *Node, classes int) *Node {
	p, n := scores.Shape().Dim(0)/classes, scores.Shape().Dim(1)
	class := func(k int) *Node { return Slice(scores, AxisRange(k*p, (k+1)*p)) }
	best, arg := class(0), Zeros(scores.Graph(), shapes.Make(dtypes.Int32, p, n))
	for k := 1; k < classes; k++ {
		s := class(k)
		better := GreaterThan(s, best)
		best = Where(better, s, best)
		arg = Where(better, AddScalar(ZerosLike(arg), k), arg)
	}
	return arg
}

func (s *scorer) newPredictions() Predictions {
	return Predictions{Valid: make([][][]int32, len(s.valid)), Penalty: s.penalty}
}

// add classifies all copies by a model of up to P label sets, weights [K·P, d]
// and biases [K·P], and appends what it says.
func (s *scorer) add(ctx context.Context, out *Predictions, model []*tensors.Tensor, labels [][]int32) error {
	if s.resident {
		return s.addOnDevice(ctx, out, model, labels)
	}
	n := len(labels[0])
	for v, copies := range s.valid {
		if err := ctx.Err(); err != nil {
			return err
		}
		res, err := s.classify.Run(model[0], model[1], copies)
		if err != nil {
			return err
		}
		classes, err := xla.Download[int32](res[0])
		if err == nil && s.metric != Accuracy {
			err = s.addValues(out, v, res[1], labels)
		}
		xla.Free(res...)
		if err != nil {
			return err
		}
		for p := range labels {
			out.Valid[v] = append(out.Valid[v], classes[p*n:(p+1)*n:(p+1)*n])
		}
	}
	return nil
}

// addValues appends the metric of scores [K·P, n] of a set of copies.
func (s *scorer) addValues(out *Predictions, v int, scores *tensors.Tensor, labels [][]int32) error {
	n := len(labels[0])
	all := make([]measured, len(labels))
	err := xla.View(scores, func(flat []float32) {
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
	})
	out.measured(v, all...)
	return err
}

// addObserved adds what is wanted of the fit to the first label set only.
func (s *scorer) addObserved(out *Predictions, model []*tensors.Tensor, labels []int32) error {
	first, err := s.firstFit(model)
	defer xla.Free(first...)
	if err != nil {
		return err
	}
	for _, v := range s.valid {
		scores, err := s.scoresOf(first, v)
		if err != nil {
			return err
		}
		margins := make([]float32, len(labels))
		for i := range margins {
			margins[i] = margin(scores.Row(i), labels[i])
		}
		out.Margins = append(out.Margins, margins)
	}
	if s.fresh == nil {
		return nil
	}
	scores, err := s.scoresOf(first, s.fresh)
	if err != nil {
		return err
	}
	out.Fresh = make([]int32, scores.Rows)
	for i := range out.Fresh {
		out.Fresh[i] = argMax(scores.Row(i))
	}
	return nil
}

// argMax is the class of greatest score, the smallest of equal ones.
func argMax[T float32 | float64](scores []T) int32 {
	best := 0
	for k, s := range scores {
		if s > scores[best] {
			best = k
		}
	}
	return int32(best)
}

// margin is the score of a class less the best score of the others.
func margin[T float32 | float64](scores []T, class int32) float32 {
	other := 0
	if class == 0 {
		other = 1
	}
	for k, s := range scores {
		if int32(k) != class && s > scores[other] {
			other = k
		}
	}
	return float32(scores[class] - scores[other])
}

// firstFit is the weights [K, d] and biases [K] of the first label set.
func (s *scorer) firstFit(model []*tensors.Tensor) ([]*tensors.Tensor, error) {
	w, err := xla.Download[float32](model[0])
	if err != nil {
		return nil, err
	}
	b, err := xla.Download[float32](model[1])
	if err != nil {
		return nil, err
	}
	d := len(w) / len(b)
	var firstW, firstB []float32
	for k := range s.classes {
		row := k * s.chunk
		firstW = append(firstW, w[row*d:(row+1)*d]...)
		firstB = append(firstB, b[row])
	}
	wt, err := xla.Tensor(s.engine, firstW, s.classes, d)
	if err != nil {
		return nil, err
	}
	bt, err := xla.Tensor(s.engine, firstB, s.classes)
	return []*tensors.Tensor{wt, bt}, err
}

// scoresOf are the scores [rows, K] of one fit.
func (s *scorer) scoresOf(fit []*tensors.Tensor, features *tensors.Tensor) (arrays.Matrix, error) {
	res, err := s.scores.Run(fit[0], fit[1], features)
	if err != nil {
		return arrays.Matrix{}, err
	}
	defer xla.Free(res...)
	flat, err := xla.Download[float32](res[0])
	return arrays.Matrix{Rows: len(flat) / s.classes, Cols: s.classes, Data: flat}, err
}

func (s *scorer) Chunk() int { return s.chunk }

func (s *scorer) Close() {
	xla.Free(s.fresh, s.train)
	xla.Free(slices.DeleteFunc(s.valid, func(t *tensors.Tensor) bool { return t == s.train })...)
}
