package result

import (
	"bytes"
	"errors"
	"math"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/features"
)

func share(v float64) *float64 { return &v }

// sample is a row that Check accepts; its numbers mean nothing.
func sample(level float64) Row {
	return Row{
		Format: Format, Data: "toy", Network: "mlp", Role: features.Network, Seed: 1, Epoch: 5, Layer: "hidden2", Probe: "ridge", Perturbation: "gaussian", Level: level,
		N: 100, Features: 8, Classes: 10, Permutations: 3,
		Observed: 0.75, NullMean: 0.25, NullSD: 0.01, Null: []float64{0.24, 0.25, 0.26}, Chance: 0.1, Fresh: share(0.7),
		Learning: 0.5, Memorization: 0.15, Z: share(50), LearningP: 0.25, LearningPLow: 0.01, LearningPHigh: 0.7, MemorizationP: 0.005,
		Flags: []string{FlagSaturated},
	}
}

// unsealed takes the checksums out, as somebody does who edits rows.
func unsealed(lines string) string {
	return regexp.MustCompile(`,"sum":"[0-9a-f]*"`).ReplaceAllString(lines, "")
}

func lines(t *testing.T, rows ...Row) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteRows(&b, rows); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRowsComeBackAsWritten(t *testing.T) {
	want := []Row{sample(0), sample(0.1), sample(0.3)}
	want[1].Z, want[1].Fresh = nil, nil
	got, notes, err := ReadRows(strings.NewReader(lines(t, want...)), "rows.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, wrote %+v", got, want)
	}
	if s := notes.Sentences(); len(s) != 0 {
		t.Errorf("clean rows have notes %q", s)
	}
}

// Rows of a program that knew no roles get theirs from their names.
func TestRolesOfOlderRows(t *testing.T) {
	for _, c := range []struct {
		network string
		epoch   int
		want    features.Role
	}{
		{"input", EpochNone, features.Input}, {"twin", 5, features.Twin}, {"refit", 5, features.Refit}, {"mlp", 0, features.Untrained}, {"mlp", 5, features.Network}, {"sklearn", EpochNone, features.Network},
	} {
		r := sample(0)
		r.Network, r.Epoch, r.Role = c.network, c.epoch, ""
		text := strings.Replace(unsealed(lines(t, r)), `"role":"",`, "", 1)
		if strings.Contains(text, "role") {
			t.Fatalf("a row of an older program has a role: %s", text)
		}
		got, _, err := ReadRows(strings.NewReader(text), "rows.jsonl")
		if err != nil || got[0].Role != c.want {
			t.Errorf("%s at epoch %d: role %q, want %q (%v)", c.network, c.epoch, got[0].Role, c.want, err)
		}
	}
}

func TestHalfWrittenLastLine(t *testing.T) {
	whole := lines(t, sample(0), sample(0.1))
	last := lines(t, sample(0.3))
	// Every length that a crash can leave, and a tail of zeros as some file
	// systems leave it.
	tails := []string{last[:len(last)/3] + strings.Repeat("\x00", 40)}
	for cut := 1; cut < len(last)-1; cut++ {
		tails = append(tails, last[:cut])
	}
	for _, tail := range tails {
		rows, notes, err := ReadRows(strings.NewReader(whole+tail), "rows.jsonl")
		if err != nil || len(rows) != 2 || notes.Partial != 3 || notes.PartialSize != int64(len(tail)) || notes.Size != int64(len(whole)) {
			t.Fatalf("tail %q: %d rows, notes %+v, error %v", tail, len(rows), notes, err)
		}
		if s := strings.Join(notes.Sentences(), " "); !strings.Contains(s, "Line 3 of the rows is half-written") {
			t.Fatalf("notes say %q", s)
		}
	}
	// Only the newline is missing: the row is whole.
	rows, notes, err := ReadRows(strings.NewReader(whole+strings.TrimSuffix(last, "\n")), "rows.jsonl")
	if err != nil || len(rows) != 3 || notes.Partial != 0 {
		t.Errorf("without the newline: %d rows, notes %+v, error %v", len(rows), notes, err)
	}
}

