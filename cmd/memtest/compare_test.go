package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// comparisons are those of two folders, read from --json.
func comparisons(t *testing.T, a, b string) []memtest.Comparison {
	t.Helper()
	code, stdout, stderr := command("compare", "--json", a, b)
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var all []memtest.Comparison
	for _, line := range strings.Split(strings.TrimSpace(stdout), "\n") {
		var c memtest.Comparison
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

func TestCompare(t *testing.T) {
	dir := t.TempDir()
	made := map[string]string{}
	measure := func(name string, more ...string) {
		made[name] = filepath.Join(dir, name)
		args := []string{"run", "--n", "300", "--epochs", "0", "--refs", "untrained", "--levels", "0.3", "--permutations", "19", "--probes", "centroid", "--quiet", "--out", made[name]}
		if code, _, stderr := command(append(args, more...)...); code != exitDone {
			t.Fatalf("%s: %s", name, stderr)
		}
	}
	measure("a", "--net", "mlp:16", "--seeds", "2")
	measure("b", "--net", "mlp:4", "--seeds", "2")
	measure("seed", "--net", "mlp:4", "--seed", "2")
	all := comparisons(t, made["a"], made["b"])
	if len(all) != 3 {
		t.Fatalf("%d comparisons, want two seeds and their mean: %+v", len(all), all)
	}
	mean := 0.0
	for _, c := range all[:2] {
		if d := c.Learning.Estimate - (c.A.Learning - c.B.Learning); math.Abs(d) > 1e-12 || !(c.Learning.Low < c.Learning.Estimate && c.Learning.Estimate < c.Learning.High) {
			t.Errorf("learning %+v of %v and %v", c.Learning, c.A.Learning, c.B.Learning)
		}
		if c.Memorization == nil || math.Abs(c.Memorization.Estimate-(*c.A.MemorizationOwn-*c.B.MemorizationOwn)) > 1e-12 {
			t.Errorf("memorization %+v of %v and %v", c.Memorization, *c.A.MemorizationOwn, *c.B.MemorizationOwn)
		}
		if c.Learning.Over != memtest.OverImages {
			t.Errorf("the interval is over %s", c.Learning.Over)
		}
		mean += c.Learning.Estimate / 2
	}
	if all[2].Seeds != 2 || math.Abs(all[2].Learning.Estimate-mean) > 1e-12 {
		t.Errorf("over seeds: %+v, want a mean of %v", all[2], mean)
	}
	code, stdout, stderr := command("compare", made["a"], made["b"])
	if code != exitDone || !strings.Contains(stdout, "all 2") || !strings.Contains(stdout, "on other examples of the same kind and other shuffles") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}

	t.Run("without evidence", func(t *testing.T) {
		if err := os.RemoveAll(filepath.Join(made["b"], "cells")); err != nil {
			t.Fatal(err)
		}
		c := comparisons(t, made["a"], made["b"])[0]
		if c.Memorization != nil || c.Learning.Over != memtest.OverShuffle || math.Abs(c.Learning.Estimate-all[0].Learning.Estimate) > 1e-12 {
			t.Errorf("%+v, want %+v", c, all[0])
		}
	})
	// The difference is of the metric of the rows, whatever hits say.
	t.Run("metric", func(t *testing.T) {
		measure("auc", "--net", "mlp:16", "--metric", "auc")
		measure("auc4", "--net", "mlp:4", "--metric", "auc")
		c := comparisons(t, made["auc"], made["auc4"])[0]
		want := c.A.Learning - c.B.Learning
		if c.A.Metric != "auc" || math.Abs(c.Learning.Estimate-want) > 1e-9 || !(c.Learning.Low < want && want < c.Learning.High) || c.Learning.Over != memtest.OverImages {
			t.Errorf("%+v, want %v", c.Learning, want)
		}
		if code, _, stderr := command("compare", made["a"], made["auc"]); code != exitUsage || !strings.Contains(stderr, "differ in metric: accuracy in") {
			t.Errorf("exit %d: %s", code, stderr)
		}
	})
	t.Run("level and margin", func(t *testing.T) {
		for _, flag := range []string{"--alpha=0", "--alpha=1", "--margin=-1"} {
			if code, _, stderr := command("compare", flag, made["a"], made["b"]); code != exitUsage || strings.Count(stderr, "\n") != 1 {
				t.Errorf("%s: exit %d: %s", flag, code, stderr)
			}
		}
	})
	// Every other field is changed in a copy of b's folder.
	for field, change := range map[string]func(*result.Row){
		"seed":         nil,
		"n":            func(r *result.Row) { r.N = 299 },
		"classes":      func(r *result.Row) { r.Classes = 11 },
		"permutations": func(r *result.Row) { r.Permutations, r.Null = 18, r.Null[:18] },
		"perturbation": func(r *result.Row) { r.Perturbation = "uniform" },
		"level":        func(r *result.Row) { r.Level = 0.2 },
		"probe":        func(r *result.Row) { r.Probe = "knn" },
		"epoch":        func(r *result.Row) { r.Epoch = 3 },
		"layer":        nil, // two layers, neither of them a's
	} {
		t.Run(field, func(t *testing.T) {
			folder := made["seed"]
			if field != "seed" {
				folder = filepath.Join(t.TempDir(), field)
				if err := os.CopyFS(folder, os.DirFS(made["b"])); err != nil {
					t.Fatal(err)
				}
				rows := readRows(t, folder)
				for i := range rows {
					if change != nil {
						change(&rows[i])
					} else {
						rows[i].Layer = fmt.Sprint("conv", i)
					}
				}
				var text bytes.Buffer
				if err := result.WriteRows(&text, rows); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(folder, rundir.RowsFile), text.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			code, _, stderr := command("compare", made["a"], folder)
			if code != exitUsage || !strings.Contains(stderr, "differ in "+field+": ") || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit %d, stderr should name %q: %q", code, field, stderr)
			}
		})
	}
	for field, edit := range map[string]func(text string) (file, changed string){
		"data.sha256": func(text string) (string, string) {
			return rundir.ManifestFile, strings.Replace(text, `"sha256": "`, `"sha256": "0`, 1)
		},
	} {
		t.Run(field, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "edited")
			if err := os.CopyFS(folder, os.DirFS(made["b"])); err != nil {
				t.Fatal(err)
			}
			file, _ := edit("")
			text, err := os.ReadFile(filepath.Join(folder, file))
			if err != nil {
				t.Fatal(err)
			}
			unsealed := regexp.MustCompile(`,\s*"sum": ?"[0-9a-f]*"`).ReplaceAllString(string(text), "") // as for all who edit
			_, changed := edit(unsealed)
			if changed == unsealed {
				t.Fatal("nothing was edited")
			}
			if err := os.WriteFile(filepath.Join(folder, file), []byte(changed), 0o644); err != nil {
				t.Fatal(err)
			}
			if code, _, stderr := command("compare", made["a"], folder); code != exitUsage || !strings.Contains(stderr, "differ in "+field+": ") {
				t.Errorf("exit %d: %s", code, stderr)
			}
		})
	}
	// The labels are those that the run kept, whatever is done to a page.
	t.Run("labels", func(t *testing.T) {
		folder := filepath.Join(t.TempDir(), "edited")
		if err := os.CopyFS(folder, os.DirFS(made["b"])); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, rundir.ExamplesFile), []byte("layer,probe,level,index,class\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if code, _, stderr := command("compare", made["a"], folder); code != exitDone {
			t.Errorf("with another %s: exit %d: %s", rundir.ExamplesFile, code, stderr)
		}
		d, err := rundir.Open(folder)
		if err != nil {
			t.Fatal(err)
		}
		labels, err := d.Labels()
		if err != nil {
			t.Fatal(err)
		}
		labels[0] = (labels[0] + 1) % 10
		if err := os.Remove(d.Path("labels.npz")); err != nil {
			t.Fatal(err)
		}
		d, _, err = rundir.Resume(folder, d.Config(), result.Manifest{})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(d.KeepLabels(labels), d.Close()); err != nil {
			t.Fatal(err)
		}
		if code, _, stderr := command("compare", made["a"], folder); code != exitUsage || !strings.Contains(stderr, "differ in labels: those of example 0") {
			t.Errorf("exit %d: %s", code, stderr)
		}
	})
	t.Run("no run", func(t *testing.T) {
		if code, _, stderr := command("compare", made["a"], dir); code != exitUsage || !strings.Contains(stderr, dir) {
			t.Errorf("exit %d: %s", code, stderr)
		}
	})
	t.Run("features from files", func(t *testing.T) {
		x, y := filepath.Join(dir, "x"), filepath.Join(dir, "y")
		list := featureArrays(60)
		for _, out := range []string{x, y} {
			if code, _, stderr := command("probe", writeFeatures(t, list...), "--probes", "centroid", "--permutations", "19", "--quiet", "--out", out); code != exitDone {
				t.Fatal(stderr)
			}
			for i, a := range list { // the second network forgets a third of its features
				if a.Floats != nil {
					kept := slices.Clone(a.Floats)
					for j := 0; j < len(kept); j += 5 {
						kept[j], kept[j+1] = 0, 0
					}
					list[i].Floats = kept
				}
			}
		}
		all := comparisons(t, x, y)
		if len(all) != 2 || all[0].Learning.Low <= 0 {
			t.Errorf("%+v", all)
		}
		if code, _, stderr := command("compare", made["a"], x); code != exitUsage || !strings.Contains(stderr, "differ in n: 300 in") {
			t.Errorf("exit %d: %s", code, stderr)
		}
	})
}
