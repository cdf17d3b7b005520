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
	s.mean, s.divisor = columnMoments(train)
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
	to := arrays.Matrix{Rows: m.Rows, Cols: max(1, len(s.keep))}
	to.Data = make([]float32, to.Rows*to.Cols)
	parallel.For(m.Rows, func(i int) {
		from, row := m.Row(i), to.Row(i)
		for c, j := range s.keep {
			row[c] = float32((float64(from[j]) - s.mean[j]) / s.divisor[j])
		}
	})
	return to
}

// centred are features whose training mean is taken off: of the training features at
// once, of copies and fresh examples, of which one matrix at a time is needed, when they
// are asked for.
type centred struct {
	from, train arrays.Matrix // training features as they were given, and centred
	mean        []float64
	room        []float32 // of the matrix that was asked for last
}

// center takes the training mean of every column off.
func (d Data) center() *centred {
	mean, _ := columnMoments(d.Train)
	c := &centred{mean: mean}
	c.train = c.of(d.Train)
	c.from, c.room = d.Train, nil // the training features stay
	return c
}

// trained gives up the centred training features, which are on the device by then: others
// take their room.
func (c *centred) trained() {
	if c.room == nil {
		c.room = c.train.Data
	}
	c.train = arrays.Matrix{}
}

// of is a matrix less the training mean. It lasts until the next one is asked for.
func (c *centred) of(m arrays.Matrix) arrays.Matrix {
	if m.Same(c.from) && c.train.Rows > 0 {
		return c.train
	}
	if cap(c.room) < len(m.Data) {
		c.room = make([]float32, len(m.Data))
	}
	to := arrays.Matrix{Rows: m.Rows, Cols: m.Cols, Data: c.room[:len(m.Data)]}
	parallel.For(m.Rows, func(i int) {
		from, row := m.Row(i), to.Row(i)
		for j, v := range from {
			row[j] = float32(float64(v) - c.mean[j])
		}
	})
	return to
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
