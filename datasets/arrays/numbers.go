package arrays

// Numbers are the numbers of a table, [Rows, Cols], as float64 holds them.
type Numbers struct {
	Rows, Cols int

	data  []float64 // row-major
	names []string  // of the columns, quoted
}

// Matrix is the first rows (0 = all) as float32, less the origin; see Centred.
func (t Numbers) Matrix(o Origin, rows int) Matrix {
	m := Matrix{Rows: Head(t.Rows, rows), Cols: t.Cols}
	m.Data = make([]float32, m.Rows*m.Cols)
	for i := range m.Data {
		m.Data[i] = float32(o.less(i%m.Cols, t.data[i]))
	}
	return m
}

// Centred is the first rows (0 = all) less the Origin that they have, and it.
func (t Numbers) Centred(rows int) (Matrix, Origin) {
	s := newSpread(t.Cols)
	n := Head(t.Rows, rows)
	for i, v := range t.data[:n*t.Cols] {
		s.add(i%t.Cols, v)
	}
	o := s.origin()
	return t.Matrix(o, rows), o
}

// Columns are the names of the columns, quoted.
func (t Numbers) Columns() []string { return t.names }

// Column is the name of a column, quoted.
func (t Numbers) Column(j int) string { return t.names[j] }
