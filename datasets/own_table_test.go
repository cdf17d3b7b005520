package datasets

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const iris = "\ufeff\"length, cm\",width,label,block\n5.1,3.5,setosa,1\n4.9,3.0,setosa,2\n7.0,3.2,versicolor,1\n6.4, 3.1 ,versicolor,2\n"

func TestCSV(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "iris.csv"), []byte(iris))
	s, test, err := loadOwn(path, FileOptions{Groups: "block", TestShare: -1})
	if err != nil {
		t.Fatal(err)
	}
	if test != nil || s.Len() != 4 || s.Shape != (Shape{Height: 1, Width: 1, Channels: 2}) || strings.Join(s.Classes, " ") != "setosa versicolor" {
		t.Fatalf("read %+v", s)
	}
	if got := s.Row(3); got[0] != 6.4 || got[1] != 3.1 || s.Y[3] != 1 || s.Groups[3] != 1 || s.Groups[2] != 0 {
		t.Errorf("line 5 became %v, label %d, group %d", got, s.Y[3], s.Groups[3])
	}
	s, _, err = loadOwn(path, FileOptions{Y: "block", TestShare: -1})
	if err != nil || len(s.Columns) != 3 || !slices.Equal(s.Row(3), []float32{6.4, 3.1, 0, 1}) {
		t.Errorf("a column of text beside other labels: %v, %v", s, err)
	}
}

func TestTSVWithTestPart(t *testing.T) {
	dir := t.TempDir()
	train := write(t, filepath.Join(dir, "train.tsv"), []byte("y\ta\n10\t1\n9\t2\n10\t3\n9\t4\n"))
	test := write(t, filepath.Join(dir, "test.tsv"), []byte("y\ta\n9\t5\n10\t6\n9\t7\n10\t8\n"))
	a, b, err := loadOwn(train, FileOptions{Y: "y", Test: test})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(a.Classes, " ") != "9 10" || b.Y[0] != 0 || b.X[3] != 8 {
		t.Errorf("classes %v; test part %v, %v", a.Classes, b.X, b.Y)
	}
	write(t, test, []byte("y\tb\n9\t5\n"))
	_, _, err = loadOwn(train, FileOptions{Y: "y", Test: test})
	refused(t, err, "[a]", "[b]", "same order")
	_, _, err = loadOwn(train, FileOptions{Y: "y", Test: test + "x"})
	refused(t, err, "test.tsvx")
}

func TestCSVOfPixels(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "digits.csv"), []byte("label,p0,p1,p2,p3\n1,0,51,102,255\n0,255,255,255,255\n1,0,0,0,0\n0,1,2,3,4\n"))
	s, _, err := loadOwn(path, FileOptions{Layout: "flat", Shape: Shape{Height: 2, Width: 2, Channels: 1}, High: 255, TestShare: -1})
	if err != nil {
		t.Fatal(err)
	}
	if s.Shape != (Shape{Height: 2, Width: 2, Channels: 1}) || s.Row(0)[1] != 0.2 || s.Row(0)[3] != 1 {
		t.Errorf("read %v as %v", s.Row(0), s.Shape)
	}
	_, _, err = loadOwn(path, FileOptions{Layout: "flat", Shape: Shape{Height: 2, Width: 2, Channels: 1}})
	refused(t, err, "digits.csv", "0..255", "state")
}

func TestCSVRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		words []string
	}{
		"empty":                {"", []string{"empty", "name the columns"}},
		"names only":           {"a,label\n", []string{"no examples"}},
		"no label column":      {"a,b\n1,2\n", []string{`"label"`, "[a b]"}},
		"no other column":      {"label\nx\n", []string{"no columns beside"}},
		"two of a name":        {"a,a,label\n1,2,x\n", []string{`two columns named "a"`}},
		"short line":           {"a,b,label\n1,2,x\n1,y\n", []string{"line 3"}},
		"text in a number":     {"a,label\n1,x\nmuch,y\n", []string{"line 3", `"a"`, `"much"`}},
		"missing pixel":        {"a,label\n1,x\n,y\n", []string{"line 3", `"a"`, `""`}},
		"NaN as a pixel":       {"a,label\n1,x\nNaN,y\n", []string{"line 3", "NaN"}},
		"infinite":             {"a,label\n1,x\n-Inf,y\n", []string{"line 3", "-Inf"}},
		"too large":            {"a,label\n1,x\n1e39,y\n", []string{"line 3", "1e39"}},
		"missing label":        {"a,label\n1,x\n2, \n", []string{"line 3", `"label"`, "empty"}},
		"open quote":           {"a,label\n1,\"x\n2,y\n", []string{"quote", "line"}},
		"one class":            {"a,label\n1,x\n2,x\n", []string{"1 class"}},
		"class of one example": {"a,label\n1,x\n2,x\n3,y\n", []string{`class "y"`, "single"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := loadOwn(write(t, filepath.Join(t.TempDir(), "in.csv"), []byte(c.text)), FileOptions{Layout: map[bool]string{true: "flat"}[strings.Contains(name, "pixel")]})
			refused(t, err, append(c.words, "in.csv")...)
		})
	}
	path := write(t, filepath.Join(t.TempDir(), "in.csv"), []byte(iris))
	_, _, err := loadOwn(path, FileOptions{Groups: "patient"})
	refused(t, err, `"patient"`, "length, cm")
	_, _, err = loadOwn(path, FileOptions{Groups: "label"})
	refused(t, err, "beside the labels")
	_, _, err = loadOwn(path, FileOptions{Layout: "nhwc", Groups: "block"})
	refused(t, err, "4 axes")
	_, _, err = loadOwn(write(t, filepath.Join(t.TempDir(), "in.txt"), []byte(iris)), FileOptions{})
	refused(t, err, "in.txt", ".npz", "pictures")
}

// What is left out of a table goes to the log; a column that float32 holds nothing
// of but its mean is refused, in a table and in arrays.
func TestTableNotesAndLostColumns(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "x.csv"), []byte(",a,label\n0,1,x\n1,2,y\n2,3,x\n3,4,y\n"))
	var log strings.Builder
	s, _, err := Load(context.Background(), path, Options{Files: FileOptions{TestShare: -1}, Log: &log})
	if err != nil || s.Shape.Channels != 1 || log.String() != "file "+path+": column 1 has no name and counts the lines from 0, so it was left out (pandas writes none with to_csv(index=False))\n" {
		t.Errorf("%v, %v: %q", s, err, log.String())
	}
	path = write(t, path, []byte("t,label\n1700000001,x\n1700000021,y\n1700000007,x\n1700000008,y\n"))
	_, _, err = loadOwn(path, FileOptions{TestShare: -1})
	refused(t, err, "x.csv", `column "t" lies so far from zero`, "save it less its mean")
	_, _, err = loadOwn(path, FileOptions{Layout: "flat", Shape: Shape{Height: 1, Width: 1, Channels: 1}, Low: 1.7e9, High: 1.8e9, TestShare: -1})
	if err != nil { // the range is stated, and what it leaves is asked for
		t.Error(err)
	}
}
