package arrays

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// labelsFile writes arrays and opens them again.
func labelsFile(t *testing.T, arrays ...Named) *Source {
	t.Helper()
	var b bytes.Buffer
	if err := WriteNPZ(&b, arrays...); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "labels.npz")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return openFile(t, path)
}

func TestLabels(t *testing.T) {
	s := labelsFile(t,
		Named{Name: "ints", Dims: []int{4}, Ints: []int32{7, -1, 7, 30}},
		Named{Name: "column", Dims: []int{4, 1}, Ints: []int32{7, -1, 7, 30}},
		Named{Name: "floats", Dims: []int{3}, Floats: []float32{2, 0, 1}},
		Named{Name: "targets", Dims: []int{3}, Floats: []float32{2, 0.5, 1}},
		Named{Name: "onehot", Dims: []int{3, 2}, Floats: []float32{0, 1, 1, 0, 0, 1}},
		Named{Name: "onehot ints", Dims: []int{2, 3}, Ints: []int32{0, 0, 1, 1, 0, 0}},
		Named{Name: "soft", Dims: []int{2, 2}, Floats: []float32{0, 1, 0.4, 0.6}},
		Named{Name: "twice", Dims: []int{2, 2}, Floats: []float32{0, 1, 1, 1}},
		Named{Name: "never", Dims: []int{2, 2}, Floats: []float32{0, 1, 0, 0}},
		Named{Name: "cube", Dims: []int{2, 1, 1}, Floats: []float32{0, 1}},
	)
	for name, want := range map[string][]int64{
		"ints": {7, -1, 7, 30}, "column": {7, -1, 7, 30}, "floats": {2, 0, 1}, "onehot": {1, 0, 1}, "onehot ints": {2, 0},
	} {
		l, err := array(t, s, name).Labels()
		if err != nil || !slices.Equal(l.Ints, want) {
			t.Errorf("%s: %v %v, want %v", name, l, err, want)
		}
	}
	for name, want := range map[string]string{
		"targets": "label 1 is 0.5", "soft": "row 1 holds 0.4 at place 0, so it is not one-hot", "twice": "row 1 holds 2 ones", "never": "row 1 holds 0 ones", "cube": "shape is [2 1 1]",
	} {
		if _, err := array(t, s, name).Labels(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	types := openFile(t, "testdata/types.npz")
	for name, want := range map[string][]int64{"wide": {1<<53 + 1, -1<<53 - 1}, "wider": {1<<53 + 1, 1<<63 - 1}} { // no float64
		if l, err := array(t, types, name).Labels(); err != nil || !slices.Equal(l.Ints, want) {
			t.Errorf("%s: %v %v", name, l, err)
		}
	}
	if l, err := array(t, types, "text").Labels(); err != nil || !slices.Equal(l.Texts, []string{"b", "a", "ü"}) {
		t.Errorf("text: %v %v", l, err)
	}
	for name, want := range map[string]string{
		"complex": "complex", "objects": "astype(str)", "empty": "no values", "huge": "label 0 is 9.223372036854776e+18, too large for a class",
		"infinite": "label 1 is +Inf, which is no whole number", "nothing": "label 1 is NaN, which is no whole number", "far": "label 1 is 1e+300, too large", "chars": "shape is [1 2]",
		"scalar": "shape is []", "record": "not that of a plain array",
	} {
		if _, err := array(t, types, name).Labels(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s as labels: %v, want %q", name, err, want)
		}
		if _, err := array(t, types, name).LabelSets(); err == nil && name != "chars" {
			t.Errorf("%s was read as label sets", name)
		}
	}
	if _, err := array(t, types, "objects").LabelSets(); err == nil || !strings.Contains(err.Error(), "pickled") {
		t.Errorf("label sets of objects: %v", err)
	}
	sets, err := array(t, s, "onehot ints").LabelSets()
	if err != nil || len(sets) != 2 || !slices.Equal(sets[1].Ints, []int64{1, 0, 0}) {
		t.Errorf("label sets: %v %v", sets, err)
	}
	if _, err := array(t, s, "ints").LabelSets(); err == nil || !strings.Contains(err.Error(), "[B, n]") {
		t.Errorf("label sets of one dimension: %v", err)
	}
}

func TestClasses(t *testing.T) {
	c := NewClasses(Labels{Ints: []int64{10, 9, -3, 9}})
	if !slices.Equal(c.Names, []string{"-3", "9", "10"}) {
		t.Errorf("classes %v", c.Names)
	}
	y, err := c.Encode(Labels{Ints: []int64{9, 10, -3}}, "labels")
	if err != nil || !slices.Equal(y, []int32{1, 2, 0}) {
		t.Errorf("%v %v", y, err)
	}
	if y, err = c.Encode(Labels{Texts: []string{"10", "9"}}, "labels"); err != nil || !slices.Equal(y, []int32{2, 1}) {
		t.Errorf("%v %v", y, err)
	}
	if _, err = c.Encode(Labels{Ints: []int64{9, 4}}, "fresh_labels"); err == nil || !strings.Contains(err.Error(), `fresh_labels: label "4" of example 1`) {
		t.Errorf("a class without training examples: %v", err)
	}
	if l := (Labels{Ints: []int64{1, 2, 3}}).Head(2); l.Len() != 2 {
		t.Errorf("%v", l)
	}
}

// Labels that are no classes, whatever file they are from.
func TestCheckClasses(t *testing.T) {
	for _, c := range []struct {
		labels Labels
		want   string
	}{
		{Labels{Texts: []string{"1", "0.25", "3"}}, "label 1 is 0.25, which is no whole number"},
		{Labels{Texts: []string{"v1", "0.25", "3"}}, ""},
		{Labels{Texts: []string{"3", "3.0", "1e3"}}, ""},
		{Labels{Ints: []int64{0, 1, -1, 1}}, "label 2 is -1"},
		{Labels{Ints: []int64{-1, 1, -1, 1}}, ""},
		{Labels{Ints: []int64{-2, -1, 0, 1}}, ""},
	} {
		err := c.labels.CheckClasses()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%v: %v, want %q", c.labels, err, c.want)
		}
	}
	text := array(t, openFile(t, writeFile(t, "x.npy", npyFile("{'descr': '|S3', 'fortran_order': False, 'shape': (2,), }\n", []byte("catnan")))), "x")
	if _, err := text.Labels(); err == nil || !strings.Contains(err.Error(), `label 1 is "nan", which stands for a missing value`) {
		t.Error(err)
	}
}
