package features

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
)

func TestShapeOf(t *testing.T) {
	for _, test := range []struct {
		dims []int
		want datasets.Shape
	}{
		{nil, datasets.Shape{}},
		{[]int{64}, datasets.Shape{}},
		{[]int{512, 1, 1}, datasets.Shape{}}, // pooled over all places
		{[]int{28, 28}, datasets.Shape{Height: 28, Width: 28, Channels: 1}},
		{[]int{14, 14, 8}, datasets.Shape{Height: 14, Width: 14, Channels: 8}},
		{[]int{2, 3, 4, 5}, datasets.Shape{Height: 2, Width: 3, Channels: 20}},
	} {
		if got := ShapeOf(test.dims); got != test.want {
			t.Errorf("%v: %v, want %v", test.dims, got, test.want)
		}
	}
}

// What is written comes back with its axes; rows of a table have one.
func TestArraysKeepTheirAxes(t *testing.T) {
	m := arrays.Matrix{Rows: 2, Cols: 18, Data: make([]float32, 36)}
	for shape, want := range map[datasets.Shape][]int{
		{Height: 3, Width: 3, Channels: 2}:  {2, 3, 3, 2},
		{Height: 1, Width: 1, Channels: 18}: {2, 18},
		{}:                                  {2, 18},
	} {
		all, err := Features{Train: m, Levels: []float64{0}, Copies: Matrices(m), Labels: []int32{0, 1}, Shape: shape}.Arrays()
		if err != nil || !slices.Equal(all[0].Dims, want) || !slices.Equal(all[1].Dims, want) {
			t.Errorf("shape %v: arrays %v and %v (%v), want %v", shape, all[0].Dims, all[1].Dims, err, want)
		}
	}
}

// Arrays of a file that keep their axes say what lies along them.
func TestLayersOfAFileKeepTheirAxes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.npz")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	array := func(name string, dims ...int) arrays.Named {
		return arrays.Named{Name: name, Dims: dims, Floats: make([]float32, 4*18)}
	}
	err = arrays.WriteNPZ(file, array("conv/train", 4, 3, 3, 2), array("conv/valid", 4, 18), array("dense/train", 4, 18), array("dense/valid", 4, 18),
		arrays.Named{Name: KeyLabels, Dims: []int{4}, Ints: []int32{0, 1, 0, 1}})
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	layout, err := Load(path, Keys{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer layout.Close()
	for _, layer := range layout.Layers {
		want := datasets.Shape{}
		if layer.Name == "conv" {
			want = datasets.Shape{Height: 3, Width: 3, Channels: 2}
		}
		if f := layout.Describe(layer); f.Shape != want {
			t.Errorf("layer %s is of shape %v, want %v", layer.Name, f.Shape, want)
		}
	}
}
