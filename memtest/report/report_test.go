package report

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/rivo/uniseg"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/internal/golden"
	"github.com/seed-1a417598/memtest/memtest/report/internal/webpage"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

func TestGoldenFiles(t *testing.T) {
	p := testPage()
	for name, write := range map[string]func(io.Writer) error{
		"report.txt": func(w io.Writer) error { return Text(w, p.Rows, document.TextOptions{}) },
		"report.md":  func(w io.Writer) error { return Markdown(w, p) },
		"rows.csv":   func(w io.Writer) error { return CSV(w, p.Rows) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		golden.Check(t, name, b.Bytes())
	}
}

func TestTextColoursChangeNoLetter(t *testing.T) {
	var plain, coloured bytes.Buffer
	if err := errors.Join(Text(&plain, testRows(), document.TextOptions{}), Text(&coloured, testRows(), document.TextOptions{Color: true})); err != nil {
		t.Fatal(err)
	}
	s := coloured.String()
	for _, code := range []string{"\x1b[1m", "\x1b[2m", "\x1b[33m", "\x1b[0m"} {
		if !strings.Contains(s, code) {
			t.Errorf("colours lack %q", code)
		}
		if s = strings.ReplaceAll(s, code, ""); strings.Contains(plain.String(), code) {
			t.Errorf("text without colours holds %q", code)
		}
	}
	if s != plain.String() {
		t.Error("the coloured text differs from the plain one in more than colour")
	}
}

// Names of wide, combining and cut characters keep the numbers in line.
func TestTextIsAligned(t *testing.T) {
	rows := testRows()
	for i := range rows {
		switch rows[i].Network {
		case "mlp":
			rows[i].Network = "ネットワーク"
		case string(features.Twin):
			rows[i].Layer = "e\u0301tage 2 " + strings.Repeat("long ", 30)
		}
	}
	var b bytes.Buffer
	if err := Text(&b, rows, document.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	checked := 0
	end := -1
	for _, l := range strings.Split(b.String(), "\n") {
		before, _, ok := strings.Cut(l, " ± ")
		switch {
		case !ok:
			end = -1
		case strings.HasPrefix(l, "network"):
		case end < 0:
			end = uniseg.StringWidth(before)
		case uniseg.StringWidth(before) != end:
			t.Fatalf("the null stands at column %d, not %d:\n%s", uniseg.StringWidth(before), end, l)
		}
		if ok {
			checked++
		}
	}
	if checked < len(rows) {
		t.Errorf("only %d lines of %d were found", checked, len(rows))
	}
}

func TestTextIsWrapped(t *testing.T) {
	var b bytes.Buffer
	if err := Text(&b, testRows(), document.TextOptions{Width: 60}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "\nProbe ") {
		t.Fatalf("no sentences in %s", b.String())
	}
	for _, l := range strings.Split(b.String(), "\n") {
		if uniseg.StringWidth(l) > 60 {
			t.Errorf("line of %d columns: %s", uniseg.StringWidth(l), l)
		}
	}
}

func TestCSVHoldsTheRowsExactly(t *testing.T) {
	rows := testRows()
	rows[3].Z, rows[3].Fresh = nil, nil
	var b bytes.Buffer
	if err := CSV(&b, rows); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(records) != len(rows)+1 {
		t.Fatalf("%d records for %d rows", len(records), len(rows))
	}
	column := map[string]int{}
	for i, name := range records[0] {
		column[name] = i
	}
	for i, r := range rows {
		for name, want := range map[string]*float64{"level": &r.Level, "observed": &r.Observed, "null_mean": &r.NullMean, "learning": &r.Learning, "z": r.Z, "fresh": r.Fresh} {
			text := records[i+1][column[name]]
			if want == nil {
				if text != "" {
					t.Errorf("row %d: %s is %q, want nothing", i, name, text)
				}
				continue
			}
			if got, err := strconv.ParseFloat(text, 64); err != nil || got != *want {
				t.Errorf("row %d: %s is %q, want %v", i, name, text, *want)
			}
		}
	}
}

func TestNoRows(t *testing.T) {
	for name, err := range map[string]error{
		"text":     Text(io.Discard, nil, document.TextOptions{}),
		"markdown": Markdown(io.Discard, Page{}),
		"csv":      CSV(io.Discard, nil),
	} {
		if !errors.Is(err, ErrNoRows) {
			t.Errorf("%s of no rows: error %v", name, err)
		}
	}
	if _, err := Figures(nil); !errors.Is(err, ErrNoRows) {
		t.Errorf("figures of no rows: error %v", err)
	}
	if s, err := Conclusions(nil); err != nil || len(s) != 1 || s[0] != noRows {
		t.Errorf("conclusions of no rows: %q, error %v", s, err)
	}
	var b bytes.Buffer
	if err := HTML(&b, Page{}); err != nil || !strings.Contains(b.String(), "No rows were measured yet") {
		t.Errorf("page of no rows: error %v, %s", err, b.String())
	}
	webpage.WellFormed(t, b.Bytes())
}

func TestRowsThatCannotBeReported(t *testing.T) {
	rows := testRows()
	rows[5].Observed = math.NaN()
	for name, err := range map[string]error{
		"text":     Text(io.Discard, rows, document.TextOptions{}),
		"markdown": Markdown(io.Discard, Page{Rows: rows}),
		"csv":      CSV(io.Discard, rows),
		"html":     HTML(io.Discard, Page{Rows: rows}),
	} {
		if err == nil || !strings.Contains(err.Error(), `field "observed" is NaN`) || !strings.Contains(err.Error(), `network "input"`) {
			t.Errorf("%s of a NaN: error %v", name, err)
		}
	}
}

// A folder is written, spoilt as a crash does, and read again.
func TestFolderFromRowsToPage(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "run")
	m := *testPage().Manifest
	m.Command = []string{"memtest", "probe", "net.npz"}
	d, err := rundir.Create(folder, []byte("levels: [0, 0.3]\n"), m)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()

	p, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(folder, p); err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if s := read(rundir.ReportFile); !strings.Contains(s, "No rows were measured yet") || !strings.Contains(s, "The run is not finished") {
		t.Errorf("page of a run that has just begun: %s", s)
	}
	if s, want := read(rundir.ReportFile), "`memtest probe --resume --out "+folder+" net.npz` measures the rest."; !strings.Contains(s, want) {
		t.Errorf("the page does not say %s", want)
	}
	if _, err := os.Stat(filepath.Join(folder, rundir.CSVFile)); err == nil {
		t.Error("a run without rows has a CSV file")
	}

	rows := testRows()
	for _, r := range rows {
		if err := d.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(d.Finish(time.Date(2026, 1, 2, 4, 0, 0, 0, time.UTC), result.Compiled{}), d.Close()); err != nil {
		t.Fatal(err)
	}
	half := read(rundir.RowsFile) + `{"format":1,"netwo`
	if err := os.WriteFile(filepath.Join(folder, rundir.RowsFile), []byte(half), 0o644); err != nil {
		t.Fatal(err)
	}
	if p, err = Load(folder); err != nil {
		t.Fatal(err)
	}
	if err := Write(folder, p); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{rundir.ReportFile, rundir.MarkdownFile} {
		s := read(name)
		if !strings.Contains(s, "Line 89 of the rows is half") || strings.Contains(s, "The run is not finished") {
			t.Errorf("%s does not say what is wrong with the rows", name)
		}
	}
	if s := read(rundir.CSVFile); strings.Count(s, "\n") != len(rows)+1 {
		t.Errorf("CSV has %d lines for %d rows", strings.Count(s, "\n"), len(rows))
	}
	// Without a manifest the page still opens.
	if err := os.Remove(filepath.Join(folder, rundir.ManifestFile)); err != nil {
		t.Fatal(err)
	}
	if p, err := Load(folder); err != nil || p.Manifest != nil || len(p.Rows) != len(rows) {
		t.Errorf("without a manifest: %d rows, error %v", len(p.Rows), err)
	}
	if err := os.WriteFile(filepath.Join(folder, rundir.ManifestFile), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(folder); err == nil || !strings.Contains(err.Error(), "is not a manifest of a run") {
		t.Errorf("broken manifest: error %v", err)
	}
	if _, err := Load(t.TempDir()); !errors.Is(err, result.ErrInput) {
		t.Errorf("a folder without a run: error %v", err)
	}
}

// Rows as the layout before the first format number wrote them: no format, data,
// config, features, flags or interval.
func TestOlderRowsOpen(t *testing.T) {
	const old = `{"network":"mlp","seed":1,"epoch":20,"layer":"hidden2","probe":"ridge","perturbation":"gaussian","level":0.3,"n":100,"classes":10,"permutations":3,"observed":0.89,"null_mean":0.16,"null_sd":0.02,"null":[0.14,0.16,0.18],"chance":0.1,"learning":0.73,"memorization":0.06,"learning_p":0.25,"memorization_p":0.005}` + "\n"
	rows, notes, err := result.ReadRows(strings.NewReader(old), "rows.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	p := Page{Rows: rows, Notes: notes}
	var text, page bytes.Buffer
	if err := errors.Join(Text(&text, rows, document.TextOptions{}), HTML(&page, p), Markdown(io.Discard, p), CSV(io.Discard, rows)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "0.160 ± 0.0200") || !strings.Contains(page.String(), "1 row is from an older version") {
		t.Errorf("text %s", text.String())
	}
	webpage.WellFormed(t, page.Bytes())
}

// Nothing that a user named reaches a terminal as anything but letters.
func TestTextHasNoControlCharacters(t *testing.T) {
	var b bytes.Buffer
	if err := Text(&b, hostile(testPage()).Rows, document.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, r := range b.String() {
		if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf)) {
			t.Fatalf("text holds %U", r)
		}
	}
}

func TestMarkdownIsEscaped(t *testing.T) {
	var tame, wild bytes.Buffer
	if err := errors.Join(Markdown(&tame, testPage()), Markdown(&wild, hostile(testPage()))); err != nil {
		t.Fatal(err)
	}
	a, b := strings.Split(tame.String(), "\n"), strings.Split(wild.String(), "\n")
	if len(a) != len(b) {
		t.Fatalf("%d lines, want %d: a name broke a line", len(b), len(a))
	}
	// Escaped signs taken away, both have the same markup.
	bare := func(s string) string {
		var out strings.Builder
		for i := 0; i < len(s); i++ {
			if s[i] == '\\' {
				i++
			} else if strings.IndexByte("|<>`*_[]", s[i]) >= 0 {
				out.WriteByte(s[i])
			}
		}
		return out.String()
	}
	for i := range a {
		if bare(a[i]) != bare(b[i]) {
			t.Errorf("line %d has the markup %q, want %q: %s", i+1, bare(b[i]), bare(a[i]), b[i])
		}
	}
}

func TestCSVNamesAreNoFormulas(t *testing.T) {
	rows := testRows()[:1]
	rows[0].Layer, rows[0].Data = "=HYPERLINK(1)", "@x"
	var b bytes.Buffer
	if err := CSV(&b, rows); err != nil {
		t.Fatal(err)
	}
	if s := b.String(); !strings.Contains(s, ",'=HYPERLINK(1),") || !strings.Contains(s, "\n'@x,") {
		t.Errorf("CSV %s", s)
	}
}
