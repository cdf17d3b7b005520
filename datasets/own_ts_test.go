package datasets

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Files that aeon writes are read as aeon reads them; the test part beside them is found.
func TestOwnTS(t *testing.T) {
	for name, shape := range map[string]Shape{"Ragged": {Height: 6, Width: 1, Channels: 3, Kind: Series}, "Plain": {Height: 5, Width: 1, Channels: 1, Kind: Series}} {
		a, b, err := loadOwn(ownFile(name+"_TRAIN.ts"), FileOptions{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for part, s := range map[string]*Set{"_TRAIN": a, "_TEST": b} {
			want := golden(t, name+part)
			if name == "Plain" { // make_own.py leaves room for six steps
				cut := want
				cut.Cols, cut.Data = 6, nil
				for i := range want.Rows {
					cut.Data = append(append(cut.Data, want.Row(i)[:5]...), want.Row(i)[6])
				}
				want = cut
			}
			if s.Shape != shape {
				t.Fatalf("%s%s: %v", name, part, s.Shape)
			}
			holds(t, name+part, want, 0, s)
		}
		if want := map[string][]string{"Ragged": {"run", "walk"}, "Plain": {"0", "1"}}[name]; !slices.Equal(a.Classes, want) || a.Y[0] != map[string]int32{"Ragged": 1, "Plain": 0}[name] {
			t.Errorf("%s: classes %q, labels %v", name, a.Classes, a.Y)
		}
	}
	alone, err := os.ReadFile(ownFile("Ragged_TRAIN.ts"))
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, filepath.Join(t.TempDir(), "alone.ts"), append([]byte("\ufeff"), alone...))
	a, b, err := loadOwn(path, FileOptions{Test: ownFile("Ragged_TEST.ts")})
	if err != nil || a.Len() != 8 || b.Len() != 6 {
		t.Errorf("%v, %v", a, err)
	}
	if a, b, err = loadOwn(path, FileOptions{TestShare: 0.5}); err != nil || a.Len() != 4 || b.Len() != 4 {
		t.Errorf("%v, %v", a, err)
	}
	_, _, err = loadOwn(path, FileOptions{Test: ownFile("Plain_TEST.ts")})
	refused(t, err, "3 channels", "1 channel", "--own test=PATH")
	_, _, err = loadOwn(path, FileOptions{Layout: "series"})
	refused(t, err, "layout is stated")
	_, _, err = loadOwn(path, FileOptions{Test: t.TempDir()})
	refused(t, err, "not a regular file")
}

// tsHead is the header of a set of two dimensions.
const tsHead = "#a comment\n@problemName x\n@timeStamps false\n@missing false\n@univariate false\n@dimensions 2\n@equalLength true\n@seriesLength 2\n@classLabel true A b\n@data\n"

func TestOwnTSRefuses(t *testing.T) {
	rows := "1,2:3,4:A\n1,2:3,4:b\n1,2:3,4:A\n1,2:3,4:b\n"
	instead := func(old, new string) string { return strings.Replace(tsHead, old, new, 1) + rows }
	s, _, err := loadOwn(write(t, filepath.Join(t.TempDir(), "in.ts"), []byte(tsHead+rows)), FileOptions{TestShare: -1})
	if err != nil || !slices.Equal(s.Row(1), []float32{1, 3, 2, 4, 2}) {
		t.Fatal(s, err)
	}
	for name, c := range map[string]struct {
		text  string
		words []string
	}{
		"time stamps":      {instead("@timeStamps false", "@timeStamps true"), []string{"line 3", "time stamps", "save the series without them"}},
		"no classes":       {instead("@classLabel true A b", "@classLabel false"), []string{"line 10", "no line @classLabel true"}},
		"none listed":      {instead("@classLabel true A b", "@classLabel true"), []string{"lists its classes"}},
		"target values":    {instead("@classLabel true A b", "@targetlabel true"), []string{"line 9", "target values"}},
		"no data":          {strings.Replace(tsHead, "@data\n", "", 1), []string{"no line @data"}},
		"no series":        {tsHead, []string{"no series behind @data"}},
		"no header":        {rows, []string{"line 1", "stands before @data"}},
		"no dimensions":    {instead("@dimensions 2", "@dimensions two"), []string{"line 6", "@dimensions two", "no number"}},
		"a dimension less": {tsHead + rows + "1,2:A\n", []string{"line 15", "1 dimension and a class", "should be 2"}},
		"univariate":       {instead("@univariate false\n@dimensions 2", "@univariate true"), []string{"line 10", "2 dimensions", "should be 1"}},
		"no class":         {tsHead + "1,2\n", []string{"line 11", "no series and class"}},
		"another class":    {tsHead + rows + "1,2:3,4:c\n", []string{"line 15", `class "c" is none of [A b]`}},
		"unequal channels": {tsHead + rows + "1,2:3:A\n", []string{"line 15", "unequal channels", "dimension 1 has 2 steps and dimension 2 has 1"}},
		"unequal lengths":  {tsHead + rows + "1,2,3:3,4,5:A\n", []string{"line 15", "3 steps", "stated to have 2", "@equalLength false"}},
		"missing":          {tsHead + rows + "1,?:3,4:A\n", []string{"line 15", "dimension 1, step 2", `"?"`, "missing value"}},
		"NaN":              {tsHead + rows + "1,2:NaN,4:A\n", []string{"dimension 2, step 1", `"NaN"`}},
		"empty":            {tsHead + rows + "1,2:3,:A\n", []string{"dimension 2, step 2", `""`, "missing value"}},
		"text":             {tsHead + rows + "1,2:3,x:A\n", []string{`"x" is not a finite number`}},
		"infinite":         {tsHead + rows + "1,2:3,inf:A\n", []string{`"inf" is not a finite number`}},
		"too large":        {tsHead + rows + "1,2:3,1e39:A\n", []string{`"1e39" is not a finite number`}},
		"nothing":          {"", []string{"no line @data"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := loadOwn(write(t, filepath.Join(t.TempDir(), "in.ts"), []byte(c.text)), FileOptions{})
			refused(t, err, append(c.words, "in.ts")...)
		})
	}
	// Lengths that differ where that is stated, with names in other cases.
	free := strings.Replace(strings.Replace(tsHead, "@equalLength true", "@EQUALLENGTH False", 1), "@seriesLength 2\n", "", 1)
	s, _, err = loadOwn(write(t, filepath.Join(t.TempDir(), "in.ts"), []byte(free+rows+"\n5,6,7:8,9,10:a\n")), FileOptions{TestShare: -1})
	if err != nil || s.Shape.Height != 3 || !slices.Equal(s.Row(4), []float32{5, 8, 6, 9, 7, 10, 3}) || !slices.Equal(s.Row(0), []float32{1, 3, 2, 4, 0, 0, 2}) || s.Classes[s.Y[4]] != "A" {
		t.Errorf("%v, %v", s, err)
	}
}
