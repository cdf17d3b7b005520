package arrays

import (
	"fmt"
	"io"
	"iter"
	"slices"
)

// Array is one array of a file, of which only the header is read yet.
type Array struct {
	Name string
	Dims []int  // each from 0 on; none = a single value
	Type string // "float32", "bfloat16", "int64", "text", …: see element

	file    string
	elem    element
	fortran bool // columns lie together
	open    func() (io.ReadCloser, error)
}

// Readable says whether the array's values can be read at all, as numbers or text.
func (a *Array) Readable() bool { return a.open != nil && (a.elem.floats != nil || a.elem.text != nil) }

// unreadable is an array of which only the reason is known why it cannot be read.
func unreadable(reason error) *Array {
	return &Array{Type: "unreadable", elem: element{size: 1, refusal: reason.Error()}}
}

// String is the array as error messages name it: labels int64 [5000].
func (a *Array) String() string { return fmt.Sprintf("%s %s %v", a.Name, a.Type, a.Dims) }

// Rows is the first dimension; 1 for a single value.
func (a *Array) Rows() int {
	if len(a.Dims) == 0 {
		return 1
	}
	return a.Dims[0]
}

// Cols is the number of values of a row, all further dimensions taken together.
func (a *Array) Cols() int {
	cols := 1
	for _, d := range a.further() {
		cols *= d
	}
	return cols
}

// further are the dimensions after the first.
func (a *Array) further() []int { return a.Dims[min(1, len(a.Dims)):] }

// Numbers is nil where the array's values are real numbers, and otherwise says
// what they are.
func (a *Array) Numbers() error {
	switch {
	case a.elem.floats == nil:
		return a.errorf("%s", a.elem.refusal)
	case a.Rows()*a.Cols() == 0:
		return a.errorf("it holds no values: its shape is %v", a.Dims)
	}
	return nil
}

// errorf is an error that names file and array.
func (a *Array) errorf(format string, args ...any) error {
	return fmt.Errorf("file %s, array %s: %w", a.file, a.Name, fmt.Errorf(format, args...))
}

// Head is how many of n rows are the first rows asked for, 0 being all.
func Head(n, rows int) int {
	if rows > 0 {
		return min(n, rows)
	}
	return n
}

// Matrix reads the first rows of the array (0 = all), each of Cols values in
// row-major order, as float32.
func (a *Array) Matrix(rows int) (Matrix, error) {
	m, err := a.room(rows)
	if err != nil {
		return m, err
	}
	var apart []float32
	for r, err := range a.runs(rows) {
		if err != nil {
			return Matrix{}, err
		}
		n := len(r.raw) / a.elem.size
		if r.step == 1 {
			a.elem.floats(m.Data[r.at:r.at+n], r.raw)
			continue
		}
		apart = slices.Grow(apart[:0], n)[:n]
		a.elem.floats(apart, r.raw)
		for k, v := range apart {
			m.Data[r.at+k*r.step] = v
		}
	}
	return m, nil
}

// Blocks reads the first rows of the array (0 = all), block by block, as float32;
// a block holds as many rows as fit in 1 MiB of the file, but at least one. The
// matrix is used again for the next block. No more than one block is held, but
// where the array is in Fortran order, whose rows are spread over the whole file:
// then all rows asked for are.
func (a *Array) Blocks(rows int) iter.Seq2[Matrix, error] {
	return func(yield func(Matrix, error) bool) {
		if err := a.Numbers(); err != nil {
			yield(Matrix{}, err)
			return
		}
		cols := a.Cols()
		per := max(1, blockBytes/(cols*a.elem.size)) // rows
		if a.fortran {
			m, err := a.Matrix(rows)
			if err != nil {
				yield(Matrix{}, err)
				return
			}
			for block := range slices.Chunk(m.Data, per*cols) {
				if !yield(Matrix{len(block) / cols, cols, block}, nil) {
					return
				}
			}
			return
		}
		count := Head(a.Rows(), rows) * cols
		data := make([]float32, min(count, per*cols))
		for raw, err := range a.pieces(count, per*cols) {
			if err != nil {
				yield(Matrix{}, err)
				return
			}
			block := data[:len(raw)/a.elem.size]
			a.elem.floats(block, raw)
			if !yield(Matrix{len(block) / cols, cols, block}, nil) {
				return
			}
		}
	}
}
