package arrays

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// of is an .npy file of these values of two columns, with its array opened.
func of[T float64 | float32 | int64 | uint32](t *testing.T, descr string, fortran bool, values []T) *Array {
	t.Helper()
	var b bytes.Buffer
	order := "False"
	stored := values
	if fortran {
		order = "True"
		stored = nil
		for j := range 2 {
			for i := j; i < len(values); i += 2 {
				stored = append(stored, values[i])
			}
		}
	}
	if err := binary.Write(&b, binary.LittleEndian, stored); err != nil {
		t.Fatal(err)
	}
	path := writeFile(t, "x.npy", npyFile(fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': (%d, 2), }\n", descr, order, len(values)/2), b.Bytes()))
	return array(t, openFile(t, path), "x")
}

// A column whose differences lie below the digits of float32 is read less its mean,
// in either order; the other one is not.
func TestCentred(t *testing.T) {
	const far = 1.7e9 + 0.5
	values := []float64{far, 1, far + 20, 2.25, far + 40, 3}
	for _, fortran := range []bool{false, true} {
		a := of(t, "<f8", fortran, values)
		m, o, err := a.Centred(0)
		if err != nil || !slices.Equal(m.Data, []float32{-20, 1, 0, 2.25, 20, 3}) {
			t.Errorf("%v, %v", m.Data, err)
		}
		if j, lost := o.Lost(); !lost || j != 0 {
			t.Errorf("column %d, %v", j, lost)
		}
		if m, err := a.MatrixLess(o, 1); err != nil || !slices.Equal(m.Data, []float32{-20, 1}) {
			t.Errorf("%v, %v", m.Data, err)
		}
		if m, err := a.MatrixLess(Origin{}, 0); err != nil || !slices.Equal(m.Data, []float32{far, 1, far, 2.25, far, 3}) {
			t.Errorf("as they are: %v, %v", m.Data, err)
		}
	}
	if m, _, err := of(t, "<i8", false, []int64{1 << 40, 1, 1<<40 + 3, 2}).Centred(0); err != nil || !slices.Equal(m.Data, []float32{-1.5, 1, 1.5, 2}) {
		t.Errorf("whole numbers: %v, %v", m.Data, err)
	}
	if m, _, err := of(t, "<u4", false, []uint32{1700000001, 1, 1700000003, 2}).Centred(0); err != nil || !slices.Equal(m.Data, []float32{-1, 1, 1, 2}) {
		t.Errorf("whole numbers of 32 bits: %v, %v", m.Data, err)
	}
}

// What float32 holds, and what varies by no more than float64's own rounding, stays
// bit for bit: a column of 0.1 with noise in the last digit is a constant.
func TestSaneColumnsStay(t *testing.T) {
	for _, values := range [][]float64{
		{1.7e9, 0.1, 1.7e9 + 128, math.Nextafter(0.1, 1)}, // multiples of 128: float32 holds them
		{0.1, 100.1, 0.3, 101.7},
		{math.Inf(1), 1, 2, math.NaN()},
	} {
		m, o, err := of(t, "<f8", false, values).Centred(0)
		if err != nil || o.at != nil {
			t.Errorf("%v: less %v, %v", values, o.at, err)
		}
		for i, v := range values {
			if math.Float32bits(m.Data[i]) != math.Float32bits(float32(v)) {
				t.Errorf("%v became %v", v, m.Data[i])
			}
		}
	}
	if _, _, err := of(t, "<f8", false, []float64{1, 2, 3, -1e300}).Centred(0); err == nil || !strings.Contains(err.Error(), "row 1, column 1 is -1e+300, which float32 does not hold") {
		t.Error(err)
	}
}

// Arrays that are larger than the memory of any machine are refused before anything
// is taken for them. The files are holes, and take no room on the disk.
func TestNoMemoryIsTakenForLargeArrays(t *testing.T) {
	const rows = 1 << 38
	for descr, read := range map[string]func(*Array) error{
		"|S1": func(a *Array) error { _, err := a.Labels(); return err },
		"|u1": func(a *Array) error { _, err := a.Matrix(0); return err },
		"|i1": func(a *Array) error { _, err := a.Labels(); return err },
	} {
		path := filepath.Join(t.TempDir(), "x.npy")
		head := npyFile(fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%d,), }\n", descr, rows), nil)
		if err := os.WriteFile(path, head, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, int64(len(head))+rows); err != nil {
			t.Skip("the file system has no holes of this size:", err)
		}
		if err := read(array(t, openFile(t, path), "x")); err == nil || !strings.Contains(err.Error(), "GiB of memory and") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", descr, err)
		}
	}
}

// Rows of large whole numbers are said to look like codes; small ones, few columns
// and fractions are measurements.
func TestCodes(t *testing.T) {
	tokens := func(descr string, cols int, high uint32) *Array {
		b := make([]byte, 0, 4*4*cols)
		for i := range 4 * cols {
			b = binary.LittleEndian.AppendUint32(b, uint32(i*7919)%high)
		}
		return array(t, openFile(t, writeFile(t, "x.npy", npyFile(fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (4, %d), }\n", descr, cols), b))), "x")
	}
	if got := tokens("<i4", 64, 50257).Codes(); !strings.Contains(got, "taken for measurements; if they are codes") || !strings.Contains(got, "[4 64]") {
		t.Errorf("%q", got)
	}
	for _, a := range []*Array{tokens("<i4", 64, 256), tokens("<i4", 4, 50257), tokens("<f4", 64, 50257)} {
		if got := a.Codes(); got != "" {
			t.Errorf("%v: %q", a, got)
		}
	}
}
