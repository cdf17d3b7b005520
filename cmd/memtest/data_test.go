package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// table writes a CSV file of two columns, labels and sites: the label moves the
// first column.
func table(t *testing.T) string {
	t.Helper()
	r := rand.New(rand.NewPCG(5, 6))
	var b strings.Builder
	b.WriteString("width,height,kind,site\n")
	for i := range 240 {
		kind := i % 2
		fmt.Fprintf(&b, "%.4f,%.4f,%s,%c\n", r.NormFloat64()+2*float64(kind), 50+10*r.NormFloat64(), []string{"oak", "elm"}[kind], 'A'+i/80)
	}
	path := filepath.Join(t.TempDir(), "trees.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRunOnATableWithGroups(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "run")
	code, stdout, stderr := command("run", "--data", table(t), "--own", "y=kind,groups=site", "--net", "mlp:8", "--epochs", "0,2", "--perturb", "column-noise",
		"--levels", "0,0.5", "--probes", "ridge,centroid", "--permutations", "19", "--refs", "input,untrained", "--json", "--quiet", "--out", folder)
	if code != exitDone {
		t.Fatal(stderr)
	}
	if n := strings.Count(stdout, "\n"); n != 3*2*2 {
		t.Errorf("%d rows, want 12:\n%s", n, stdout)
	}
	rows := readRows(t, folder)
	if rows[0].Learning < 0.2 || rows[0].Classes != 2 || rows[0].Features != 2 {
		t.Errorf("the raw columns: learning %.3f, %d classes, %d features", rows[0].Learning, rows[0].Classes, rows[0].Features)
	}
	page, err := os.ReadFile(filepath.Join(folder, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range []string{`id="copies"`, `id="verdict"`} {
		if !strings.Contains(string(page), section) {
			t.Errorf("the page lacks %s", section)
		}
	}
	config, err := os.ReadFile(filepath.Join(folder, "config.yaml"))
	if err != nil || !strings.Contains(string(config), "groups: site") {
		t.Errorf("config.yaml does not say how the file was read: %s %v", config, err)
	}
}

func TestLevels(t *testing.T) {
	code, stdout, stderr := command("levels", "--levels", "0,0.3", "--json")
	if code != exitDone {
		t.Fatal(stderr)
	}
	var last struct{ Level, Ratio, Kept float64 }
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
		t.Fatal(err)
	}
	// √784 · 0.3 = 8.4 from the parent, about twice as far as the nearest other image.
	if len(lines) != 2 || last.Level != 0.3 || last.Ratio < 1.5 || last.Ratio > 3 || last.Kept < 0.99 {
		t.Errorf("got %s", stdout)
	}
	for _, bad := range [][]string{{"--levels", "-1"}, {"--perturb", "fog"}, {"--own", "color=red"}, {"--own", "shape=28"}, {"--own", "seed=-1"}} {
		if code, _, stderr := command(append([]string{"levels"}, bad...)...); code != exitUsage || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: exit %d, %s", bad, code, stderr)
		}
	}
}

// What a set has beside sizes is shown: kinds, columns, labels by lot.
func TestDataTellsOfKinds(t *testing.T) {
	for args, want := range map[string][]string{
		"list":              {"words                 tokens", "24 places for 127 tokens", "cbf                   series", "64 steps × 1 channel", "adult-sample          table", "107 values"},
		"info words":        {"kind     tokens", "by lot   974 training examples", "Swedish, Turkish"},
		"info cbf":          {"kind     series\ntrain    2000 examples of 64 steps × 1 channel", "cylinder, bell, funnel"},
		"info adult-sample": {"kind     table", "of 107 values", "age (10 years): number", "workclass: category, one of 9: ", "native country: category, one of 41: "},
		"info adult":        {"here     no; `memtest data fetch adult` brings it: 32561 training and 16281 test examples of 108 values"},
	} {
		t.Setenv("XDG_CACHE_HOME", t.TempDir())
		t.Setenv("MEMTEST_DATA", "")
		code, stdout, stderr := command(append([]string{"data"}, strings.Fields(args)...)...)
		for _, words := range want {
			if code != exitDone || !strings.Contains(stdout, words) {
				t.Errorf("data %s: exit %d, %q does not say %q; %s", args, code, stdout, words, stderr)
			}
		}
	}
}

// Names that files give are shown without their control characters, and what is left
// out is said.
func TestDataInfoIsFitForATerminal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	text := "a,label\n" + strings.Repeat("1,red\x1b[2J\n2,blue\n", 10)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := command("data", "info", path)
	if code != exitDone || strings.Contains(stdout+stderr, "\x1b") || !strings.Contains(stdout, "blue, red\ufffd[2J") {
		t.Errorf("exit %d: %q %q", code, stdout, stderr)
	}
	dir := t.TempDir()
	for _, class := range []string{"cats", "dogs"} {
		for i := range 10 {
			img := image.NewGray(image.Rect(0, 0, 2, 2))
			img.Pix[0] = uint8(i)
			var b bytes.Buffer
			if err := png.Encode(&b, img); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(filepath.Join(dir, class), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, class, fmt.Sprintf("%d.png", i)), b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "cats", "notes.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr = command("data", "info", dir)
	if code != exitDone || !strings.Contains(stdout, "train    16 examples of 2×2×1") || !strings.Contains(stderr, "left out: 1 file in class folders, which are no pictures: [cats/notes.txt]") {
		t.Errorf("exit %d: %q %q", code, stdout, stderr)
	}
	if code, _, stderr = command("levels", "--data", dir, "--levels", "0.1"); code != exitDone || !strings.Contains(stderr, "cats/notes.txt") {
		t.Errorf("exit %d: %q", code, stderr)
	}
}
