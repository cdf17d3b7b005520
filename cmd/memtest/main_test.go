package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// TestMain lets the test binary stand in for the command, so that tests can
// send it signals.
func TestMain(m *testing.M) {
	if os.Getenv("MEMTEST_TEST_MAIN") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// command runs a command line in this process.
func command(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(context.Background(), append([]string{"memtest"}, args...), &out, &errs)
	return code, out.String(), errs.String()
}

// small is a run of a second.
func small(out string, more ...string) []string {
	return append([]string{"run", "--n", "500", "--net", "mlp:16", "--epochs", "0,1", "--levels", "0,0.3", "--permutations", "19",
		"--refs", "untrained,input", "--probes", "ridge", "--quiet", "--out", out}, more...)
}

// smaller is a run of a third of that, for tests of what is done with rows: in pure Go
// nothing is compiled. Errors over other images are left out.
func smaller(out string, more ...string) []string {
	return small(out, append([]string{"--n", "200", "--backend", "go", "--halves", "-1"}, more...)...)
}

func readRows(t *testing.T, folder string) []result.Row {
	t.Helper()
	d, err := rundir.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	rows, notes, err := d.Rows()
	if err != nil {
		t.Fatal(err)
	}
	if s := notes.Sentences(); len(s) > 0 {
		t.Errorf("notes: %q", s)
	}
	return rows
}

func TestRunWritesItsFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "run")
	code, stdout, stderr := command(small(folder)...)
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	for _, want := range []string{"Probe ridge", "input", "mlp", "memorization", folder} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, stdout)
		}
	}
	if stderr != "" {
		t.Errorf("--quiet, but stderr says %q", stderr)
	}
	rows := readRows(t, folder)
	if len(rows) != 6 {
		t.Errorf("%d rows, want 6", len(rows))
	}
	for _, r := range rows {
		if r.LearningPAdjusted == nil {
			t.Errorf("%s: no adjusted p-value in a complete run", r.Cell())
		}
	}
	for _, name := range []string{"config.yaml", "manifest.json", "report.html", "report.md", "rows.csv", "examples.csv"} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}

	checkPage(t, folder, nil, []string{reloads, "The run is not finished"})

	t.Run("not overwritten", func(t *testing.T) {
		before, err := os.ReadFile(filepath.Join(folder, "rows.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		code, _, stderr := command(small(folder, "--seed", "2")...)
		if code != exitUsage || !strings.Contains(stderr, folder) {
			t.Errorf("exit %d: %s", code, stderr)
		}
		after, err := os.ReadFile(filepath.Join(folder, "rows.jsonl"))
		if err != nil || !bytes.Equal(before, after) {
			t.Errorf("the rows changed (%v)", err)
		}
	})
	t.Run("drawn anew", func(t *testing.T) {
		page := filepath.Join(folder, "report.html")
		if err := os.Remove(page); err != nil {
			t.Fatal(err)
		}
		figures := filepath.Join(t.TempDir(), "figures")
		code, stdout, stderr := command("report", folder, "--figures", figures)
		if code != exitDone || !strings.Contains(stdout, "levels-7in.png") {
			t.Errorf("exit %d: %s%s", code, stdout, stderr)
		}
		if _, err := os.Stat(page); err != nil {
			t.Error(err)
		}
	})
	t.Run("resumed when complete", func(t *testing.T) {
		code, stdout, stderr := command("run", "--resume", "--quiet", "--json", "--out", folder)
		if code != exitDone {
			t.Fatalf("exit %d: %s", code, stderr)
		}
		if n := strings.Count(stdout, "\n"); n != 6 {
			t.Errorf("%d JSON lines, want 6", n)
		}
		var row result.Row
		if err := json.Unmarshal([]byte(stdout[:strings.Index(stdout, "\n")]), &row); err != nil {
			t.Error(err)
		}
	})
}

// A run that is cut off after some rows, even within a line, ends with the rows
// of an unbroken one.
func TestResumeEndsWithTheSameRows(t *testing.T) {
	whole, broken := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	for _, folder := range []string{whole, broken} {
		if code, _, stderr := command(smaller(folder)...); code != exitDone {
			t.Fatal(stderr)
		}
	}
	path := filepath.Join(broken, "rows.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	cut := append(bytes.Join(lines[:3], nil), lines[3][:40]...)
	if err := os.WriteFile(path, cut, 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := command("run", "--resume", "--backend", "go", "--quiet", "--out", broken); code != exitDone {
		t.Fatal(stderr)
	}
	want, got := readRows(t, whole), readRows(t, broken)
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i].Cell() != want[i].Cell() || !slices.Equal(got[i].Null, want[i].Null) || got[i].Observed != want[i].Observed {
			t.Errorf("row %d: %s differs from %s", i, got[i].Cell(), want[i].Cell())
		}
	}
}

// Permutations added later give the rows that asking for all at once gives.
func TestMorePermutationsLater(t *testing.T) {
	atOnce, later := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	if code, _, stderr := command(small(atOnce, "--permutations", "50")...); code != exitDone {
		t.Fatal(stderr)
	}
	if code, _, stderr := command(small(later)...); code != exitDone {
		t.Fatal(stderr)
	}
	if code, _, stderr := command("run", "--resume", "--permutations", "50", "--quiet", "--out", later); code != exitDone {
		t.Fatal(stderr)
	}
	want, got := readRows(t, atOnce), readRows(t, later)
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for i := range want {
		a, err := want[i].Line()
		if err != nil {
			t.Fatal(err)
		}
		b, err := got[i].Line()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("row %d differs:\n%s%s", i, a, b)
		}
	}
	for _, name := range []string{"config.yaml", "examples.csv"} {
		a, err := os.ReadFile(filepath.Join(atOnce, name))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(later, name))
		if err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs (%v)", name, err)
		}
	}
	if code, _, stderr := command("run", "--resume", "--permutations", "30", "--quiet", "--out", later); code != exitUsage {
		t.Errorf("fewer permutations: exit %d: %s", code, stderr)
	}
}

