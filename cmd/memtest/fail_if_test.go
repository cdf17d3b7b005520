package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is wrong with an expression is said before anything is measured, by each command
// that has the flag.
func TestFailIfRefusesFirst(t *testing.T) {
	for name, args := range measuring(t) {
		for _, bad := range []string{"memorisation > 0.2", "memorization", "learning > 0 probe"} {
			out := filepath.Join(t.TempDir(), "run")
			code, stdout, stderr := command(append(args, "--fail-if", "n > 0", "--fail-if", bad, "--quiet", "--out", out)...)
			if _, err := os.Stat(out); code != exitUsage || stdout != "" || err == nil || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, `memtest: fail-if: "`+bad+`"`) {
				t.Errorf("%s: exit %d: %s", name, code, stderr)
			}
		}
	}
	if code, _, stderr := command("compare", "none", "none", "--fail-if", "observed > 0.2"); code != exitUsage || !strings.Contains(stderr, `no number called "observed"; type one of a.alpha`) {
		t.Errorf("compare: exit %d: %s", code, stderr)
	}
}

// A run is asked when it is there, on its way and when it goes on: exit 3 where any
// expression holds, 0 where none does, 2 where there is no such row; the pages are
// written all the same.
func TestFailIf(t *testing.T) {
	dir := t.TempDir()
	folder := func(name string) string { return filepath.Join(dir, name) }
	made := func(name, net string, more ...string) (int, string, string) {
		return command(append([]string{"run", "--data", "gaussian:120:4x4x1:3", "--net", net, "--epochs", "0", "--refs", "untrained,input", "--levels", "0.1,0.3", "--probes", "centroid,knn",
			"--permutations", "19", "--quiet", "--out", folder(name)}, more...)...)
	}
	code, stdout, stderr := made("a", "mlp:4", "--fail-if", "n > 119 probe=knn level=0.1", "--fail-if", "n < 0", "--fail-if", "any(n >= 120) layer=input")
	if code != exitHeld || !strings.Contains(stdout, "The report is") || strings.Count(stderr, "\n") != 1 ||
		!strings.Contains(stderr, `memtest: fail-if: "n > 119 probe=knn level=0.1" holds: n is 120 in the row of network "mlp" seed 1 epoch 0 layer "dense1" probe "knn" perturbation "gaussian" level 0.1; "any(n >= 120) layer=input" holds: n is 120 in the row of network "input" seed 1 layer "input"`) {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	if _, err := os.Stat(filepath.Join(folder("a"), "report.html")); err != nil {
		t.Error(err)
	}
	// The headline is the first probe's at the level that is read.
	for expression, want := range map[string]struct {
		code int
		said string
	}{
		"level < 0.2":            {exitDone, ""},
		"level > 0.2":            {exitHeld, `probe "centroid" perturbation "gaussian" level 0.3`},
		"parents >= 0":           {exitUsage, "have no parents"},
		"parents >= 0 probe=knn": {exitHeld, `parents is `},
		"nearest > 2":            {exitUsage, "have no nearest"},
		"any(nearest >= 0)":      {exitHeld, "and it holds in 3 more"},
		"learning > 2 epoch=7":   {exitUsage, `none has epoch="7", but "-1", "0"`},
	} {
		if code, _, stderr := command("run", "--resume", "--quiet", "--out", folder("a"), "--fail-if", expression); code != want.code || !strings.Contains(stderr, want.said) || (code == exitDone) != (stderr == "") {
			t.Errorf("%s: exit %d: %s", expression, code, stderr)
		}
	}
	for name, seeds := range map[string]string{"one": "1", "two": "2"} {
		for _, side := range []string{"a", "b"} {
			if code, _, stderr := made(name+side, map[string]string{"a": "mlp:4", "b": "mlp:3"}[side], "--seeds", seeds); code != exitDone {
				t.Fatal(stderr)
			}
		}
	}
	for _, c := range []struct {
		runs, expression string
		code             int
		said             string
	}{
		{"one", "learning > 1", exitDone, ""},
		{"one", "learning.high < 2 probe=knn", exitHeld, "learning.high is "},
		{"one", "memorization > -2", exitHeld, `probe "centroid" perturbation "gaussian" level 0.3`},
		{"one", "b.features >= 1", exitHeld, "b.features is 3"},
		{"one", "seeds > 0", exitUsage, "have no seeds"},
		{"two", "seeds > 0", exitHeld, "seeds is 2"},
		{"two", "b.features > 0", exitUsage, "have no b.features"},
		{"two", "any(b.features > 0)", exitHeld, "and it holds in 7 more"},
	} {
		code, stdout, stderr := command("compare", folder(c.runs+"a"), folder(c.runs+"b"), "--json", "--fail-if", c.expression)
		if code != c.code || !strings.Contains(stderr, c.said) || !strings.HasPrefix(stdout, "{") {
			t.Errorf("%s: %s: exit %d: %s", c.runs, c.expression, code, stderr)
		}
	}
}
