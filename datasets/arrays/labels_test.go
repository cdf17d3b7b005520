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
	return open(t, path)
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
	types := open(t, "testdata/types.npz")
	if l, err := array(t, types, "text").Labels(); err != nil || !slices.Equal(l.Texts, []string{"b", "a", "ü"}) {
		t.Errorf("text: %v %v", l, err)
	}
	for name, want := range map[string]string{"complex": "complex", "objects": "astype(str)", "empty": "no values"} {
		if _, err := array(t, types, name).Labels(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s as labels: %v, want %q", name, err, want)
		}
		if _, err := array(t, types, name).LabelSets(); err == nil {
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
	if l := TextLabels([]string{"3", "3.0", "12"}); !slices.Equal(l.Ints, []int64{3, 3, 12}) {
		t.Errorf("%v", l)
	}
	if l := TextLabels([]string{"3", "cat"}); l.Ints != nil {
		t.Errorf("%v", l)
	}
	if l := (Labels{Ints: []int64{1, 2, 3}}).Head(2); l.Len() != 2 {
		t.Errorf("%v", l)
	}
}

func TestTable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.csv")
	text := "\ufeffa,species,b\n1,cat,2\n3.5,dog,-4\n5,cat,6\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	if !s.Table() || !slices.Equal(s.Names(), []string{"a", "species", "b"}) {
		t.Fatalf("columns %q", s.Names())
	}
	m, columns, err := s.Columns([]string{"species"}, 0)
	if err != nil || m.Rows != 3 || m.Cols != 2 || !slices.Equal(m.Data, []float32{1, 2, 3.5, -4, 5, 6}) || !slices.Equal(columns["species"], []string{"cat", "dog", "cat"}) {
		t.Errorf("%v %v %v", m, columns, err)
	}
	if m, columns, err = s.Columns([]string{"species"}, 2); err != nil || m.Rows != 2 || len(columns["species"]) != 2 {
		t.Errorf("two rows: %v %v %v", m, columns, err)
	}
	if _, _, err = s.Columns(nil, 0); err == nil || !strings.Contains(err.Error(), `line 2, column "species": "cat"`) {
		t.Errorf("text as features: %v", err)
	}
	if _, _, err = s.Columns([]string{"a", "b", "species"}, 0); err == nil || !strings.Contains(err.Error(), "no columns of features") {
		t.Errorf("nothing left: %v", err)
	}
}

// What is written can be read, and the same arrays give the same bytes. That
// NumPy reads it too is checked by ../../.ci/recipes.
func TestWriteNPZ(t *testing.T) {
	arrays := []Named{
		{Name: "layer/train", Dims: []int{2, 3}, Floats: []float32{1, 2, 3, 4, 5, 6}},
		{Name: "labels", Dims: []int{2}, Ints: []int32{0, 1}},
	}
	var a, b bytes.Buffer
	for _, to := range []*bytes.Buffer{&a, &b} {
		if err := WriteNPZ(to, arrays...); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two writes differ")
	}
	s := labelsFile(t, arrays...)
	if m, err := array(t, s, "layer/train").Matrix(0); err != nil || !slices.Equal(m.Data, arrays[0].Floats) {
		t.Errorf("%v %v", m, err)
	}
	if err := WriteNPZ(&a, Named{Name: "x", Dims: []int{3}, Ints: []int32{1}}); err == nil {
		t.Error("a wrong shape was written")
	}
}
