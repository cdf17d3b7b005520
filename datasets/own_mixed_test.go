package datasets

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A table with categories and gaps is encoded by its training part, as pandas does.
func TestOwnMixedTable(t *testing.T) {
	o := FileOptions{Categories: []string{"pclass"}, Test: ownFile("mixed_test.csv")}
	a, b, log, err := said(t, ownFile("mixed_train.csv"), o)
	if err != nil {
		t.Fatal(err)
	}
	holds(t, "both parts", golden(t, "mixed"), 4e-6, a, b) // the mean is some 40, and rounded
	var columns []string
	for _, c := range a.Columns {
		columns = append(columns, fmt.Sprintf("%s at %d %v %v", c.Name, c.First, c.Categories, c.Missing))
	}
	if want := "age at 0 [] true; site at 2 [(missing) east north south] false; pclass at 6 [1 2 3] false; fare at 9 [] false"; strings.Join(columns, "; ") != want || a.Shape.KindOf() != Table || a.Shape.Channels != 10 {
		t.Errorf("%v of columns %s", a.Shape, columns)
	}
	for _, said := range []string{"1 column holds text and is read as categories: site", "values are missing in age (12), site (6)", "categories that occur in no training example stand in site ("} {
		if !strings.Contains(log, said) {
			t.Errorf("said %q, not %q", log, said)
		}
	}
	// Without a test part the drawn training examples decide.
	c, d, err := loadOwn(ownFile("mixed_train.csv"), FileOptions{})
	if err != nil || c.Len() != 32 || d.Len() != 8 || c.Shape != d.Shape {
		t.Fatal(c, err)
	}
	sum, mean := 0.0, float32(0)
	n := 0
	for i := range c.Len() {
		if row := c.Row(i); row[1] == 0 {
			sum += float64(row[0])
			n++
		} else {
			mean = row[0]
		}
	}
	if diff := float64(mean) - sum/float64(n); diff > 1e-5 || diff < -1e-5 || n == c.Len() {
		t.Errorf("missing ages of the training part are %v, whose mean is %v", mean, sum/float64(n))
	}
}

// A table of numbers alone has its columns, and the values that it always had.
func TestColumnsOfNumbers(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "in.csv"), []byte(",a,label,b\n0,1,x,2\n1,3,y,4\n2,5,x,6\n3,7,y,8\n"))
	plain, _, err := loadOwn(path, FileOptions{TestShare: -1})
	if err != nil || len(plain.Columns) != 2 || plain.Columns[1].Name != "b" || plain.Columns[1].First != 1 || !slices.Equal(plain.X, []float32{1, 2, 3, 4, 5, 6, 7, 8}) {
		t.Fatalf("%+v, %v", plain, err)
	}
	stated, _, log, err := said(t, path, FileOptions{Categories: []string{"a"}, TestShare: -1})
	if err != nil || !slices.Equal(stated.Row(1), []float32{0, 1, 0, 0, 4}) || strings.Count(log, "\n") != 1 || !strings.Contains(log, "column 1 has no name") {
		t.Errorf("%+v, %v, said %q", stated, err, log)
	}
}

func TestOwnMixedTableRefuses(t *testing.T) {
	dir := t.TempDir()
	ids := "id,a,label\n"
	for i := range 1002 {
		ids += fmt.Sprintf("n%d,%d,%c\n", i, i, 'x'+i%2)
	}
	for name, c := range map[string]struct {
		text, test string
		o          FileOptions
		words      []string
	}{
		"numbers and text":  {"a,label\n1,x\nmuch,y\n2,x\n3,y\n", "", FileOptions{}, []string{`"a"`, `"1" in line 2`, `"much" in line 3`, "--own categories=a", "--own y=COLUMN"}},
		"no value":          {"a,b,label\nNA,1,x\n?,2,y\n,3,x\nnull,4,y\n", "", FileOptions{}, []string{`column "a" holds no value`, "leave it out"}},
		"names":             {ids, "", FileOptions{}, []string{`column "id" has 1002 different`, "different categories, more than 1000", "leave it out"}},
		"infinite":          {"a,b,label\n1,,x\n-Inf,1,y\n1,2,x\n1,2,y\n", "", FileOptions{}, []string{"line 3", `"a"`, `"-Inf"`}},
		"too large":         {"a,b,label\n1,,x\n1e39,1,y\n1,2,x\n1,2,y\n", "", FileOptions{}, []string{"line 3", `"a"`, `"1e39"`}},
		"far from zero":     {"t,b,label\n1700000001,,x\n1700000021,1,y\n1700000007,1,x\n,2,y\n", "", FileOptions{}, []string{`column "t" lies so far from zero`}},
		"no such column":    {"a,label\n1,x\n2,y\n1,x\n2,y\n", "", FileOptions{Categories: []string{"b"}}, []string{`no column "b"`, "--own categories=a"}},
		"the labels":        {"a,label\n1,x\n2,y\n1,x\n2,y\n", "", FileOptions{Categories: []string{"label"}}, []string{`no column "label" of categories`}},
		"text in test":      {"a,b,label\n1,,x\n2,3,y\n1,2,x\n2,2,y\n", "a,b,label\nlow,1,x\n2,3,y\n1,2,x\n2,2,y\n", FileOptions{}, []string{"test.csv", "line 2", `"a"`, `"low"`}},
		"other test column": {"a,b,label\nu,1,x\nv,3,y\nu,2,x\nv,2,y\n", "a,c,label\nu,1,x\nv,3,y\nu,2,x\nv,2,y\n", FileOptions{}, []string{"[a b]", "[a c]", "same order"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.o.TestShare = -1
			if c.test != "" {
				c.o.TestShare, c.o.Test = 0, write(t, filepath.Join(dir, "test.csv"), []byte(c.test))
			}
			_, _, err := loadOwn(write(t, filepath.Join(dir, "in.csv"), []byte(c.text)), c.o)
			refused(t, err, append(c.words, ".csv")...)
		})
	}
}
