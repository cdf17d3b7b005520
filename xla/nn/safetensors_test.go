package nn

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the files in testdata that the program makes")

// goldenSnapshot is a snapshot with numbers that are awkward to write: not
// finite, negative zero, denormal.
func goldenSnapshot(t *testing.T) *Snapshot {
	e := golang(t)
	net, err := newNetwork(e, MLP(shape(1, 1, 2), 2, 3))
	if err != nil {
		t.Fatal(err)
	}
	var arrays []array
	for i, p := range net.params {
		a := array{p.name, p.dims, make([]float32, p.size())}
		for j := range a.flat {
			a.flat[j] = float32(i+1) / float32(j+3)
		}
		arrays = append(arrays, a)
	}
	copy(arrays[0].flat, []float32{float32(math.Inf(1)), float32(math.Copysign(0, -1)), 1e-45})
	weights, err := tensorsOf(e, net.params, arrays)
	if err != nil {
		t.Fatal(err)
	}
	s := &Snapshot{Epoch: 3, Network: 2, Loss: 1. / 3, TrainAccuracy: 0.7, FreshAccuracy: 0.1, net: net, weights: weights}
	t.Cleanup(s.Close)
	return s
}

// Python's safetensors reads in a snapshot what Go wrote, bit for bit
// (testdata/safetensors_golden.py), and the file is still written so.
func TestSnapshotInPython(t *testing.T) {
	golden := filepath.Join("testdata", "snapshot.safetensors")
	if *update {
		if err := goldenSnapshot(t).Save(golden); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "snapshot.safetensors")
	if err := goldenSnapshot(t).Save(path); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want, err := os.ReadFile(golden); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the file differs from %s; if that is meant, go test -run Python -update and testdata/safetensors_golden.py (%v)", golden, err)
	}
	var python struct {
		Metadata map[string]string
		Arrays   map[string]struct {
			Shape []int
			Bits  []uint32
		}
	}
	text, err := os.ReadFile(filepath.Join("testdata", "go.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &python); err != nil {
		t.Fatal(err)
	}
	arrays, metadata, err := readArrays(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(python.Arrays) != len(arrays) || len(arrays) != 4 {
		t.Errorf("Python read %d arrays, Go %d", len(python.Arrays), len(arrays))
	}
	for _, a := range arrays {
		p := python.Arrays[a.name]
		if !slices.Equal(p.Shape, a.dims) || !slices.EqualFunc(p.Bits, a.flat, func(b uint32, v float32) bool { return b == math.Float32bits(v) }) {
			t.Errorf("%s: Python read %v %v, Go %v %v", a.name, p.Shape, p.Bits, a.dims, a.flat)
		}
	}
	for k, v := range metadata {
		if python.Metadata[k] != v {
			t.Errorf("metadata %s: Python read %q, Go %q", k, python.Metadata[k], v)
		}
	}
}

// A file that Python's safetensors wrote.
func TestReadPythonsFile(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("testdata", "python.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	arrays, metadata, err := decodeArrays(file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]array{
		"b/weights": {dims: []int{2, 3}, flat: []float32{0, 1. / 7, 2. / 7, 3. / 7, 4. / 7, 5. / 7}},
		"a/biases":  {dims: []int{4}, flat: []float32{0.1, float32(math.Copysign(0, -1)), 3e38, 1e-45}},
		"scalar":    {dims: []int{}, flat: []float32{2.5}},
		"empty":     {dims: []int{0, 3}, flat: []float32{}},
	}
	if len(arrays) != len(want) || metadata["who"] != "Python" {
		t.Errorf("%d arrays, metadata %v", len(arrays), metadata)
	}
	for _, a := range arrays {
		if w := want[a.name]; !slices.Equal(a.dims, w.dims) || !slices.Equal(a.flat, w.flat) {
			t.Errorf("%s: %v %v", a.name, a.dims, a.flat)
		}
	}
	if err := checkSum(file, metadata); err == nil || !strings.Contains(err.Error(), "has no checksum") {
		t.Errorf("got %v", err)
	}
}

// Whatever bytes a file holds, reading it ends with arrays or an error, and
// arrays written again are the same arrays.
func FuzzDecodeArrays(f *testing.F) {
	for _, name := range []string{"python.safetensors", "snapshot.safetensors"} {
		file, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	header := func(text string, data int) []byte {
		return append([]byte{byte(len(text)), 0, 0, 0, 0, 0, 0, 0}, append([]byte(text), make([]byte, data)...)...)
	}
	f.Add([]byte{})
	f.Add(header(`{}`, 0))
	f.Add(header(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8))
	f.Add(header(`{"a":{"dtype":"F32","shape":[-2,-1],"data_offsets":[0,8]}}`, 8))
	f.Add(header(`{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}`, 8))
	f.Add(header(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}`, 8))
	f.Add([]byte{255, 255, 255, 255, 255, 255, 255, 255, '{', '}'})
	f.Fuzz(func(t *testing.T, file []byte) {
		arrays, metadata, err := decodeArrays(file)
		if err != nil {
			return
		}
		delete(metadata, checksumKey)
		again, err := encodeArrays(arrays, metadata)
		if err != nil {
			t.Skip() // a name that this package does not write
		}
		back, meta, err := decodeArrays(again)
		if err != nil || len(back) != len(arrays) {
			t.Fatalf("%d arrays, %d read back, %v", len(arrays), len(back), err)
		}
		if err := checkSum(again, meta); err != nil {
			t.Fatal(err)
		}
	})
}
