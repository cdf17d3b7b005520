package datasets

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sbinet/npyio/npy"
)

// numpyFile was written by NumPy 2 with testdata/make_numpy.py.
const numpyFile = "testdata/numpy.npz"

// imageStated says all that images of numbers 0..71 need.
func imageStated(o FileOptions) FileOptions {
	o.Layout, o.High, o.TestShare = cmp.Or(o.Layout, "nhwc"), 71, -1
	return o
}

func loadOwn(path string, o FileOptions) (*Set, *Set, error) {
	return Load(context.Background(), path, Options{Files: o})
}

// Every element type, byte order and layout that NumPy writes gives the same set.
func TestNumPyArrays(t *testing.T) {
	for _, c := range []FileOptions{
		{X: "u1"}, {X: "i1"}, {X: "u2"}, {X: "i2"}, {X: "u4"}, {X: "i4"}, {X: "u8"}, {X: "i8"}, {X: "f4"}, {X: "f8"},
		{X: "half"}, {X: "fortran"},
		{X: "nchw", Layout: "nchw"}, {X: "flat", Layout: "flat", Shape: Shape{Height: 2, Width: 3, Channels: 2}},
	} {
		s, _, err := loadOwn(numpyFile, imageStated(c))
		if err != nil {
			t.Errorf("%s: %v", c.X, err)
			continue
		}
		if s.Shape != (Shape{Height: 2, Width: 3, Channels: 2}) || s.Len() != 6 {
			t.Errorf("%s: %d of %v", c.X, s.Len(), s.Shape)
		}
		for i, v := range s.X {
			if v != float32(float64(i)/71) {
				t.Errorf("%s: value %d is %v", c.X, i, v)
				break
			}
		}
		if strings.Join(s.Classes, " ") != "-3 7 12" || s.Y[0] != 1 || s.Groups[5] != 1 {
			t.Errorf("%s: classes %v, labels %v, groups %v", c.X, s.Classes, s.Y, s.Groups)
		}
	}
	s, _, err := loadOwn(numpyFile, imageStated(FileOptions{X: "nhw", Layout: "nhw"}))
	if err != nil || s.Shape != (Shape{Height: 2, Width: 3, Channels: 1}) {
		t.Errorf("nhw: %v, %v", s, err)
	}
	s, _, err = loadOwn(numpyFile, FileOptions{X: "flat", Layout: "table", TestShare: -1})
	if err != nil || s.Shape != (Shape{Height: 1, Width: 1, Channels: 12}) || s.X[71] != 71 {
		t.Errorf("a table is not to be scaled: %v, %v", s, err)
	}
	s, _, err = loadOwn(numpyFile, FileOptions{X: "b1", Layout: "nhwc", High: 1, TestShare: -1})
	if err != nil || s.X[0] != 1 || s.X[1] != 0 {
		t.Errorf("booleans: %v, %v", s, err)
	}
}

func TestNumPyLabels(t *testing.T) {
	for y, want := range map[string]string{"text": "b long été", "raw": "p qq", "column": "0 1 2", "bigendian": "x yy"} {
		s, _, err := loadOwn(numpyFile, imageStated(FileOptions{X: "u1", Y: y}))
		if err != nil || strings.Join(s.Classes, " ") != want {
			t.Errorf("%s: %v, %v", y, s, err)
		}
	}
	train, test, err := loadOwn(numpyFile, FileOptions{X: "u1", Y: "text", TestX: "f8", TestY: "text", Layout: "nhwc", High: 71})
	if err != nil || train.Len() != 6 || test.Len() != 6 || test.X[71] != 1 || test.Groups != nil {
		t.Errorf("with a test part: %v, %v, %v", train, test, err)
	}
	train, test, err = loadOwn(numpyFile, FileOptions{X: "u1", Y: "column", TestX: "u1", TestY: "text", Layout: "nhwc", High: 71})
	refused(t, err, "été", "training labels")
}

func TestNumPyRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		o     FileOptions
		words []string
	}{
		"no layout":         {FileOptions{X: "u1"}, []string{"array u1", "[6 2 3 2]", "nhwc", "table"}},
		"unknown layout":    {FileOptions{X: "u1", Layout: "hwcn"}, []string{`"hwcn"`, "nchw"}},
		"wrong axes":        {FileOptions{X: "flat", Layout: "nhwc"}, []string{"4 axes", "[6 12]"}},
		"no range":          {FileOptions{X: "u1", Layout: "nhwc"}, []string{"0..71", "--own low=0,high=255"}},
		"outside the range": {FileOptions{X: "u1", Layout: "nhwc", High: 50}, []string{"value 3 of example 4 is 51", "0..50"}},
		"range upside down": {FileOptions{X: "u1", Layout: "nhwc", Low: 1, High: -1}, []string{"1..-1"}},
		"flat, no shape":    {FileOptions{X: "flat", Layout: "flat"}, []string{"12 values", "state a shape"}},
		"flat, wrong shape": {FileOptions{X: "flat", Layout: "flat", Shape: Shape{Height: 5, Width: 5, Channels: 1}}, []string{"12 values", "5×5×1"}},
		"shape, not flat":   {FileOptions{X: "u1", Layout: "nhwc", Shape: gray28, High: 71}, []string{"28×28×1", "flat only"}},
		"table with range":  {FileOptions{X: "flat", Layout: "table", High: 71}, []string{"0..71", "not scaled"}},
		"a test file":       {FileOptions{X: "flat", Layout: "table", Test: "more.npz"}, []string{": test is stated", "leave "}},
		"objects":           {imageStated(FileOptions{X: "objects"}), []string{"Python objects", "astype"}},
		"object labels":     {imageStated(FileOptions{X: "u1", Y: "objects"}), []string{"Python objects"}},
		"complex":           {imageStated(FileOptions{X: "complex"}), []string{"array complex", "complex numbers"}},
		"text as values":    {imageStated(FileOptions{X: "text"}), []string{"not numbers"}},
		"NaN":               {imageStated(FileOptions{X: "nan"}), []string{"array nan", "value 4 of example 3 is NaN"}},
		"too large":         {imageStated(FileOptions{X: "huge"}), []string{"array huge", "value 1 of example 0 is +Inf"}},
		"a scalar":          {imageStated(FileOptions{X: "scalar"}), []string{"single value"}},
		"records":           {imageStated(FileOptions{X: "record"}), []string{"plain array"}},
		"empty":             {imageStated(FileOptions{X: "empty"}), []string{"array empty", "no values"}},
		"no such array":     {imageStated(FileOptions{X: "pixels"}), []string{`no array "pixels"`, "it has", "u1 uint8 [6 2 3 2]", "state the names"}},
		"no labels":         {imageStated(FileOptions{X: "u1", Y: "labels"}), []string{`no array "labels"`}},
		"too few labels":    {imageStated(FileOptions{X: "u1", Y: "few"}), []string{"[3]", "6 examples"}},
		"one example each":  {imageStated(FileOptions{X: "u1", Y: "onehot"}), []string{`class "0" has a single example`}},
		"images as labels":  {imageStated(FileOptions{X: "u1", Y: "u1"}), []string{"[6 2 3 2]", "one value for each example"}},
		"huge label":        {imageStated(FileOptions{X: "u1", Y: "big"}), []string{"too large for a class"}},
		"no such groups":    {imageStated(FileOptions{X: "u1", Groups: "blocks"}), []string{`no array "blocks"`}},
		"half a test part":  {imageStated(FileOptions{X: "u1", TestX: "u1"}), []string{`no array "y_test"`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := loadOwn(numpyFile, c.o)
			refused(t, err, append(c.words, "numpy.npz")...)
		})
	}
}

// npyBytes is an .npy file with this header text and these bytes.
func npyBytes(header string, data []byte) []byte {
	b := []byte("\x93NUMPY\x01\x00")
	b = binary.LittleEndian.AppendUint16(b, uint16(len(header)))
	return append(append(b, header...), data...)
}

