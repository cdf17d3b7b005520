package arrays

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// npyFile is an .npy file with this header text and these bytes.
func npyFile(header string, values []byte) []byte {
	b := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(header)))
	return append(append(b, header...), values...)
}

// npy is one with values of zero, in this type and shape.
func npy(descr, shape string, size int) []byte {
	return npyFile("{'descr': '"+descr+"', 'fortran_order': False, 'shape': "+shape+", }\n", make([]byte, size))
}

// tensorFile is a .safetensors file with this header and values of zero.
func tensorFile(header string, size int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, size)...)
}

// zipFile is an archive of these members, names and contents in turn.
func zipFile(t testing.TB, members ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		w, err := z.Create(members[i].(string))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(members[i+1].([]byte)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Headers that lie must neither panic nor make anything be allocated.
func TestDamagedFiles(t *testing.T) {
	one := npy("<f4", "(1,)", 4)
	for _, test := range []struct {
		name string
		b    []byte
		want string
	}{
		{"empty.npy", nil, "cut off"},
		{"zip.npy", []byte("PK\x03\x04 and so on"), "NumPy array"},
		{"in header.npy", one[:20], "makes no sense"},
		{"in values.npy", one[:len(one)-1], "3 bytes follow it; the file is damaged or cut off"},
		{"goes on.npy", append(bytes.Clone(one), 0), "5 bytes follow"},
		{"more than it holds.npy", npy("<f4", "(100000, 100000)", 8), "8 bytes follow"},
		{"overflow.npy", npy("<f4", "(4294967296, 4294967296, 4294967296)", 8), "header asks for more than"},
		{"long number.npy", npy("<f4", "(99999999999999999999,)", 8), "makes no sense"},
		{"long dimension.npy", npy("|u1", "(2000000000000, 3)", 8), "makes no sense"},
		{"zero and overflow.npy", npy("|u1", "(0, 1099511627776, 1099511627776)", 0), "header asks for more than"},
		{"record.npy", npyFile("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", make([]byte, 8)), "not that of a plain array"},
		{"no dictionary.npy", npyFile("hello\n", nil), "not that of a plain array"},
		{"objects.npy", npy("|O", "(2,)", 8), "pickled"},
		{"huge element.npy", npy("|S999999999", "(2,)", 8), "not known"},
		{"no size.npy", npy("|u", "(2,)", 8), "not known"},
		{"format 9.npy", []byte("\x93NUMPY\x09\x00aaaa"), "format 9"},
		{"header of 4 GiB.npy", []byte("\x93NUMPY\x02\x00\xff\xff\xff\xff"), "4294967295 bytes, which makes no sense"},
		{"no archive.npz", []byte("no archive"), "not an .npz archive"},
		{"cut off.npz", zipFile(t, "x.npy", one)[:60], "not an .npz archive"},
		{"twice.npz", zipFile(t, "x.npy", one, "x", one), "two arrays named"},
		{"out.npz", zipFile(t, "../x.npy", one), `"../x.npy" would lie outside`},
		{"out, deeper.npz", zipFile(t, "a/../../x.npy", one), "would lie outside"},
		{"out, in Windows.npz", zipFile(t, `..\x.npy`, one), "would lie outside"},
		{"short.safetensors", []byte{1, 2}, "shorter than 8 bytes"},
		{"long header.safetensors", []byte("\xff\xff\xff\xff\xff\xff\xff\xff{}"), "longer than the file"},
		{"list.safetensors", tensorFile("[1]", 0), "no JSON object"},
		{"metadata.safetensors", tensorFile(`{"__metadata__": {"a": 1}}`, 0), "metadata are no texts"},
		{"beyond.safetensors", tensorFile(`{"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 80]}}`, 8), "bytes 0 to 80 of 8"},
		{"shape.safetensors", tensorFile(`{"x": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}`, 8), "does not fill its 8 bytes"},
		{"negative.safetensors", tensorFile(`{"x": {"dtype": "F32", "shape": [-3], "data_offsets": [0, 8]}}`, 8), "makes no sense"},
		{"fraction.safetensors", tensorFile(`{"x": {"dtype": "F32", "shape": [1.5], "data_offsets": [0, 8]}}`, 8), "makes no sense"},
		{"overflow.safetensors", tensorFile(`{"x": {"dtype": "F32", "shape": [1099511627776, 4], "data_offsets": [0, 0]}}`, 0), "asks for more than"},
		{"number.safetensors", tensorFile(`{"x": 7}`, 8), "not that of a tensor"},
		{"backwards.safetensors", tensorFile(`{"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, -4]}}`, 8), "would lie at bytes"},
		{"before.safetensors", tensorFile(`{"x": {"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]}}`, 8), "would lie at bytes"},
		{"hole.safetensors", tensorFile(`{"x": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}`, 8), "are to begin at 0"},
		{"overlap.safetensors", tensorFile(`{"x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "y": {"dtype": "F32", "shape": [1], "data_offsets": [2, 6]}}`, 6), "are to begin at 4"},
		{"goes on.safetensors", tensorFile(`{"x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}`, 8), "end at byte 4 of 8"},
		{"empty.csv", nil, "empty"},
		{"twice.csv", []byte("a,a\n1,2\n"), "two columns"},
		{"quote.csv", []byte("a,\"b\n"), "quote"},
		{"model.xyz", []byte("x"), ".safetensors"},
		{"model.pt", []byte("x"), "PyTorch"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := Open(writeFile(t, test.name, test.b))
			if err == nil {
				s.Close()
				t.Fatal("was opened")
			}
			if !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), test.name) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v; want %q", err, test.want)
			}
		})
	}
	for _, path := range []string{filepath.Join(t.TempDir(), "none.npz"), filepath.Join(t.TempDir(), "none.safetensors")} {
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("no file: %v", err)
		}
		if _, err := OpenFolder(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("no folder: %v", err)
		}
	}
	if _, err := Open(filepath.Dir(writeFile(t, "x.npz", nil)) + "/"); err == nil {
		t.Error("a folder was opened")
	}
}

