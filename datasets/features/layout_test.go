package features

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// fileOf writes arrays as an .npz file.
func fileOf(t *testing.T, all ...arrays.Named) (path string) {
	t.Helper()
	var b bytes.Buffer
	if err := arrays.WriteNPZ(&b, all...); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "features.npz")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// What `memtest probe` reads of every kind of file is tested with the command;
// here is what its tests do not reach.
func TestLoadReadsLayerByLayer(t *testing.T) {
	matrix := func(name string, rows int, first float32) arrays.Named {
		a := arrays.Named{Name: name, Dims: []int{rows, 2}, Floats: make([]float32, 2*rows)}
		for i := range a.Floats {
			a.Floats[i] = first + float32(i)
		}
		return a
	}
	path := fileOf(t,
		matrix("a/b/train", 4, 0), matrix("a/b/valid_1e-1", 4, 10), matrix("a/b/valid_0", 4, 20), matrix("a/b/fresh", 2, 30),
		matrix("input/train", 4, 40), matrix("input/valid", 4, 50), matrix("other", 9, 60),
		arrays.Named{Name: "labels", Dims: []int{4}, Ints: []int32{7, 3, 7, 3}}, arrays.Named{Name: "fresh_labels", Dims: []int{2}, Ints: []int32{3, 3}},
		arrays.Named{Name: "groups", Dims: []int{4}, Ints: []int32{5, 5, 9, 9}}, arrays.Named{Name: "permuted_labels", Dims: []int{2, 4}, Ints: []int32{3, 3, 7, 7, 7, 7, 3, 3}})
	l, err := Load(path, Keys{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if len(l.Layers) != 2 || l.Layers[0].Name != "a/b" || !slices.Equal(l.Layers[0].Levels, []float64{0, 0.1}) || !slices.Equal(l.Layers[1].Levels, []float64{levelUnknown}) {
		t.Fatalf("layers %+v", l.Layers)
	}
	if !slices.Equal(l.Classes, []string{"3", "7"}) || !slices.Equal(l.Labels, []int32{1, 0, 1, 0}) || !slices.Equal(l.FreshLabels, []int32{0, 0}) || !slices.Equal(l.Groups, []int32{0, 0, 1, 1}) {
		t.Errorf("classes %q, labels %v, fresh %v, groups %v", l.Classes, l.Labels, l.FreshLabels, l.Groups)
	}
	if len(l.Permuted) != 2 || !slices.Equal(l.Permuted[1], []int32{1, 1, 0, 0}) {
		t.Errorf("permuted %v", l.Permuted)
	}
	f, err := l.Read(l.Layers[0])
	var copies []float32 // the first value of each level
	for m, err := range f.Copies {
		if err != nil {
			t.Fatal(err)
		}
		copies = append(copies, m.Data[0])
	}
	if err != nil || f.Train.Data[0] != 0 || !slices.Equal(copies, []float32{20, 10}) || f.Fresh.Rows != 2 {
		t.Errorf("%+v %v, copies %v", f, err, copies)
	}
	if want := int64(4 * (3*8 + 4)); l.Bytes(l.Layers[0]) != want {
		t.Errorf("%d bytes, want %d", l.Bytes(l.Layers[0]), want)
	}

	head, err := Load(path, Keys{}, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer head.Close()
	if f, err = head.Read(head.Layers[1]); err != nil || f.Train.Rows != 3 || len(head.Labels) != 3 || len(head.Permuted[0]) != 3 || f.Fresh.Rows != 0 {
		t.Errorf("three rows: %+v %v", f, err)
	}
	for _, test := range []struct {
		keys Keys
		want string
	}{
		{Keys{Train: "other", Valid: []string{"a/b/fresh"}}, "other float32 [9 2]"},
		{Keys{Train: "a/b/train", Valid: []string{"0.1=a/b/valid_0", "0.1=a/b/valid_1e-1"}}, "two arrays of copies at level 0.1"},
		{Keys{Train: "a/b/train", Valid: []string{"-1=a/b/valid_0"}}, "is no level"},
		{Keys{Groups: "fresh_labels"}, "groups: fresh_labels int32 [2] do not fit"},
		{Keys{Permuted: "labels"}, "label sets are [B, n]"},
	} {
		l, err := Load(path, test.keys, 0)
		if err == nil {
			l.Close()
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v, want %q", test.keys, err, test.want)
		}
	}
}

// tableOf writes a table.
func tableOf(t *testing.T, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLabelSetsInATableAreRefused(t *testing.T) {
	path := fileOf(t,
		arrays.Named{Name: "train", Dims: []int{2, 1}, Floats: []float32{1, 2}}, arrays.Named{Name: "valid", Dims: []int{2, 1}, Floats: []float32{1, 2}},
		arrays.Named{Name: "labels", Dims: []int{2}, Ints: []int32{0, 1}})
	sets := tableOf(t, "sets.csv", "a,b\n0,1\n1,0\n")
	l, err := Load(path, Keys{Permuted: sets}, 0)
	if err == nil {
		l.Close()
	}
	if err == nil || !strings.Contains(err.Error(), sets+" is a table") || !strings.Contains(err.Error(), "[B, n]") {
		t.Errorf("label sets in a table: %v", err)
	}
}

// The first examples are taken of tables as they are of arrays: labels that come
// from another file are one for each row, and fresh examples are never cut.
func TestTablesAreCutAsArraysAre(t *testing.T) {
	train := tableOf(t, "train.csv", "a,b\n1,2\n3,4\n5,6\n7,8\n")
	copies := tableOf(t, "copies.csv", "a,b\n1,3\n3,5\n5,7\n7,9\n")
	fresh := tableOf(t, "fresh.csv", "a,b\n9,9\n8,8\n7,7\n")
	labels := fileOf(t, arrays.Named{Name: "y", Dims: []int{4}, Ints: []int32{5, 7, 5, 7}})
	freshLabels := fileOf(t, arrays.Named{Name: "y", Dims: []int{3}, Ints: []int32{5, 7, 5}})
	l, err := Load("", Keys{Train: train, Valid: []string{"0.3=" + copies}, Labels: labels, Fresh: fresh, FreshLabels: freshLabels}, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f, err := l.Read(l.Layers[0])
	if err != nil {
		t.Fatal(err)
	}
	if f.Train.Rows != 2 || len(f.Labels) != 2 || l.Layers[0].Rows != 2 || f.Fresh.Rows != 3 || !slices.Equal(f.FreshLabels, []int32{0, 1, 0}) {
		t.Errorf("%d training rows, labels %v, %d fresh rows, labels %v", f.Train.Rows, f.Labels, f.Fresh.Rows, f.FreshLabels)
	}
	for m, err := range f.Copies {
		if err != nil || m.Rows != 2 {
			t.Errorf("%d copies, %v", m.Rows, err)
		}
	}
}
