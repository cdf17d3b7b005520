package probe

import (
	"context"
	"fmt"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

// linear is a fitted probe whose score of class k is w_k·x + b_k, where the
// weights of all label sets come from one product with their class sums.
//
// Arrays are class-major: the row of class k under label set p is k·P+p. Then
// the scores [K·P, n] compare class by class in runs of n values. P is the same
// in every call, so that each program is compiled once; fewer label sets are
// filled up.
type linear struct {
	engine   *xla.Engine
	classes  int
	chunk    int // P
	metric   Metric
	strength float64
	soft     bool              // scores are logarithms of probabilities but for a constant of the row
	less     [][]float32       // [sets of copies][n] taken off the scores of a row for the metric; nil = nothing
	train    *tensors.Tensor   // [n, d] centred
	valid    []*tensors.Tensor // [n, d] centred
	fresh    *tensors.Tensor   // [m, d] centred, or nil
	shared   []*tensors.Tensor // what the probe prepared
	fit      *xla.Program      // train, labels [P, n], shared... -> weights [K·P, d], biases [K·P]
	classify *xla.Program      // weights, biases, features [n, d] -> classes [P, n], and scores [K·P, n] if the metric needs them
	scores   *xla.Program      // of one label set: weights [K, d], biases [K], features [r, d] -> scores [r, K]
}

// chunkBytes is the size of the largest array of a chunk, the scores of one set
// of copies: large enough to keep the cores busy, small enough that memory does
// not grow with the number of label sets.
const chunkBytes = 32 << 20

func chunkOf(n, classes int) int { return min(32, max(1, chunkBytes/(4*n*classes))) }

// newLinear uploads centred data and compiles nothing yet. weigh turns class
// sums [K·P, d] and class counts [K·P] into weights and biases; kind names it.
// The linear owns the shared tensors, in the case of an error too.
func newLinear(e *xla.Engine, p Problem, kind string, shared []*tensors.Tensor, weigh func(sums, counts *Node, n int, shared []*Node) (w, b *Node)) (_ *linear, err error) {
	n, classes := p.Train.Rows, p.Classes
	l := &linear{engine: e, classes: classes, chunk: chunkOf(n, classes), metric: p.Metric, shared: shared}
	defer func() {
		if err != nil {
			l.Close()
		}
	}()
	if l.train, err = e.Upload(p.Train); err != nil {
		return nil, err
	}
	for _, v := range p.Valid {
		t, err := e.Upload(v)
		if err != nil {
			return nil, err
		}
		l.valid = append(l.valid, t)
	}
	if p.Fresh.Rows > 0 {
		if l.fresh, err = e.Upload(p.Fresh); err != nil {
			return nil, err
		}
	}
	size := fmt.Sprintf("of %d classes", classes)
	l.fit, err = e.Program(fmt.Sprintf("fit %s %s, n = %d", kind, size, n), func(args []*Node) []*Node {
		x, labels := args[0], args[1]
		hot := oneHot(labels, classes)
		w, b := weigh(Dot(hot, x), ReduceSum(hot, -1), n, args[2:])
		return []*Node{w, b}
	})
	if err != nil {
		return nil, err
	}
	l.classify, err = e.Program(fmt.Sprintf("classify %s for %v", size, p.Metric), func(args []*Node) []*Node {
		w, b, x := args[0], args[1], args[2]
		scores := Add(DotGeneral(w, []int{1}, nil, x, []int{1}, nil), ExpandAxes(b, -1))
		out := []*Node{argMaxClass(scores, classes)}
		if p.Metric != Accuracy {
			out = append(out, scores)
		}
		return out
	})
	if err != nil {
		return nil, err
	}
	l.scores, err = e.Program("scores "+size, func(args []*Node) []*Node {
		w, b, x := args[0], args[1], args[2]
		return []*Node{Add(DotGeneral(x, []int{1}, nil, w, []int{1}, nil), ExpandAxes(b, 0))}
	})
	return l, err
}

// noProbabilities is the error of a probe that cannot give what the metric needs.
func noProbabilities(p Problem, name string) error {
	if p.Metric != LogLoss {
		return nil
	}
	return fmt.Errorf("the metric %v needs probabilities, which %s does not give; use softmax, knn or forest, or the metric %v", p.Metric, name, AUC)
}

// oneHot turns labels [P, n] into indicators [K·P, n].
func oneHot(labels *Node, classes int) *Node {
	p, n := labels.Shape().Dim(0), labels.Shape().Dim(1)
	all := BroadcastToDims(ExpandAxes(labels, 0), classes, p, n)
	class := Iota(labels.Graph(), shapes.Make(labels.DType(), classes, p, n), 0)
	return Reshape(ConvertDType(Equal(all, class), dtypes.Float32), classes*p, n)
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

func (l *linear) Chunk() int { return l.chunk }

func (l *linear) Predict(ctx context.Context, labels [][]int32, observed bool) (Predictions, error) {
	y, err := l.uploadLabels(labels)
	if err != nil {
		return Predictions{}, err
	}
	defer xla.Free(y)
	args := []any{l.train, y}
	for _, t := range l.shared {
		args = append(args, t)
	}
	model, err := l.fit.Run(args...)
	if err != nil {
		return Predictions{}, err
	}
	defer xla.Free(model...)
	out := l.newPredictions()
	if err := l.add(ctx, &out, model, labels); err != nil {
		return out, err
	}
	if observed {
		err = l.addObserved(&out, model, labels[0])
	}
	return out, err
}

// uploadLabels makes the tensor [P, n] of up to P label sets, filled up with
// repeats of the first.
func (l *linear) uploadLabels(labels [][]int32) (*tensors.Tensor, error) {
	n := len(labels[0])
	flat := make([]int32, l.chunk*n)
	for p := range l.chunk {
		if p < len(labels) {
			copy(flat[p*n:], labels[p])
		} else {
			copy(flat[p*n:], labels[0])
		}
	}
	return xla.Tensor(l.engine, flat, l.chunk, n)
}

func (l *linear) newPredictions() Predictions {
	out := Predictions{Valid: make([][][]int32, len(l.valid)), Strength: l.strength}
	if l.metric != Accuracy {
		out.Values, out.Chance = make([][]float64, len(l.valid)), make([][]float64, len(l.valid))
	}
	return out
}

// add classifies all copies by a model of up to P label sets, weights [K·P, d]
// and biases [K·P], and appends what it says.
func (l *linear) add(ctx context.Context, out *Predictions, model []*tensors.Tensor, labels [][]int32) error {
	n := len(labels[0])
	for v, copies := range l.valid {
		if err := ctx.Err(); err != nil {
			return err
		}
		res, err := l.classify.Run(model[0], model[1], copies)
		if err != nil {
			return err
		}
		classes, err := xla.Download[int32](res[0])
		if err == nil && l.metric != Accuracy {
			err = l.addValues(out, v, res[1], labels)
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
func (l *linear) addValues(out *Predictions, v int, scores *tensors.Tensor, labels [][]int32) error {
	n := len(labels[0])
	values, chance := make([]float64, len(labels)), make([]float64, len(labels))
	err := xla.View(scores, func(flat []float32) {
		xla.Parallel(len(labels), func(p int) {
			mine := newClassScores(l.classes, n)
			for k, column := range mine {
				copy(column, flat[(k*l.chunk+p)*n:])
				if l.less != nil {
					for i, less := range l.less[v] {
						column[i] -= less
					}
				}
			}
			if l.soft {
				mine.logSoftmax()
			}
			values[p], chance[p] = l.metric.measure(mine, labels[p])
		})
	})
	out.Values[v], out.Chance[v] = append(out.Values[v], values...), append(out.Chance[v], chance...)
	return err
}

// addObserved adds what is wanted of the fit to the first label set only.
func (l *linear) addObserved(out *Predictions, model []*tensors.Tensor, labels []int32) error {
	first, err := l.firstFit(model)
	defer xla.Free(first...)
	if err != nil {
		return err
	}
	for _, v := range l.valid {
		scores, err := l.scoresOf(first, v)
		if err != nil {
			return err
		}
		margins := make([]float32, len(labels))
		for i := range margins {
			margins[i] = margin(scores.Row(i), labels[i])
		}
		out.Margins = append(out.Margins, margins)
	}
	if l.fresh == nil {
		return nil
	}
	scores, err := l.scoresOf(first, l.fresh)
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
func (l *linear) firstFit(model []*tensors.Tensor) ([]*tensors.Tensor, error) {
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
	for k := range l.classes {
		row := k * l.chunk
		firstW = append(firstW, w[row*d:(row+1)*d]...)
		firstB = append(firstB, b[row])
	}
	wt, err := xla.Tensor(l.engine, firstW, l.classes, d)
	if err != nil {
		return nil, err
	}
	bt, err := xla.Tensor(l.engine, firstB, l.classes)
	return []*tensors.Tensor{wt, bt}, err
}

// scoresOf are the scores [rows, K] of one fit.
func (l *linear) scoresOf(fit []*tensors.Tensor, features *tensors.Tensor) (arrays.Matrix, error) {
	res, err := l.scores.Run(fit[0], fit[1], features)
	if err != nil {
		return arrays.Matrix{}, err
	}
	defer xla.Free(res...)
	flat, err := xla.Download[float32](res[0])
	return arrays.Matrix{Rows: len(flat) / l.classes, Cols: l.classes, Data: flat}, err
}

func (l *linear) Close() {
	xla.Free(l.train, l.fresh)
	xla.Free(l.valid...)
	xla.Free(l.shared...)
}
