package arrays

import (
	"os"
	"path/filepath"
	"runtime"
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
		"a,y\n":              "holds column names and no examples",
		"a,y\n1,x\n2, \n":    `line 3, column "y" is empty; give every example a label`,
		"a,y\n1,x\nNaN,x\n":  `line 3, column "a": "NaN" is not a finite number`,
		"a,y\n1,x\n1e39,x":   `line 3, column "a": "1e39" is not a finite number`,
		"a,y\n1,x\n,x\n":     `line 3, column "a": "" is not a finite number`,
		"a,y\n1,x\n1\n":      "line 3 has 1 cells, but line 1 names 2 columns",
		"a,y\n1,\"x\n":       "line 2, near character",
		"a,y\n1,x\"x\n":      "a quote stands where none may",
		"a,y\n1,x\n2,nan\n":  `line 3, column "y" is "nan", which stands for a missing value`,
		"a,y\n1,NA\n":        `line 2, column "y" is "NA"`,
		"a,y\n1,caf\xe9\n":   `line 2, column 2: "caf\xe9" is not UTF-8 text`,
		"\xe9,y\n1,x\n":      "line 1, column 1",
		"\xff\xfea\x00,\x00": "UTF-16",
		"a;y\n1;x\n":         "line 1 is a single cell",
		"5,0,0\n1,0,0\n":     "line 1 holds numbers",
		",y,a\n1,x,2\n":      `line 2, column 1 has no name and is "1", which does not count the lines from 0`,
		"a,,y\n1,0,x\n2,2,x": `line 3, column 2 has no name and is "2"`,
		",a,,y\n0,1,7,x\n":   `line 2, column 3 has no name and is "7"`,
	} {
		s, err := Open(writeFile(t, "x.csv", []byte(text)))
		if err == nil {
			_, _, err = s.Columns([]string{"y"})
			s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "x.csv") {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// Columns that pandas names by their numbers have names, and a column that counts
// the lines is left out and said to be.
func TestTableOfNumberedColumns(t *testing.T) {
	s := openFile(t, writeFile(t, "x.csv", []byte(",0,1,Unnamed: 3\n0,5,6,0\n1,7,8,1\n")))
	n, _, err := s.Columns(nil)
	if err != nil || !slices.Equal(n.Matrix(Origin{}, 0).Data, []float32{5, 6, 7, 8}) || !slices.Equal(s.Names(), []string{"0", "1"}) {
		t.Fatalf("%v, %v of %q", err, n, s.Names())
	}
	if notes := s.Notes(); len(notes) != 2 || !strings.Contains(notes[0], "x.csv: column 1 has no name") || !strings.Contains(notes[1], "column 4") {
		t.Errorf("%q", notes)
	}
}

// endless is a line that does not end within size bytes.
type endless int64

func (size endless) ReadAt(p []byte, at int64) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

// A line of any length, and a quote that is never closed, are given up after
// maxLine bytes.
func TestTableOfEndlessLines(t *testing.T) {
	const size = 300 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := readTable(file{"x.csv", endless(size), size})
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "line 1 is longer than 16 MiB") {
		t.Error(err)
	}
	if taken := after.TotalAlloc - before.TotalAlloc; taken > size/2 {
		t.Errorf("%d bytes were taken", taken)
	}
	text := "a,y\n1,\"" + strings.Repeat("x\n", maxLine)
	s := openFile(t, writeFile(t, "x.csv", []byte(text)))
	if _, _, err := s.Columns([]string{"y"}); err == nil || !strings.Contains(err.Error(), "line 2 is longer than 16 MiB") {
		t.Error(err)
	}
}
