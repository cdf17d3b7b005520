package oracle

import (
	"math"
	"sort"
)

// Ways to scale columns, as rows name them. None is for those that do not scale.
const (
	Floor    = "floor"    // by the own standard deviation, but no less than half of the upper quartile of all
	Standard = "standard" // by the own standard deviation
	Shared   = "shared"   // by the root mean square of the standard deviations
	None     = "none"
)

// Scaling is how columns are centred and divided.
type Scaling struct {
	mean, by []float64 // of all columns
	kept     []int     // columns that are not constant
	Floored  int       // columns that are divided by more than their standard deviation
}

// NewScaling is the rule of scaling by training features [n][d]: mean and
// standard deviation (divisor n) of each column; columns that vary by no more than
// four roundings of float32 of their mean are left out.
func NewScaling(train [][]float64, how string) Scaling {
	var s Scaling
	var spread []float64 // standard deviations of the columns kept
	n, square := float64(len(train)), 0.0
	for j := range train[0] {
		mean, variance := 0.0, 0.0
		for _, row := range train {
			mean += row[j] / n
		}
		for _, row := range train {
			variance += (row[j] - mean) * (row[j] - mean) / n
		}
		s.mean, s.by = append(s.mean, mean), append(s.by, math.Sqrt(variance))
		if s.by[j] > math.Ldexp(4, -23)*math.Abs(mean) {
			s.kept, spread, square = append(s.kept, j), append(spread, s.by[j]), square+variance
		}
	}
	sort.Float64s(spread)
	for _, j := range s.kept {
		least := spread[3*(len(spread)-1)/4] / 2
		switch {
		case how == Shared:
			s.by[j] = math.Sqrt(square / float64(len(spread)))
		case how == Floor && s.by[j] < least:
			s.by[j] = least
			s.Floored++
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
