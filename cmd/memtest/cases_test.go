package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// Files like those that people report trouble with, each beside one that says the
// same without the trouble: both give the same rows, or a sentence says what to do.

// columnsOf are n examples in classes 0..2 whose first column follows the class, as
// [n][d] numbers with noisy copies.
func columnsOf(n, d int) (train, copies [][]float64, labels []int) {
	r := rand.New(rand.NewPCG(3, 4))
	for i := range n {
		x, v := make([]float64, d), make([]float64, d)
		for j := range d {
			x[j] = r.NormFloat64()
			if j == 0 {
				x[j] += 3 * float64(i%3)
			}
			v[j] = x[j] + 0.1*r.NormFloat64()
		}
		train, copies, labels = append(train, x), append(copies, v), append(labels, i%3)
	}
	return train, copies, labels
}

// asCSV writes a table; label is what stands in the label column of line i.
func asCSV(t *testing.T, name, header string, rows [][]float64, label func(i int) string, index bool) string {
	t.Helper()
	text := header + "\n"
	for i, row := range rows {
		if index {
			text += fmt.Sprint(i, ",")
		}
		for _, v := range row {
			text += fmt.Sprint(v, ",")
		}
		text += label(i) + "\n"
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// doubles is an .npy file of float64.
func doubles(rows [][]float64, change func(j int, v float64) float64) []byte {
	return npyBytes("<f8", len(rows), len(rows[0]), func(i, j int) any { return change(j, rows[i][j]) })
}

func npyBytes(descr string, n, d int, value func(i, j int) any) []byte {
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%d, %d), }\n", descr, n, d)
	b := bytes.NewBuffer(append([]byte("\x93NUMPY\x01\x00"), byte(len(header)), 0))
	b.WriteString(header)
	for i := range n {
		for j := range d {
			_ = binary.Write(b, binary.LittleEndian, value(i, j))
		}
	}
	return b.Bytes()
}

// archive is an .npz of these members, names and contents in turn.
func archive(t *testing.T, name string, members ...any) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		w, err := z.Create(members[i].(string))
		if err == nil {
			_, err = w.Write(members[i+1].([]byte))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func labelBytes(labels []int) []byte {
	return npyBytes("<i4", len(labels), 1, func(i, _ int) any { return int32(labels[i]) })
}

// same says that rows are of the same evidence.
func same(t *testing.T, what string, got, want []result.Row) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d rows, want %d", what, len(got), len(want))
	}
	for i := range got {
		if got[i].Observed != want[i].Observed || !slices.Equal(got[i].Null, want[i].Null) || !slices.Equal(got[i].Flags, want[i].Flags) {
			t.Errorf("%s, %s: observed %v, flags %v; want %v, %v", what, got[i].Probe, got[i].Observed, got[i].Flags, want[i].Observed, want[i].Flags)
		}
	}
}

// pandas writes the numbers of the lines into a column without a name: rows are as
// without it, and it is said; where it holds anything else it is refused.
func TestCaseIndexColumn(t *testing.T) {
	train, copies, labels := columnsOf(60, 3)
	name := func(i int) string { return []string{"cat", "dog", "eel"}[labels[i]] }
	plain := probeJSON(t, asCSV(t, "a.csv", "a,b,c,label", train, name, false), "--valid", "0.1="+asCSV(t, "v.csv", "a,b,c,label", copies, name, false), "--labels", "label")
	v := asCSV(t, "v.csv", ",a,b,c,label", copies, name, true)
	same(t, "with an index", probeJSON(t, asCSV(t, "a.csv", "Unnamed: 0,a,b,c,label", train, name, true), "--valid", "0.1="+v, "--labels", "label"), plain)
	for _, first := range []string{"", "Unnamed: 0"} {
		a := asCSV(t, "a.csv", first+",a,b,c,label", train, name, true)
		code, stdout, stderr := command("data", "info", a)
		if code != exitDone || !strings.Contains(stdout, "of 3 values") || !strings.Contains(stderr, "column 1 has no name and counts the lines from 0, so it was left out") {
			t.Errorf("exit %d: %s%s", code, stdout, stderr)
		}
	}
	other := asCSV(t, "a.csv", "a,b,,label", train, name, false)
	for _, args := range [][]string{{"data", "info", other}, {"probe", other, "--labels", "label", "--valid", other}, {"run", "--data", other, "--quiet"}, {"levels", "--data", other}} {
		if code, _, stderr := command(args...); code != exitUsage || !strings.Contains(stderr, "line 2, column 3 has no name") || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exit %d: %s", args[0], code, stderr)
		}
	}
}

