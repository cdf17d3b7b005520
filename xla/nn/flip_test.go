package nn

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// One random bit of every byte of a saved training is flipped, one after the other:
// what is read is what was written, or refused.
func TestEveryByteOfASavedTraining(t *testing.T) {
	file := filepath.Join(t.TempDir(), resumeFile)
	weights := []arrays.Named{{Name: "dense1/weights", Dims: []int{3, 4}, Floats: []float32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}}, {Name: "optimizer1/dense1/weights", Dims: []int{2}, Floats: []float32{0.5, -0.5}}}
	if err := writeArrays(file, nil, weights, map[string]string{checkpointKey: `{"format":"memtest training 1","epoch":3,"done":true}`}); err != nil {
		t.Fatal(err)
	}
	want, metadata, err := readArrays(file)
	if err != nil || len(want) != len(weights) {
		t.Fatalf("%d arrays, %v", len(want), err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 6))
	refused := 0
	for i := range text {
		flipped := bytes.Clone(text)
		flipped[i] ^= 1 << r.IntN(8)
		if err := os.WriteFile(file, flipped, 0o644); err != nil {
			t.Fatal(err)
		}
		got, about, err := readArrays(file)
		if err != nil {
			refused++
			continue
		}
		if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(about, metadata) {
			t.Fatalf("byte %d, %d became %d: another training is read without a word", i, text[i], flipped[i])
		}
	}
	if refused < len(text)*9/10 {
		t.Errorf("%d of %d flips were refused", refused, len(text))
	}
}