func TestDevices(t *testing.T) {
	folder := t.TempDir()
	code, one, stderr := command(small(filepath.Join(folder, "one"), "--n", "200", "--halves", "-1", "--json")...)
	if code != exitDone {
		t.Fatal(stderr)
	}
	code, all, stderr := command(small(filepath.Join(folder, "all"), "--n", "200", "--halves", "-1", "--json", "--devices", "all")...)
	if code != exitDone {
		t.Fatal(stderr)
	}
	if one != all {
		t.Errorf("rows on all devices differ from those on one:\n%s\n%s", one, all)
	}
	for _, bad := range []string{"0", "99", "some"} {
		if code, _, stderr := command(small(filepath.Join(folder, "bad"), "--devices", bad)...); code != exitUsage || strings.Count(stderr, "\n") != 1 {
			t.Errorf("--devices %s: exit %d, %s", bad, code, stderr)
		}
	}
}

func TestInterruptLeavesWholeRows(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "run")
	cmd := exec.Command(self, "run", "--n", "2000", "--epochs", "0,1,400", "--permutations", "99", "--refs", "input", "--out", folder)
	cmd.Env = append(os.Environ(), "MEMTEST_TEST_MAIN=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	rows := filepath.Join(folder, "rows.jsonl")
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if info, err := os.Stat(rows); err == nil && info.Size() > 0 {
			break
		}
		if time.Since(start) > 2*time.Minute {
			_ = cmd.Process.Kill()
			t.Fatalf("no row came: %s", stderr.String())
		}
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit %d, want %d: %s", code, exitInterrupted, stderr.String())
	}
	if !strings.Contains(stderr.String(), " run --resume --n 2000 ") || !strings.Contains(stderr.String(), " --out "+folder) {
		t.Errorf("stderr does not say how to go on: %s", stderr.String())
	}
	if len(readRows(t, folder)) == 0 {
		t.Error("the rows are gone")
	}
	checkPage(t, folder, []string{" of 32 cells are measured.", "It was stopped; go on with: go run ./cmd/memtest run --resume --n 2000 "}, []string{reloads})
}

func TestBadUsage(t *testing.T) {
	empty := t.TempDir()
	other := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(other, []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"frobnicate"}, `"frobnicate" for "memtest"; ` + "`memtest help`"},
		{[]string{"rnu"}, `"rnu" for "memtest"; did you mean run? ` + "`memtest help` lists the commands\n"},
		{[]string{"--nope"}, "unknown flag: --nope; `memtest --help` lists the flags\n"},
		{[]string{"run", "--levles", "0.1"}, "--levles"},
		{[]string{"run", "--levels", "0.1,high"}, `--levels: "high" is not a number; ` + "`memtest run --help`"},
		{[]string{"run", "--n", "many"}, `--n: "many" is not a whole number;`},
		{[]string{"run", "--n", "99999999999999999999"}, "is not a whole number that fits"},
		{[]string{"run", "--seed", "-1"}, `--seed: "-1" is not a whole number, 0 or more`},
		{[]string{"run", "--resume=maybe"}, "is not true or false"},
		{[]string{"run", "--levels=-1"}, "levels: -1"},
		{[]string{"run", "--permutations", "5"}, "give at least 19"},
		{[]string{"run", "--data", "mnits"}, "mnist"},
		{[]string{"run", "--data", empty}, empty},
		{[]string{"run", "--data", other}, other},
		{[]string{"run", "--net", "cnn9"}, "choose mlp"},
		{[]string{"run", "--probes", "ridge,svm"}, "choose from ridge"},
		{[]string{"run", "--perturb", "fog"}, "gaussian"},
		{[]string{"run", "--layers", "top"}, "choose from input"},
		{[]string{"run", "--refs", "none"}, "choose from untrained"},
		{[]string{"run", "--config", filepath.Join(empty, "none.yaml")}, "none.yaml"},
		{[]string{"run", "--resume"}, "--out DIR"},
		{[]string{"run", "extra"}, "extra"},
		{[]string{"report"}, "type memtest report DIR"},
		{[]string{"compare", "one"}, "type memtest compare DIR_A DIR_B"},
		{[]string{"data", "nothing"}, "type memtest data list|fetch|info"},
		{[]string{"data", "fetch"}, "type memtest data fetch NAME"},
		{[]string{"report", empty}, empty},
		{[]string{"data", "info", "nothing"}, "fashion-mnist-sample"},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			code, stdout, stderr := command(test.args...)
			if code != exitUsage {
				t.Errorf("exit %d, want %d", code, exitUsage)
			}
			if !strings.Contains(stderr, test.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("stderr should be one line with %q: %q", test.want, stderr)
			}
			if stdout != "" {
				t.Errorf("stdout: %q", stdout)
			}
		})
	}
	if left, err := os.ReadDir("."); err == nil {
		for _, e := range left {
			if e.IsDir() && e.Name() != "testdata" {
				t.Errorf("bad usage left the folder %s", e.Name())
			}
		}
	}
}

