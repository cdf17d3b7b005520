package probe

import (
	"math"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

// minSpread is the standard deviation, relative to the largest of all columns,
// below which a column counts as constant: dividing by so little would blow
// rounding noise up to the size of a feature.
const minSpread = 1e-6

// Standardize centres every column by its mean over the training features and
// divides it by its standard deviation there (divisor n), in the copies and the
// fresh examples alike. Columns that are constant in training, such as dead
// units and border pixels, are left out and counted; when all are, one column
// of zeros stays. The data given are not changed.
func (d Data) Standardize() (out Data, dropped int) {
	mean, sd := columnMoments(d.Train)
	widest := 0.0
	for _, s := range sd {
		widest = max(widest, s)
	}
	var keep []int
	for j, s := range sd {
		if s > minSpread*widest && s > 0 {
			keep = append(keep, j)
		}
	}
	apply := func(m arrays.Matrix) arrays.Matrix {
		to := arrays.Matrix{Rows: m.Rows, Cols: max(1, len(keep))}
		to.Data = make([]float32, to.Rows*to.Cols)
		xla.Parallel(m.Rows, func(i int) {
			from, row := m.Row(i), to.Row(i)
			for c, j := range keep {
				row[c] = float32((float64(from[j]) - mean[j]) / sd[j])
			}
		})
		return to
	}
	return d.each(apply), d.Train.Cols - len(keep)
}

// center subtracts the training mean of every column.
func (d Data) center() Data {
	mean, _ := columnMoments(d.Train)
	return d.each(func(m arrays.Matrix) arrays.Matrix {
		to := arrays.Matrix{Rows: m.Rows, Cols: m.Cols, Data: make([]float32, len(m.Data))}
		xla.Parallel(m.Rows, func(i int) {
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
	xla.Parallel((m.Cols+width-1)/width, func(task int) {
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
