package arrays

import (
	"errors"
	"fmt"
	"io"
	"iter"
)

// blockBytes is the size of a piece of the file that is held while it is turned
// into numbers.
const blockBytes = 1 << 20

// run is a stretch of values as they lie in the file, and where they belong in
// row-major order: value k at place at + k·step.
type run struct {
	raw      []byte
	at, step int
}

// runs reads the values of the first rows of the array (0 = all). The bytes are
// used again.
func (a *Array) runs(rows int) iter.Seq2[run, error] {
	if a.fortran {
		return a.columnRuns(Head(a.Rows(), rows))
	}
	return func(yield func(run, error) bool) {
		at := 0
		for raw, err := range a.pieces(Head(a.Rows(), rows)*a.Cols(), blockBytes/a.elem.size) {
			if !yield(run{raw, at, 1}, err) || err != nil {
				return
			}
			at += len(raw) / a.elem.size
		}
	}
}

// columnRuns reads an array in Fortran order: its columns lie one after another,
// each with all its rows, of which the first rows are wanted.
func (a *Array) columnRuns(rows int) iter.Seq2[run, error] {
	return func(yield func(run, error) bool) {
		n, cols, size := a.Rows(), a.Cols(), a.elem.size
		done := 0 // values of the file
		for raw, err := range a.pieces(n*cols, blockBytes/size) {
			if err != nil {
				yield(run{}, err)
				return
			}
			for len(raw) > 0 {
				row := done % n
				length := min(n-row, len(raw)/size) // of this column in this piece
				if wanted := min(length, rows-row); wanted > 0 {
					if !yield(run{raw[:wanted*size], row*cols + rowMajor(done/n, a.further()), cols}, nil) {
						return
					}
				}
				raw = raw[length*size:]
				done += length
			}
		}
	}
}

// rowMajor is the place in row-major order of the k-th value in Fortran order, in
// which the first index moves fastest.
func rowMajor(k int, dims []int) int {
	step, at := 1, 0
	for _, d := range dims {
		step *= d
	}
	for _, d := range dims {
		step /= d
		at += k % d * step
		k /= d
	}
	return at
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
		size := a.elem.size
		buffer := make([]byte, max(1, min(per, count))*size)
		for done := 0; done < count; {
			b := buffer[:min(len(buffer), (count-done)*size)]
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
			done += len(b) / size
		}
		if count == a.Rows()*a.Cols() {
			if _, err := io.ReadFull(r, buffer[:1]); err != nil && !errors.Is(err, io.EOF) {
				yield(nil, a.errorf("%w", err))
			}
		}
	}
}
