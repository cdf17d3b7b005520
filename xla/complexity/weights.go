package complexity

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/linalg"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// layers are the weight layers: trained arrays of two axes or more.
func layers(weights []nn.Weight) []nn.Weight {
	var out []nn.Weight
	for _, w := range weights {
		if !w.Statistic && len(w.Dims) > 1 {
			out = append(out, w)
		}
	}
	return out
}

// whole is an array as one matrix [all but the last axis, the last].
func whole(w nn.Weight) arrays.Matrix {
	cols := w.Dims[len(w.Dims)-1]
	return arrays.Matrix{Rows: len(w.Values) / cols, Cols: cols, Data: w.Values}
}

// eigenvalues are those of WᵀW or WWᵀ, whichever is smaller, ascending: the squared
// singular values of W, of which none is below 0.
func eigenvalues(e *xla.Engine, w arrays.Matrix) ([]float64, error) {
	if w.Cols > w.Rows {
		w = linalg.Transposed(w)
	}
	gram, err := linalg.Gram(e, w)
	if err != nil {
		return nil, err
	}
	defer xla.Free(gram)
	flat, err := xla.Download[float64](gram)
	if err != nil {
		return nil, err
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(mat.NewSymDense(w.Cols, flat), false) {
		return nil, fmt.Errorf("the eigenvalues of a matrix of weights [%d, %d] were not found; its values may be too far apart", w.Rows, w.Cols)
	}
	values := eigen.Values(nil)
	for i, v := range values {
		values[i] = max(v, 0)
	}
	return values, nil
}

// distance is that of the weight layers from those of the start, see
// Measures.Distance.
func distance(final []nn.Weight, start *nn.Snapshot) (float64, error) {
	if start == nil {
		return math.NaN(), nil
	}
	first, err := start.Weights()
	if err != nil {
		return 0, err
	}
	from, to := layers(first), layers(final)
	if len(from) != len(to) {
		return 0, fmt.Errorf("distance from the start: it has %d layers of weights where the trained network has %d; give the same network before training", len(from), len(to))
	}
	sum := 0.0
	for i, w := range to {
		if from[i].Name != w.Name || !slices.Equal(from[i].Dims, w.Dims) {
			return 0, fmt.Errorf("distance from the start: it has %s of %v where the trained network has %s of %v; give the same network before training", from[i].Name, from[i].Dims, w.Name, w.Dims)
		}
		for j, v := range w.Values {
			d := float64(v) - float64(from[i].Values[j])
			sum += d * d
		}
	}
	return math.Sqrt(sum), nil
}

// path is the logarithm of the path norm, see Measures.PathLog.
func path(ctx context.Context, e *xla.Engine, spec nn.Spec, weights []nn.Weight) (float64, error) {
	var squares [][]float32
	for _, w := range weights {
		if w.Statistic { // by which the columns of a table are standardized: no path goes through them
			continue
		}
		square := make([]float32, len(w.Values))
		for j, v := range w.Values {
			square[j] = v * v
		}
		squares = append(squares, square)
	}
	linear, err := nn.WithWeights(e, withoutActivations(spec), squares)
	if err != nil {
		return 0, err
	}
	defer linear.Close()
	ones := &datasets.Set{Name: "ones", Shape: spec.Input, Classes: make([]string, spec.Classes), Y: []int32{0}, X: make([]float32, spec.Input.Size())}
	for i := range ones.X {
		ones.X[i] = 1
	}
	logits, err := linear.Features(ctx, ones, nn.LayerLogits)
	if err != nil {
		return 0, errors.Join(errors.New("path norm"), err)
	}
	sum := 0.0
	for _, v := range logits.Data {
		sum += float64(v)
	}
	return logOr(sum) / 2, nil
}

// withoutActivations is a network in which every activation is the identity for
// values of 0 and more, and which takes its inputs as they are.
func withoutActivations(spec nn.Spec) nn.Spec {
	spec.Standardize = false
	names := spec.LayerNames() // which depend on the kinds
	spec.Layers = slices.Clone(spec.Layers)
	for i := range spec.Layers {
		l := &spec.Layers[i]
		l.Name = names[i]
		switch l.Kind {
		case "dense", "conv":
			l.Activation = "none"
		case "gelu", "tanh":
			l.Kind = "relu"
		}
	}
	return spec
}
