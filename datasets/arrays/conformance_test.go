package arrays_test

import (
	"archive/zip"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
)

// The same file must read the same, whichever door it comes in by: as arrays, as
// one's own data or as features. testdata/make.py writes the files with NumPy and
// safetensors, and says what is in them.

// holder is a file or folder of arrays, and how its arrays are named and asked for.
type holder struct {
	path string
	open func() (*arrays.Source, error)
	name func(array string) string // in datasets.FileOptions and Source.Array
	key  func(array string) string // in features.Keys
}

func holders(t *testing.T) map[string]holder {
	same := func(array string) string { return array }
	flat := func(array string) string { return strings.ReplaceAll(array, "/", "_") }
	npz, tensors, folder := filepath.Join("testdata", "conformance.npz"), filepath.Join("testdata", "conformance.safetensors"), t.TempDir()
	unzip(t, npz, folder, flat)
	return map[string]holder{
		"npz":         {npz, func() (*arrays.Source, error) { return arrays.Open(npz) }, same, func(a string) string { return npz + ":" + a }},
		"safetensors": {tensors, func() (*arrays.Source, error) { return arrays.Open(tensors) }, same, func(a string) string { return tensors + ":" + a }},
		"npy":         {folder, func() (*arrays.Source, error) { return arrays.OpenFolder(folder) }, flat, func(a string) string { return filepath.Join(folder, flat(a)+".npy") }},
	}
}