func writeFile(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// A damaged member of an archive, or a damaged file of a folder, says so once it
// is asked for; the others can be read.
func TestDamagedBesideGood(t *testing.T) {
	good := npy("<f4", "(2, 2)", 16)
	broken := map[string]struct {
		b    []byte
		want string
	}{
		"text":   {[]byte("please read me"), "does not start as a NumPy array does"},
		"record": {npyFile("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", make([]byte, 8)), "not that of a plain array"},
		"bomb":   {npy("|u1", "(4, 3)", 32<<20), "33554432 bytes follow it"},
		"empty":  {nil, "cut off"},
	}
	folder := t.TempDir()
	members := []any{"good.npy", good}
	for name, c := range broken {
		members = append(members, name+".npy", c.b)
		if err := os.WriteFile(filepath.Join(folder, name+".npy"), c.b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "good.npy"), good, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(folder, "z.npy"), 0o755); err != nil {
		t.Fatal(err)
	}
	archive := openFile(t, writeFile(t, "x.npz", zipFile(t, members...)))
	inFolder, err := OpenFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer inFolder.Close()
	for _, s := range []*Source{archive, inFolder} {
		if m, err := array(t, s, "good").Matrix(0); err != nil || len(m.Data) != 4 {
			t.Errorf("%s: %v %v", s.Path(), m, err)
		}
		for name, c := range broken {
			_, err := array(t, s, name).Matrix(0)
			_, labelErr := array(t, s, name).Labels()
			for _, err := range []error{err, labelErr} {
				if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "array "+name) || !strings.Contains(err.Error(), s.Path()) {
					t.Errorf("%s, %s: %v, want %q", s.Path(), name, err, c.want)
				}
			}
		}
	}
	if _, err := array(t, inFolder, "z").Matrix(0); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a folder: %v", err)
	}
}

// Damage that the headers do not show.
func TestDamagedValues(t *testing.T) {
	good := zipFile(t, "x.npy", npy("<f4", "(100, 4)", 1600))
	at := bytes.LastIndex(good, []byte("x.npy")) - 46 // its entry in the central directory
	lying := func(size uint32) []byte {
		b := bytes.Clone(good)
		binary.LittleEndian.PutUint32(b[at+24:], size) // unpacked
		return b
	}
	stored, err := os.ReadFile("testdata/types.npz")
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(stored)
	flipped[bytes.Index(flipped, []byte("float32.npy"))+180] ^= 1
	for _, c := range []struct {
		b           []byte
		array, want string
	}{
		{flipped, "float32", "checksum"},
		{lying(1 << 31), "x", "2147483648 bytes, more than any compression gives"},
		{lying(20000), "x", "bytes follow it"},
		{npzOf(t, npy("<U1", "(1,)", 0), 0xff, 0xff, 0xff, 0xff), "x", "is no character"},
		{npzOf(t, npy("|S1", "(1,)", 0), 0xff), "x", "is not UTF-8 text"},
	} {
		a := array(t, openFile(t, writeFile(t, "damaged.npz", c.b)), c.array)
		_, err := a.Matrix(0)
		if a.Type == "text" {
			_, err = a.Labels()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", a, err, c.want)
		}
	}
	path := writeFile(t, "cut.npy", npy("<f4", "(2,)", 8))
	s := openFile(t, path)
	if err := os.Truncate(path, 70); err != nil { // after it was opened
		t.Fatal(err)
	}
	if _, err := array(t, s, "cut").Matrix(0); err == nil || !strings.Contains(err.Error(), "cut off before the end of its [2] values") {
		t.Errorf("cut off: %v", err)
	}
}

// npzOf is an archive of one array x, with these bytes as its values.
func npzOf(t *testing.T, header []byte, values ...byte) []byte {
	return zipFile(t, "x.npy", append(header, values...))
}
