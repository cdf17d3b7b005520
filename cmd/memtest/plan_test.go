package main

import (
	"encoding/json"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
)

// planOf is the plan that a command line prints as JSON.
func planOf(t *testing.T, args ...string) plan {
	t.Helper()
	code, stdout, stderr := command(append([]string{"plan", "--json", "--quiet"}, args...)...)
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var p plan
	if err := json.Unmarshal([]byte(stdout), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// A plan of the pilot's own size says what the pilot's rows say of their errors; of
// four times the images it says half of it.
func TestPlanOfARun(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "pilot")
	if code, _, stderr := command(small(folder, "--seeds", "2", "--halves=-1")...); code != exitDone {
		t.Fatal(stderr)
	}
	m, err := memtest.Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	own, one := planOf(t, folder), planOf(t, folder, "--seeds", "1")
	if own.Size != (perm.Size{N: 500, B: 19, Seeds: 2}) || own.Comparisons != 5 || own.Confidence != 1-0.05/5 || own.Cells != 4 || own.SmallestP != 0.05 || len(own.Quantities) != 6 {
		t.Fatalf("%+v", own)
	}
	for i, q := range one.Quantities {
		if q.Quantity != planLearning || q.Beside == "" {
			continue
		}
		sum, found := 0.0, 0
		for _, r := range m.Rows {
			for _, d := range r.Differences {
				if r.Level == q.Level && r.Epoch == 1 && "the "+string(d.Reference)+" network" == q.Beside {
					sum, found = sum+d.LearningSE*d.LearningSE, found+1
				}
			}
		}
		if q.Beside == "the untrained network" && (found != 2 || math.Abs(q.Sizes[0].HalfWidth-1.959964*math.Sqrt(sum/2)) > 1e-6) {
			t.Errorf("half-width %v of %d differences, the rows say %v", q.Sizes[0].HalfWidth, found, 1.959964*math.Sqrt(sum/2))
		}
		for _, f := range q.Sizes {
			if f.N == 2000 && math.Abs(f.HalfWidth/q.Sizes[0].HalfWidth-0.5) > 1e-9 {
				t.Errorf("%s: %v with 500 images and %v with 2000", q.Beside, q.Sizes[0].HalfWidth, f.HalfWidth)
			}
		}
		if own.Quantities[i].Sizes[0].HalfWidth <= q.Sizes[0].HalfWidth {
			t.Errorf("%s: an interval over trainings too is no wider, %v and %v", q.Beside, own.Quantities[i].Sizes[0].HalfWidth, q.Sizes[0].HalfWidth)
		}
	}
	code, stdout, _ := command("plan", folder, "--n", "2000", "--seeds", "1", "--permutations", "99")
	if code != exitDone || !strings.HasPrefix(stdout, "With 2,000 examples and 99 permutations, differences in learning of ") {
		t.Errorf("exit %d: %s", code, stdout)
	}
	for _, want := range []string{"Four times the examples halve that; ", "999 permutations", "5 seeds, which say it of other trainings too, bring learning to ", "smallest p-value of 99 permutations is 0.010, which reaches 0.05", "8,000"} {
		if !strings.Contains(strings.ReplaceAll(stdout, "\n", " "), strings.ReplaceAll(want, "\n", " ")) {
			t.Errorf("stdout lacks %q:\n%s", want, stdout)
		}
	}
	code, stdout, _ = command("plan", folder, "--alpha", "0.01", "--permutations", "98")
	if code != exitDone || !strings.Contains(strings.ReplaceAll(stdout, "\n", " "), "does not reach 0.01, alone and adjusted over 4 cells: take 99 permutations or more") {
		t.Errorf("exit %d: %s", code, stdout)
	}

	t.Run("refused", func(t *testing.T) {
		single := filepath.Join(t.TempDir(), "single")
		if code, _, stderr := command(smaller(single)...); code != exitDone {
			t.Fatal(stderr)
		}
		auc := filepath.Join(t.TempDir(), "auc")
		if code, _, stderr := command(smaller(auc, "--metric", "auc")...); code != exitDone {
			t.Fatal(stderr)
		}
		if code, _, stderr := command("plan", auc); code != exitDone { // any metric has parts by example
			t.Errorf("exit %d: %s", code, stderr)
		}
		for want, args := range map[string][]string{
			"seeds: the run in " + single + " has one training": {single, "--seeds", "3"},
			"n: 10 is too few; give at least 20":                {folder, "--n", "10"},
			"permutations: 5 is too few; give at least 19":      {folder, "--permutations", "5"},
			"alpha: 2 is outside 0..1":                          {folder, "--alpha", "2"},
			"probes: those of the pilot are planned for":        {folder, "--probes", "ridge"},
			"no-such-folder":                                    {"no-such-folder"},
		} {
			if code, _, stderr := command(append([]string{"plan"}, args...)...); code != exitUsage || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit %d, stderr should say %q: %s", code, want, stderr)
			}
		}
	})
}

// Without a folder a pilot is run on the sample.
func TestPlanOfTheSample(t *testing.T) {
	p := planOf(t, "--n", "1000", "--probes", "centroid", "--margin", "0.1")
	if p.N != 1000 || p.B != 199 || p.Seeds != 1 || p.Comparisons != 7 || p.Cells != 12 || p.Margin != 0.1 || len(p.Quantities) != 8 {
		t.Errorf("%+v", p)
	}
	train, _, err := datasets.Load(t.Context(), "fashion-mnist-sample", datasets.Options{Offline: true})
	if err != nil || train.Len() != sampleN {
		t.Errorf("the sample has %d images (%v), a run without --n is planned for %d", train.Len(), err, sampleN)
	}
	for _, q := range p.Quantities {
		if q.Probe != "centroid" || q.Pilot.Images <= 0 || q.Pilot.Seeds != 1 {
			t.Errorf("%+v", q)
		}
	}
}
