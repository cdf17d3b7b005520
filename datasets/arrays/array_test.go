package arrays

import (
	"archive/zip"
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The files in testdata are made by testdata/make.py with NumPy and safetensors.

func open(t *testing.T, path string) *Source {
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

// expected is what make.py put into an array of this type.
func expected(name string) []float32 {
	out := make([]float32, 12)
	for i := range out {
		switch {
		case name == "bool":
			out[i] = float32(i % 2)
		case strings.HasPrefix(name, "uint"):
			out[i] = float32(i)
		case strings.HasPrefix(name, "int"):
			out[i] = float32(i - 4)
		default:
			out[i] = float32(i-4) / 4
		}
	}
	return out
}

func TestEveryTypeIsRead(t *testing.T) {
	for file, names := range map[string][]string{
		"testdata/types.npz":         {"float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool", "big", "fortran"},
		"testdata/types.safetensors": {"float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool"},
	} {
		s := open(t, file)
		for _, name := range names {
			a := array(t, s, name)
			m, err := a.Matrix(0)
			if err != nil || m.Rows != 3 || m.Cols != 4 || !slices.Equal(m.Data, expected(name)) {
				t.Errorf("%s %s: %v %v", file, name, m, err)
			}
			if m, err = a.Matrix(2); err != nil || m.Rows != 2 || !slices.Equal(m.Data, expected(name)[:8]) {
				t.Errorf("%s %s, two rows: %v %v", file, name, m, err)
			}
		}
	}
	one := open(t, "testdata/one.npy")
	if m, err := array(t, one, "one").Matrix(0); err != nil || !slices.Equal(m.Data, expected("float32")) {
		t.Errorf("one.npy: %v %v", m, err)
	}
	cube, err := array(t, open(t, "testdata/types.npz"), "cube").Matrix(0)
	if err != nil || cube.Rows != 2 || cube.Cols != 12 {
		t.Fatalf("cube: %v %v", cube, err)
	}
	for i, v := range cube.Data {
		if v != float32(i) {
			t.Fatalf("cube in Fortran order: value %d is %v", i, v)
		}
	}
}

// NumPy's own conversion of every kind of half number, saved beside it.
func TestHalfNumbersAsNumPyConvertsThem(t *testing.T) {
	s := open(t, "testdata/small.npz")
	got, err := array(t, s, "half").Matrix(0)
	if err != nil {
		t.Fatal(err)
	}
	want, err := array(t, s, "half32").Matrix(0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want.Data {
		if math.Float32bits(got.Data[i]) != math.Float32bits(want.Data[i]) {
			t.Errorf("value %d: %v, want %v", i, got.Data[i], want.Data[i])
		}
	}
	if nan := half(0x7e01); nan == nan {
		t.Errorf("NaN became %v", nan)
	}
}

// Rows that come block by block are those that come at once, also where a block
// ends within the array, and where only the first rows are asked for.
func TestBlocks(t *testing.T) {
	rows, cols := 700, 1000 // 2.8 MB, three blocks
	values := make([]float32, rows*cols)
	for i := range values {
		values[i] = float32(i)
	}
	path := filepath.Join(t.TempDir(), "x.npz")
	var b bytes.Buffer
	if err := WriteNPZ(&b, Named{Name: "x", Dims: []int{rows, cols}, Floats: values}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	a := array(t, open(t, path), "x")
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
			t.Errorf("first %d rows: %d values, want %d", first, len(got), len(want))
		}
		if most*4 > blockBytes || first == 0 && blocks != 3 {
			t.Errorf("first %d rows: %d blocks of up to %d values", first, blocks, most)
		}
	}
	for range a.Blocks(0) {
		break // stopping early is no error
	}
	for _, err := range array(t, open(t, "testdata/types.npz"), "fortran").Blocks(0) {
		if err == nil || !strings.Contains(err.Error(), "ascontiguousarray") {
			t.Errorf("blocks of a Fortran array: %v", err)
		}
	}
}

func TestRefusedArrays(t *testing.T) {
	s := open(t, "testdata/types.npz")
	for name, want := range map[string]string{
		"complex": "complex", "text": "text", "bytes": "text", "objects": "pickled", "bfloat16": "astype('float32')", "empty": "no values",
	} {
		_, err := array(t, s, name).Matrix(0)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "types.npz") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	if _, err := s.Array("train"); err == nil || !strings.Contains(err.Error(), "float16 float16 [3 4]") {
		t.Errorf("a missing array: %v", err)
	}
}

// Headers that lie must neither panic nor make anything be allocated.
func TestDamagedFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	npy := func(header string, values int) []byte {
		b := []byte("\x93NUMPY\x01\x00")
		b = append(b, byte(len(header)), byte(len(header)>>8))
		return append(append(b, header...), make([]byte, values)...)
	}
	tensors := func(header string, values int) []byte {
		b := append([]byte{byte(len(header)), byte(len(header) >> 8)}, 0, 0, 0, 0, 0, 0)
		return append(append(b, header...), make([]byte, values)...)
	}
	zipped := func(names ...string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, n := range names {
			f, err := z.Create(n)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 4)); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, test := range []struct {
		name string
		b    []byte
		want string
	}{
		{"a.npy", nil, "cut off"},
		{"b.npy", []byte("PK\x03\x04 and so on"), "NumPy array"},
		{"c.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (100000, 100000)}", 8), "8 bytes follow"},
		{"d.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4294967296)}", 8), "header asks for more than"},
		{"e.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", 8), "makes no sense"},
		{"f.npy", npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", 8), "not that of a plain array"},
		{"g.npy", npy("{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", 8), "pickled"},
		{"h.npy", []byte("\x93NUMPY\x09\x00aaaa"), "format 9"},
		{"i.npy", []byte("\x93NUMPY\x02\x00\xff\xff\xff\xff"), "makes no sense"},
		{"j.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 9), "9 bytes follow"},
		{"a.npz", []byte("no archive"), "not an .npz archive"},
		{"b.npz", zipped("x.npy", "x"), "two arrays named"},
		{"a.safetensors", []byte{1, 2}, "shorter than 8 bytes"},
		{"b.safetensors", []byte("\xff\xff\xff\xff\xff\xff\xff\xff{}"), "longer than the file"},
		{"c.safetensors", tensors("[1]", 0), "no JSON object"},
		{"d.safetensors", tensors(`{"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 80]}}`, 8), "bytes 0 to 80 of 8"},
		{"e.safetensors", tensors(`{"x": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}`, 8), "does not fill its 8 bytes"},
		{"f.safetensors", tensors(`{"x": {"dtype": "F32", "shape": [-3], "data_offsets": [0, 8]}}`, 8), "makes no sense"},
		{"g.safetensors", tensors(`{"x": 7}`, 8), "not that of a tensor"},
		{"h.safetensors", tensors(`{"x": {"dtype": "F32", "shape": [2], "data_offsets": [4, -4]}}`, 8), "would lie at bytes"},
		{"a.csv", nil, "empty"},
		{"b.csv", []byte("a,a\n1,2\n"), "two columns"},
		{"model.pt", []byte("x"), ".safetensors"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := Open(write(test.name, test.b))
			if err == nil {
				s.Close()
				t.Fatal("was opened")
			}
			if !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), test.name) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v; want %q", err, test.want)
			}
		})
	}
	if _, err := Open(filepath.Join(dir, "none.npz")); err == nil || !strings.Contains(err.Error(), "none.npz") {
		t.Errorf("no file: %v", err)
	}
	t.Run("damaged values", func(t *testing.T) { // the archive's own check finds it
		b, err := os.ReadFile("testdata/types.npz")
		if err != nil {
			t.Fatal(err)
		}
		b = bytes.Clone(b)
		at := bytes.Index(b, []byte("float32.npy")) + 180
		b[at] ^= 1
		_, err = array(t, open(t, write("damaged.npz", b)), "float32").Matrix(0)
		if err == nil || !strings.Contains(err.Error(), "checksum") {
			t.Errorf("got %v", err)
		}
	})
}

// FuzzOpen: no file makes a reader panic or allocate more than the file's size
// allows.
func FuzzOpen(f *testing.F) {
	for i, name := range []string{"types.npz", "one.npy", "types.safetensors"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(i, b)
	}
	f.Add(3, []byte("label,x\ncat,1\ndog,2\n"))
	f.Fuzz(func(t *testing.T, kind int, b []byte) {
		endings := []string{".npz", ".npy", ".safetensors", ".csv"}
		path := filepath.Join(t.TempDir(), "x"+endings[((kind%4)+4)%4])
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := Open(path)
		if err != nil {
			return
		}
		defer s.Close()
		if s.Table() {
			_, _, _ = s.Columns([]string{"label"}, 0)
			return
		}
		for _, name := range s.Names() {
			a, err := s.Array(name)
			if err != nil {
				t.Fatal(err)
			}
			if a.Rows()*a.Cols() > 1<<20 {
				continue // a real archive of zeros may be large
			}
			if m, err := a.Matrix(0); err == nil && len(m.Data) != m.Rows*m.Cols {
				t.Fatalf("%v: %d values", a, len(m.Data))
			}
			_, _ = a.Labels()
			_, _ = a.LabelSets()
		}
	})
}
