package arrays

import (
	"math"

	"github.com/seed-1a417598/memtest/datasets/memory"
)

// float32 has 24 binary digits. A column that lies far from zero beside its spread,
// such as a time in seconds, has few of them left for the differences that matter,
// so its mean is taken off while it is still float64.
const (
	farFromZero = 1 << 10 // |mean| / sd above which a column is centred: 14 digits would be left
	tooFar      = 1 << 20 // above which nothing is left of it in float32: 4 digits
	noSpread    = 1 << 48 // above which float64 itself holds nothing but its rounding
)

// Origin is what is taken off each column of features before they are rounded to
// float32; the zero value takes off nothing. The training features have one, and
// it is that of their copies and of fresh features too.
type Origin struct {
	at   []float64 // by column; nil = nothing anywhere
	lost []int     // columns of which float32 would hold nothing without it
}

// less is a value of a column, less its origin.
func (o Origin) less(column int, v float64) float64 {
	if o.at == nil {
		return v
	}
	return v - o.at[column]
}

// Lost is the first column of which float32 holds hardly anything but its mean;
// false = there is none.
func (o Origin) Lost() (column int, found bool) {
	if len(o.lost) == 0 {
		return 0, false
	}
	return o.lost[0], true
}

// spread gathers the mean and standard deviation of columns in one pass, around the
// first value of each.
type spread struct {
	rows         []int
	first        []float64
	sum, squares []float64
	inexact      []bool // a value is none that float32 holds
}

func newSpread(cols int) *spread {
	return &spread{make([]int, cols), make([]float64, cols), make([]float64, cols), make([]float64, cols), make([]bool, cols)}
}

func (s *spread) add(column int, v float64) {
	if s.rows[column] == 0 {
		s.first[column] = v
	}
	s.rows[column]++
	d := v - s.first[column]
	s.sum[column] += d
	s.squares[column] += d * d
	s.inexact[column] = s.inexact[column] || float64(float32(v)) != v
}

// origin is the mean of the columns that need one: those whose values float32 does
// not hold, and that lie far from zero.
func (s *spread) origin() (o Origin) {
	for j := range s.rows {
		if !s.inexact[j] {
			continue
		}
		n := float64(s.rows[j])
		off := s.sum[j] / n
		mean, sd := s.first[j]+off, math.Sqrt(max(0, s.squares[j]/n-off*off))
		if far := math.Abs(mean) / sd; far > farFromZero && far < noSpread { // false where a value is not finite
			if o.at == nil {
				o.at = make([]float64, len(s.rows))
			}
			o.at[j] = mean
			if far > tooFar {
				o.lost = append(o.lost, j)
			}
		}
	}
	return o
}

// wide says whether float32 may not hold all values of the array's type.
func (a *Array) wide() bool {
	switch a.elem.name {
	case "float64", "int64", "uint64", "int32", "uint32":
		return true
	}
	return false
}

// Centred is Matrix less the Origin that the array has, and it.
func (a *Array) Centred(rows int) (Matrix, Origin, error) {
	if !a.wide() {
		m, err := a.Matrix(rows)
		return m, Origin{}, err
	}
	s := newSpread(a.Cols())
	m, err := a.fill(rows, func(column int, v float64) float64 { s.add(column, v); return v })
	if err != nil {
		return m, Origin{}, err
	}
	o := s.origin()
	if o.at == nil {
		return m, o, nil
	}
	m, err = a.MatrixLess(o, rows)
	return m, o, err
}

// MatrixLess is Matrix less an origin.
func (a *Array) MatrixLess(o Origin, rows int) (Matrix, error) {
	if !a.wide() && o.at == nil {
		return a.Matrix(rows)
	}
	if o.at != nil && len(o.at) != a.Cols() {
		return Matrix{}, a.errorf("it has %d columns, but the training features have %d", a.Cols(), len(o.at))
	}
	return a.fill(rows, o.less)
}

// fill reads the first rows (0 = all) as float32 of what is made of each value. A
// value that float32 cannot hold is refused by its place.
func (a *Array) fill(rows int, of func(column int, v float64) float64) (Matrix, error) {
	m, err := a.room(rows)
	if err != nil {
		return m, err
	}
	for r, err := range a.runs(rows) {
		if err != nil {
			return Matrix{}, err
		}
		for k := range len(r.raw) / a.elem.size {
			at := r.at + k*r.step
			v := a.elem.value(r.raw[k*a.elem.size:])
			if math.Abs(v) > math.MaxFloat32 && !math.IsInf(v, 0) {
				return Matrix{}, a.errorf("row %d, column %d is %g, which float32 does not hold; divide the column, or leave out what stands for a missing value", at/m.Cols, at%m.Cols, v)
			}
			m.Data[at] = float32(of(at%m.Cols, v))
		}
	}
	return m, nil
}

// room is a matrix for the first rows (0 = all), where there is memory for it.
func (a *Array) room(rows int) (Matrix, error) {
	if err := a.Numbers(); err != nil {
		return Matrix{}, err
	}
	m := Matrix{Rows: Head(a.Rows(), rows), Cols: a.Cols()}
	if err := memory.Enough(4*float64(m.Rows)*float64(m.Cols), "reading it"); err != nil {
		return Matrix{}, a.errorf("its shape is %v: %w; take fewer examples", a.Dims, err)
	}
	m.Data = make([]float32, m.Rows*m.Cols)
	return m, nil
}
