package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// measuring are the three commands that measure, each on something small, up to
// the options that all of them have.
func measuring(t *testing.T) map[string][]string {
	t.Helper()
	return map[string][]string{
		"run":   {"run", "--data", "gaussian:120:4x4x1:3", "--net", "mlp:4", "--epochs", "0", "--refs", "untrained", "--levels", "0.1,0.3"},
		"probe": {"probe", writeFeatures(t, featureArrays(60)...)},
		"onnx":  {"onnx", testModel("torch_old"), "--data", imageData(t, 120, 8, 1), "--own", "layout=nhwc,low=0,high=1", "--levels", "0.1,0.3", "--outputs", "last"},
	}
}

// The options of probing are the same for every command that measures, and every
// row says them.
func TestSameOptionsEverywhere(t *testing.T) {
	for name, args := range measuring(t) {
		t.Run(name, func(t *testing.T) {
			rows := func(more ...string) []result.Row {
				t.Helper()
				out := filepath.Join(t.TempDir(), "run")
				code, _, stderr := command(append(slices.Concat(args, more), "--quiet", "--out", out)...)
				if code != exitDone {
					t.Fatalf("%v: exit %d: %s", more, code, stderr)
				}
				return readRows(t, out)
			}
			plain := rows("--probes", "knn", "--permutations", "39", "--devices", "2", "--scale", "none", "--alpha", "0.1")
			for _, r := range plain {
				if r.Alpha != 0.1 || r.Permutations != 39 || r.Role == "" || r.Metric != "" {
					t.Errorf("alpha %g, B %d, role %q, metric %q", r.Alpha, r.Permutations, r.Role, r.Metric)
				}
			}
			for i, r := range rows("--probes", "knn", "--permutations", "39", "--metric", "auc", "--two-sided", "--scale", "none") {
				if r.Metric != "auc" || r.Chance != 0.5 || r.Observed == plain[i].Observed {
					t.Errorf("metric %q, chance %g, observed %g", r.Metric, r.Chance, r.Observed)
				}
			}
			stopped := rows("--probes", "centroid", "--permutations", "199", "--stop", "1")
			for _, r := range stopped {
				if r.Permutations > 199 || r.LearningP < 0.005 {
					t.Errorf("B %d, p %g", r.Permutations, r.LearningP)
				}
			}
			for flag, want := range map[string]string{"--permutations": "permutations: 0 is too few", "--seed": "seed: 0 would be taken for the default", "--stop": "stop: -1", "--scale": "choose from auto, floor, standard, shared, none", "--devices": "devices: \"none\""} {
				value := map[string]string{"--stop": "-1", "--scale": "minmax", "--devices": "none"}[flag]
				if value == "" {
					value = "0"
				}
				if code, _, stderr := command(append(slices.Clone(args), flag, value, "--quiet", "--out", filepath.Join(t.TempDir(), "run"))...); code != exitUsage || !strings.Contains(stderr, want) {
					t.Errorf("%s %s: exit %d: %s", flag, value, code, stderr)
				}
			}
		})
	}
}

// A run that lost its second half goes on by its folder alone, for more
// permutations too, and has the rows of one that was not broken off.
func TestEveryCommandGoesOn(t *testing.T) {
	for name, args := range measuring(t) {
		t.Run(name, func(t *testing.T) {
			parent := t.TempDir()
			measure := func(folder string, more ...string) string {
				t.Helper()
				out := filepath.Join(parent, folder)
				if code, _, stderr := command(slices.Concat(args, []string{"--quiet", "--out", out}, more)...); code != exitDone {
					t.Fatalf("exit %d: %s", code, stderr)
				}
				return out
			}
			resume := func(out string, more ...string) {
				t.Helper()
				if code, _, stderr := command(append([]string{name, "--resume", "--quiet", "--out", out}, more...)...); code != exitDone {
					t.Fatalf("exit %d: %s", code, stderr)
				}
			}
			whole, part := measure("whole", "--permutations", "39"), measure("part", "--permutations", "19")
			lines := strings.SplitAfter(read(t, part, rundir.RowsFile), "\n")
			if err := os.WriteFile(filepath.Join(part, rundir.RowsFile), []byte(strings.Join(lines[:2], "")), 0o644); err != nil {
				t.Fatal(err)
			}
			resume(part)
			if got := read(t, part, rundir.RowsFile); got != strings.Join(lines, "") {
				t.Errorf("rows after going on:\n%s\nwant\n%s", got, strings.Join(lines, ""))
			}
			resume(part, "--permutations", "39")
			if got, want := read(t, part, rundir.RowsFile), read(t, whole, rundir.RowsFile); got != want {
				t.Errorf("rows with more permutations:\n%s\nwant\n%s", got, want)
			}
			if code, _, stderr := command(name, "--resume", "--quiet", "--out", part, "--alpha", "0.2"); code != exitUsage || !strings.Contains(stderr, "another configuration") {
				t.Errorf("with another level: exit %d: %s", code, stderr)
			}
		})
	}
}

func read(t *testing.T, folder, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
