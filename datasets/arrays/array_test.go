package arrays

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// The files in testdata are made by testdata/make.py with NumPy and safetensors.

func openFile(t *testing.T, path string) *Source {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func array(t *testing.T, s *Source, name string) *Array {
	t.Helper()
	a, err := s.Array(name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// NumPy's own conversion of every kind of half number, saved beside it.
func TestHalfNumbersAsNumPyConvertsThem(t *testing.T) {
	s := openFile(t, "testdata/half.npz")
	got, err := array(t, s, "half").Matrix(0)
	if err != nil {
		t.Fatal(err)
	}
	want, err := array(t, s, "half32").Matrix(0)
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range want.Data {
		if g := got.Data[i]; math.Float32bits(g) != math.Float32bits(w) && (g == g || w == w) {
			t.Errorf("value %d: %v, want %v", i, g, w)
		}
	}
}

// Awkward numbers and shapes that Python's safetensors wrote.
func TestReadPythonsFile(t *testing.T) {
	s := openFile(t, "testdata/python.safetensors")
	for name, want := range map[string][]float32{
		"b/weights": {0, 1. / 7, 2. / 7, 3. / 7, 4. / 7, 5. / 7}, "a/biases": {0.1, float32(math.Copysign(0, -1)), 3e38, 1e-45}, "scalar": {2.5},
	} {
		m, err := array(t, s, name).Matrix(0)
		if err != nil || !slices.EqualFunc(m.Data, want, func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }) {
			t.Errorf("%s: %v %v", name, m, err)
		}
	}
	if a := array(t, s, "empty"); !slices.Equal(a.Dims, []int{0, 3}) || len(s.Names()) != 4 || s.Metadata()["who"] != "Python" {
		t.Errorf("%v of %q, metadata %v", a, s.Names(), s.Metadata())
	}
	if err := s.CheckSum(); err == nil || !strings.Contains(err.Error(), "has no checksum") || !strings.Contains(err.Error(), "python.safetensors") {
		t.Errorf("checksum: %v", err)
	}
}

// Rows that come block by block are those that come at once, also where a block
// ends within the array or a piece of the file within a column, and where only the
// first rows are asked for.
func TestBlocks(t *testing.T) {
	rows, cols := 700, 1000 // 2.8 MB, three blocks
	values := make([]float32, rows*cols)
	raw := make([]byte, 4*len(values)) // column by column
	for i := range values {
		values[i] = float32(i)
		binary.LittleEndian.PutUint32(raw[4*(i%cols*rows+i/cols):], math.Float32bits(float32(i)))
	}
	var npz bytes.Buffer
	if err := WriteNPZ(&npz, Named{Name: "x", Dims: []int{rows, cols}, Floats: values}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	fortran := npyFile("{'descr': '<f4', 'fortran_order': True, 'shape': (700, 1000)}", raw)
	for path, b := range map[string][]byte{filepath.Join(dir, "x.npz"): npz.Bytes(), filepath.Join(dir, "x.npy"): fortran} {
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		a := array(t, openFile(t, path), "x")
		for _, first := range []int{0, 1, 262, 263, 699, 5000} {
			var got []float32
			blocks, most := 0, 0
			for m, err := range a.Blocks(first) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, m.Data...)
				blocks, most = blocks+1, max(most, len(m.Data))
			}
			want := values[:Head(rows, first)*cols]
			if !slices.Equal(got, want) {
				t.Errorf("%s, first %d rows: %d values, want %d", path, first, len(got), len(want))
			}
			if most*4 > blockBytes || first == 0 && blocks != 3 {
				t.Errorf("%s, first %d rows: %d blocks of up to %d values", path, first, blocks, most)
			}
			if m, err := a.Matrix(first); err != nil || !slices.Equal(m.Data, want) {
				t.Errorf("%s, first %d rows at once: %v", path, first, err)
			}
		}
		for range a.Blocks(0) {
			break // stopping early is no error
		}
	}
}

// A large array in C order is read in blocks that take no more memory than one.
func TestBlocksTakeTheMemoryOfOne(t *testing.T) {
	const rows, cols = 1 << 14, 1 << 10 // 64 MiB
	path := filepath.Join(t.TempDir(), "x.npy")
	header := npyFile(fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d)}", rows, cols), nil)
	if err := os.WriteFile(path, header, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, int64(len(header))+4*rows*cols); err != nil {
		t.Skipf("no files with holes here: %v", err)
	}
	a := array(t, openFile(t, path), "x")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n := 0
	for m, err := range a.Blocks(0) {
		if err != nil {
			t.Fatal(err)
		}
		n += m.Rows
	}
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; n != rows || taken > 4*blockBytes {
		t.Errorf("%d rows took %d bytes", n, taken)
	}
}

func TestRefusedArrays(t *testing.T) {
	s := openFile(t, "testdata/types.npz")
	for name, want := range map[string]string{
		"complex": "complex", "text": "text", "bytes": "text", "objects": "pickled", "bfloat16": "astype('float32')", "empty": "no values",
		"record": "not that of a plain array", "date": "type M8 is no number", "quad": "type f16 is no number",
	} {
		_, err := array(t, s, name).Matrix(0)
		for _, blockErr := range array(t, s, name).Blocks(0) {
			if fmt.Sprint(blockErr) != fmt.Sprint(err) {
				t.Errorf("%s: blocks say %v", name, blockErr)
			}
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "types.npz") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	if _, err := s.Array("train"); err == nil || !strings.Contains(err.Error(), "float32 float32 [3 4]") {
		t.Errorf("a missing array: %v", err)
	}
}