// Labels that are not there, and targets that are no classes, are refused by line
// and column or by their number, the same by every command and in every format.
func TestCaseLabelsThatAreNone(t *testing.T) {
	train, _, labels := columnsOf(60, 3)
	for _, c := range []struct {
		label func(i int) string
		want  string
	}{
		{func(i int) string { return map[bool]string{true: "", false: "1.0"}[i == 3] }, `line 5, column "label" is empty`},
		{func(i int) string { return map[bool]string{true: "nan", false: "1.0"}[i == 3] }, `line 5, column "label" is "nan"`},
		{func(i int) string { return fmt.Sprint(train[i][0]) }, "which is no whole number; give the class of each example"},
		{func(i int) string { return fmt.Sprint(labels[i] - 1) }, "label 0 is -1, which beside classes from 0 usually says that an example has no label"},
	} {
		path := asCSV(t, "a.csv", "a,b,c,label", train, c.label, false)
		for _, args := range [][]string{{"data", "info", path}, {"probe", path, "--labels", "label", "--valid", path}, {"run", "--data", path, "--quiet"}, {"levels", "--data", path}} {
			if code, _, stderr := command(args...); code != exitUsage || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("%s: exit %d: %s; want %q", args[0], code, stderr, c.want)
			}
		}
	}
	x := doubles(train, func(_ int, v float64) float64 { return v })
	path := archive(t, "a.npz", "train.npy", x, "valid.npy", x, "labels.npy", npyBytes("<i4", 60, 1, func(i, _ int) any { return int32(labels[i] - 1) }))
	if code, _, stderr := command("probe", path); code != exitUsage || !strings.Contains(stderr, "label 0 is -1") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

