package arrays

import (
	"errors"
	"fmt"
	"io"
	"iter"
)

// Array is one array of a file, of which only the header is read yet.
type Array struct {
	Name string
	Dims []int
	Type string // "float32", "bfloat16", "int64", "text", …: see element

	file    string
	elem    element
	fortran bool // columns lie together
	open    func() (io.ReadCloser, error)
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
	for _, d := range a.Dims[min(1, len(a.Dims)):] {
		cols *= d
	}
	return cols
}

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

// blockBytes is the size of a piece of the file that is held while it is turned
// into numbers.
const blockBytes = 1 << 20

// Blocks reads the first rows of the array (0 = all), block by block, as float32;
// a block holds as many rows as fit in 1 MiB of the file, but at least one. The
// matrix is used again for the next block.
func (a *Array) Blocks(rows int) iter.Seq2[Matrix, error] {
	return func(yield func(Matrix, error) bool) {
		if err := a.Numbers(); err != nil {
			yield(Matrix{}, err)
			return
		}
		if a.fortran {
			yield(Matrix{}, a.errorf("it is in Fortran order, in which rows do not lie together; save numpy.ascontiguousarray of it"))
			return
		}
		cols, total := a.Cols(), Head(a.Rows(), rows)
		per := min(total, max(1, blockBytes/(cols*a.elem.size)))
		data := make([]float32, per*cols)
		for raw, err := range a.pieces(total*cols, per*cols) {
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

// Head is how many of n rows are the first rows asked for, 0 being all.
func Head(n, rows int) int {
	if rows > 0 {
		return min(n, rows)
	}
	return n
}

// Matrix reads the first rows of the array (0 = all).
func (a *Array) Matrix(rows int) (Matrix, error) {
	if err := a.Numbers(); err != nil {
		return Matrix{}, err
	}
	m := Matrix{Rows: Head(a.Rows(), rows), Cols: a.Cols()}
	count := m.Rows * m.Cols
	if a.fortran { // the first rows are spread over the whole file
		count = a.Rows() * a.Cols()
	}
	data := make([]float32, count)
	done := 0
	for raw, err := range a.pieces(count, blockBytes/a.elem.size) {
		if err != nil {
			return Matrix{}, err
		}
		to := data[done : done+len(raw)/a.elem.size]
		a.elem.floats(to, raw)
		done += len(to)
	}
	if a.fortran {
		data = rowMajor(data, a.Dims)[:m.Rows*m.Cols]
	}
	m.Data = data
	return m, nil
}

// rowMajor is column-major data in row-major order.
func rowMajor(data []float32, dims []int) []float32 {
	out := make([]float32, len(data))
	strides := make([]int, len(dims)) // of the output
	step := 1
	for i := len(dims) - 1; i >= 0; i-- {
		strides[i] = step
		step *= dims[i]
	}
	at := make([]int, len(dims))
	place := 0
	for _, v := range data {
		out[place] = v
		for i := range at { // the first index moves fastest
			at[i]++
			place += strides[i]
			if at[i] < dims[i] {
				break
			}
			place -= at[i] * strides[i]
			at[i] = 0
		}
	}
	return out
}

// pieces reads the first elements of the array as they lie in the file, at most
// per at a time. The bytes are used again. When all are read, the file's own
// check (the sum of a zip member) is read too.
func (a *Array) pieces(count, per int) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		r, err := a.open()
		if err != nil {
			yield(nil, a.errorf("%w", err))
			return
		}
		defer r.Close()
		buffer := make([]byte, max(1, min(per, count))*a.elem.size)
		for done := 0; done < count; {
			b := buffer[:min(len(buffer), (count-done)*a.elem.size)]
			if _, err := io.ReadFull(r, b); err != nil {
				if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
					err = fmt.Errorf("it is cut off before the end of its %v values", a.Dims)
				}
				yield(nil, a.errorf("%w", err))
				return
			}
			if !yield(b, nil) {
				return
			}
			done += len(b) / a.elem.size
		}
		if count == a.Rows()*a.Cols() {
			if _, err := io.ReadFull(r, buffer[:1]); err != nil && !errors.Is(err, io.EOF) {
				yield(nil, a.errorf("%w", err))
			}
		}
	}
}
