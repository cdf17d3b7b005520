package xla

import (
	"context"
	"fmt"

	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// Batches says how a network takes the rows of a matrix: so many at a time, always
// the same number, so that it is compiled once.
type Batches struct {
	Rows    int   // rows of one run, at least 1
	Dims    []int // of one row in the input of a run; nil = [columns]
	Outputs int   // tensors that a run gives

	// Run computes the outputs of in [Rows, Dims…], each of them float32 [Rows, …].
	// Compute frees in and the outputs.
	Run func(in *tensors.Tensor) ([]*tensors.Tensor, error)

	// Put writes rows src into dst, of the same length, as Run wants their values;
	// nil = as they are.
	Put func(dst, src []float32)
}

// Compute runs all rows of x through the network and gives a matrix for each
// output, one row for each of x, of as many columns as the output has values for a
// row; all are empty where x has no rows. A last batch that is not full is filled
// up with zeros, whose rows are cut off. Between two batches ctx can end it.
func (b Batches) Compute(ctx context.Context, e *Engine, x arrays.Matrix) ([]arrays.Matrix, error) {
	if b.Rows < 1 {
		return nil, fmt.Errorf("batches of %d rows: give at least 1", b.Rows)
	}
	if x.Rows < 0 || x.Cols < 0 || len(x.Data) != x.Rows*x.Cols {
		return nil, fmt.Errorf("a matrix of %d rows and %d columns has %d values; give one that holds all", x.Rows, x.Cols, len(x.Data))
	}
	out := make([]arrays.Matrix, b.Outputs)
	var block []float32 // made when rows cannot go in as they lie
	for first := 0; first < x.Rows; first += b.Rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rows := min(b.Rows, x.Rows-first)
		values := x.Data[first*x.Cols : (first+rows)*x.Cols]
		if rows < b.Rows || b.Put != nil {
			if block == nil {
				block = make([]float32, b.Rows*x.Cols)
			}
			b.put(block[:len(values)], values)
			clear(block[len(values):])
			values = block
		}
		results, err := b.run(e, values, x.Cols)
		if err != nil {
			return nil, err
		}
		err = b.collect(out, results, x.Rows, first, rows)
		Free(results...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (b Batches) put(dst, src []float32) {
	if b.Put == nil {
		copy(dst, src)
		return
	}
	b.Put(dst, src)
}

// run runs one full batch.
func (b Batches) run(e *Engine, values []float32, cols int) ([]*tensors.Tensor, error) {
	dims := []int{b.Rows, cols}
	if b.Dims != nil {
		dims = append([]int{b.Rows}, b.Dims...)
	}
	in, err := Tensor(e, values, dims...)
	if err != nil {
		return nil, err
	}
	defer Free(in)
	return b.Run(in)
}

// collect copies the results of a batch, without what filled it up, to row first
// of the matrices of n rows.
func (b Batches) collect(out []arrays.Matrix, results []*tensors.Tensor, n, first, rows int) error {
	if len(results) != len(out) {
		return fmt.Errorf("a batch gave %d outputs, where %d are wanted", len(results), len(out))
	}
	for i, t := range results {
		err := View(t, func(flat []float32) {
			m := &out[i]
			if m.Data == nil {
				cols := len(flat) / b.Rows
				*m = arrays.Matrix{Rows: n, Cols: cols, Data: make([]float32, n*cols)}
			}
			copy(m.Data[first*m.Cols:], flat[:rows*m.Cols])
		})
		if err != nil {
			return err
		}
	}
	return nil
}
