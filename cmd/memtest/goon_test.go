package main

import (
	"bytes"
	"context"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// pasted are the words of a line as a shell takes it apart.
func pasted(t *testing.T, line string) []string {
	t.Helper()
	out, err := exec.Command("sh", "-c", "words() { for word in \"$@\"; do printf '%s\\0' \"$word\"; done; }; words "+line).Output()
	if err != nil {
		t.Fatalf("%s is no command line: %v", line, err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

// A run that was interrupted says what to type, with all that was typed: pasted into a
// shell as it stands, it goes on to the end. What the folder does not hold, such as the
// backend, is in it too.
func TestTheHintGoesOn(t *testing.T) {
	features := writeFeatures(t, featureArrays(60)...)
	odd := filepath.Join(filepath.Dir(features), "it's mine.npz")
	if err := os.Rename(features, odd); err != nil {
		t.Fatal(err)
	}
	model, err := filepath.Abs(testModel("torch_old"))
	if err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"probe": {"probe", odd, "--backend", "go", "--probes", "ridge,knn,softmax", "--permutations", "1999", "--quiet", "--fail-if", "learning < -1"},
		"run":   {"run", "--n", "500", "--net", "mlp:16", "--epochs", "0,1", "--levels", "0,0.3", "--permutations", "999", "--refs", "untrained,input", "--quiet", "--devices", "1"},
		"onnx":  {"onnx", model, "--data", imageData(t, 120, 8, 1), "--own", "layout=nhwc,low=0,high=1", "--levels", "0.1,0.3", "--permutations", "999", "--quiet"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir()) // no --out: the folder is named by the time
			ctx, stop := context.WithCancel(context.Background())
			go func() {
				for ctx.Err() == nil {
					if found, _ := filepath.Glob(filepath.Join("runs", "*", rundir.ManifestFile)); len(found) > 0 {
						stop()
					}
					time.Sleep(time.Millisecond)
				}
			}()
			var out, errs bytes.Buffer
			code := run(ctx, append([]string{"memtest"}, args...), &out, &errs)
			stop()
			if code != exitInterrupted {
				t.Fatalf("it was not interrupted: exit %d: %s", code, errs.String())
			}
			hint := regexp.MustCompile(`the rows so far are in (runs/\S+); go on with: (.*)\n$`).FindStringSubmatch(errs.String())
			if hint == nil {
				t.Fatalf("no hint in %q", errs.String())
			}
			words := pasted(t, hint[2])
			if words[0] != "memtest" || words[1] != name || !slices.Contains(words, "--resume") {
				t.Errorf("the hint is %s", hint[2])
			}
			if code, _, stderr := command(words[1:]...); code != exitDone {
				t.Fatalf("%s\nexit %d: %s", hint[2], code, stderr)
			}
			if len(readRows(t, hint[1])) == 0 {
				t.Error("there are no rows")
			}
		})
	}
}

// A run that fails half-way says where its rows are, and what goes on once that is
// mended.
func TestAFailedRunSaysHowToGoOn(t *testing.T) {
	list := featureArrays(30)
	arrayOf := func(name, as string) arrays.Named { return named(get(list, name), as) }
	whole := []arrays.Named{arrayOf("labels", "labels"), arrayOf("train", "a/train"), arrayOf("valid_0.1", "a/valid_0.1"), arrayOf("train", "b/train"), arrayOf("valid_0.5", "b/valid_0.1")}
	broken := slices.Clone(whole)
	broken[4].Floats = slices.Clone(broken[4].Floats)
	broken[4].Floats[7] = float32(math.Inf(1))
	file, out := writeFeatures(t, broken...), filepath.Join(t.TempDir(), "run")
	code, _, stderr := command("probe", file, "--probes", "centroid", "--permutations", "19", "--backend", "go", "--quiet", "--out", out)
	_, line, found := strings.Cut(stderr, "; the rows so far are in "+out+"; go on with: ")
	if code != exitUsage || !found || !strings.Contains(stderr, "is +Inf") || len(readRows(t, out)) != 1 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if want := "memtest probe --resume " + file + " --probes centroid --permutations 19 --backend go --quiet --out " + out + "\n"; line != want {
		t.Errorf("the hint is %q, want %q", line, want)
	}
}