func TestRefusedLines(t *testing.T) {
	good := unsealed(lines(t, sample(0)))
	edit := func(old, new string) string {
		s := unsealed(lines(t, sample(0.1)))
		if !strings.Contains(s, old) {
			t.Fatalf("no %s in %s", old, s)
		}
		return good + strings.Replace(s, old, new, 1)
	}
	for name, c := range map[string]struct{ in, want string }{
		"NaN":             {edit(`"observed":0.75`, `"observed":NaN`), `rows.jsonl line 2: it holds NaN`},
		"infinite":        {edit(`"z":50`, `"z":-Infinity`), `rows.jsonl line 2: it holds Infinity`},
		"NaN in the null": {edit(`0.24,`, `nan,`), `rows.jsonl line 2: it holds nan`},
		"too large":       {edit(`"level":0.1`, `"level":1e999`), `rows.jsonl line 2: field "level" holds a number 1e999`},
		"null":            {edit(`"observed":0.75`, `"observed":null`), `rows.jsonl line 2: field "observed" is missing`},
		"missing":         {edit(`"null_sd":0.01,`, ``), `rows.jsonl line 2: field "null_sd" is missing`},
		"out of range":    {edit(`"observed":0.75`, `"observed":75`), `rows.jsonl line 2: field "observed" is 75, outside 0..1`},
		"short null":      {edit(`0.24,`, ``), `rows.jsonl line 2: field "null" has 2 values, but there are 3 permutations`},
		"wrong type":      {edit(`"n":100`, `"n":"many"`), `rows.jsonl line 2: field "n" holds a string`},
		"newer":           {edit(`"format":3`, `"format":7`), `rows.jsonl line 2: it has format 7, but this program knows formats up to 3; use a newer memtest`},
		"negative format": {edit(`"format":3`, `"format":-1`), `rows.jsonl line 2: it has format -1`},
		"no JSON":         {good + "hello\n" + good, `rows.jsonl line 2: it is not a row of JSON`},
		"an array":        {good + "[1,2]\n", `rows.jsonl line 2: it is not a row of JSON`},
		"half in between": {good[:40] + "\n" + good, `rows.jsonl line 1: it is not a row of JSON`},
		"other data":      {edit(`"data":"toy"`, `"data":"mnist"`), `rows.jsonl mixes two configurations: field "data" is "toy" in the first row and "mnist" in line 2`},
		"other n":         {edit(`"n":100`, `"n":200`), `field "n" is 100 in the first row and 200 in line 2`},
		"other config":    {strings.Replace(good, `"format":3`, `"format":3,"config":"aa"`, 1) + strings.Replace(good, `"format":3`, `"format":3,"config":"bb"`, 1), `field "config" is "aa" in the first row and "bb" in line 2`},
	} {
		_, _, err := ReadRows(strings.NewReader(c.in), "rows.jsonl")
		if err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, ErrInput) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
	// The word inside a name is no number.
	if _, _, err := ReadRows(strings.NewReader(edit(`"network":"mlp"`, `"network":"\"NaN Inf"`)), "rows.jsonl"); err != nil {
		t.Errorf("a network called NaN: %v", err)
	}
}

func TestLineRefusesWhatCannotBeRead(t *testing.T) {
	r := sample(0)
	r.Observed = math.NaN()
	if _, err := r.Line(); err == nil || !strings.Contains(err.Error(), `field "observed" is NaN`) {
		t.Errorf("error %v", err)
	}
	r = sample(0)
	r.Null[1] = math.Inf(1)
	if _, err := r.Line(); err == nil || !strings.Contains(err.Error(), `field "null" is +Inf`) {
		t.Errorf("error %v", err)
	}
}

func TestRepeatedCell(t *testing.T) {
	again := sample(0)
	again.Observed = 0.5
	rows, notes, err := ReadRows(strings.NewReader(lines(t, sample(0), sample(0.1), again)), "rows.jsonl")
	if err != nil || len(rows) != 2 || rows[0].Observed != 0.5 || len(notes.Repeated) != 1 {
		t.Fatalf("rows %+v, notes %+v, error %v", rows, notes, err)
	}
	if s := notes.Sentences()[0]; !strings.Contains(s, "1 cell was measured twice") || !strings.Contains(s, "lines 1 and 3") {
		t.Errorf("notes say %q", s)
	}
}