// A folder of .npy files, written by another implementation.
func TestNPYFolder(t *testing.T) {
	dir := t.TempDir()
	save := func(name string, v any) {
		var b bytes.Buffer
		if err := npy.Write(&b, v); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name+".npy"), b.Bytes())
	}
	save("X", []float64{1, 2, 3, 4})
	save("y", []int64{0, 1, 0, 1})
	_, _, err := loadOwn(dir, FileOptions{Layout: "table"})
	refused(t, err, "2 axes", "[4]")

	write(t, filepath.Join(dir, "X.npy"), npyBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (4, 1), }\n", make([]byte, 16)))
	s, _, err := loadOwn(dir, FileOptions{Layout: "table", TestShare: -1})
	if err != nil || s.Len() != 4 || s.Shape != (Shape{Height: 1, Width: 1, Channels: 1}) {
		t.Errorf("%v, %v", s, err)
	}
	if err := os.Mkdir(filepath.Join(dir, "z.npy"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, _, err = loadOwn(dir, FileOptions{Layout: "table", X: "z"})
	refused(t, err, "array z", "not a regular file")
	write(t, filepath.Join(dir, "train-images-idx3-ubyte"), nil)
	_, _, err = loadOwn(dir, FileOptions{Layout: "table"})
	refused(t, err, ".npy and IDX", "keep one")
}

// More values than a set may hold are refused before any is read.
func TestArrayLargerThanASet(t *testing.T) {
	dir := t.TempDir()
	header := npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (268435456, 5), }\n", nil)
	path := write(t, filepath.Join(dir, "X.npy"), header)
	if err := os.Truncate(path, int64(len(header))+5<<28); err != nil {
		t.Skipf("no files with holes here: %v", err)
	}
	_, _, err := loadOwn(dir, FileOptions{Layout: "table"})
	refused(t, err, "X uint8 [268435456 5]", "more than 1073741824 values")
}

func zipOf(t testing.TB, members ...any) []byte {
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

func TestNPZRefuses(t *testing.T) {
	x := npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (4, 3), }\n", make([]byte, 12))
	y := npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }\n", []byte{0, 1, 0, 1})
	bomb := npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (4, 3), }\n", make([]byte, 32<<20))
	good := zipOf(t, "X.npy", x, "y.npy", y)
	damaged := bytes.Clone(good)
	damaged[bytes.Index(good, []byte("X.npy"))+60] ^= 0xff
	lying := bytes.Clone(good)
	at := bytes.LastIndex(lying, []byte("X.npy")) - 46 + 24 // uncompressed size in the central directory
	binary.LittleEndian.PutUint32(lying[at:], 1<<31)
	for name, c := range map[string]struct {
		b     []byte
		words []string
	}{
		"not a zip":      {[]byte("X,y\n1,2\n"), []string{"not an .npz archive", "savez"}},
		"cut off":        {good[:len(good)-30], []string{"cut off"}},
		"damaged":        {damaged, []string{"array X"}},
		"duplicate":      {zipOf(t, "X.npy", x, "y.npy", y, "X.npy", x), []string{"two arrays", `"X"`}},
		"path traversal": {zipOf(t, "../X.npy", x, "y.npy", y), []string{"../X.npy", "outside"}},
		"absolute path":  {zipOf(t, "/etc/X.npy", x, "y.npy", y), []string{`no array "X"`, "/etc/X uint8 [4 3]"}},
		"backslashes":    {zipOf(t, `..\X.npy`, x, "y.npy", y), []string{"outside"}},
		"bomb":           {zipOf(t, "X.npy", bomb, "y.npy", y), []string{"[4 3] values", "33554432 bytes follow"}},
		"lies":           {lying, []string{"2147483648 bytes", "any compression"}},
		"one class":      {zipOf(t, "X.npy", x, "y.npy", npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }\n", make([]byte, 4))), []string{"1 class"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := write(t, filepath.Join(dir, "in", "data.npz"), c.b)
			_, _, err := loadOwn(path, FileOptions{Layout: "table"})
			refused(t, err, c.words...)
			if entries, _ := os.ReadDir(dir); len(entries) != 1 {
				t.Errorf("something was written: %v", entries)
			}
		})
	}
	s, _, err := loadOwn(write(t, filepath.Join(t.TempDir(), "data.npz"), good), FileOptions{Layout: "table", TestShare: -1})
	if err != nil || s.Len() != 4 {
		t.Errorf("the good file: %v, %v", s, err)
	}
}
