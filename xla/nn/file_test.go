package nn

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

var update = flag.Bool("update", false, "write the files in testdata that the program makes")

// goldenSnapshot is a snapshot with numbers that are awkward to write: not
// finite, negative zero, denormal.
func goldenSnapshot(t *testing.T) *Snapshot {
	e := golang(t)
	net, err := newNetwork(e, asTheyAre(MLP(shape(1, 1, 2), 2, 3)))
	if err != nil {
		t.Fatal(err)
	}
	var named []arrays.Named
	for i, p := range net.params {
		a := arrays.Named{Name: p.name, Dims: p.dims, Floats: make([]float32, p.size())}
		for j := range a.Floats {
			a.Floats[j] = float32(i+1) / float32(j+3)
		}
		named = append(named, a)
	}
	copy(named[0].Floats, []float32{float32(math.Inf(1)), float32(math.Copysign(0, -1)), 1e-45})
	weights, err := tensorsOf(e, net.params, named)
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
	read, metadata, err := readArrays(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(python.Arrays) != len(read) || len(read) != 4 {
		t.Errorf("Python read %d arrays, Go %d", len(python.Arrays), len(read))
	}
	for _, a := range read {
		p := python.Arrays[a.Name]
		if !slices.Equal(p.Shape, a.Dims) || !slices.EqualFunc(p.Bits, a.Floats, func(b uint32, v float32) bool { return b == math.Float32bits(v) }) {
			t.Errorf("%s: Python read %v %v, Go %v %v", a.Name, p.Shape, p.Bits, a.Dims, a.Floats)
		}
	}
	for k, v := range metadata {
		if python.Metadata[k] != v {
			t.Errorf("metadata %s: Python read %q, Go %q", k, python.Metadata[k], v)
		}
	}
}
