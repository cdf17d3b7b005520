package arrays

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
)

// Named is an array to be written: Floats or Ints, whichever is not nil, of
// these dimensions.
type Named struct {
	Name   string
	Dims   []int
	Floats []float32
	Ints   []int32
}

// WriteNPZ writes arrays as numpy.savez does. The same arrays give the same
// bytes.
func WriteNPZ(w io.Writer, arrays ...Named) error {
	z := zip.NewWriter(w)
	for _, a := range arrays {
		f, err := z.CreateHeader(&zip.FileHeader{Name: a.Name + ".npy", Method: zip.Store})
		if err != nil {
			return err
		}
		if err := a.writeNPY(f); err != nil {
			return fmt.Errorf("array %s: %w", a.Name, err)
		}
	}
	return z.Close()
}

// writeNPY writes one array in version 1.0 of the format: 10 bytes, then a
// header that ends at a multiple of 64 bytes, then the values.
func (a Named) writeNPY(w io.Writer) error {
	descr, count := "<f4", len(a.Floats)
	if a.Ints != nil {
		descr, count = "<i4", len(a.Ints)
	}
	size, dims := 1, make([]string, len(a.Dims))
	for i, d := range a.Dims {
		size *= d
		dims[i] = fmt.Sprintf("%d,", d)
	}
	if size != count {
		return fmt.Errorf("%d values are not of shape %v", count, a.Dims)
	}
	shape := strings.Join(dims, " ")
	if len(dims) > 1 {
		shape = strings.TrimSuffix(shape, ",")
	}
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, shape)
	header += strings.Repeat(" ", 63-(10+len(header))%64) + "\n"
	start := append([]byte("\x93NUMPY\x01\x00"), 0, 0)
	binary.LittleEndian.PutUint16(start[8:], uint16(len(header)))
	if _, err := w.Write(append(start, header...)); err != nil {
		return err
	}
	b := make([]byte, 0, blockBytes)
	for i := range count {
		bits := uint32(0)
		if a.Ints != nil {
			bits = uint32(a.Ints[i])
		} else {
			bits = math.Float32bits(a.Floats[i])
		}
		if b = binary.LittleEndian.AppendUint32(b, bits); len(b) == cap(b) || i == count-1 {
			if _, err := w.Write(b); err != nil {
				return err
			}
			b = b[:0]
		}
	}
	return nil
}
