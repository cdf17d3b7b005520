package features

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// npz writes whole numbers and floats as arrays of a file.
func npz(t *testing.T, all ...arrays.Named) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.npz")
	f, err := os.Create(path)
	if err == nil {
		defer f.Close()
		err = arrays.WriteNPZ(f, all...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// four are features of four examples, and these label sets.
func four(t *testing.T, sets ...int32) string {
	return npz(t, arrays.Named{Name: "train", Dims: []int{4, 1}, Floats: []float32{1, 2, 3, 4}}, arrays.Named{Name: "valid_0.1", Dims: []int{4, 1}, Floats: []float32{1, 2, 3, 4}},
		arrays.Named{Name: "labels", Dims: []int{4}, Ints: []int32{0, 0, 1, 1}}, arrays.Named{Name: "permuted_labels", Dims: []int{len(sets) / 4, 4}, Ints: sets})
}

// Label sets that are the real labels, or all one and the same, are no null.
func TestLabelSetsThatAreNoNull(t *testing.T) {
	for _, c := range []struct {
		sets       []int32
		want, note string
	}{
		{[]int32{0, 0, 1, 1, 0, 0, 1, 1}, "every row is the real labels", ""},
		{[]int32{0, 0, 1, 1}, "every row is the real labels", ""},
		{[]int32{0, 1, 0, 1, 0, 1, 0, 1}, "all rows are alike", ""},
		{[]int32{0, 0, 1, 1, 0, 1, 0, 1}, "", "1 of the rows are the real labels"},
		{[]int32{1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}, "", "1 of the rows repeat others"},
		{[]int32{1, 0, 0, 1, 0, 1, 0, 1}, "", ""},
	} {
		l, err := Load(four(t, c.sets...), Keys{}, 0)
		if err != nil {
			if c.want == "" || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "permuted_labels") {
				t.Errorf("%v: %v, want %q", c.sets, err, c.want)
			}
			continue
		}
		if notes := strings.Join(l.Notes(), "\n"); c.want != "" || !strings.Contains(notes, c.note) || c.note == "" && notes != "" {
			t.Errorf("%v: no error and %q, want %q%q", c.sets, notes, c.want, c.note)
		}
		l.Close()
	}
}

// Of a table, copies and fresh examples are read less the mean of the training
// examples, which float32 does not hold.
func TestColumnsFarFromZero(t *testing.T) {
	write := func(name string, seconds ...float64) string {
		text := "t,labels\n"
		for i, s := range seconds {
			text += fmt.Sprintf("%.1f,%d\n", 1.7e9+s, i%2)
		}
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	l, err := Load(write("a.csv", 0, 10, 20.5, 29.5), Keys{Valid: []string{"0.1=" + write("v.csv", 1, 11, 21, 31)}, Fresh: write("f.csv", 100, 200)}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f, err := l.Read(l.Layers[0])
	if err != nil || !slices.Equal(f.Train.Data, []float32{-15, -5, 5.5, 14.5}) || !slices.Equal(f.Fresh.Data, []float32{85, 185}) {
		t.Errorf("%v, fresh %v, %v", f.Train.Data, f.Fresh.Data, err)
	}
	for copies, err := range f.Copies {
		if err != nil || !slices.Equal(copies.Data, []float32{-14, -4, 6, 16}) {
			t.Errorf("copies %v, %v", copies.Data, err)
		}
	}
}

// Arrays of other length are refused by their headers: the values, of which there
// are more than any memory holds, are not read.
func TestLengthsAreComparedFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "y.npy")
	for _, shape := range []string{"(274877906944,)", "(3, 91625968981)"} {
		header := "{'descr': '|i1', 'fortran_order': False, 'shape': " + shape + ", }\n"
		head := append(append([]byte("\x93NUMPY\x01\x00"), byte(len(header)), 0), header...)
		size := int64(274877906944)
		if shape[1] == '3' {
			size = 3 * 91625968981
		}
		if err := os.WriteFile(path, head, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, int64(len(head))+size); err != nil {
			t.Skip("the file system has no holes of this size:", err)
		}
		for _, keys := range []Keys{{Labels: path}, {Groups: path}, {Permuted: path}} {
			if _, err := Load(four(t, 1, 0, 0, 1), keys, 0); err == nil || !strings.Contains(err.Error(), "do not fit the training features train float32 [4 1]") && !(keys.Permuted != "" && strings.Contains(err.Error(), "label sets are [B, n]")) {
				t.Errorf("%v of %s: %v", keys, shape, err)
			}
		}
	}
}

// Token ids are said to be taken for measurements.
func TestTokensAreSaid(t *testing.T) {
	ids := make([]int32, 4*16)
	for i := range ids {
		ids[i] = int32(i * 797)
	}
	x := arrays.Named{Name: "train", Dims: []int{4, 16}, Ints: ids}
	v := x
	v.Name = "valid"
	l, err := Load(npz(t, x, v, arrays.Named{Name: "labels", Dims: []int{4}, Ints: []int32{0, 0, 1, 1}}), Keys{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if notes := l.Notes(); len(notes) != 1 || !strings.Contains(notes[0], "array train int32 [4 16]: its whole numbers, up to 50211, are taken for measurements") {
		t.Errorf("%q", notes)
	}
}

// A key that is a file of another program is told for what it is, not taken for the
// name of an array.
func TestKeysOfOtherPrograms(t *testing.T) {
	path := filepath.Join(t.TempDir(), "y.parquet")
	if err := os.WriteFile(path, []byte("PAR1 and so on"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, keys := range []Keys{{Labels: path}, {Groups: path}, {Permuted: path}, {Train: path}, {Valid: []string{"0.1=" + path}}} {
		if _, err := Load(four(t, 1, 0, 0, 1), keys, 0); err == nil || !strings.Contains(err.Error(), "it is a Parquet table") {
			t.Errorf("%+v: %v", keys, err)
		}
	}
	if _, err := Load(path, Keys{}, 0); err == nil || !strings.Contains(err.Error(), "it is a Parquet table") {
		t.Error(err)
	}
}
