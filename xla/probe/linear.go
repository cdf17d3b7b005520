package probe

import (
	"context"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
)

// linear is a fitted probe whose score of class k is w_k·x + b_k, where the
// weights of all label sets come from one product with their class sums.
//
// Arrays are class-major: the row of class k under label set p is k·P+p. Then
// the scores [K·P, n] compare class by class in runs of n values.
type linear struct {
	engine   *xla.Engine
	classes  int
	chunk    int
	train    *tensors.Tensor   // [n, d] centred
	valid    []*tensors.Tensor // [n, d] centred
	fresh    *tensors.Tensor   // [m, d] centred, or nil
	shared   []*tensors.Tensor // what the probe prepared
	fit      *xla.Program      // train, labels [P, n], shared... -> weights [K·P, d], biases [K·P]
	classify *xla.Program      // weights, biases, features [n, d] -> classes [P, n]
	scores   *xla.Program      // of one label set: weights [K, d], biases [K], features [r, d] -> scores [r, K]
}

// chunkBytes is the size of the largest array of a chunk, the scores of one set
// of copies: large enough to keep the cores busy, small enough that memory does
// not grow with the number of label sets.
const chunkBytes = 32 << 20

func chunkOf(n, classes int) int { return min(32, max(1, chunkBytes/(4*n*classes))) }

// newLinear uploads centred data and compiles nothing yet. kind names weigh, which turns class
// sums [K·P, d] and class counts [K·P] into weights and biases.
func newLinear(e *xla.Engine, d Data, kind string, shared []*tensors.Tensor, weigh func(sums, counts *Node, n int, shared []*Node) (w, b *Node)) (_ *linear, err error) {
	l := &linear{engine: e, classes: d.Classes, shared: shared, chunk: chunkOf(d.Train.Rows, d.Classes)}
	defer func() {
		if err != nil {
			l.Close()
		}
	}()
	if l.train, err = e.Upload(d.Train); err != nil {
		return nil, err
	}
	for _, v := range d.Valid {
		t, err := e.Upload(v)
		if err != nil {
			return nil, err
		}
		l.valid = append(l.valid, t)
	}
	if d.Fresh.Rows > 0 {
		if l.fresh, err = e.Upload(d.Fresh); err != nil {
			return nil, err
		}
	}
	size := fmt.Sprintf("of %d classes", d.Classes)
	l.fit, err = e.Program(fmt.Sprintf("fit %s %s, n = %d", kind, size, d.Train.Rows), func(args []*Node) []*Node {
		x, labels := args[0], args[1]
		hot := oneHot(labels, d.Classes)
		w, b := weigh(Dot(hot, x), ReduceSum(hot, -1), d.Train.Rows, args[2:])
		return []*Node{w, b}
	})
	if err != nil {
		return nil, err
	}
	l.classify, err = e.Program("classify "+size, func(args []*Node) []*Node {
		w, b, x := args[0], args[1], args[2]
		scores := Add(DotGeneral(w, []int{1}, nil, x, []int{1}, nil), ExpandAxes(b, -1))
		return []*Node{argMaxClass(scores, d.Classes)}
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
	return l.predictWith(ctx, labels, observed, func(flat []int32) ([]*tensors.Tensor, error) {
		y, err := xla.Tensor(l.engine, flat, len(labels), len(flat)/len(labels))
		if err != nil {
			return nil, err
		}
		defer xla.Free(y)
		args := []any{l.train, y}
		for _, t := range l.shared {
			args = append(args, t)
		}
		return l.fit.Run(args...)
	})
}

// predictWith predicts by the weights [K·P, d] and biases [K·P] that fit gives
// for flat labels [P·n].
func (l *linear) predictWith(ctx context.Context, labels [][]int32, observed bool, fit func(flat []int32) ([]*tensors.Tensor, error)) (Predictions, error) {
	n := len(labels[0])
	model, err := fit(slices.Concat(labels...))
	if err != nil {
		return Predictions{}, err
	}
	defer xla.Free(model...)
	var out Predictions
	for _, v := range l.valid {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		res, err := l.classify.Run(model[0], model[1], v)
		if err != nil {
			return out, err
		}
		classes, err := xla.Download[int32](res[0])
		xla.Free(res...)
		if err != nil {
			return out, err
		}
		sets := make([][]int32, len(labels))
		for i := range sets {
			sets[i] = classes[i*n : (i+1)*n]
		}
		out.Valid = append(out.Valid, sets)
	}
	if observed {
		err = l.addObserved(&out, model, labels[0])
	}
	return out, err
}

// addObserved adds what is wanted of the fit to the first label set only.
func (l *linear) addObserved(out *Predictions, model []*tensors.Tensor, labels []int32) error {
	first, err := l.firstFit(model)
	if err != nil {
		return err
	}
	defer xla.Free(first...)
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
		row := scores.Row(i)
		for k, s := range row {
			if s > row[out.Fresh[i]] {
				out.Fresh[i] = int32(k)
			}
		}
	}
	return nil
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
func (l *linear) scoresOf(fit []*tensors.Tensor, features *tensors.Tensor) (xla.Matrix, error) {
	res, err := l.scores.Run(fit[0], fit[1], features)
	if err != nil {
		return xla.Matrix{}, err
	}
	defer xla.Free(res...)
	flat, err := xla.Download[float32](res[0])
	return xla.Matrix{Rows: len(flat) / l.classes, Cols: l.classes, Data: flat}, err
}

func (l *linear) Close() {
	xla.Free(l.train, l.fresh)
	xla.Free(l.valid...)
	xla.Free(l.shared...)
}
