package probe

import (
	"math"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/parallel"
)

// Scaling is a way to scale the columns of features, which are centred in each.
type Scaling int

const (
	// ScaleStandard divides each column by its own standard deviation, as scikit-learn's
	// StandardScaler does. It is for columns in units of their own.
	ScaleStandard Scaling = iota
	// ScaleFloor is ScaleStandard, but no column is divided by less than half of the typical
	// standard deviation, the upper quartile. A column that hardly varies beside the
	// others, such as a rare unit or the edge of a feature map, would else be blown
	// up, and the noise that copies bring into it with it.
	ScaleFloor
	// ScaleShared divides all columns by the root mean square of their standard
	// deviations. It is for columns in one unit, such as pixels.
	ScaleShared
)

// floorShare is the share of the typical standard deviation below which ScaleFloor
// does not divide; typicalQuantile says which is typical. Up to a quarter of the
// columns may vary beyond all measure, in large units or by a value that stands
// for a missing one, and do not move it.
const (
	floorShare      = 0.5
	typicalQuantile = 0.75
)

// ownRounding is the standard deviation, relative to the column's mean, up to
// which a column counts as constant: a few roundings of float32.
const ownRounding = 4 * 0x1p-23

// Scaler centres columns by their mean over the training features and divides
// them, see Scaling. Columns that are constant in training but for rounding, such
// as dead units, are left out; where all are, one column of zeros stays.
type Scaler struct {
	mean, divisor []float64 // of all columns
	keep          []int     // columns that are not constant
	floored       int
}

// FitScaler takes the moments of training features [n, d]. Standard deviations
// have the divisor n.
func FitScaler(train arrays.Matrix, how Scaling) Scaler {
	s := Scaler{}
	s.mean, s.divisor = columnMoments(train, nil)
	var spread []float64
	for j, sd := range s.divisor {
		if sd > ownRounding*math.Abs(s.mean[j]) {
			s.keep, spread = append(s.keep, j), append(spread, sd)
		}
	}
	if len(spread) == 0 {
		return s
	}
	switch how {
	case ScaleFloor:
		least := floorShare * typical(spread)
		for _, j := range s.keep {
			if s.divisor[j] < least {
				s.divisor[j] = least
				s.floored++
			}
		}
	case ScaleShared:
		one := rootMeanSquare(spread)
		for _, j := range s.keep {
			s.divisor[j] = one
		}
	}
	return s
}

// typical is the upper quartile of some standard deviations, numpy's quantile by
// the method "lower".
func typical(spread []float64) float64 {
	sorted := slices.Sorted(slices.Values(spread))
	return sorted[int(typicalQuantile*float64(len(sorted)-1))]
}

// rootMeanSquare is √(mean v²).
func rootMeanSquare(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v * v
	}
	return math.Sqrt(sum / float64(len(values)))
}

// Dropped is the number of constant columns.
func (s Scaler) Dropped() int { return len(s.mean) - len(s.keep) }

// Floored is the number of columns that are divided by more than their standard
// deviation, since it is below the floor.
func (s Scaler) Floored() int { return s.floored }

// Transform scales features of the columns that the scaler was fitted to: of the
// training examples, of copies or of fresh ones. The matrix given is not changed.
func (s Scaler) Transform(m arrays.Matrix) arrays.Matrix {
	to := s.columns(m)
	to.Data = make([]float32, to.Rows*to.Cols)
	parallel.For(m.Rows, func(i int) { s.row(to.Row(i), m.Row(i)) })
	return to
}

// TransformInPlace is Transform in the room of the matrix given, which holds nothing that
// means anything afterwards.
func (s Scaler) TransformInPlace(m arrays.Matrix) arrays.Matrix {
	to := s.columns(m)
	if to.Rows*to.Cols == 0 || len(s.keep) == 0 {
		return s.Transform(m)
	}
	to.Data = m.Data[:to.Rows*to.Cols]
	if to.Cols == m.Cols {
		parallel.For(m.Rows, func(i int) { s.row(to.Row(i), m.Row(i)) })
		return to
	}
	for i := range m.Rows { // rows move to where others lay: one after the other
		s.row(to.Row(i), m.Row(i))
	}
	return to
}

// columns is the shape of what scaling a matrix gives.
func (s Scaler) columns(m arrays.Matrix) arrays.Matrix {
	return arrays.Matrix{Rows: m.Rows, Cols: max(1, len(s.keep))}
}

// row scales a row; to may lie in the same place, or before it.
func (s Scaler) row(to, from []float32) {
	for c, j := range s.keep {
		to[c] = float32((float64(from[j]) - s.mean[j]) / s.divisor[j])
	}
}

// each applies a function to all matrices of the data, once to copies that are the
// training examples themselves.
func (d Data) each(apply func(arrays.Matrix) arrays.Matrix) Data {
	out, _ := d.tryEach(func(m arrays.Matrix) (arrays.Matrix, error) { return apply(m), nil })
	return out
}

// tryEach is each of a function that can fail.
func (d Data) tryEach(apply func(arrays.Matrix) (arrays.Matrix, error)) (out Data, err error) {
	out = Data{Classes: d.Classes}
	if out.Train, err = apply(d.Train); err != nil {
		return out, err
	}
	for _, v := range d.Valid {
		to := out.Train
		if !v.Same(d.Train) {
			if to, err = apply(v); err != nil {
				return out, err
			}
		}
		out.Valid = append(out.Valid, to)
	}
	if d.Fresh.Rows > 0 {
		out.Fresh, err = apply(d.Fresh)
	}
	return out, err
}
