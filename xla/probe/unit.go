package probe

import (
	"fmt"
	"math"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// Neighbours, class means and least squares do not depend on the unit of the
// features, but float32 does: squares of values beyond 2^63 overflow, and those of
// differences below 2^-63 vanish. Features whose largest training value has an
// exponent beyond these bounds are multiplied by a power of two, which changes no
// digit; all others stay as they are.
const leastUnit, mostUnit = -30, 40

// inUnit is the data in a unit in which their squares are numbers, and the power of
// four by which squares are larger in the unit given: 1 for almost all features.
func (d Data) inUnit() (Data, float64) {
	_, exponent := math.Frexp(largest(d.Train))
	if exponent >= leastUnit && exponent <= mostUnit {
		return d, 1
	}
	return d.each(func(m arrays.Matrix) arrays.Matrix {
		to := arrays.Matrix{Rows: m.Rows, Cols: m.Cols, Data: make([]float32, len(m.Data))}
		for i, v := range m.Data {
			to.Data[i] = float32(math.Ldexp(float64(v), -exponent))
		}
		return to
	}), math.Ldexp(1, 2*exponent)
}

// largest is the largest absolute value.
func largest(m arrays.Matrix) float64 {
	var most float32
	for _, v := range m.Data {
		most = max(most, v, -v)
	}
	return float64(most)
}

// mostBeyond is how many times the largest training value another value can be, and
// still be compared with it in float32: scores are products of the two.
const mostBeyond = 0x1p60

// checkRange refuses a value beside which all training features are nothing, such
// as one that stands for a missing value.
func checkRange(name string, m arrays.Matrix, train float64) error {
	if train == 0 || largest(m) <= mostBeyond*train {
		return nil
	}
	for i, v := range m.Data {
		if math.Abs(float64(v)) > mostBeyond*train {
			return fmt.Errorf("%s: row %d, column %d is %g, but no training feature is beyond %g; fill or leave out what stands for a missing value", name, i/m.Cols, i%m.Cols, v, train)
		}
	}
	return nil
}