func TestConfigFileAndFlags(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "experiment.yaml")
	text := "n: 500\nnet: mlp:16\nepochs: [0]\nlevels: [0.3]\npermutations: 19\nprobes: [ridge]\nrefs: [untrained]\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(folder, "run")
	if code, _, stderr := command("run", "--config", file, "--levels", "0.5", "--quiet", "--out", out); code != exitDone {
		t.Fatal(stderr)
	}
	rows := readRows(t, out)
	if len(rows) != 1 || rows[0].Level != 0.5 || rows[0].N != 500 {
		t.Errorf("rows %+v", rows)
	}
	if err := os.WriteFile(file, []byte(text+"lvels: [1]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := command("run", "--config", file); code != exitUsage || !strings.Contains(stderr, "lvels") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if err := os.WriteFile(file, []byte("command: probe\nfile: net.npz\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	out = filepath.Join(folder, "other")
	if code, _, stderr := command("run", "--config", file, "--out", out); code != exitUsage || !strings.Contains(stderr, file+" is of `memtest probe`") {
		t.Errorf("the configuration of another command: exit %d: %s", code, stderr)
	}
}

func TestDoctorAndData(t *testing.T) {
	code, stdout, stderr := command("doctor")
	if code != exitDone || !strings.Contains(stdout, "backend") || !strings.Contains(stdout, "NVIDIA") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	code, stdout, stderr = command("data", "list")
	if code != exitDone || !strings.Contains(stdout, "fashion-mnist-sample") || !strings.Contains(stdout, "MIT") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	code, stdout, stderr = command("data", "info", "fashion-mnist-sample")
	if code != exitDone || !strings.Contains(stdout, "5000 examples of 28×28×1") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
}

// A set that is not here can be fetched; one that is here and damaged cannot be
// mended by that, so the page says what is wrong.
func TestDataInfoOfWhatIsNotHere(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("MEMTEST_DATA", "")
	code, stdout, stderr := command("data", "info", "cifar100")
	if code != exitDone || !strings.Contains(stdout, "`memtest data fetch cifar100` brings it") {
		t.Errorf("not here: exit %d: %s%s", code, stdout, stderr)
	}
	folder := filepath.Join(cache, "memtest", "data", "cifar100")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "cifar-100-binary.tar.gz"), []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr = command("data", "info", "cifar100")
	if code != exitUsage || strings.Contains(stdout, "brings it") || !strings.Contains(stderr, "cifar-100-binary.tar.gz is not the") {
		t.Errorf("damaged: exit %d: %s%s", code, stdout, stderr)
	}
	code, stdout, stderr = command("data", "info", "cifar100", "--own", "seed=3")
	if code != exitUsage || strings.Contains(stdout, "brings it") || !strings.Contains(stderr, "seed is stated") {
		t.Errorf("with a setting of one's own files: exit %d: %s%s", code, stdout, stderr)
	}
}

// A panic is one sentence, which says where it was.
func TestAFaultIsOneSentence(t *testing.T) {
	root := &cobra.Command{Use: "x", SilenceErrors: true, SilenceUsage: true, RunE: func(*cobra.Command, []string) error {
		var list []int
		return fmt.Errorf("%d", list[len(list)])
	}}
	root.SetArgs(nil)
	err := execute(t.Context(), root)
	if err == nil || !strings.Contains(err.Error(), "index out of range") || !strings.Contains(err.Error(), "main_test.go:") || !strings.Contains(err.Error(), "please report it") {
		t.Errorf("got %v", err)
	}
}
