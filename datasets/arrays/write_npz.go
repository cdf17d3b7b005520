package arrays

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
)

// Named is an array to be written: Floats or Ints, whichever is not nil, of these
// dimensions, in row-major order.
type Named struct {
	Name   string
	Dims   []int
	Floats []float32
	Ints   []int32
}

// count is the number of values.
func (a Named) count() int { return max(len(a.Floats), len(a.Ints)) }

// checkNamed refuses what could not be read again: values that are not of their
// shape, and two arrays of one name.
func checkNamed(arrays []Named) error {
	seen := map[string]bool{}
	for _, a := range arrays {
		size := 1
		for _, d := range a.Dims {
			size *= d
		}
		if size != a.count() {
			return fmt.Errorf("array %s: %d values are not of shape %v", a.Name, a.count(), a.Dims)
		}
		if seen[a.Name] || a.Name == metadataKey {
			return fmt.Errorf("array %q cannot be saved under this name; rename it", a.Name)
		}
		seen[a.Name] = true
	}
	return nil
}

// writeValues writes the values alone, little endian.
func (a Named) writeValues(w io.Writer) error {
	b := make([]byte, 0, min(blockBytes, 4*a.count()))
	for i := range a.count() {
		bits := uint32(0)
		if a.Ints != nil {
			bits = uint32(a.Ints[i])
		} else {
			bits = math.Float32bits(a.Floats[i])
		}
		if b = binary.LittleEndian.AppendUint32(b, bits); len(b) == cap(b) {
			if _, err := w.Write(b); err != nil {
				return err
			}
			b = b[:0]
		}
	}
	_, err := w.Write(b)
	return err
}

// WriteNPZ writes arrays as numpy.savez does. The same arrays give the same
// bytes.
func WriteNPZ(w io.Writer, arrays ...Named) error {
	if err := checkNamed(arrays); err != nil {
		return err
	}
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
	descr, dims := "<f4", make([]string, len(a.Dims))
	if a.Ints != nil {
		descr = "<i4"
	}
	for i, d := range a.Dims {
		dims[i] = fmt.Sprintf("%d,", d)
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
	return a.writeValues(w)
}
