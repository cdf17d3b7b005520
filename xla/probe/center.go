package probe

import (
	"math"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/parallel"
)

// center is the training mean of every column [d], which is taken off all features.
type center []float64

// center is that of the training features.
func (d Data) center() center {
	mean, _ := columnMoments(d.Train, nil)
	return mean
}

// of is a matrix less the training mean.
func (c center) of(m arrays.Matrix) centred { return centred{m, c} }

// centred are features less the training mean, which is taken off as they are read: they
// do not lie in memory twice.
type centred struct {
	from arrays.Matrix
	mean center
}

// Dims are the numbers of rows and columns.
func (c centred) Dims() (rows, cols int) { return c.from.Dims() }

// CopyRows copies rows from the first on into to, as xla.Rows says.
func (c centred) CopyRows(first int, to []float32) {
	d := c.from.Cols
	parallel.For(len(to)/d, func(i int) {
		row := to[i*d : (i+1)*d]
		if first+i >= c.from.Rows {
			clear(row)
			return
		}
		c.take(row, first+i, 0)
	})
}

// take copies a row, from a column on, into to.
func (c centred) take(to []float32, row, column int) {
	from, mean := c.from.Row(row)[column:], c.mean[column:]
	for j := range to {
		to[j] = float32(float64(from[j]) - mean[j])
	}
}

// matrix is a copy of all rows.
func (c centred) matrix() arrays.Matrix {
	to := arrays.Matrix{Rows: c.from.Rows, Cols: c.from.Cols, Data: make([]float32, len(c.from.Data))}
	c.CopyRows(0, to.Data)
	return to
}

// squaredLengths are the squared Euclidean lengths of the rows.
func (c centred) squaredLengths() []float32 {
	const width = 1024 // columns at a time
	out := make([]float32, c.from.Rows)
	parallel.For(c.from.Rows, func(i int) {
		var room [width]float32
		sum := 0.0
		for first := 0; first < c.from.Cols; first += width {
			part := room[:min(width, c.from.Cols-first)]
			c.take(part, i, first)
			for _, v := range part {
				sum += float64(v) * float64(v)
			}
		}
		out[i] = float32(sum)
	})
	return out
}

// columnMoments are the mean and standard deviation (divisor n) of each column, less its
// center where there is one, in float64. Each column is summed in the order of the rows,
// whatever the number of threads.
func columnMoments(m arrays.Matrix, less center) (mean, sd []float64) {
	mean, sd = make([]float64, m.Cols), make([]float64, m.Cols)
	const width = 64 // columns a task: whole cache lines of every row
	parallel.For((m.Cols+width-1)/width, func(task int) {
		lo, hi := task*width, min(m.Cols, (task+1)*width)
		var room [width]float32
		values := func(i int) []float32 {
			if less == nil {
				return m.Row(i)[lo:hi]
			}
			less.of(m).take(room[:hi-lo], i, lo)
			return room[:hi-lo]
		}
		for i := range m.Rows {
			for j, v := range values(i) {
				mean[lo+j] += float64(v)
			}
		}
		for j := lo; j < hi; j++ {
			mean[j] /= float64(m.Rows)
		}
		for i := range m.Rows {
			for j, v := range values(i) {
				dev := float64(v) - mean[lo+j]
				sd[lo+j] += dev * dev
			}
		}
		for j := lo; j < hi; j++ {
			sd[j] = math.Sqrt(sd[j] / float64(m.Rows))
		}
	})
	return mean, sd
}