// unzip copies the members of an archive into a folder.
func unzip(t *testing.T, archive, folder string, name func(string) string) {
	t.Helper()
	z, err := zip.OpenReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, member := range z.File {
		r, err := member.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name(member.Name)), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// kinds lists TYPE/BYTES/ORDER of all arrays that a format should have.
func kinds(format string) []string {
	var all []string
	for _, kind := range []string{"bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "bfloat16", "float32", "float64"} {
		wide := !slices.Contains([]string{"bool", "int8", "uint8"}, kind)
		for _, rest := range []string{"little/C", "little/F", "big/C", "big/F"} {
			switch {
			case format == "safetensors" && rest != "little/C":
			case format != "safetensors" && kind == "bfloat16": // NumPy has none
			case !wide && strings.HasPrefix(rest, "big"):
			default:
				all = append(all, kind+"/"+rest)
			}
		}
	}
	return all
}

// want is what make.py put into the arrays of a type.
type want struct {
	x       []float32 // [6, 12]
	high    float32
	y       []int64
	classes []string
	coded   []int32
}

func wantOf(kind string) want {
	w := want{x: make([]float32, 72), high: 71, y: []int64{7, 7, 3, 3, 12, 12}, classes: []string{"3", "7", "12"}, coded: []int32{1, 1, 0, 0, 2, 2}}
	if strings.HasPrefix(kind, "bool") {
		w.high, w.y, w.classes, w.coded = 1, []int64{1, 1, 0, 0, 1, 0}, []string{"0", "1"}, []int32{1, 1, 0, 0, 1, 0}
	}
	for i := range w.x {
		if w.x[i] = float32(i); w.high == 1 {
			w.x[i] = float32(i % 2)
		}
	}
	return w
}

func reversed[T any](s []T) []T {
	s = slices.Clone(s)
	slices.Reverse(s)
	return s
}

func TestEveryTypeAndOrderReadsTheSame(t *testing.T) {
	for format, h := range holders(t) {
		t.Run(format, func(t *testing.T) {
			s, err := h.open()
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for _, kind := range kinds(format) {
				w := wantOf(kind)
				array := func(name string) *arrays.Array {
					a, err := s.Array(h.name(kind + "/" + name))
					if err != nil {
						t.Fatal(err)
					}
					return a
				}
				checkMatrix(t, array("x"), w)
				checkLabels(t, array, w)
				checkSet(t, h, kind, w)
				checkSequences(t, h, kind)
				checkFeatures(t, h, kind, w)
			}
		})
	}
}

// checkMatrix reads all rows and the first ones, at once and block by block.
func checkMatrix(t *testing.T, a *arrays.Array, w want) {
	t.Helper()
	for _, rows := range []int{0, 1, 4, 6, 9} {
		n := arrays.Head(6, rows)
		m, err := a.Matrix(rows)
		if err != nil || m.Rows != n || m.Cols != 12 || !slices.Equal(m.Data, w.x[:12*n]) {
			t.Errorf("%v, %d rows: %v %v", a, rows, m, err)
		}
		var blocks []float32
		for b, err := range a.Blocks(rows) {
			if err != nil || b.Cols != 12 {
				t.Fatalf("%v, block of %d columns: %v", a, b.Cols, err)
			}
			blocks = append(blocks, b.Data...)
		}
		if !slices.Equal(blocks, w.x[:12*n]) {
			t.Errorf("%v, blocks of %d rows: %v", a, rows, blocks)
		}
	}
}

func checkLabels(t *testing.T, array func(string) *arrays.Array, w want) {
	t.Helper()
	for name, y := range map[string][]int64{"y": w.y, "column": w.y, "onehot": {1, 1, 0, 0, 2, 2}} {
		l, err := array(name).Labels()
		if err != nil || !slices.Equal(l.Ints, y) || l.Texts != nil {
			t.Errorf("%v: labels %v, %v", array(name), l, err)
		}
	}
	sets, err := array("sets").LabelSets()
	if err != nil || len(sets) != 2 || !slices.Equal(sets[0].Ints, w.y) || !slices.Equal(sets[1].Ints, reversed(w.y)) {
		t.Errorf("%v: label sets %v, %v", array("sets"), sets, err)
	}
}

// checkSet loads the arrays as one's own data.
func checkSet(t *testing.T, h holder, kind string, w want) {
	t.Helper()
	for _, y := range []string{"y", "column", "onehot"} {
		own := datasets.FileOptions{X: h.name(kind + "/x"), Y: h.name(kind + "/" + y), Layout: "nhwc", High: float64(w.high), TestShare: -1}
		set, _, err := datasets.Load(context.Background(), h.path, datasets.Options{Files: own})
		if err != nil {
			t.Errorf("%s by %s: %v", kind, y, err)
			continue
		}
		classes, coded := w.classes, w.coded
		if y == "onehot" {
			classes, coded = []string{"0", "1", "2"}, []int32{1, 1, 0, 0, 2, 2}
		}
		if set.Shape != (datasets.Shape{Height: 2, Width: 3, Channels: 2}) || !slices.Equal(set.Classes, classes) || !slices.Equal(set.Y, coded) {
			t.Errorf("%s by %s: %v, classes %v, labels %v", kind, y, set.Shape, set.Classes, set.Y)
		}
		for i, v := range set.X {
			if v != w.x[i]/w.high {
				t.Errorf("%s: value %d is %v", kind, i, v)
				break
			}
		}
	}
}

// checkSequences loads the one-hot rows as token numbers and as series of one channel.
func checkSequences(t *testing.T, h holder, kind string) {
	t.Helper()
	none, one := -1, 1
	for _, own := range []datasets.FileOptions{{Layout: "tokens", Vocabulary: 2, Pad: &none, Mask: &one}, {Layout: "series"}} {
		own.X, own.Y, own.TestShare = h.name(kind+"/onehot"), h.name(kind+"/y"), -1
		set, _, err := datasets.Load(context.Background(), h.path, datasets.Options{Files: own})
		if err != nil {
			t.Errorf("%s as %s: %v", kind, own.Layout, err)
			continue
		}
		if string(set.Shape.Kind) != own.Layout || set.Shape.Height != 3 {
			t.Errorf("%s as %s: %v", kind, own.Layout, set.Shape)
		}
		for i, place := range []int{1, 1, 0, 0, 2, 2} {
			want := make([]float32, 4)
			want[place], want[3] = 1, 3
			if !slices.Equal(set.Row(i), want) {
				t.Errorf("%s as %s: example %d is %v, want %v", kind, own.Layout, i, set.Row(i), want)
			}
		}
	}
}

// checkFeatures loads the arrays as features of which copies and training examples
// are the same.
func checkFeatures(t *testing.T, h holder, kind string, w want) {
	t.Helper()
	for _, y := range []string{"y", "column", "onehot"} {
		keys := features.Keys{Train: h.key(kind + "/x"), Valid: []string{"0.5=" + h.key(kind+"/x")}, Labels: h.key(kind + "/" + y)}
		classes, coded := w.classes, w.coded
		if y == "onehot" {
			classes, coded = []string{"0", "1", "2"}, []int32{1, 1, 0, 0, 2, 2}
		} else {
			keys.Permuted = h.key(kind + "/sets")
		}
		l, err := features.Load("", keys, 0)
		if err != nil {
			t.Errorf("%s by %s: %v", kind, y, err)
			continue
		}
		f, err := l.Read(l.Layers[0])
		if err != nil || !slices.Equal(f.Train.Data, w.x) {
			t.Errorf("%s: features %v, %v", kind, f.Train, err)
		}
		for copies, err := range f.Copies {
			if err != nil || !slices.Equal(copies.Data, w.x) {
				t.Errorf("%s: copies %v, %v", kind, copies, err)
			}
		}
		if !slices.Equal(l.Classes, classes) || !slices.Equal(l.Labels, coded) {
			t.Errorf("%s by %s: classes %v, labels %v", kind, y, l.Classes, l.Labels)
		}
		if y != "onehot" && (len(l.Permuted) != 2 || !slices.Equal(l.Permuted[1], reversed(coded))) {
			t.Errorf("%s: label sets %v", kind, l.Permuted)
		}
		l.Close()
	}
}

// Text of either width is the same labels everywhere.
func TestTextLabelsReadTheSame(t *testing.T) {
	classes, coded := []string{"12", "3", "7"}, []int32{2, 2, 1, 1, 0, 0} // by letters
	for format, h := range holders(t) {
		if format == "safetensors" { // which holds no text
			continue
		}
		s, err := h.open()
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for _, kind := range []string{"U4/little/C", "U4/little/F", "U4/big/C", "U4/big/F", "S4/little/C", "S4/little/F"} {
			sets, err := s.Array(h.name(kind + "/sets"))
			if err != nil {
				t.Fatal(err)
			}
			if read, err := sets.LabelSets(); err != nil || len(read) != 2 || !slices.Equal(read[1].Texts, []string{"12", "12", "3", "3", "7", "7"}) {
				t.Errorf("%s %s: label sets %v, %v", format, kind, read, err)
			}
			for _, y := range []string{"y", "column"} {
				own := datasets.FileOptions{X: h.name("uint8/little/C/x"), Y: h.name(kind + "/" + y), Layout: "nhwc", High: 71, TestShare: -1}
				set, _, err := datasets.Load(context.Background(), h.path, datasets.Options{Files: own})
				if err != nil || !slices.Equal(set.Classes, classes) || !slices.Equal(set.Y, coded) {
					t.Errorf("%s %s as data: %v, %v", format, kind, set, err)
				}
				x := h.key("uint8/little/C/x")
				l, err := features.Load("", features.Keys{Train: x, Valid: []string{"1=" + x}, Labels: h.key(kind + "/" + y), Permuted: h.key(kind + "/sets")}, 0)
				if err != nil {
					t.Errorf("%s %s as features: %v", format, kind, err)
					continue
				}
				if !slices.Equal(l.Classes, classes) || !slices.Equal(l.Labels, coded) || !slices.Equal(l.Permuted[1], reversed(coded)) {
					t.Errorf("%s %s as features: classes %v, labels %v, sets %v", format, kind, l.Classes, l.Labels, l.Permuted)
				}
				l.Close()
			}
		}
	}
}

// Text of either width and order is the same tokens everywhere.
func TestTextReadsTheSame(t *testing.T) {
	for format, h := range holders(t) {
		if format == "safetensors" { // which holds no text
			continue
		}
		for _, kind := range []string{"U4/little/C", "U4/little/F", "U4/big/C", "U4/big/F", "S4/little/C", "S4/little/F"} {
			for _, x := range []string{"y", "column"} {
				own := datasets.FileOptions{X: h.name(kind + "/" + x), Y: h.name("uint8/little/C/y"), Layout: "characters", TestShare: -1}
				set, _, err := datasets.Load(context.Background(), h.path, datasets.Options{Files: own})
				if err != nil { // 7 7 3 3 12 12
					t.Errorf("%s %s: %v", format, kind, err)
				} else if want := []float32{5, 0, 1, 5, 0, 1, 4, 0, 1, 4, 0, 1, 2, 3, 2, 2, 3, 2}; !slices.Equal(set.X, want) || !slices.Equal(set.Tokens.Words[2:], []string{"1", "2", "3", "7"}) {
					t.Errorf("%s %s: %v of %q", format, kind, set.X, set.Tokens.Words)
				}
			}
		}
	}
}

// A column of labels is numbered by one rule, in data and in features: whole
// numbers where every cell is one, written in one way; else two spellings are two
// classes.
func TestColumnsOfLabelsReadTheSame(t *testing.T) {
	for _, c := range []struct {
		cells   string
		classes string
		coded   []int32
	}{
		{"10 9 10 9", "9 10", []int32{1, 0, 1, 0}},
		{"10.0 9.0 10.0 9.0", "9 10", []int32{1, 0, 1, 0}},
		{"3.00 -1.00 -1.00 3.00", "-1 3", []int32{1, 0, 0, 1}},
		{"01 1 01 1", "01 1", []int32{0, 1, 0, 1}},
		{"01 02 01 02", "01 02", []int32{0, 1, 0, 1}},
		{"3 3.0 3 3.0", "3 3.0", []int32{0, 1, 0, 1}},
		{"3.0 3.00 3.0 3.00", "3.0 3.00", []int32{0, 1, 0, 1}},
		{"+1 1 +1 1", "+1 1", []int32{0, 1, 0, 1}},
		{"-0 0 -0 0", "-0 0", []int32{0, 1, 0, 1}},
		{"v0.5 v1.0 v0.5 v1.0", "v0.5 v1.0", []int32{0, 1, 0, 1}},
		{"1e3 1000 1e3 1000", "1000 1e3", []int32{1, 0, 1, 0}},
		{"9007199254740993 9007199254740992 9007199254740993 9007199254740992", "9007199254740992 9007199254740993", []int32{1, 0, 1, 0}},
		{"10 9 cat 9 cat 10", "10 9 cat", []int32{0, 1, 2, 1, 2, 0}},
		{"3. 3. 4. 4.", "3. 4.", []int32{0, 0, 1, 1}},
	} {
		for _, ending := range []string{".csv", ".tsv", ".tab"} {
			comma := "\t"
			if ending == ".csv" {
				comma = ","
			}
			text := strings.Join([]string{"", "a", "label", "b"}, comma) + "\n" // a column without a name, as pandas writes
			for i, cell := range strings.Fields(c.cells) {
				text += strings.Join([]string{string(rune('0' + i)), string(rune('1' + i)), cell, "2.5"}, comma) + "\n"
			}
			path := filepath.Join(t.TempDir(), "x"+ending)
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			set, _, err := datasets.Load(context.Background(), path, datasets.Options{Files: datasets.FileOptions{TestShare: -1}})
			if err != nil || set.Shape.Channels != 2 || strings.Join(set.Classes, " ") != c.classes || !slices.Equal(set.Y, c.coded) {
				t.Errorf("%s in %s as data: %v, %v", c.cells, ending, set, err)
			}
			l, err := features.Load(path, features.Keys{Valid: []string{"1=" + path}, Labels: "label"}, 0)
			if err != nil {
				t.Errorf("%s in %s as features: %v", c.cells, ending, err)
				continue
			}
			if f, err := l.Read(l.Layers[0]); err != nil || strings.Join(l.Classes, " ") != c.classes || !slices.Equal(l.Labels, c.coded) || !slices.Equal(f.Train.Data, set.X) {
				t.Errorf("%s in %s as features: classes %v, labels %v, %v, %v", c.cells, ending, l.Classes, l.Labels, f, err)
			}
			l.Close()
		}
	}
}
