package arrays

import (
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// written are arrays with numbers that are awkward to write.
var written = []Named{
	{Name: "layer/train", Dims: []int{2, 3}, Floats: []float32{1, float32(math.Inf(-1)), float32(math.Copysign(0, -1)), 1e-45, 5, 6}},
	{Name: "labels", Dims: []int{2}, Ints: []int32{-1, 1 << 30}},
	{Name: "empty", Dims: []int{0, 4}, Floats: []float32{}},
	{Name: "scalar", Floats: []float32{2.5}},
}

var writers = map[string]func(io.Writer, ...Named) error{
	".npz":         WriteNPZ,
	".safetensors": func(w io.Writer, all ...Named) error { return WriteSafetensors(w, nil, all...) },
}

// What is written can be read, bit for bit, and the same arrays give the same
// bytes. That NumPy reads it too is checked by ../../.ci/recipes, and that
// safetensors does by the tests of package nn.
func TestWrite(t *testing.T) {
	for ending, write := range writers {
		var a, b bytes.Buffer
		for _, to := range []*bytes.Buffer{&a, &b} {
			if err := write(to, written...); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("%s: two writes differ", ending)
		}
		path := filepath.Join(t.TempDir(), "x"+ending)
		if err := os.WriteFile(path, a.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		s := openFile(t, path)
		for _, w := range written {
			if read := array(t, s, w.Name); !slices.Equal(read.Dims, w.Dims) {
				t.Errorf("%s: %v, want %v", ending, read, w.Dims)
			}
		}
		for _, w := range []Named{written[0], written[3]} {
			m, err := array(t, s, w.Name).Matrix(0)
			if err != nil || !slices.EqualFunc(m.Data, w.Floats, func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }) {
				t.Errorf("%s: %v %v", ending, m, err)
			}
		}
		if l, err := array(t, s, "labels").Labels(); err != nil || !slices.Equal(l.Ints, []int64{-1, 1 << 30}) {
			t.Errorf("%s: labels %v %v", ending, l, err)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	for ending, write := range writers {
		for want, all := range map[string][]Named{
			"1 values are not of shape [3]":                  {{Name: "x", Dims: []int{3}, Ints: []int32{1}}},
			`array "x" cannot be saved under this name`:      {{Name: "x", Dims: []int{1}, Ints: []int32{1}}, {Name: "x", Dims: []int{1}, Ints: []int32{1}}},
			`"__metadata__" cannot be saved under this name`: {{Name: "__metadata__", Dims: []int{1}, Ints: []int32{1}}},
		} {
			var b bytes.Buffer
			if err := write(&b, all...); err == nil || !strings.Contains(err.Error(), want) || b.Len() > 0 {
				t.Errorf("%s: %v, want %q; %d bytes written", ending, err, want, b.Len())
			}
		}
	}
	if err := WriteSafetensors(io.Discard, map[string]string{"sha256": "mine"}); err == nil || !strings.Contains(err.Error(), `metadata "sha256"`) {
		t.Errorf("a checksum of one's own: %v", err)
	}
	full := &limited{room: 100}
	if err := WriteSafetensors(full, nil, written...); err != errFull {
		t.Errorf("no room: %v", err)
	}
}

// limited is a writer with little room.
type limited struct{ room int }

var errFull = io.ErrShortWrite

func (l *limited) Write(b []byte) (int, error) {
	if l.room -= len(b); l.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// Metadata come back, and every single altered byte of a file is found by its
// header or its checksum.
func TestChecksum(t *testing.T) {
	metadata := map[string]string{"place": `{"sha256":"000"}`, "what": "ü <&>"}
	var b bytes.Buffer
	if err := WriteSafetensors(&b, metadata, written...); err != nil {
		t.Fatal(err)
	}
	good := b.Bytes()
	check := func(b []byte) (*Source, error) {
		s, err := readSafetensors(file{"x", bytes.NewReader(b), int64(len(b))})
		if err != nil {
			return nil, err
		}
		return s, s.CheckSum()
	}
	s, err := check(good)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range metadata {
		if s.Metadata()[k] != v {
			t.Errorf("metadata %s: %q, want %q", k, s.Metadata()[k], v)
		}
	}
	for i := range good {
		altered := bytes.Clone(good)
		altered[i] ^= 1
		if _, err := check(altered); err == nil {
			t.Fatalf("byte %d of %d was altered and nobody noticed", i, len(good))
		}
	}
	if npy := openFile(t, filepath.Join("testdata", "one.npy")); npy.Metadata() != nil || npy.CheckSum() == nil {
		t.Errorf("an .npy file has metadata %v and a checksum", npy.Metadata())
	}
}

// A safetensors file is read whatever its name ends in.
func TestOpenSafetensors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "snapshot")
	var b bytes.Buffer
	if err := WriteSafetensors(&b, nil, written...); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := OpenSafetensors(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Kind() != "safetensors" || !s.Has("scalar") {
		t.Errorf("%s of %q", s.Kind(), s.Names())
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "give one that ends in .csv") {
		t.Errorf("by its name: %v", err)
	}
}
