package probe

import (
	"math"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/parallel"
)

// minSpread is the standard deviation, relative to the largest of all columns,
// below which a column counts as constant: dividing by so little would blow
// rounding noise up to the size of a feature.
const minSpread = 1e-6

// StandardScaler centres columns by their mean over the training features and
// divides them by their standard deviation there (divisor n). Columns that are
// constant in training, such as dead units and border pixels, are left out; where
// all are, one column of zeros stays.
type StandardScaler struct {
	mean, sd []float64 // of all columns
	keep     []int     // columns that are not constant
}

// FitStandardScaler takes the moments of training features [n, d].
func FitStandardScaler(train arrays.Matrix) StandardScaler {
	s := StandardScaler{}
	s.mean, s.sd = columnMoments(train)
	widest := 0.0
	for _, sd := range s.sd {
		widest = max(widest, sd)
	}
	for j, sd := range s.sd {
		if sd > minSpread*widest && sd > 0 {
			s.keep = append(s.keep, j)
		}
	}
	return s
}

// Dropped is the number of constant columns.
func (s StandardScaler) Dropped() int { return len(s.mean) - len(s.keep) }

// Transform scales features of the columns that the scaler was fitted to: of the
// training examples, of copies or of fresh ones. The matrix given is not changed.
func (s StandardScaler) Transform(m arrays.Matrix) arrays.Matrix {
	to := arrays.Matrix{Rows: m.Rows, Cols: max(1, len(s.keep))}
	to.Data = make([]float32, to.Rows*to.Cols)
	parallel.For(m.Rows, func(i int) {
		from, row := m.Row(i), to.Row(i)
		for c, j := range s.keep {
			row[c] = float32((float64(from[j]) - s.mean[j]) / s.sd[j])
		}
	})
	return to
}

// center subtracts the training mean of every column.
func (d Data) center() Data {
	mean, _ := columnMoments(d.Train)
	return d.each(func(m arrays.Matrix) arrays.Matrix {
		to := arrays.Matrix{Rows: m.Rows, Cols: m.Cols, Data: make([]float32, len(m.Data))}
		parallel.For(m.Rows, func(i int) {
			from, row := m.Row(i), to.Row(i)
			for j, v := range from {
				row[j] = float32(float64(v) - mean[j])
			}
		})
		return to
	})
}

// each applies a function to all matrices of the data.
func (d Data) each(apply func(arrays.Matrix) arrays.Matrix) Data {
	out := Data{Train: apply(d.Train), Classes: d.Classes}
	for _, v := range d.Valid {
		out.Valid = append(out.Valid, apply(v))
	}
	if d.Fresh.Rows > 0 {
		out.Fresh = apply(d.Fresh)
	}
	return out
}

// columnMoments are the mean and standard deviation (divisor n) of each column,
// in float64. Each column is summed in the order of the rows, whatever the
// number of threads.
func columnMoments(m arrays.Matrix) (mean, sd []float64) {
	mean, sd = make([]float64, m.Cols), make([]float64, m.Cols)
	const width = 64 // columns a task: whole cache lines of every row
	parallel.For((m.Cols+width-1)/width, func(task int) {
		lo, hi := task*width, min(m.Cols, (task+1)*width)
		for i := range m.Rows {
			for j, v := range m.Row(i)[lo:hi] {
				mean[lo+j] += float64(v)
			}
		}
		for j := lo; j < hi; j++ {
			mean[j] /= float64(m.Rows)
		}
		for i := range m.Rows {
			for j, v := range m.Row(i)[lo:hi] {
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
