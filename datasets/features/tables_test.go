package features

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// written writes files into a folder and returns it.
func written(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

const train = "a,b,target\n1,2,x\n3,4,y\n5,6,x\n7,9,y\n"

// Tables are matched column by column and row by row: what they say of both must
// agree.
func TestTablesThatDoNotBelongTogether(t *testing.T) {
	dir := written(t, map[string]string{
		"train.csv": train, "good.csv": train,
		"columns.csv": "b,a,target\n2,1,x\n4,3,y\n6,5,x\n9,7,y\n",
		"rows.csv":    "a,b,target\n3,4,y\n1,2,x\n5,6,x\n7,9,y\n",
	})
	file := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct{ valid, fresh, want string }{
		{"good.csv", "", ""},
		{"columns.csv", "", `column 1 of ` + file("columns.csv") + ` is "b", but that of ` + file("train.csv") + ` is "a"; give both the same columns, in the same order`},
		{"rows.csv", "", "are not those of the training examples, row by row: example 0 (from 0) has label x, its copy y"},
		{"good.csv", "columns.csv", `column 1 of ` + file("columns.csv") + ` is "b"`},
		{"good.csv", "rows.csv", ""}, // fresh examples are others
	} {
		keys := Keys{Valid: []string{"0.1=" + file(c.valid)}, Labels: "target"}
		if c.fresh != "" {
			keys.Fresh = file(c.fresh)
		}
		l, err := Load(file("train.csv"), keys, 0)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %s: %v, want %q", c.valid, c.fresh, err, c.want)
		}
		if err == nil {
			l.Close()
		}
	}
}

// Labels may lie in a table of their own, with or beside other columns, or be named
// by the path of the features' own table.
func TestLabelsOfAnotherTable(t *testing.T) {
	dir := written(t, map[string]string{
		"train.csv": train, "copies.csv": train,
		"alone.csv": "target\nx\ny\nx\ny\n", "beside.csv": "who,labels\nAnn,x\nBob,y\nCy,x\nDi,y\n", "short.csv": "target\nx\ny\n",
	})
	file := func(name string) string { return filepath.Join(dir, name) }
	for key, want := range map[string]string{
		file("alone.csv") + ":target": "", file("beside.csv"): "", file("beside.csv") + ":labels": "", file("train.csv") + ":target": "", "target": "",
		file("short.csv") + ":target": "column target [2] of " + file("short.csv") + " do not fit the training features",
		file("alone.csv") + ":class":  `has no column "class"; it has target`,
	} {
		keys := Keys{Valid: []string{"0.1=" + file("copies.csv")}, Labels: key}
		if !strings.HasPrefix(key, file("train.csv")) && key != "target" {
			plain := "a,b\n1,2\n3,4\n5,6\n7,9\n"
			for _, name := range []string{"train.csv", "copies.csv"} {
				if err := os.WriteFile(file(name), []byte(plain), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		} else if err := os.WriteFile(file("train.csv"), []byte(train), 0o644); err != nil {
			t.Fatal(err)
		} else if err := os.WriteFile(file("copies.csv"), []byte(train), 0o644); err != nil {
			t.Fatal(err)
		} else if key != "target" {
			keys.Valid = []string{"0.1=" + file("train.csv")}
		}
		l, err := Load(file("train.csv"), keys, 0)
		if want != "" {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", key, err, want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", key, err)
			continue
		}
		if !slices.Equal(l.Labels, []int32{0, 1, 0, 1}) || l.Layers[0].Cols != 2 {
			t.Errorf("%s: labels %v of %d columns", key, l.Labels, l.Layers[0].Cols)
		}
		l.Close()
	}
}

// True and False in a table are 1 and 0, as pandas writes the columns of get_dummies.
func TestTruthInTables(t *testing.T) {
	dir := written(t, map[string]string{"t.csv": "a,b,labels\nTrue,1,x\nFalse,2,y\ntrue,3,x\nFALSE,4,y\n"})
	l, err := Load(filepath.Join(dir, "t.csv"), Keys{Valid: []string{"0=" + filepath.Join(dir, "t.csv")}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f, err := l.Read(l.Layers[0])
	if err != nil || !slices.Equal(f.Train.Data, []float32{1, 1, 0, 2, 1, 3, 0, 4}) {
		t.Errorf("%v, %v", f.Train.Data, err)
	}
}

// PyTorch leaves examples out of the loss whose label is −100.
func TestIgnoredLabelsAreNoClass(t *testing.T) {
	for _, c := range []struct {
		labels []int64
		ok     bool
	}{{[]int64{0, 1, -100, 2}, false}, {[]int64{0, 1, -1}, false}, {[]int64{-1, 1, -1}, true}, {[]int64{-2, -1, 0, 1, 2}, true}} {
		if err := (arrays.Labels{Ints: c.labels}).CheckClasses(); (err == nil) != c.ok {
			t.Errorf("%v: %v", c.labels, err)
		}
	}
}
