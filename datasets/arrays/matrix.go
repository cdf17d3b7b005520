package arrays

import (
	"fmt"
	"math"
)

// Matrix is a dense matrix in host memory, row-major: element (i, j) is
// Data[i*Cols+j]. All features, whoever made them, are of this type.
type Matrix struct {
	Rows, Cols int
	Data       []float32
}

// Row is row i, a view.
func (m Matrix) Row(i int) []float32 { return m.Data[i*m.Cols : (i+1)*m.Cols : (i+1)*m.Cols] }

// Dims are the numbers of rows and columns.
func (m Matrix) Dims() (rows, cols int) { return m.Rows, m.Cols }

// CopyRows copies rows from the first on into to [any·Cols], as many as it holds; beyond
// the last row it gets zeros.
func (m Matrix) CopyRows(first int, to []float32) {
	clear(to[copy(to, m.Data[min(first, m.Rows)*m.Cols:]):])
}

// Same says whether two matrices are one: they share their values, and have some.
func (m Matrix) Same(o Matrix) bool {
	return m.Rows == o.Rows && m.Cols == o.Cols && len(m.Data) > 0 && len(o.Data) > 0 && &m.Data[0] == &o.Data[0]
}

// CheckFinite says where the first value is that is NaN or infinite, or nil.
// what names the matrix in the sentence.
func (m Matrix) CheckFinite(what string) error {
	for i, v := range m.Data {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("%s: row %d, column %d is %v; values must be finite", what, i/m.Cols, i%m.Cols, f)
		}
	}
	return nil
}
