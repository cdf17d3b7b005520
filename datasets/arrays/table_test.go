package arrays

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.csv")
	text := "\ufeffa,species,b\n1,cat,2\n3.5,dog,-4\n5,cat,6\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s := openFile(t, path)
	if !s.Table() || !slices.Equal(s.Names(), []string{"a", "species", "b"}) {
		t.Fatalf("columns %q", s.Names())
	}
	m, columns, err := s.Columns([]string{"species"})
	if err != nil || m.Rows != 3 || m.Cols != 2 || !slices.Equal(m.Matrix(Origin{}, 0).Data, []float32{1, 2, 3.5, -4, 5, 6}) || !slices.Equal(m.Matrix(Origin{}, 1).Data, []float32{1, 2}) || m.Column(1) != `"b"` || !slices.Equal(columns["species"].Texts, []string{"cat", "dog", "cat"}) {
		t.Errorf("%v %v %v", m, columns, err)
	}
	if _, _, err = s.Columns(nil); err == nil || !strings.Contains(err.Error(), `line 2, column "species": "cat"`) {
		t.Errorf("text as features: %v", err)
	}
	if _, _, err = openFile(t, "testdata/one.npy").Columns(nil); err == nil || !strings.Contains(err.Error(), "is no table") {
		t.Errorf("an array as a table: %v", err)
	}
	if _, _, err = s.Columns([]string{"a", "b", "species"}); err == nil || !strings.Contains(err.Error(), "no columns beside labels and groups") {
		t.Errorf("nothing left: %v", err)
	}
}

func TestTableRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"a,y\n":             "holds column names and no examples",
		"a,y\n1,x\n2, \n":   `line 3, column "y" is empty; give every example a label`,
		"a,y\n1,x\nNaN,x\n": `line 3, column "a": "NaN" is not a finite number`,
		"a,y\n1,x\n1e39,x":  `line 3, column "a": "1e39" is not a finite number`,
		"a,y\n1,x\n,x\n":    `line 3, column "a": "" is not a finite number`,
		"a,y\n1,x\n1\n":     "line 3",
		"a,y\n1,\"x\n":      "quote",
	} {
		_, _, err := openFile(t, writeFile(t, "x.csv", []byte(text))).Columns([]string{"y"})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "x.csv") {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
