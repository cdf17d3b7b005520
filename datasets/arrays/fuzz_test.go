package arrays

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Whatever the bytes are, a reader refuses them with an error or gives arrays that
// agree with their headers; it never panics and never allocates for sizes that the
// bytes cannot fill. The inputs under testdata/fuzz are run by every go test.

// in is a file of these bytes.
func in(path string, b []byte) file { return file{path, bytes.NewReader(b), int64(len(b))} }

// seed adds files of testdata.
func seed(f *testing.F, names ...string) {
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
}

// readAll reads the arrays of a file in every way.
func readAll(t *testing.T, s *Source, err error) {
	if err != nil {
		return
	}
	for _, name := range s.Names() {
		a, err := s.Array(name)
		if err != nil {
			t.Fatal(err)
		}
		count := a.Rows() * a.Cols()
		if count > 1<<20 {
			continue // a real archive of zeros may be large
		}
		m, err := a.Matrix(0)
		if err == nil && (len(m.Data) != count || m.Rows*m.Cols != count) {
			t.Fatalf("%v: %d values", a, len(m.Data))
		}
		var blocks []float32
		var blockErr error
		for b, err := range a.Blocks(0) {
			blocks, blockErr = append(blocks, b.Data...), err
		}
		if (err == nil) != (blockErr == nil) || err == nil && !slices.EqualFunc(m.Data, blocks, sameBits) {
			t.Fatalf("%v: blocks differ, %v and %v", a, err, blockErr)
		}
		if l, err := a.Labels(); err == nil && l.Len() != a.Rows() {
			t.Fatalf("%v: %d labels", a, l.Len())
		}
		if sets, err := a.LabelSets(); err == nil && (len(sets) != a.Rows() || sets[0].Len() != a.Cols()) {
			t.Fatalf("%v: %d label sets of %d", a, len(sets), sets[0].Len())
		}
	}
}

func sameBits(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }

func FuzzNPY(f *testing.F) {
	seed(f, "one.npy")
	f.Add(npyFile("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n", []byte{1, 2, 3, 4, 5, 6}))
	f.Add(npyFile("{'descr': '>f8', 'fortran_order': False, 'shape': (1,), }\n", make([]byte, 8)))
	f.Add(npyFile("{'descr': '<U2', 'fortran_order': True, 'shape': (1,), }\n", []byte{65, 0, 0, 0, 0, 0, 0, 0}))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := readNPY(in("x.npy", b))
		readAll(t, s, err)
	})
}

func FuzzNPZ(f *testing.F) {
	seed(f, "half.npz", "types.npz")
	x, y := npy("|u1", "(4, 3)", 12), npy("|u1", "(4,)", 4)
	f.Add(zipFile(f, "X.npy", x, "y.npy", y))
	f.Add(zipFile(f, "X.npy", x, "y.npy", y, "X.npy", x))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := readNPZ(in("x.npz", b))
		readAll(t, s, err)
	})
}

// Arrays that were read and are written again are the same arrays.
func FuzzSafetensors(f *testing.F) {
	seed(f, "python.safetensors", "conformance.safetensors")
	f.Add([]byte{})
	f.Add(tensorFile(`{}`, 0))
	f.Add(tensorFile(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8))
	f.Add(tensorFile(`{"a":{"dtype":"F32","shape":[-2,-1],"data_offsets":[0,8]}}`, 8))
	f.Add(tensorFile(`{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}`, 8))
	f.Add(tensorFile(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}`, 8))
	f.Add([]byte{255, 255, 255, 255, 255, 255, 255, 255, '{', '}'})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := readSafetensors(in("x.safetensors", b))
		readAll(t, s, err)
		if err != nil || s.Metadata()[checksumKey] != "" {
			return
		}
		var all []Named
		for _, name := range s.Names() {
			a := s.byName[name]
			if m, err := a.Matrix(0); err == nil && a.Type == "float32" {
				all = append(all, Named{Name: name, Dims: a.Dims, Floats: m.Data})
			}
		}
		var again bytes.Buffer
		if err := WriteSafetensors(&again, s.Metadata(), all...); err != nil {
			t.Skip() // an empty checksum
		}
		back, err := readSafetensors(in("x.safetensors", again.Bytes()))
		if err != nil || len(back.Names()) != len(all) {
			t.Fatalf("%d arrays, %v", len(all), err)
		}
		if err := back.CheckSum(); err != nil {
			t.Fatal(err)
		}
		for _, a := range all {
			if m, err := back.byName[a.Name].Matrix(0); err != nil || !slices.EqualFunc(m.Data, a.Floats, sameBits) {
				t.Fatalf("%s changed, %v", a.Name, err)
			}
		}
	})
}

func FuzzTable(f *testing.F) {
	f.Add([]byte("\ufeff\"length, cm\",width,label,block\n5.1,3.5,setosa,1\n6.4, 3.1 ,versicolor,2\n"), "label", "block")
	f.Add([]byte("y\ta\n10\t1\n9\t2\n10\t3\n9\t4\n"), "y", "")
	f.Fuzz(func(t *testing.T, b []byte, label, groups string) {
		for _, path := range []string{"x.csv", "x.tsv"} {
			s, err := readTable(in(path, b))
			if err != nil {
				continue
			}
			numbers, labels, err := s.Columns([]string{label, groups})
			if err != nil {
				continue
			}
			m, _ := numbers.Centred(0)
			if len(m.Data) != m.Rows*m.Cols || m.Rows == 0 || m.Cols+len(labels) != len(s.Names()) || m.CheckFinite("x") != nil {
				t.Fatalf("%d values, %d rows, %d columns, %d of labels in %q", len(m.Data), m.Rows, m.Cols, len(labels), s.Names())
			}
			for name, l := range labels {
				if l.Len() != m.Rows {
					t.Fatalf("%q: %d labels, %d rows", name, l.Len(), m.Rows)
				}
			}
			mixedAgree(t, s, numbers, []string{label, groups})
		}
	})
}

// mixedAgree holds what is read where cells may be missing against what is read where
// none may.
func mixedAgree(t *testing.T, s *Source, numbers Numbers, labels []string) {
	t.Helper()
	texts, err := s.TextColumns(labels)
	if len(texts) > 0 || err != nil {
		t.Fatalf("numbers are text in %q: %v", texts, err)
	}
	columns, _, err := s.Mixed(labels, nil)
	if err != nil || len(columns) != numbers.Cols {
		t.Fatalf("%d columns, %v", len(columns), err)
	}
	for j, c := range columns {
		for i, v := range c.Numbers {
			if v != numbers.data[i*numbers.Cols+j] {
				t.Fatalf("%s: row %d is %v", c.Name, i, v)
			}
		}
	}
}
