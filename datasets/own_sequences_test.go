package datasets

import (
	"encoding/binary"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// The files in testdata/own, and what they must be read as, are written by
// testdata/make_own.py: NumPy, pandas and aeon.

func ownFile(name string) string { return filepath.Join("testdata", "own", name) }

// golden is an array of make_own.py.
func golden(t *testing.T, name string) arrays.Matrix {
	t.Helper()
	s, err := arrays.Open(ownFile("golden.npz"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	a, err := s.Array(name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := a.Matrix(0)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// holds says that sets, one after the other, hold these rows within a tolerance.
func holds(t *testing.T, what string, want arrays.Matrix, within float64, sets ...*Set) {
	t.Helper()
	var got []float32
	for _, s := range sets {
		got = append(got, s.X...)
		if s.Shape.RowSize() != want.Cols {
			t.Fatalf("%s: rows of %d values of %v, want %d", what, s.Shape.RowSize(), s.Shape, want.Cols)
		}
	}
	if len(got) != len(want.Data) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want.Data))
	}
	for k, v := range want.Data {
		if math.Abs(float64(got[k]-v)) > within {
			t.Fatalf("%s: value %d of example %d is %v, want %v", what, k%want.Cols, k/want.Cols, got[k], v)
		}
	}
}

// withLengths puts the lengths behind the rows.
func withLengths(rows, lengths arrays.Matrix) arrays.Matrix {
	m := arrays.Matrix{Rows: rows.Rows, Cols: rows.Cols + 1}
	for i := range rows.Rows {
		m.Data = append(append(m.Data, rows.Row(i)...), lengths.Data[i])
	}
	return m
}

func number(n int) *int { return &n }

// Padding by a number, by a mask and by lengths give the same, of every type of number.
func TestOwnTokens(t *testing.T) {
	want := withLengths(golden(t, "tokens"), golden(t, "token_lengths"))
	backwards := want
	backwards.Data = nil
	for i := range want.Rows {
		backwards.Data = append(backwards.Data, want.Row(want.Rows-1-i)...)
	}
	for name, o := range map[string]FileOptions{
		"padding": {Pad: number(0), Vocabulary: 60, Mask: number(55)},
		"mask":    {Vocabulary: 60, Mask: number(55), Lengths: "attention_mask"},
		"default": {Vocabulary: 60, Mask: number(55)}, // attention_mask is there
	} {
		o.Layout = "tokens"
		a, b, log, err := said(t, ownFile("tokens.npz"), o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		holds(t, name, want, 0, a)
		holds(t, name+", test part", backwards, 0, b)
		if a.Shape != (Shape{Height: 7, Width: 1, Channels: 1, Kind: Tokens, Vocabulary: 60}) || b.Shape != a.Shape || a.Tokens.Mask != 55 || a.Tokens.Pad != 0 || a.Tokens.Words != nil || b.Tokens == nil {
			t.Errorf("%s: %v, %+v", name, a.Shape, a.Tokens)
		}
		if !strings.Contains(log, "left out: 2 arrays [floats sizes]") && !strings.Contains(log, "left out: 2 arrays [sizes floats]") {
			t.Errorf("%s: said %q", name, log)
		}
	}
	sizes := FileOptions{Layout: "tokens", X: "floats", Lengths: "sizes", TestShare: 0, TestX: "X_test", TestLengths: "attention_mask_test"}
	a, _, log, err := said(t, ownFile("tokens.npz"), sizes)
	if err != nil {
		t.Fatal(err)
	}
	holds(t, "lengths", want, 0, a)
	largest := int(slices.Max(golden(t, "tokens").Data))
	if a.Shape.Vocabulary != largest+2 || int(a.Tokens.Mask) != largest+1 || !strings.Contains(log, "taken from the largest number") || !strings.Contains(log, "was added to the vocabulary") {
		t.Errorf("vocabulary %d, mask %d, said %q", a.Shape.Vocabulary, a.Tokens.Mask, log)
	}
	full := FileOptions{Layout: "tokens", X: "y", Pad: number(-1)}
	_, _, err = loadOwn(ownFile("tokens.npz"), full)
	refused(t, err, "layout tokens has 2 axes", "[12]")
}

// What is no row of tokens is refused by its place.
func TestOwnTokensRefuses(t *testing.T) {
	row := func(v ...float64) string {
		b := "a,b,c,label\n1,2,0,x\n3,0,0,y\n"
		for _, f := range v {
			b += fmt.Sprint(f, ",")
		}
		return b + "x\n2,2,2,y\n"
	}
	for name, c := range map[string]struct {
		text  string
		o     FileOptions
		words []string
	}{
		"padding is not stated": {row(1, 1, 1), FileOptions{Vocabulary: 9}, []string{"what fills the rows", "--own pad=0", "--own lengths=NAME"}},
		"padding alone":         {row(0, 0, 0), FileOptions{Pad: number(0)}, []string{"example 2 is padding alone", "3 times the number 0"}},
		"padding on the left":   {row(0, 0, 4), FileOptions{Pad: number(0)}, []string{"example 2, place 0 holds 0", "pad on the right", "--own lengths=NAME"}},
		"outside":               {row(1, 9, 1), FileOptions{Pad: number(0), Vocabulary: 9}, []string{"place 1 of example 2", "token 9", "0..8", "--own vocabulary=10"}},
		"negative":              {row(1, -2, 1), FileOptions{Pad: number(0)}, []string{"example 2, place 1 holds -2", "--own pad=-2"}},
		"not whole":             {row(1, 2, 1.5), FileOptions{Pad: number(0)}, []string{"example 2, place 2 holds 1.5", "whole numbers"}},
		"too large":             {row(1, 2, 1<<25), FileOptions{Pad: number(0)}, []string{"example 2, place 2 holds 3.3554432e+07"}},
		"mask outside":          {row(1, 1, 1), FileOptions{Pad: number(0), Vocabulary: 9, Mask: number(9)}, []string{"number 9", "0..8", "--own mask="}},
		"no vocabulary":         {row(1, 1, 1), FileOptions{Pad: number(0), Vocabulary: -1}, []string{"vocabulary of -1"}},
		"another's field":       {row(1, 1, 1), FileOptions{Pad: number(0), Length: 9}, []string{"layout tokens: length is stated", "leave length= out"}},
		"categories":            {row(1, 1, 1), FileOptions{Pad: number(0), Categories: []string{"a"}}, []string{"layout tokens: categories is stated"}},
		"range":                 {row(1, 1, 1), FileOptions{Pad: number(0), High: 9}, []string{"layout tokens: high is stated"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.o.Layout, c.o.TestShare = "tokens", -1
			_, _, err := loadOwn(write(t, filepath.Join(t.TempDir(), "in.csv"), []byte(c.text)), c.o)
			refused(t, err, append(c.words, "in.csv")...)
		})
	}
	path := write(t, filepath.Join(t.TempDir(), "in.csv"), []byte(row(1, 1, 1)))
	s, _, err := loadOwn(path, FileOptions{Layout: "tokens", Pad: number(0), Mask: number(12), TestShare: -1})
	if err != nil || s.Shape.Vocabulary != 13 || s.Shape.Length(s.Row(0)) != 2 || s.Shape.Length(s.Row(1)) != 1 {
		t.Errorf("%v, %v", s, err)
	}
}

// Masks and lengths that are none are refused, whatever rows they are of.
func TestOwnLengthsRefuse(t *testing.T) {
	x := npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (4, 3), }\n", slices.Repeat([]byte{1, 2, 3}, 4))
	y := npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }\n", []byte{0, 1, 0, 1})
	lengths := func(v ...byte) []byte {
		return npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }\n", v)
	}
	mask := func(row ...byte) []byte {
		return npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (4, 3), }\n", append(slices.Repeat([]byte{1, 1, 0}, 3), row...))
	}
	for name, c := range map[string]struct {
		lengths []byte
		words   []string
	}{
		"none":          {lengths(1, 2, 0, 3), []string{"length of example 2 is 0", "1..3"}},
		"too long":      {lengths(1, 2, 4, 3), []string{"length of example 2 is 4, but examples have 3 steps", "cut where they were"}},
		"gap":           {mask(1, 0, 1), []string{"row 3 of the mask holds 1 at place 2, behind 1 ones", "pad on the right"}},
		"on the left":   {mask(0, 1, 1), []string{"row 3 of the mask holds 1 at place 1, behind 0 ones"}},
		"no mask":       {mask(1, 2, 0), []string{"row 3 of the mask holds 2"}},
		"empty":         {mask(0, 0, 0), []string{"length of example 3 is 0"}},
		"of other rows": {npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }\n", []byte{1, 1, 1}), []string{"[3]", "4 examples of 3 steps"}},
	} {
		for _, layout := range []string{"tokens", "series"} {
			path := write(t, filepath.Join(t.TempDir(), "in.npz"), zipOf(t, "X.npy", x, "y.npy", y, "lengths.npy", c.lengths))
			_, _, err := loadOwn(path, FileOptions{Layout: layout, TestShare: -1})
			refused(t, err, append(c.words, "in.npz", "array lengths")...)
			if !strings.Contains(err.Error(), "--own lengths=NAME") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	path := write(t, filepath.Join(t.TempDir(), "in.npz"), zipOf(t, "X.npy", x, "y.npy", y, "lengths.npy", mask(1, 1, 1), "X_test.npy", x, "y_test.npy", y))
	_, _, err := loadOwn(path, FileOptions{Layout: "series"})
	refused(t, err, `no array "lengths_test"`, "--own test_lengths=NAME")
	_, _, err = loadOwn(path, FileOptions{Layout: "series", Lengths: "sizes"})
	refused(t, err, `no array "sizes"`, "--own lengths=NAME")
	_, _, err = loadOwn(path, FileOptions{Layout: "nhw", High: 9, Lengths: "lengths"})
	refused(t, err, "layout nhw: lengths is stated")
	path = write(t, path, zipOf(t, "X.npy", x, "y.npy", y))
	_, _, err = loadOwn(path, FileOptions{Layout: "series", TestLengths: "a"})
	refused(t, err, "test_lengths is stated", "no test part")
}

// Series whose ends are marked by NaN, by lengths, and with channels first.
func TestOwnSeries(t *testing.T) {
	want := golden(t, "Ragged_TRAIN")
	for name, o := range map[string]FileOptions{
		"NaN":      {Layout: "series", Lengths: "lengths"},
		"filled":   {Layout: "series", X: "filled"}, // lengths are there
		"channels": {Layout: "series-ct", X: "channels_first"},
	} {
		o.TestShare = -1
		s, _, err := loadOwn(ownFile("series.npz"), o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		holds(t, name, want, 0, s)
		if s.Shape != (Shape{Height: 6, Width: 1, Channels: 3, Kind: Series}) || s.Tokens != nil {
			t.Errorf("%s: %v", name, s.Shape)
		}
	}
	one, _, err := loadOwn(ownFile("series.npz"), FileOptions{Layout: "series", X: "one", TestShare: -1})
	if err != nil || one.Shape.Channels != 1 {
		t.Fatal(one, err)
	}
	for i := range one.Len() {
		row := one.Row(i)
		if row[6] != want.Row(i)[18] || row[1] != want.Row(i)[3] {
			t.Errorf("example %d of one channel is %v", i, row)
		}
	}
	path := write(t, filepath.Join(t.TempDir(), "in.csv"), []byte("t0,t1,label\n1,2,x\n3,4,y\n5,6,x\n7,8.5,y\n"))
	csv, _, err := loadOwn(path, FileOptions{Layout: "series", TestShare: -1})
	if err != nil || csv.Shape != (Shape{Height: 2, Width: 1, Channels: 1, Kind: Series}) || !slices.Equal(csv.Row(3), []float32{7, 8.5, 2}) || csv.Columns != nil {
		t.Errorf("steps as columns: %v, %v", csv, err)
	}
	_, _, err = loadOwn(ownFile("series.npz"), FileOptions{Layout: "series-ct", X: "one", TestShare: -1})
	refused(t, err, "3 axes", "[8 6]")
}

// Values that are not there are refused by example, step and channel.
func TestOwnSeriesRefuses(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	shape := Shape{Height: 3, Width: 1, Channels: 2, Kind: Series}
	for name, c := range map[string]struct {
		row   []float32
		words []string
	}{
		"within":           {[]float32{1, 2, nan, 4, 5, 6}, []string{"step 1, channel 0 is NaN"}},
		"infinite":         {[]float32{1, 2, 3, inf, nan, nan}, []string{"step 1, channel 1 is +Inf"}},
		"unequal channels": {[]float32{1, 2, 3, 4, 5, nan}, []string{"unequal channels: channel 0 ends after step 2 and channel 1 after step 1"}},
		"a channel alone":  {[]float32{1, nan, 3, nan, 5, nan}, []string{"no values in channel 1"}},
	} {
		_, err := FileOptions{Layout: "series"}.sequences([]int{2, 3, 2}, append([]float32{1, 2, 3, 4, 5, 6}, c.row...), nil)
		t.Log(name)
		refused(t, err, append(c.words, "example 1", "such examples")...)

	}
	if n, err := seriesEnd(shape, []float32{1, 2, nan, nan, nan, nan}); n != 1 || err != nil {
		t.Errorf("%d steps, %v", n, err)
	}
}

// Parts of other lengths get as much room, and hold what they held.
func TestPartsOfOtherLengths(t *testing.T) {
	dir := t.TempDir()
	x := npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (4, 3), }\n", slices.Repeat([]byte{1, 2, 3}, 4))
	short := npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (4, 2), }\n", slices.Repeat([]byte{4, 0}, 4))
	y := npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }\n", []byte{0, 1, 0, 1})
	path := write(t, filepath.Join(dir, "in.npz"), zipOf(t, "X.npy", x, "y.npy", y, "X_test.npy", short, "y_test.npy", y))
	a, b, err := loadOwn(path, FileOptions{Layout: "tokens", Pad: number(0)})
	if err != nil || a.Shape != b.Shape || a.Shape.Vocabulary != 6 || !slices.Equal(a.Row(3), []float32{1, 2, 3, 3}) || !slices.Equal(b.Row(3), []float32{4, 0, 0, 1}) {
		t.Errorf("%v %v, %v", a, b, err)
	}
	_, _, err = loadOwn(path, FileOptions{Layout: "tokens", Pad: number(0), Vocabulary: 4})
	refused(t, err, "place 0 of example 0 of the test part holds token 4")
}

// Series that float32 holds nothing of but their mean are refused, as columns of tables are.
func TestOwnSeriesFarFromZero(t *testing.T) {
	var raw []byte
	for i := range 12 {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(1e9+float64(i%4)))
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "X.npy"), npyBytes("{'descr': '<f8', 'fortran_order': False, 'shape': (4, 3), }\n", raw))
	write(t, filepath.Join(dir, "y.npy"), npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }\n", []byte{0, 0, 1, 1}))
	_, _, err := loadOwn(dir, FileOptions{Layout: "series", TestShare: -1})
	refused(t, err, "lies so far from zero", "save it less its mean")
}