// The file was written by hand in the layout that had no format, config, data
// or flags yet.
func TestOlderFormatOpens(t *testing.T) {
	f, err := os.Open("testdata/rows-format0.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, notes, err := ReadRows(f, f.Name())
	if err != nil || len(rows) != 2 || notes.Older != 2 {
		t.Fatalf("%d rows, notes %+v, error %v", len(rows), notes, err)
	}
	if rows[1].Learning != 0.73 || rows[1].Format != 0 {
		t.Errorf("row %+v", rows[1])
	}
	if s := notes.Sentences()[0]; !strings.Contains(s, "2 rows are from an older version") {
		t.Errorf("notes say %q", s)
	}
}

func TestCellsOfDifferentRowsDiffer(t *testing.T) {
	a := sample(0.1)
	seen := map[string]bool{a.Cell(): true}
	for _, change := range []func(*Row){
		func(r *Row) { r.Network = `mlp" seed 1` }, func(r *Row) { r.Seed = 2 }, func(r *Row) { r.Epoch = EpochNone }, func(r *Row) { r.Layer = "input" },
		func(r *Row) { r.Probe = "knn" }, func(r *Row) { r.Perturbation = "blur" }, func(r *Row) { r.Level = 0.1000001 },
	} {
		b := a
		change(&b)
		if seen[b.Cell()] {
			t.Errorf("two cells are called %s", b.Cell())
		}
		seen[b.Cell()] = true
	}
	b := a
	b.Observed, b.Format, b.Flags = 0.1, 0, nil
	if b.Cell() != a.Cell() {
		t.Errorf("a result is part of the cell: %s", b.Cell())
	}
}

func FuzzReadRows(f *testing.F) {
	line, _ := sample(0.1).Line()
	f.Add(line)
	f.Add(append(line, line[:50]...))
	f.Add([]byte("{\"format\":1e3}\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		rows, notes, err := ReadRows(bytes.NewReader(in), "rows.jsonl")
		if err != nil {
			return
		}
		if notes.Size+notes.PartialSize != int64(len(in)) {
			t.Errorf("%d + %d bytes read of %d", notes.Size, notes.PartialSize, len(in))
		}
		if err := WriteRows(new(bytes.Buffer), rows); err != nil {
			t.Errorf("rows that were read cannot be written: %v", err)
		}
	})
}

// What is damaged is kept out and named; what a newer program wrote is refused.
func TestSalvageKeepsWholeRows(t *testing.T) {
	text := lines(t, sample(0), sample(0.1), sample(0.3))
	damaged := strings.Replace(text, `"level":0.1`, `"level":0.2`, 1)
	rows, notes, err := SalvageRows(strings.NewReader(damaged), "rows.jsonl")
	if err != nil || len(rows) != 2 || rows[1].Level != 0.3 || len(notes.Damaged) != 1 || !strings.HasPrefix(notes.Damaged[0], "line 2 of the rows: ") {
		t.Errorf("%d rows, notes %+v, error %v", len(rows), notes, err)
	}
	if s := strings.Join(notes.Sentences(), " "); !strings.Contains(s, "1 part of the run was damaged; what was lost is measured again. The first: line 2 of the rows: its checksum") {
		t.Errorf("the notes say %q", s)
	}
	if _, _, err := ReadRows(strings.NewReader(damaged), "rows.jsonl"); err == nil || !strings.Contains(err.Error(), "rows.jsonl line 2: its checksum does not go with its contents") {
		t.Errorf("read without salvage: %v", err)
	}
	newer := strings.Replace(unsealed(text), `"format":3`, `"format":9`, 1)
	if _, _, err := SalvageRows(strings.NewReader(newer), "rows.jsonl"); err == nil || !strings.Contains(err.Error(), "use a newer memtest") {
		t.Errorf("rows of a newer program: %v", err)
	}
}
