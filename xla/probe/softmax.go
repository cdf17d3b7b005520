package probe

import (
	"context"

	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

// SoftmaxRegression is multinomial logistic regression with an L2 penalty and a
// free intercept, scikit-learn's LogisticRegression with C = 1/Lambda: it
// minimizes
//
//	f(W, b) = Σ_i −log softmax(W·x_i + b)[y_i] + λ/2 |W|².
//
// With two classes scikit-learn penalizes the difference of their weights
// instead, so its C is then 2/Lambda.
//
// The minimum is unique, and every label set, observed or shuffled, is iterated
// until the same bound on its distance holds, so all are treated alike. A class
// that a label set lacks is never predicted.
type SoftmaxRegression struct {
	Lambda float64 // λ > 0; 0 = chosen on the real labels by generalized cross-validation, see choosePenalty
}

func (s SoftmaxRegression) Name() string { return namedPenalty("softmax", s.Lambda) }

func (s SoftmaxRegression) Prepare(ctx context.Context, e *xla.Engine, p Problem) (Fitted, error) {
	p.Data = p.center()
	if s.Lambda == 0 {
		var err error
		if s.Lambda, err = choosePenalty(ctx, e, p, float64(p.Classes)); err != nil {
			return nil, err
		}
	}
	p.Data = p.withConstant()
	l, err := newLinear(e, p, "softmax", nil, nil)
	if err != nil {
		return nil, err
	}
	l.penalty, l.soft = s.Lambda, true
	f := &softmax{linear: l, whitening: &whitening{}, corrections: &corrections{}, tolerance: softmaxTolerance, iterations: softmaxIterations}
	if err := f.prepare(ctx, p.Train, s.Lambda); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// columnsOf is what the number of columns is filled up to a multiple of: products
// with a column left over are a tenth slower.
const columnsOf = 16

// withConstant adds a column of ones, the last, which carries the intercept, and
// before it columns of zeros, whose weights stay 0.
func (d Data) withConstant() Data {
	return d.each(func(m arrays.Matrix) arrays.Matrix {
		cols := (m.Cols + columnsOf) / columnsOf * columnsOf
		to := arrays.Matrix{Rows: m.Rows, Cols: cols, Data: make([]float32, m.Rows*cols)}
		xla.Parallel(m.Rows, func(i int) {
			copy(to.Row(i), m.Row(i))
			to.Row(i)[cols-1] = 1
		})
		return to
	})
}

// roundBytes bounds what a call of Predict holds of all its label sets, and rounds
// how many times P they are: the more there are, the more seldom are places empty.
const roundBytes, rounds = 64 << 20, 16

func (f *softmax) Chunk() int {
	n, d := f.train.Shape().Dim(0), f.train.Shape().Dim(1)
	each := 4 * (n*(1+len(f.valid)) + f.classes*d)
	return max(f.chunk, min(rounds*f.chunk, roundBytes/each))
}

func (f *softmax) Predict(ctx context.Context, labels [][]int32, observed bool) (Predictions, error) {
	var weights [][]float32
	rest := labels
	if observed { // it takes more iterations than the others, which it need not keep company
		first, err := f.solve(ctx, labels[:1], 1)
		if err != nil {
			return Predictions{}, err
		}
		weights, rest = first, labels[1:]
	}
	if len(rest) > 0 {
		more, err := f.solve(ctx, rest, f.chunk)
		if err != nil {
			return Predictions{}, err
		}
		weights = append(weights, more...)
	}
	out := f.newPredictions()
	for first := 0; first < len(labels); first += f.chunk {
		last := min(len(labels), first+f.chunk)
		if err := f.classifyAll(ctx, &out, weights[first:last], labels[first:last], observed && first == 0); err != nil {
			return out, err
		}
	}
	return out, nil
}

// classifyAll adds what up to P fits say.
func (f *softmax) classifyAll(ctx context.Context, out *Predictions, weights [][]float32, labels [][]int32, observed bool) error {
	model, err := f.model(weights)
	if err != nil {
		return err
	}
	defer xla.Free(model...)
	if err := f.add(ctx, out, model, labels); err != nil || !observed {
		return err
	}
	return f.addObserved(out, model, labels[0])
}

// model turns weights V [K·d] of up to P label sets into weights [K·P, d] and
// biases [K·P] of the features.
func (f *softmax) model(weights [][]float32) ([]*tensors.Tensor, error) {
	d := f.train.Shape().Dim(1)
	flat := make([]float32, f.classes*f.chunk*d)
	for p, w := range weights {
		for k := range f.classes {
			copy(flat[(k*f.chunk+p)*d:], w[k*d:(k+1)*d])
		}
	}
	v, err := xla.Tensor(f.engine, flat, f.classes*f.chunk, d)
	if err != nil {
		return nil, err
	}
	defer xla.Free(v)
	return f.finish.Run(v, f.inverse)
}
