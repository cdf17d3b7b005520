package oracle

import "math"

// minSpread is the share of the widest column's standard deviation below which a
// column counts as constant.
const minSpread = 1e-6

// Scaling is how columns are centred and divided.
type Scaling struct {
	mean, by []float64 // of all columns
	kept     []int     // columns that are not constant
}

// NewScaling is the rule of scaling by training features [n][d]: mean and
// standard deviation (divisor n) of each column; columns without variation are
// left out.
func NewScaling(train [][]float64) Scaling {
	var s Scaling
	n, widest := float64(len(train)), 0.0
	for j := range train[0] {
		mean, square := 0.0, 0.0
		for _, row := range train {
			mean += row[j] / n
		}
		for _, row := range train {
			square += (row[j] - mean) * (row[j] - mean) / n
		}
		s.mean, s.by = append(s.mean, mean), append(s.by, math.Sqrt(square))
		widest = max(widest, s.by[j])
	}
	for j, sd := range s.by {
		if sd > 0 && sd > minSpread*widest {
			s.kept = append(s.kept, j)
		}
	}
	return s
}

// Dropped is the number of columns that are left out.
func (s Scaling) Dropped() int { return len(s.mean) - len(s.kept) }

// Apply scales features; where no column is left, one of zeros stands for them.
func (s Scaling) Apply(rows [][]float64) [][]float64 {
	out := make([][]float64, len(rows))
	for i, row := range rows {
		if len(s.kept) == 0 {
			out[i] = []float64{0}
		}
		for _, j := range s.kept {
			out[i] = append(out[i], (row[j]-s.mean[j])/s.by[j])
		}
	}
	return out
}

// WithinClass is the sum of squares around the class means as a share of that
// around the common mean, over all columns; false where nothing varies.
func WithinClass(rows [][]float64, labels []int, classes int) (float64, bool) {
	around := func(in func(i int) bool) float64 {
		sum := 0.0
		for j := range rows[0] {
			mean, n := 0.0, 0.0
			for i, row := range rows {
				if in(i) {
					mean += row[j]
					n++
				}
			}
			for i, row := range rows {
				if in(i) {
					sum += (row[j] - mean/n) * (row[j] - mean/n)
				}
			}
		}
		return sum
	}
	within := 0.0
	for k := range classes {
		within += around(func(i int) bool { return labels[i] == k })
	}
	total := around(func(int) bool { return true })
	return within / total, total > 0
}
