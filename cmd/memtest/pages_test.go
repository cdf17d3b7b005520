package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/result"
)

var (
	update = flag.Bool("update", false, "write what the tests draw into the golden files and into README.md")
	// The rows behind README's table are those of its own main command, measured
	// on the machine that its numbers are of.
	readmeRun = flag.String("readme", "", "with -update: the folder of a `memtest run` without flags, whose rows README's table is drawn from")
)

// golden compares text with a file, or writes it there.
func golden(t *testing.T, path, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != text {
		t.Errorf("%s is\n%s\nwant\n%s\n(go test ./cmd/memtest -update writes it anew)", path, text, want)
	}
}

// What every command says of itself.
func TestHelpOfCommands(t *testing.T) {
	t.Setenv("COLUMNS", "")
	for _, name := range []string{
		"", "run", "probe", "onnx", "compare", "merge", "plan", "export", "report", "paper", "levels", "data", "data list", "data fetch", "data info", "doctor", "lab", "submit", "completion",
		"own", "perturbations", "probes",
	} {
		code, stdout, stderr := command(strings.Fields(name + " --help")...)
		if code != exitDone || stderr != "" {
			t.Errorf("%s: exit %d: %s", name, code, stderr)
		}
		golden(t, filepath.Join("testdata", "help", "memtest "+name+".txt"), stdout)
	}
}

// README's verdict and table are drawn from rows that are committed beside this test.
func TestReadmeTable(t *testing.T) {
	const page, rowsFile = "../../README.md", "testdata/readme.jsonl"
	if *update && *readmeRun != "" {
		keepReadmeRows(t, *readmeRun, rowsFile)
	}
	text, err := os.ReadFile(rowsFile)
	if err != nil {
		t.Fatal(err)
	}
	rows, _, err := result.ReadRows(bytes.NewReader(text), rowsFile)
	if err != nil {
		t.Fatal(err)
	}
	var drawn strings.Builder
	if err := report.Text(&drawn, rows, document.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	_, verdict, _ := strings.Cut(drawn.String(), "\n\n") // the line that says how many examples
	verdict, _, _ = strings.Cut(verdict, "\n\nWhat cannot be said")
	_, table, _ := strings.Cut(drawn.String(), "Probe ridge")
	table, _, _ = strings.Cut("Probe ridge"+table, "\n\n")
	same := func(a, b string) bool { return a == b }
	holdBlock(t, page, "verdict", verdict, same)
	holdBlock(t, page, "table", table, same)
}

// holdBlock compares what a page shows between two comments of a name with what is
// printed, or writes it there.
func holdBlock(t *testing.T, path, name, printed string, same func(shown, printed string) bool) {
	t.Helper()
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+name+" -->\n```\n", "\n```\n<!-- /"+name+" -->"
	before, rest, found := strings.Cut(string(page), begin)
	shown, after, closed := strings.Cut(rest, end)
	switch {
	case !found || !closed:
		t.Fatalf("%s has nothing between %q and %q", path, begin, end)
	case *update:
		if err := os.WriteFile(path, []byte(before+begin+printed+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	case !same(shown, printed):
		t.Errorf("%s shows, as %s,\n%s\nand the program prints\n%s\n(go test ./cmd/memtest -run '%s' -update writes it anew)", path, name, shown, printed, t.Name())
	}
}

// keepReadmeRows takes the rows of the table from a run, without what the table
// does not show.
func keepReadmeRows(t *testing.T, folder, path string) {
	t.Helper()
	rows := slices.DeleteFunc(readRows(t, folder), func(r result.Row) bool {
		return r.Probe != "ridge" || r.Level != 0 && r.Level != 0.3 || r.Epoch > 0 && r.Epoch < 20
	})
	for i := range rows {
		rows[i].Null, rows[i].PerClass, rows[i].Flags = nil, nil, nil
	}
	var text bytes.Buffer
	if err := result.WriteRows(&text, rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