// Seconds since 1970: what the examples differ by lies below the digits of float32,
// not below those of float64.
func TestCaseOffset(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	n := 300
	x, v, labels := make([][]float64, n), make([][]float64, n), make([]int, n)
	for i := range n {
		labels[i] = i % 3
		x[i] = []float64{20*float64(i%3) + math.Round(1024*4*r.NormFloat64())/1024} // 22 digits, so that no sum is rounded
		v[i] = []float64{x[i][0] + math.Round(1024*0.1*r.NormFloat64())/1024}
	}
	of := func(name string, by float64) string {
		shift := func(_ int, v float64) float64 { return v + by }
		return archive(t, name, "train.npy", doubles(x, shift), "valid_0.1.npy", doubles(v, shift), "fresh.npy", doubles(x, shift), "labels.npy", labelBytes(labels), "fresh_labels.npy", labelBytes(labels))
	}
	want := probeJSON(t, of("a.npz", 0), "--probes", "ridge,centroid")
	got := probeJSON(t, of("a.npz", 1.7e9), "--probes", "ridge,centroid")
	same(t, "seconds", got, want)
	if len(got) != 2 || got[1].Observed < 0.9 || got[1].Fresh == nil || *got[1].Fresh != *want[1].Fresh {
		t.Errorf("centroid: %+v", got[1])
	}
	moved := make([][]float64, n)
	for i := range n {
		moved[i] = []float64{x[i][0] + 1.7e9}
	}
	far := asCSV(t, "a.csv", "time,label", moved, func(i int) string { return fmt.Sprint(labels[i]) }, false)
	if code, _, stderr := command("run", "--data", far, "--quiet"); code != exitUsage || !strings.Contains(stderr, `column "time" lies so far from zero`) || !strings.Contains(stderr, "save it less its mean") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

// Fill values such as 1e20, whose squares float32 does not hold.
func TestCaseSquaresOverflow(t *testing.T) {
	train, copies, labels := columnsOf(90, 4)
	of := func(by float64, fill bool) string {
		f := func(rows [][]float64) []byte {
			return npyBytes("<f4", len(rows), 4, func(i, j int) any {
				if fill && i%7 == 0 && j == 2 {
					return float32(1e20)
				}
				return float32(rows[i][j]) * float32(by)
			})
		}
		return archive(t, "a.npz", "input/train.npy", f(train), "input/valid_0.1.npy", f(copies), "labels.npy", labelBytes(labels))
	}
	args := []string{"--probes", "ridge,knn,centroid,forest:5", "--scale", "none"}
	same(t, "2^64", probeJSON(t, append(args, of(0x1p64, false))...), probeJSON(t, append(args, of(1, false))...))
	for _, row := range probeJSON(t, of(1, true)) { // scaled: one column is of no use, the others are as they were
		if row.Observed < 0.7 {
			t.Errorf("%s: %v", row.Probe, row.Observed)
		}
	}
}

// What else lies in an archive does not change what is asked for.
func TestCaseOtherMembers(t *testing.T) {
	train, copies, labels := columnsOf(60, 3)
	plain := func(_ int, v float64) float64 { return v }
	all := []any{"train.npy", doubles(train, plain), "valid_0.1.npy", doubles(copies, plain), "labels.npy", labelBytes(labels)}
	want := probeJSON(t, archive(t, "a.npz", all...))
	record := "{'descr': [('epoch', '<i4'), ('loss', '<f4')], 'fortran_order': False, 'shape': (1,), }\n"
	more := slices.Clone(all)
	for name, b := range map[string][]byte{
		"history.npy": append(append([]byte("\x93NUMPY\x01\x00"), byte(len(record)), 0), append([]byte(record), make([]byte, 8)...)...),
		"README.txt":  []byte("made by me"), "more/": nil, "__MACOSX/._train.npy": []byte("\x00\x05\x16\x07"), "__MACOSX/a/train.npy": []byte("\x00\x05\x16\x07"), ".DS_Store": {0},
	} {
		more = append(more, name, b)
	}
	same(t, "other members", probeJSON(t, archive(t, "a.npz", more...)), want)
	if code, _, stderr := command("probe", archive(t, "a.npz", append(slices.Clone(all), "train.npy", all[1])...)); code != exitUsage || !strings.Contains(stderr, `two arrays named "train"`) {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

// A table of categories, in which most rows have an equal one: a report, and no
// ratio to a distance of 0.
func TestCaseEqualRows(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	text := "pclass,female,adult,label\n"
	for range 120 {
		text += fmt.Sprintf("%d,%d,1,%d\n", 1+r.IntN(3), r.IntN(2), r.IntN(2))
	}
	path := filepath.Join(t.TempDir(), "titanic.csv")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "run")
	if code, _, stderr := command("run", "--data", path, "--net", "mlp:4", "--epochs", "0,1", "--levels", "0.1", "--probes", "ridge", "--permutations", "19", "--refs", "untrained,input", "--quiet", "--out", out); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	page, err := os.ReadFile(filepath.Join(out, "report.md"))
	if err != nil || strings.Contains(string(page), "e+308") || strings.Contains(string(page), "Inf") {
		t.Errorf("%v: a ratio to 0 is shown", err)
	}
	code, stdout, stderr := command("levels", "--data", path, "--json", "--levels", "0.1")
	var line struct{ Ratio, Kept *float64 }
	if err := json.Unmarshal([]byte(stdout), &line); code != exitDone || err != nil || line.Ratio != nil || line.Kept == nil {
		t.Errorf("exit %d, %v: %s%s", code, err, stdout, stderr)
	}
	if code, stdout, _ := command("levels", "--data", path, "--levels", "0.1"); code != exitDone || !strings.Contains(stdout, "–") {
		t.Errorf("exit %d: %s", code, stdout)
	}
}
